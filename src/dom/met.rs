//! What was found out about the names met last: on most pages each class and id comes many times.

/// Names with what was found out about each.
#[derive(Debug, Default)]
pub(crate) struct Met<'a, T> {
    /// By [`place`]; empty until the first is met.
    names: Vec<(&'a str, T)>,
}

impl<'a, T: Copy + Default> Met<'a, T> {
    /// Names that are remembered; a power of two. A page of 2,000 elements has 300.
    const N: usize = 1024;

    /// What is found out about a name; about the empty one nothing.
    pub(crate) fn of(&mut self, name: &'a str, find_out: impl FnOnce(&str) -> T) -> T {
        if self.names.is_empty() {
            self.names = vec![("", T::default()); Self::N];
        }
        let met = &mut self.names[place(name.as_bytes()) % Self::N];
        if met.0 != name {
            *met = (name, find_out(name));
        }
        met.1
    }
}

/// A number for a name, by its ends and its length.
fn place(name: &[u8]) -> usize {
    let end = |bytes: Option<&[u8; 8]>| bytes.map_or(name.len() as u64, |it| u64::from_le_bytes(*it));
    let hash = end(name.first_chunk()).rotate_left(31) ^ end(name.last_chunk()) ^ name.len() as u64;
    (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_asked_about_until_another_takes_its_place() {
        let names: Vec<String> = (0..5_000).map(|it| format!("card card-{it}")).collect();
        let mut met = Met::default();
        for name in names.iter().chain(&names) {
            assert_eq!(met.of(name, str::len), name.len());
        }
        assert_eq!(met.of("again", |_| 7), 7);
        assert_eq!(met.of("again", |_| 8), 7);
    }
}

//! Repair of texts too large to hold: window by window.

use super::{Hints, Options, Repair, repair};

/// Bytes that are repaired together. Lines of one window vote together; memory stays at a few times this.
pub const WINDOW_BYTES: usize = 1 << 20;

/// Repairs a text that comes in pieces, in bounded memory.
///
/// Pieces are gathered into windows of whole lines, [`WINDOW_BYTES`] at most; a longer line is cut behind a space, or
/// where it must be. Each window is a document of its own.
///
/// ```
/// use copydesk::mojibake::{Hints, Options, Repairer};
///
/// let mut repairer = Repairer::new(Hints::default(), Options::default());
/// let mut whole = String::new();
/// let mut repairs = repairer.push("MÃ¼nchen\nKÃ", &mut whole);
/// repairs.extend(repairer.push("¶ln\n", &mut whole));
/// repairs.extend(repairer.finish(&mut whole));
/// assert_eq!(whole, "München\nKöln\n");
/// assert_eq!(repairs[1].source, 12..16);
/// ```
#[derive(Debug)]
pub struct Repairer<'h> {
    hints: Hints<'h>,
    options: Options,
    window: String,
    /// Bytes that came before the window.
    bytes_in: usize,
    /// Bytes that were written for them.
    bytes_out: usize,
}

impl<'h> Repairer<'h> {
    /// A repairer at the start of a text.
    pub fn new(hints: Hints<'h>, options: Options) -> Self {
        Self { hints, options, window: String::new(), bytes_in: 0, bytes_out: 0 }
    }

    /// Takes the next piece; appends to `out` what is settled, and gives its repairs, with positions in the whole text.
    pub fn push(&mut self, mut piece: &str, out: &mut String) -> Vec<Repair> {
        let mut repairs = Vec::new();
        while self.window.len() + piece.len() >= WINDOW_BYTES {
            let room = piece.floor_char_boundary(WINDOW_BYTES - self.window.len().min(WINDOW_BYTES));
            self.window.push_str(&piece[..room]);
            piece = &piece[room..];
            let end = window_end(&self.window);
            let rest = self.window.split_off(end);
            repairs.extend(self.settle(out));
            self.window = rest;
        }
        self.window.push_str(piece);
        repairs
    }

    /// Ends the text: appends the rest to `out` and gives its repairs.
    pub fn finish(&mut self, out: &mut String) -> Vec<Repair> {
        self.settle(out)
    }

    /// Repairs the window and writes it.
    fn settle(&mut self, out: &mut String) -> Vec<Repair> {
        let window = std::mem::take(&mut self.window);
        let repaired = repair(&window, &self.hints, &self.options);
        out.push_str(&repaired.text);
        let mut repairs = repaired.repairs;
        for repair in &mut repairs {
            repair.offset += self.bytes_out;
            repair.source = repair.source.start + self.bytes_in..repair.source.end + self.bytes_in;
        }
        self.bytes_in += window.len();
        self.bytes_out += repaired.text.len();
        repairs
    }
}

/// Where a full window is cut: behind its last line end, else behind its last space, else at its end.
fn window_end(window: &str) -> usize {
    let behind = |c: char| window.rfind(c).map(|at| at + 1);
    behind('\n').or_else(|| behind(' ')).unwrap_or(window.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, piece_bytes: usize) {
        let mut repairer = Repairer::new(Hints::default(), Options::default());
        let (mut out, mut repairs) = (String::new(), Vec::new());
        let mut rest = text;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.floor_char_boundary(piece_bytes).max(1));
            repairs.extend(repairer.push(piece, &mut out));
            assert!(repairer.window.len() <= WINDOW_BYTES);
            rest = after;
        }
        repairs.extend(repairer.finish(&mut out));
        assert_eq!(out, repair(text, &Hints::default(), &Options::default()).text);
        for repair in &repairs {
            assert_eq!(&text[repair.source.clone()], repair.from);
            assert!(out[repair.offset..].starts_with(&repair.to));
        }
    }

    #[test]
    fn pieces_make_no_difference() {
        check("Die TÃ¼r ist offen.\nDie BrÃ¼cke auch.\n", 7);
    }

    #[test]
    fn a_text_of_several_windows_is_repaired() {
        let lines = format!("{}Die TÃ¼r ist offen.\n", "The door is open.\n".repeat(1000));
        check(&lines.repeat(80), 300_000);
    }

    #[test]
    fn one_endless_line_is_cut_at_spaces() {
        check(&"The door is open, or it was. ".repeat(60_000), 100_000);
    }
}

//! The single-byte encodings that text is wrongly read as: which character each byte became, and back.
//!
//! Sources: [WHATWG Encoding][whatwg] through `encoding_rs`; Unicode's mapping tables for IBM code pages 437 and 850,
//! which it does not hold; ISO 8859-1 and 8859-9 are Latin-1 with none and with six letters changed.
//!
//! A reader that meets a byte without a character either keeps it as a C1 control, writes U+FFFD or `?`, or drops it.
//! So a C1 control stands for its byte in every encoding here.
//!
//! [whatwg]: https://encoding.spec.whatwg.org/

use std::sync::LazyLock;

use encoding_rs::Encoding;

/// One of the encodings; the number is its bit in a [`Mask`].
pub(super) type CodecId = u8;

/// A set of encodings, one bit each.
pub(super) type Mask = u32;

/// Names in the order of their ids. The order is also how ties are broken: the everyday ones first.
pub(super) const NAMES: [&str; 22] = [
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1254",
    "macintosh",
    "windows-1257",
    "windows-1253",
    "windows-1258",
    "windows-1256",
    "windows-1255",
    "iso-8859-2",
    "iso-8859-15",
    "ibm437",
    "ibm850",
    "iso-8859-7",
    "iso-8859-5",
    "koi8-r",
    "koi8-u",
    "iso-8859-9",
    "iso-8859-1",
    "ibm866",
    "windows-874",
];

/// How many of them UTF-8 is looked for in. In the last two every Russian or Thai word is lead and continuation bytes,
/// and nobody was seen to read UTF-8 in them; they count for legacy text.
pub(super) const N_UTF8: usize = 20;

/// Upper halves (bytes 80 to FF) of the two code pages that `encoding_rs` does not hold.
const IBM437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{A0}";
const IBM850: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{AD}±‗¾¶§÷¸°¨·¹³²■\u{A0}";

/// The encodings of a set, in their order.
pub(super) fn encodings(mut mask: Mask) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let codec = mask.trailing_zeros();
        mask &= mask.wrapping_sub(1);
        (codec < Mask::BITS).then_some(codec as usize)
    })
}

/// Everything looked up by character or byte.
pub(super) struct Tables {
    /// For each encoding, the character of each byte; U+FFFD where there is none.
    chars: Vec<[char; 256]>,
    /// Non-ASCII characters of all encodings, sorted, with their byte in each; 0 where they have none.
    bytes: Vec<(char, [u8; NAMES.len()])>,
    /// The encodings in which each of them leads a sequence of UTF-8.
    leads: Vec<Mask>,
    /// For each character below [`DIRECT`], where it stands among those; `u16::MAX` if it does not.
    direct: Vec<u16>,
    /// For each encoding, the continuation bytes that have no character or a C1 control: those that get lost.
    fragile: Vec<Vec<u8>>,
}

/// Nearly all characters of the encodings are below this.
const DIRECT: u32 = 0x2600;

/// The tables, built on first use from constants.
pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(Tables::new);

impl Tables {
    fn new() -> Self {
        let chars: Vec<[char; 256]> = NAMES.iter().map(|name| upper_half(name)).collect();
        let mut all: Vec<char> = chars.iter().flat_map(|codec| codec[0x80..].iter().copied()).collect();
        all.extend('\u{80}'..='\u{FF}');
        all.retain(|&c| c != '\u{FFFD}' && !c.is_ascii());
        all.sort_unstable();
        all.dedup();
        let bytes: Vec<(char, [u8; NAMES.len()])> = all
            .into_iter()
            .map(|c| {
                let mut row = [0; NAMES.len()];
                for (byte, codec) in row.iter_mut().zip(&chars) {
                    *byte = (0x80..=0xFF_u8)
                        .find(|&byte| codec[usize::from(byte)] == c)
                        .unwrap_or_else(|| if ('\u{80}'..='\u{9F}').contains(&c) { c as u8 } else { 0 });
                }
                (c, row)
            })
            .collect();
        let leads = bytes
            .iter()
            .map(|(_, row)| {
                (0..N_UTF8).filter(|&codec| (0xC2..=0xF4).contains(&row[codec])).map(|codec| 1 << codec).sum()
            })
            .collect();
        let mut direct = vec![u16::MAX; DIRECT as usize];
        for (idx, &(c, _)) in bytes.iter().enumerate() {
            if let Some(slot) = direct.get_mut(c as usize) {
                *slot = idx as u16;
            }
        }
        let is_fragile = |c: char| matches!(c, '\u{FFFD}' | '\u{80}'..='\u{9F}');
        let fragile = chars
            .iter()
            .map(|codec| (0x80..=0xBF).filter(|&byte: &u8| is_fragile(codec[usize::from(byte)])).collect())
            .collect();
        Self { chars, bytes, leads, direct, fragile }
    }

    /// The byte of a non-ASCII character in each encoding, 0 where it has none; `None` if it has none in any.
    pub(super) fn bytes(&self, c: char) -> Option<&[u8; NAMES.len()]> {
        self.row(c).map(|(bytes, _)| bytes)
    }

    /// The same with the encodings in which it leads a sequence of UTF-8.
    pub(super) fn row(&self, c: char) -> Option<(&[u8; NAMES.len()], Mask)> {
        let idx = match self.direct.get(c as usize) {
            Some(&idx) => usize::from(idx),
            None => self.bytes.binary_search_by_key(&c, |&(known, _)| known).ok()?,
        };
        self.bytes.get(idx).map(|(_, bytes)| (bytes, self.leads[idx]))
    }

    /// The continuation bytes that readers of an encoding lose: it has no printable character for them.
    pub(super) fn fragile(&self, codec: CodecId) -> &[u8] {
        &self.fragile[usize::from(codec)]
    }

    /// The character of a byte; U+FFFD where the encoding has none.
    pub(super) fn char(&self, codec: CodecId, byte: u8) -> char {
        self.chars[usize::from(codec)][usize::from(byte)]
    }
}

fn upper_half(name: &str) -> [char; 256] {
    let mut chars = ['\u{FFFD}'; 256];
    for (byte, c) in (0..=0x7F_u8).zip(&mut chars) {
        *c = char::from(byte);
    }
    match name {
        "ibm437" => fill(&mut chars, IBM437.chars()),
        "ibm850" => fill(&mut chars, IBM850.chars()),
        "iso-8859-1" => fill(&mut chars, '\u{80}'..='\u{FF}'),
        "iso-8859-9" => {
            fill(&mut chars, '\u{80}'..='\u{FF}');
            for (byte, c) in [(0xD0, 'Ğ'), (0xDD, 'İ'), (0xDE, 'Ş'), (0xF0, 'ğ'), (0xFD, 'ı'), (0xFE, 'ş')] {
                chars[byte] = c;
            }
        }
        _ => {
            let encoding = Encoding::for_label(name.as_bytes()).expect("a WHATWG label");
            for byte in 0x80..=0xFF_u8 {
                let (text, _) = encoding.decode_without_bom_handling(std::slice::from_ref(&byte));
                // encoding_rs gives C1 controls for bytes that windows encodings leave undefined; those stand for
                // themselves below in any case.
                let c = text.chars().next().unwrap_or('\u{FFFD}');
                let is_undefined = name.starts_with("windows") && ('\u{80}'..='\u{9F}').contains(&c);
                chars[usize::from(byte)] = if is_undefined { '\u{FFFD}' } else { c };
            }
        }
    }
    chars
}

fn fill(chars: &mut [char; 256], upper: impl Iterator<Item = char>) {
    for (slot, c) in chars[0x80..].iter_mut().zip(upper) {
        *slot = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, byte: u8, c: char) {
        let codec = NAMES.iter().position(|known| *known == name).unwrap();
        assert_eq!(TABLES.char(codec as CodecId, byte), c);
        if c != '\u{FFFD}' {
            assert_eq!(TABLES.bytes(c).unwrap()[codec], byte);
        }
    }

    #[test]
    fn bytes_become_the_characters_of_their_encoding() {
        check("windows-1252", 0x80, '€');
        check("windows-1252", 0x81, '\u{FFFD}');
        check("iso-8859-1", 0x80, '\u{80}');
        check("ibm437", 0xFF, '\u{A0}');
        check("ibm850", 0xC7, 'Ã');
        check("koi8-u", 0xA4, 'є');
        check("iso-8859-9", 0xFD, 'ı');
        check("windows-1251", 0xE0, 'а');
    }

    #[test]
    fn a_c1_control_stands_for_its_byte() {
        assert_eq!(TABLES.bytes('\u{81}').unwrap()[0], 0x81);
    }
}

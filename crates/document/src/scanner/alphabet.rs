//! The characters that the scanner knows.

/// Classes of bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// A printable ASCII character, a tab or a line feed.
    Plain = 0,
    /// A carriage return.
    Return = 1,
    /// Part of a character that isn't ASCII.
    Wide = 2,
    /// A character that YAML doesn't allow.
    Control = 4,
}

const CLASSES: [u8; 256] = classes();

#[allow(
    clippy::indexing_slicing,
    reason = "the table is made when the crate is compiled"
)]
const fn classes() -> [u8; 256] {
    let mut classes = [Class::Plain as u8; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte {
            0x0D => Class::Return,
            0x09 | 0x0A | 0x20..=0x7E => Class::Plain,
            0x80.. => Class::Wide,
            _ => Class::Control,
        } as u8;
        byte += 1;
    }
    classes
}

/// Whether a text has only characters that YAML allows everywhere and that aren't special: no control characters, no
/// byte order mark, no white space but spaces, tabs and line breaks, and no carriage return without a line feed.
pub(super) fn covers(text: &str) -> bool {
    let (chunks, rest) = text.as_bytes().as_chunks();
    let mut seen = classes_in(rest);
    for chunk in chunks {
        if !is_printable(u64::from_le_bytes(*chunk)) {
            seen |= classes_in(chunk);
        }
    }
    let has = |class: Class| seen & class as u8 != 0;
    !has(Class::Control)
        && (!has(Class::Return) || returns_are_followed(text.as_bytes()))
        && (!has(Class::Wide) || text.chars().all(is_known))
}

/// The classes of these bytes, combined.
fn classes_in(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |seen, byte| {
        let class = CLASSES.get(usize::from(*byte));
        seen | class.copied().unwrap_or(Class::Control as u8)
    })
}

/// Whether all of eight bytes are printable ASCII characters.
const fn is_printable(bytes: u64) -> bool {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    // Sets the highest bit of each byte that isn't ASCII, is 0x7F, or is less than a space. Only such a byte carries
    // or borrows.
    let marked = bytes | bytes.wrapping_add(EACH) | bytes.wrapping_sub(EACH * 0x20);
    marked & (EACH * 0x80) == 0
}

/// Whether a line feed follows each carriage return.
fn returns_are_followed(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .zip(bytes.iter().skip(1).chain([&0]))
        .all(|(&byte, &next)| byte != b'\r' || next == b'\n')
}

fn is_known(character: char) -> bool {
    match character {
        '\0'..='\u{7F}' => true,
        '\u{80}'..='\u{9F}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => false,
        _ => !character.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::{CLASSES, Class, covers};

    #[test]
    fn each_byte_is_known_wherever_it_is() {
        for byte in 0..0x80 {
            let is_known = CLASSES.get(usize::from(byte)) == Some(&(Class::Plain as u8));
            for place in 0..20 {
                let mut bytes = [b'x'; 20];
                bytes[place] = byte;
                let text = str::from_utf8(&bytes).expect("ASCII");
                assert_eq!(covers(text), is_known, "{text:?}");
            }
        }
    }

    #[test]
    fn other_characters_are_known_wherever_they_are() {
        for (character, is_known) in [
            ("\r\n", true),
            ("é", true),
            ("図", true),
            ("🐳", true),
            ("\u{85}", false),
            ("\u{a0}", false),
            ("\u{feff}", false),
            ("\u{2028}", false),
        ] {
            for before in 0..10 {
                let text = format!("{}{character}abcdefgh", "x".repeat(before));
                assert_eq!(covers(&text), is_known, "{text:?}");
            }
        }
    }
}

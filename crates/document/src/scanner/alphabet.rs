//! Which characters the scanner knows.

/// What a byte may be.
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

/// Whether a text is made of characters that YAML allows everywhere and that mean nothing special:
/// no control characters, no byte order mark, no white space but spaces, tabs and line breaks, and no
/// carriage return without a line feed.
pub(super) fn covers(text: &str) -> bool {
    let seen = text.bytes().fold(0, |seen, byte| {
        seen | CLASSES
            .get(usize::from(byte))
            .copied()
            .unwrap_or(Class::Control as u8)
    });
    let has = |class: Class| seen & class as u8 != 0;
    !has(Class::Control)
        && (!has(Class::Return) || returns_are_followed(text.as_bytes()))
        && (!has(Class::Wide) || text.chars().all(is_known))
}

/// Whether each carriage return is the first byte of a line break of two.
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

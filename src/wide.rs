//! Text in UTF-16 and UTF-32, which Harness doesn't read.

/// Decodes UTF-16, or UTF-32 with a byte order mark; `None` for other bytes. UTF-16 without a mark is recognized by
/// its zeros.
#[must_use]
pub fn decode_wide(bytes: &[u8]) -> Option<String> {
    let (is_big, width) = match bytes {
        [0xFF, 0xFE, 0, 0, ..] => (false, 4),
        [0, 0, 0xFE, 0xFF, ..] => (true, 4),
        [0xFF, 0xFE, ..] => (false, 2),
        [0xFE, 0xFF, ..] => (true, 2),
        _ => (zeros(bytes)?, 2),
    };
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [a, b] if is_big => u16::from_be_bytes([*a, *b]),
        [a, b] => u16::from_le_bytes([*a, *b]),
        _ => 0,
    });
    // For UTF-32, the halves that aren't zero are enough to recognize a file.
    let units = units.filter(|unit| width == 2 || *unit != 0);
    let text: String = char::decode_utf16(units)
        .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect();
    Some(text.trim_start_matches('\u{FEFF}').to_owned())
}

/// Whether every other byte at the start is zero: the first ones (big endian) or the second ones.
fn zeros(bytes: &[u8]) -> Option<bool> {
    const ENOUGH: usize = 8;
    let pairs = bytes.get(..bytes.len().min(256))?.chunks_exact(2);
    let count = pairs.len();
    let (mut first, mut second) = (0, 0);
    for pair in pairs {
        if let [a, b] = pair {
            first += usize::from(*a == 0 && *b != 0);
            second += usize::from(*b == 0 && *a != 0);
        }
    }
    let is_most = |zeros: usize| count >= ENOUGH && zeros * 10 >= count * 9;
    if is_most(first) {
        Some(true)
    } else {
        is_most(second).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::decode_wide;

    #[test]
    fn wide_characters_are_known_by_a_mark_or_by_zeros() {
        let text = "pipeline:\n  name: é\n";
        let wide = |mark: &str, is_big: bool| -> Vec<u8> {
            let units = mark.encode_utf16().chain(text.encode_utf16());
            units
                .flat_map(|unit| {
                    if is_big {
                        unit.to_be_bytes()
                    } else {
                        unit.to_le_bytes()
                    }
                })
                .collect()
        };
        for mark in ["\u{FEFF}", ""] {
            for is_big in [true, false] {
                assert_eq!(decode_wide(&wide(mark, is_big)).as_deref(), Some(text));
            }
        }
        let mut utf32 = vec![0xFF, 0xFE, 0, 0];
        utf32.extend(text.chars().flat_map(|c| u32::from(c).to_le_bytes()));
        assert_eq!(decode_wide(&utf32).as_deref(), Some(text));
        for bytes in [
            &b"pipeline: {}"[..],
            b"",
            b"\0",
            "é".repeat(50).as_bytes(),
            b"a\0b",
        ] {
            assert_eq!(decode_wide(bytes), None, "{bytes:?}");
        }
    }
}

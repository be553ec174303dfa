//! Cheap hashes of strings.

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of a string, by its beginning and its end. The highest bits are the best mixed.
#[inline]
#[must_use]
pub fn of(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let (start, end) = match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(start), Some(end)) => (u64::from_le_bytes(*start), u64::from_le_bytes(*end)),
        _ => (
            bytes
                .iter()
                .fold(0, |word, byte| word << 8 | u64::from(*byte)),
            0,
        ),
    };
    mixed(start, end.rotate_left(32))
}

/// One hash of two.
#[inline]
#[must_use]
pub fn mixed(a: u64, b: u64) -> u64 {
    (a ^ b).wrapping_mul(FACTOR)
}

//! Fast hashes of strings.

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// A hash of the first and last eight bytes of a string, or of all of a shorter one. Its highest bits are the best
/// distributed.
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

/// Combines two hashes.
#[inline]
#[must_use]
pub fn mixed(a: u64, b: u64) -> u64 {
    (a ^ b).wrapping_mul(FACTOR)
}

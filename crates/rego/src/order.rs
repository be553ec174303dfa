//! The order of strings.

use std::cmp::Ordering;

/// The order of strings, by bytes. Eight at once: most strings are short, and WebAssembly has no comparison of memory, so
/// that the one of the standard library goes byte by byte.
pub(crate) fn order(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while let (Some((x, after_x)), Some((y, after_y))) =
        (a.split_first_chunk::<8>(), b.split_first_chunk::<8>())
    {
        if x != y {
            return u64::from_be_bytes(*x).cmp(&u64::from_be_bytes(*y));
        }
        (a, b) = (after_x, after_y);
    }
    a.iter().cmp(b)
}

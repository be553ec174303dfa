#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

use std::cmp::Ordering;

/// Compares strings by their bytes.
#[must_use]
pub fn order(mut a: &[u8], mut b: &[u8]) -> Ordering {
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

/// Whether strings are equal.
#[must_use]
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    // The last eight bytes overlap with those before them.
    if let (Some(x), Some(y)) = (a.last_chunk::<8>(), b.last_chunk::<8>()) {
        let ((a, _), (b, _)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
        return x == y && a.iter().zip(b).all(|(x, y)| x == y);
    }
    if let (Some(x), Some(y)) = (a.first_chunk::<4>(), b.first_chunk::<4>()) {
        return x == y && a.last_chunk::<4>() == b.last_chunk::<4>();
    }
    a.iter().zip(b).all(|(x, y)| x == y)
}

#[cfg(test)]
mod tests {
    use super::{equal, order};

    #[test]
    fn strings_of_every_length_are_compared_as_the_standard_library_does() {
        let text = b"identifierRef: registry.example.com";
        for length in 0..text.len() {
            for changed in 0..=length {
                let one = text.get(..length).expect("so long");
                let mut other = one.to_vec();
                if let Some(byte) = other.get_mut(changed) {
                    *byte ^= 0x80;
                }
                for other in [other.as_slice(), other.get(1..).unwrap_or_default()] {
                    assert_eq!(equal(one, other), one == other, "{one:?} {other:?}");
                    assert_eq!(order(one, other), one.cmp(other), "{one:?} {other:?}");
                }
            }
        }
    }
}

#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

use std::cmp::Ordering;

/// Sorts stably by a key.
pub fn by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    by(items, |a, b| key(a).cmp(&key(b)));
}

/// Sorts stably by an order.
pub fn by<T>(items: &mut [T], order: impl Fn(&T, &T) -> Ordering) {
    if items.len() < 2 {
        return;
    }
    let sorted = sorted(items.len(), &|a, b| match (items.get(a), items.get(b)) {
        (Some(a), Some(b)) => order(a, b),
        _ => Ordering::Equal,
    });
    arrange(sorted, &mut |a, b| items.swap(a, b));
}

/// The indexes of items, sorted.
fn sorted(length: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..length).collect();
    places.sort_by(|a, b| order(*a, *b));
    places
}

/// Moves each item to its place. `places` has the index of the item for each place.
fn arrange(mut places: Vec<usize>, swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut to = start;
        // Each move frees the place of the next item, until the cycle is complete.
        while let Some(place) = places.get_mut(to) {
            let from = std::mem::replace(place, to);
            if from == start {
                break;
            }
            swap(to, from);
            to = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_items_stay_in_their_order() {
        for length in 0..70_usize {
            let mut items: Vec<_> = (0..length).map(|i| (i * 37 % 11, i)).collect();
            let mut expected = items.clone();
            expected.sort_by_key(|(key, _)| *key);
            by_key(&mut items, |(key, _)| *key);
            assert_eq!(items, expected);
        }
    }

    #[test]
    fn items_are_moved_not_copied() {
        let mut items: Vec<_> = ["c", "a", "b", "a"].map(String::from).into();
        by(&mut items, |a, b| b.cmp(a));
        assert_eq!(items, ["c", "b", "a", "a"]);
    }
}

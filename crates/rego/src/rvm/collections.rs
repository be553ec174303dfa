//! Objects and sets.

use std::cell::Cell;
use std::cmp::Ordering;
use std::sync::Arc;

use super::value::{STRINGS, Value, same};
use strings::order;

/// An object, sorted by key.
#[derive(Debug, Clone, Eq)]
pub struct Object(Arc<[(Value, Value)]>);

/// A set, sorted.
#[derive(Debug, Clone, Eq)]
pub struct Set(Arc<[Value]>);

/// Up to how many fields an object is searched one by one. Comparing the lengths of keys is faster than a binary
/// search.
const FEW: usize = 8;

impl Object {
    /// Makes an object of fields in any order. If keys are equal, the last one's value counts.
    #[must_use]
    pub fn from_unsorted(fields: impl IntoIterator<Item = (Value, Value)>) -> Self {
        Self(fields.into_iter().collect()).sorted()
    }

    fn sorted(self) -> Self {
        let Self(mut fields) = self;
        if let Some(fields) = Arc::get_mut(&mut fields) {
            // The sort is stable, so the last of equal keys stays last.
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
        let has_equals = fields
            .windows(2)
            .any(|pair| matches!(pair, [(a, _), (b, _)] if a == b));
        if has_equals {
            return Self::from_sorted(last_of_equals(&fields));
        }
        Self(fields)
    }

    /// Makes an object of fields that are sorted and have distinct keys.
    pub(super) fn from_sorted(fields: impl IntoIterator<Item = (Value, Value)>) -> Self {
        let fields: Arc<[_]> = fields.into_iter().collect();
        debug_assert!(fields.is_sorted_by(|(a, _), (b, _)| a < b));
        Self(fields)
    }

    /// The fields, sorted by key.
    pub fn iter(&self) -> std::slice::Iter<'_, (Value, Value)> {
        self.0.iter()
    }

    /// The number of fields.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The field with this index in the order of the keys.
    pub(super) fn at(&self, place: usize) -> Option<&(Value, Value)> {
        self.0.get(place)
    }

    /// The value of a key.
    pub(super) fn get(&self, key: &Value) -> Option<&Value> {
        if let Value::String(name) = key {
            return self.named(name);
        }
        let found = self.0.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        self.0.get(found).map(|(_, value)| value)
    }

    pub(super) fn named(&self, name: &str) -> Option<&Value> {
        let (_, value) = self.0.get(self.place_of(name)?)?;
        Some(value)
    }

    /// The value of a key, looked for first at the index where it was found last. Objects that the same code makes
    /// are alike.
    pub(super) fn named_at(&self, name: &str, last: &Cell<usize>) -> Option<&Value> {
        if let Some((Value::String(key), value)) = self.0.get(last.get())
            && same(key, name)
        {
            return Some(value);
        }
        let place = self.place_of(name)?;
        last.set(place);
        self.0.get(place).map(|(_, value)| value)
    }

    fn place_of(&self, name: &str) -> Option<usize> {
        if self.0.len() <= FEW {
            let is_it = |key: &Value| key.as_str().is_some_and(|key| same(key, name));
            return self.0.iter().position(|(key, _)| is_it(key));
        }
        let found = self.0.binary_search_by(|(key, _)| match key {
            Value::String(key) => order(key.as_bytes(), name.as_bytes()),
            other => other.rank().cmp(&STRINGS),
        });
        found.ok()
    }
}

/// Of sorted fields, the last of those with equal keys.
fn last_of_equals(fields: &[(Value, Value)]) -> Vec<(Value, Value)> {
    let equals = fields.chunk_by(|(a, _), (b, _)| a == b);
    equals.filter_map(<[_]>::last).cloned().collect()
}

impl<'o> IntoIterator for &'o Object {
    type Item = &'o (Value, Value);
    type IntoIter = std::slice::Iter<'o, (Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Set {
    pub(super) fn from_unsorted(mut items: Vec<Value>) -> Self {
        Self::taken_from(&mut items)
    }

    /// Makes a set of the items, and leaves the vector empty.
    pub(super) fn taken_from(items: &mut Vec<Value>) -> Self {
        items.sort();
        items.dedup();
        Self(items.drain(..).collect())
    }

    pub(super) fn items(&self) -> &[Value] {
        &self.0
    }

    /// The element that is equal to a value.
    pub(super) fn get(&self, value: &Value) -> Option<&Value> {
        self.0.get(self.0.binary_search(value).ok()?)
    }

    pub(super) fn contains(&self, value: &Value) -> bool {
        self.get(value).is_some()
    }
}

macro_rules! compare_shared {
    ($($collection:ty)*) => {
        $(impl PartialEq for $collection {
            fn eq(&self, other: &Self) -> bool {
                Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
            }
        }

        impl Ord for $collection {
            fn cmp(&self, other: &Self) -> Ordering {
                if Arc::ptr_eq(&self.0, &other.0) {
                    return Ordering::Equal;
                }
                self.0.cmp(&other.0)
            }
        }

        impl PartialOrd for $collection {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        })*
    };
}

compare_shared! { Object Set }

//! Objects and sets.

use std::cell::Cell;
use std::cmp::Ordering;
use std::sync::Arc;

use super::value::{STRINGS, Value, same};
use strings::order;

/// A mapping, sorted by key.
#[derive(Debug, Clone, Eq)]
pub struct Object(Arc<[(Value, Value)]>);

/// A set, sorted.
#[derive(Debug, Clone, Eq)]
pub struct Set(Arc<[Value]>);

/// So many fields are looked through one after the other: comparing lengths is faster than halving.
const FEW: usize = 8;

impl Object {
    /// Of equal keys the last one's value counts.
    #[must_use]
    pub fn from_unsorted(fields: impl IntoIterator<Item = (Value, Value)>) -> Self {
        Self(fields.into_iter().collect()).sorted()
    }

    fn sorted(self) -> Self {
        let Self(mut fields) = self;
        if let Some(fields) = Arc::get_mut(&mut fields) {
            // Stable, so that the last of equal keys is last.
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

    /// Of fields that are sorted, no two of them with the same key.
    pub(super) fn from_sorted(fields: impl IntoIterator<Item = (Value, Value)>) -> Self {
        let fields: Arc<[_]> = fields.into_iter().collect();
        debug_assert!(fields.is_sorted_by(|(a, _), (b, _)| a < b));
        Self(fields)
    }

    /// The fields, sorted by key.
    pub fn iter(&self) -> std::slice::Iter<'_, (Value, Value)> {
        self.0.iter()
    }

    /// How many fields there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The field at a place in the order of keys.
    pub(super) fn at(&self, place: usize) -> Option<&(Value, Value)> {
        self.0.get(place)
    }

    /// What is under a key.
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

    /// The same, looked for first where it was last: objects that are made in one place are alike.
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

/// Of sorted fields with equal keys the last one.
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

    /// Of the items, which are gone afterwards.
    pub(super) fn taken_from(items: &mut Vec<Value>) -> Self {
        items.sort();
        items.dedup();
        Self(items.drain(..).collect())
    }

    pub(super) fn items(&self) -> &[Value] {
        &self.0
    }

    /// The element that equals a value.
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

//! Objects.

use std::cmp::Ordering;

use super::Value;
use super::nesting::{bytes_of, depth_around, take_apart};
use super::order::{ROW, compare_rows, order, same, sort_by_key};
use crate::budget;

/// Up to how many fields an object is searched one by one. Comparing the lengths of keys is faster than a binary
/// search.
const FEW: usize = 8;

/// An object, sorted by key.
#[derive(Debug)]
pub struct Object {
    fields: Vec<(Value, Value)>,
    depth: u32,
}

impl Object {
    /// Makes an object of sorted fields.
    fn new(fields: Vec<(Value, Value)>) -> Self {
        budget::take(bytes_of(fields.len() * 2));
        let values = fields.iter().flat_map(|(key, value)| [key, value]);
        Self {
            depth: depth_around(values),
            fields,
        }
    }

    /// Makes an object of fields in any order. Of equal keys, the first stays as it is written (`1`, `1.0`), and the
    /// last one's value counts.
    fn from_unsorted(mut fields: Vec<(Value, Value)>) -> Self {
        // The sort is stable, so the last of equal keys stays last.
        sort_by_key(&mut fields, |(key, _)| key);
        fields.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(&mut later.1, &mut kept.1);
            }
            same
        });
        Self::new(fields)
    }

    #[inline]
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// The keys and values, to be dropped.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.fields.iter_mut().flat_map(|(key, value)| [key, value])
    }

    /// The number of fields.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether it has no fields.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The value of a key.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        // Most keys are strings.
        if let Value::String(name) = key {
            return self.field(name);
        }
        let found = self.fields.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        self.fields.get(found).map(|(_, value)| value)
    }

    /// The value of the key with this name.
    #[must_use]
    #[inline]
    pub fn field(&self, name: &str) -> Option<&Value> {
        if self.fields.len() <= FEW {
            let mut fields = self.fields.iter();
            let is_it = |key: &Value| match key {
                Value::String(key) => same(key.as_bytes(), name.as_bytes()),
                _ => false,
            };
            let field = fields.find(|(key, _)| is_it(key));
            return field.map(|(_, value)| value);
        }
        let found = self.fields.binary_search_by(|(key, _)| match key {
            Value::String(text) => order(text.as_bytes(), name.as_bytes()),
            Value::Bytes(bytes) => order(bytes.bytes(), name.as_bytes()),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ordering::Less,
            Value::Array(_) | Value::Object(_) | Value::Set(_) => Ordering::Greater,
        });
        self.fields.get(found.ok()?).map(|(_, value)| value)
    }

    /// Sets the value of a key.
    pub fn insert(&mut self, key: Value, value: Value) {
        let depth = key.depth().max(value.depth()).saturating_add(1);
        self.depth = self.depth.max(depth);
        match self.fields.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => {
                if let Some(field) = self.fields.get_mut(at) {
                    field.1 = value;
                }
            }
            Err(at) => {
                budget::take(bytes_of(2) - bytes_of(0));
                budget::step((self.fields.len() / ROW) as u64);
                self.fields.insert(at, (key, value));
            }
        }
    }

    /// Removes a field, and returns its value.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.fields.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        budget::give(bytes_of(2) - bytes_of(0));
        budget::step((self.fields.len() / ROW) as u64);
        Some(self.fields.remove(at).1)
    }

    /// The fields, sorted by key.
    #[inline]
    pub fn iter(&self) -> std::slice::Iter<'_, (Value, Value)> {
        self.fields.iter()
    }

    /// The keys, sorted.
    #[must_use]
    #[inline]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.fields.iter().map(|(key, _)| key)
    }

    /// The values, sorted by key.
    #[must_use]
    #[inline]
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.fields.iter().map(|(_, value)| value)
    }
}

impl<'o> IntoIterator for &'o Object {
    type Item = &'o (Value, Value);
    type IntoIter = std::slice::Iter<'o, (Value, Value)>;

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.fields.iter()
    }
}

impl FromIterator<(Value, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(fields: I) -> Self {
        Self::from_unsorted(fields.into_iter().collect())
    }
}

impl Ord for Object {
    /// OPA's order of objects: field by field, each key before its value, then by length.
    fn cmp(&self, other: &Self) -> Ordering {
        compare_rows(&self.fields, &other.fields, |a, b| {
            a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1))
        })
    }
}

impl PartialOrd for Object {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.cmp(other).is_eq()
    }
}

impl Eq for Object {}

impl Default for Object {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Clone for Object {
    fn clone(&self) -> Self {
        Self::new(self.fields.clone())
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        budget::give(bytes_of(self.fields.len() * 2));
        take_apart(self.depth, self.values_mut());
    }
}

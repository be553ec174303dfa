//! Rego's values: those of JSON, and sets.
//!
//! Collections are sorted by OPA's order of values, and shared, so that a clone copies nothing. So a small program
//! can make a value that is too large to visit, or that nests deeper than the stack allows. Whatever visits values
//! draws on the [budget], and doesn't recurse into deep ones.

mod array;
mod bytes;
mod nesting;
mod object;
mod order;
mod set;

use std::rc::Rc;

use crate::Number;

pub use array::Array;
pub use bytes::Bytes;
pub use object::Object;
pub use order::sort;
pub use set::Set;

/// A value. The variants are in OPA's order of types.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it was written.
    Number(Number),
    /// A string.
    String(Rc<str>),
    /// A string that isn't UTF-8.
    Bytes(Rc<Bytes>),
    /// An array.
    Array(Array),
    /// An object. Its keys may be any values.
    Object(Rc<Object>),
    /// A set.
    Set(Rc<Set>),
}

impl Value {
    /// The name of its type, as `type_name` returns it.
    #[must_use]
    #[inline]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) | Self::Bytes(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Set(_) => "set",
        }
    }

    /// The rank of its type in OPA's order.
    #[inline]
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::String(_) | Self::Bytes(_) => 3,
            Self::Array(_) => 4,
            Self::Object(_) => 5,
            Self::Set(_) => 6,
        }
    }

    /// A string of these bytes.
    #[must_use]
    pub fn of_bytes(bytes: Vec<u8>) -> Self {
        match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(error) => Self::Bytes(Rc::new(Bytes::new(error.into_bytes()))),
        }
    }

    /// The string, if it is one. If it isn't UTF-8, the string as Go reads it.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            Self::Bytes(bytes) => Some(bytes.text()),
            _ => None,
        }
    }

    /// The bytes of the string, if it is one.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::String(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes.bytes()),
            _ => None,
        }
    }

    /// The value under a key: a field of an object, an item of an array, or an element of a set, which is its own
    /// key.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        match self {
            Self::Array(items) => match key {
                Self::Number(index) => items.get(index.as_index()?),
                _ => None,
            },
            Self::Object(object) => object.get(key),
            Self::Set(set) => set.get(key),
            _ => None,
        }
    }

    /// The value under a key as OPA 0.70 looks it up: `1.0` isn't an index.
    #[must_use]
    #[inline]
    pub fn get_as_written(&self, key: &Value) -> Option<&Value> {
        match (self, key) {
            (Self::Array(_), Self::Number(index)) if index.as_written_i64().is_none() => None,
            _ => self.get(key),
        }
    }

    /// How many values a copy would have to clone: itself, and those directly in it.
    #[must_use]
    #[inline]
    pub fn width(&self) -> usize {
        match self {
            Self::Array(items) => items.len() + 1,
            Self::Object(object) => object.len() * 2 + 1,
            Self::Set(set) => set.len() + 1,
            Self::String(text) => text.len() / 32 + 1,
            Self::Bytes(bytes) => bytes.text().len() / 16 + 1,
            _ => 1,
        }
    }

    /// An object with these fields.
    #[must_use]
    pub fn object<K: Into<Value>>(fields: impl IntoIterator<Item = (K, Value)>) -> Self {
        fields
            .into_iter()
            .map(|(key, value)| (key.into(), value))
            .collect::<Object>()
            .into()
    }

    /// An array.
    #[must_use]
    pub fn array(items: impl IntoIterator<Item = Value>) -> Self {
        Self::Array(items.into_iter().collect::<Vec<_>>().into())
    }

    /// How deep collections nest in it: 0 for a scalar, 1 for an array of scalars. After something was removed, the
    /// number may be too high.
    #[must_use]
    #[inline]
    pub fn depth(&self) -> u32 {
        match self {
            Self::Array(array) => array.depth(),
            Self::Object(object) => object.depth(),
            Self::Set(set) => set.depth(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::Bytes(_) => 0,
        }
    }

    /// A set.
    #[must_use]
    pub fn set(items: impl IntoIterator<Item = Value>) -> Self {
        items.into_iter().collect::<Set>().into()
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Number(number.into())
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::Array(items.into())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(Rc::new(object))
    }
}

impl From<Set> for Value {
    fn from(set: Set) -> Self {
        Self::Set(Rc::new(set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::{Allowance, Spent, Using, is_spent, spent};
    use crate::json;

    fn nested(depth: usize, inner: &str) -> Value {
        (0..depth).fold(inner.into(), |value, i| match i % 3 {
            0 => Value::array([value]),
            1 => Value::set([value]),
            _ => Value::object([("k", value)]),
        })
    }

    fn shared(levels: usize) -> Value {
        (0..levels).fold(Value::array([]), |value, _| {
            Value::array([value.clone(), value])
        })
    }

    fn small() -> Using {
        Using::begin(Allowance {
            steps: 100_000,
            bytes: 100_000,
            deadline: None,
        })
    }

    #[test]
    fn what_is_deeper_than_a_stack_is_compared_written_and_dropped() {
        let (a, b, c) = (
            nested(300_000, "a"),
            nested(300_000, "a"),
            nested(300_000, "b"),
        );
        assert_eq!(a.depth(), 300_000);
        assert!(a == b && a != c && a < c);
        assert_eq!(json::write(&a).len(), 3 + 300_000 * 2 + 100_000 * 4);
        assert_eq!(a.to_string().len(), 3 + 300_000 * 2 + 100_000 * 5);
    }

    #[test]
    fn what_would_never_be_gone_through_ends_with_the_budget() {
        let (a, b) = (shared(60), shared(60));
        for work in [
            |a: &Value, b: &Value| assert!(a.cmp(b).is_eq()),
            |a: &Value, b: &Value| assert!(a != b || is_spent()),
            |a: &Value, b: &Value| drop(Value::set([a.clone(), b.clone(), a.clone()])),
            |a: &Value, _: &Value| drop(json::write(a)),
            |a: &Value, _: &Value| drop(json::write_pretty(a, "  ")),
            |a: &Value, _: &Value| drop(a.to_string()),
        ] {
            let using = small();
            work(&a, &b);
            assert!(is_spent());
            drop(using);
        }
        assert_eq!(json::weight(&a, 1_000_000), None);
        assert!(!is_spent());
    }

    #[test]
    fn what_is_dropped_has_room_again() {
        let _using = small();
        for _ in 0..1_000 {
            drop(Value::array((0..100_i64).map(Value::from)));
            drop(Value::set((0..100_i64).map(Value::from)));
            drop(Value::object(
                (0..50_i64).map(|i| (Value::from(i), i.into())),
            ));
        }
        assert_eq!(spent(), None);
        let kept: Vec<Value> = (0..100)
            .map(|_| Value::array((0..100_i64).map(Value::from)))
            .collect();
        assert_eq!((kept.len(), spent()), (100, Some(Spent::Bytes)));
    }

    #[test]
    fn sorts_as_the_library_does() {
        // Equal numbers are written in two ways, which shows whether their order changed.
        let item = |i: i64| {
            let fraction = if i % 2 == 0 { "" } else { ".0" };
            json::parse(&format!("[{}{fraction}]", i * 7919 % 101)).unwrap()
        };
        let mut sorted: Vec<_> = (0..1_000).map(item).collect();
        let mut expected = sorted.clone();
        expected.sort();
        sort(&mut sorted);
        let written = |items: &[Value]| items.iter().map(json::write).collect::<Vec<_>>();
        assert_eq!(written(&sorted), written(&expected));
    }
}

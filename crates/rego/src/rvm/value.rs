//! The machine's values: those of JSON, sets, and undefined.
//!
//! Collections are sorted by OPA's order of values, and shared, so that a clone copies nothing. They nest no deeper
//! than the input and the program, which are both limited.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::sync::{Arc, LazyLock};

use super::collections::{Object, Set};
use strings::{equal, order};

/// A value. The variants are in OPA's order of types. `Undefined` comes first, and is never in a collection.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// No value: the rule is undefined, or the field doesn't exist.
    #[default]
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// Any other number. It is finite.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// An array.
    Array(Arc<[Value]>),
    /// An object. Its keys may be any values.
    Object(Object),
    /// A set.
    Set(Set),
}

/// The names of the types, in OPA's order.
pub(super) const TYPES: [&str; 8] = [
    "undefined",
    "null",
    "boolean",
    "number",
    "string",
    "array",
    "object",
    "set",
];

/// The rank of strings among [`TYPES`].
pub(super) const STRINGS: u8 = 4;

impl Value {
    /// An object with these fields.
    #[must_use]
    pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Self {
        Object::from_unsorted(fields.map(|(key, value)| (key.into(), value))).into()
    }

    /// A number; undefined if it isn't finite.
    pub(super) fn number(number: f64) -> Self {
        // Beyond 2^53, some integers have no float.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.fract() == 0.0 && number.abs() < EXACT {
            #[expect(
                clippy::cast_possible_truncation,
                reason = "it has no fraction and is small"
            )]
            return Self::Integer(number as i64);
        }
        if number.is_finite() {
            Self::Float(number)
        } else {
            Self::Undefined
        }
    }

    pub(super) fn is_undefined(&self) -> bool {
        matches!(self, Self::Undefined)
    }

    /// Whether it is true as a condition: neither undefined nor `false`.
    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Undefined | Self::Bool(false))
    }

    /// Whether something else shares its contents.
    pub(super) fn is_shared(&self) -> bool {
        self.rank() >= STRINGS
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number as an index or size, if it is one.
    #[must_use]
    pub fn as_index(&self) -> Option<usize> {
        match self {
            Self::Integer(number) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The items, if it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The object, if it is one.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The value under a key: a field of an object, an item of an array, or an element of a set, which is its own
    /// key.
    #[must_use]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        match self {
            Self::Object(object) => object.get(key),
            Self::Array(items) => items.get(key.as_index()?),
            Self::Set(set) => set.get(key),
            _ => None,
        }
    }

    /// The field of an object with this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.as_object()?.named(name)
    }

    /// The field with this name, if it is a string.
    #[must_use]
    pub fn text_field(&self, name: &str) -> Option<&str> {
        self.field(name)?.as_str()
    }

    /// Sets a field. It does nothing if the value isn't an object.
    pub fn set_field(&mut self, name: &str, value: Value) {
        if let Self::Object(object) = self {
            let others = object.iter().cloned();
            *object = Object::from_unsorted(others.chain([(name.into(), value)]));
        }
    }

    /// What making it costs, in values: those that it holds directly, and one for every 16 bytes of a string.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Array(items) => items.len(),
            Self::Object(object) => object.len(),
            Self::Set(set) => set.items().len(),
            Self::String(text) => text.len() / 16,
            _ => 0,
        }
    }

    /// The rank of its type in OPA's order.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Undefined => 0,
            Self::Null => 1,
            Self::Bool(_) => 2,
            Self::Integer(_) | Self::Float(_) => 3,
            Self::String(_) => STRINGS,
            Self::Array(_) => 5,
            Self::Object(_) => 6,
            Self::Set(_) => 7,
        }
    }
}

/// Whether two strings are equal.
pub(super) fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (std::ptr::eq(a, b) || equal(a.as_bytes(), b.as_bytes()))
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            (Self::Float(a), Self::Float(b)) => a.total_cmp(b),
            (Self::Integer(a), Self::Float(b)) => compare_numbers(*a, *b),
            (Self::Float(a), Self::Integer(b)) => compare_numbers(*b, *a).reverse(),
            (Self::String(a), Self::String(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
            (Self::String(a), Self::String(b)) => order(a.as_bytes(), b.as_bytes()),
            (Self::Array(a), Self::Array(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
            (Self::Array(a), Self::Array(b)) => a.cmp(b),
            (Self::Object(a), Self::Object(b)) => a.cmp(b),
            (Self::Set(a), Self::Set(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

/// Compares an integer with a float.
fn compare_numbers(integer: i64, float: f64) -> Ordering {
    #[expect(
        clippy::cast_precision_loss,
        reason = "what is as large as that needs no more precision"
    )]
    (integer as f64).total_cmp(&float)
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::String(a), Self::String(b)) => same(a, b),
            (Self::Array(a), Self::Array(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => a == b,
            _ => self.cmp(other).is_eq(),
        }
    }
}

impl Eq for Value {}

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

impl From<usize> for Value {
    fn from(number: usize) -> Self {
        // No collection is as large as that.
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        /// Half of all comprehensions find nothing.
        static NOTHING: LazyLock<Arc<[Value]>> = LazyLock::new(Arc::default);
        if items.is_empty() {
            return Self::Array(Arc::clone(&NOTHING));
        }
        Self::Array(items.into())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<Set> for Value {
    fn from(set: Set) -> Self {
        Self::Set(set)
    }
}

/// JSON, with sets as arrays.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => f.write_str("undefined"),
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Float(number) => write!(f, "{number}"),
            Self::String(text) => json_string(text, f),
            Self::Array(items) => list(items, f),
            Self::Set(set) => list(set.items(), f),
            Self::Object(object) => {
                f.write_char('{')?;
                for (i, (key, value)) in object.iter().enumerate() {
                    if i > 0 {
                        f.write_char(',')?;
                    }
                    match key {
                        Self::String(_) => write!(f, "{key}:{value}")?,
                        // Keys in JSON have to be strings.
                        other => {
                            json_string(&other.to_string(), f)?;
                            write!(f, ":{value}")?;
                        }
                    }
                }
                f.write_char('}')
            }
        }
    }
}

fn list(items: &[Value], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('[')?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_char(',')?;
        }
        write!(f, "{item}")?;
    }
    f.write_char(']')
}

fn json_string(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
        let (plain, after) = rest.split_at(at);
        f.write_str(plain)?;
        let mut after = after.chars();
        match after.next() {
            Some('"') => f.write_str("\\\"")?,
            Some('\\') => f.write_str("\\\\")?,
            Some('\n') => f.write_str("\\n")?,
            Some('\r') => f.write_str("\\r")?,
            Some('\t') => f.write_str("\\t")?,
            Some('\u{8}') => f.write_str("\\b")?,
            Some('\u{c}') => f.write_str("\\f")?,
            Some(other) => write!(f, "\\u{:04x}", u32::from(other))?,
            None => {}
        }
        rest = after.as_str();
    }
    f.write_str(rest)?;
    f.write_char('"')
}

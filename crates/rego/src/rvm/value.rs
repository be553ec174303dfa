//! Values of the machine: JSON's, sets, and no value at all.
//!
//! Collections are sorted by OPA's order of values, and shared: a clone copies no content. They nest no deeper than the
//! input and the program do, which both have bounds.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::sync::{Arc, LazyLock};

use super::collections::{Object, Set};
use strings::{equal, order};

/// A value. The order of the variants is OPA's order of values of different types; `Undefined` comes first, and is in no
/// collection.
#[derive(Debug, Clone, Default)]
pub enum Value {
    /// None: the rule has no value, the field isn't there.
    #[default]
    Undefined,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number without a fraction.
    Integer(i64),
    /// Any other number; never infinite or NaN.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// A list.
    Array(Arc<[Value]>),
    /// A mapping; its keys may be any values.
    Object(Object),
    /// A set.
    Set(Set),
}

/// The types in OPA's order, as `type_name` calls them.
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

/// The place of strings in OPA's order of types.
pub(super) const STRINGS: u8 = 4;

impl Value {
    /// An object of named fields.
    #[must_use]
    pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Self {
        Object::from_unsorted(fields.map(|(key, value)| (key.into(), value))).into()
    }

    /// A number; undefined where it isn't finite.
    pub(super) fn number(number: f64) -> Self {
        // Beyond 2^53, not every integer has a float of its own.
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

    /// Whether a condition holds that is this value.
    pub(super) fn is_true(&self) -> bool {
        !matches!(self, Self::Undefined | Self::Bool(false))
    }

    /// Whether others may share what it holds.
    pub(super) fn is_shared(&self) -> bool {
        self.rank() >= STRINGS
    }

    /// The string, where it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The index or size, where it is one.
    #[must_use]
    pub fn as_index(&self) -> Option<usize> {
        match self {
            Self::Integer(number) => usize::try_from(*number).ok(),
            _ => None,
        }
    }

    /// The items, where it is an array.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        match self {
            Self::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The fields, where it is an object.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// What is under a key or index: a field of an object, an item of an array, an element of a set, which is its own
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

    /// A field of an object.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.as_object()?.named(name)
    }

    /// A field that is a string.
    #[must_use]
    pub fn text_field(&self, name: &str) -> Option<&str> {
        self.field(name)?.as_str()
    }

    /// Puts a field into an object; a value of another kind stays as it is.
    pub fn set_field(&mut self, name: &str, value: Value) {
        if let Self::Object(object) = self {
            let others = object.iter().cloned();
            *object = Object::from_unsorted(others.chain([(name.into(), value)]));
        }
    }

    /// How many values it holds, no deeper than one level.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Array(items) => items.len(),
            Self::Object(object) => object.len(),
            Self::Set(set) => set.items().len(),
            Self::String(text) => text.len() / 16,
            _ => 0,
        }
    }

    /// The place of its type in OPA's order.
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

/// Whether strings are equal.
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

/// The order of an integer and a number that isn't one, or is a large one.
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
        // No collection is larger than that.
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        /// Half of what comprehensions find is nothing.
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

/// As JSON; a set as an array.
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
                        // JSON's keys are strings.
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

//! Values of the machine: JSON's, sets, and no value at all.
//!
//! Collections are sorted by OPA's order of values, and shared: a clone copies no content. They nest no deeper than the
//! input and the program do, which both have bounds.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::sync::{Arc, LazyLock};

use crate::order::order;

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
    Array(Arc<Vec<Value>>),
    /// A mapping; its keys may be any values.
    Object(Arc<Object>),
    /// A set.
    Set(Arc<Set>),
}

/// A mapping, sorted by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object(Vec<(Value, Value)>);

/// A set, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set(Vec<Value>);

/// The place of strings in OPA's order of types.
const STRINGS: u8 = 4;

/// So many fields are looked through one after the other: comparing lengths is faster than halving.
const FEW: usize = 8;

impl Value {
    /// An object of named fields.
    #[must_use]
    pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Self {
        let fields = fields.into_iter();
        Object::from_unsorted(fields.map(|(key, value)| (key.into(), value)).collect()).into()
    }

    /// A document's node. Its depth and size are what the document's limits allow.
    ///
    /// The machine's numbers would show `1.10` as `1.1`: a number or boolean of another spelling than Rego's is the
    /// string that `text`, the document's file, has there.
    #[must_use]
    pub fn from_node(node: &document::Node<'_>, text: &str) -> Self {
        Self::of_node(node, text, &mut Keys::default())
    }

    fn of_node(node: &document::Node<'_>, text: &str, keys: &mut Keys) -> Self {
        match &node.value {
            document::Value::Null => Self::Null,
            document::Value::Bool(value) => {
                as_written(node, text, value).unwrap_or(Self::Bool(*value))
            }
            document::Value::Integer(value) => {
                as_written(node, text, value).unwrap_or(Self::Integer(*value))
            }
            document::Value::Float(value) => {
                as_written(node, text, value).unwrap_or(Self::number(*value))
            }
            document::Value::String(value) => Self::String(value.as_ref().into()),
            document::Value::Sequence(items) => {
                let items = items.iter().map(|item| Self::of_node(item, text, keys));
                Self::from(items.collect::<Vec<_>>())
            }
            document::Value::Mapping(mapping) => {
                let fields = mapping.iter().map(|entry| {
                    let key = Self::String(keys.shared(&entry.key));
                    (key, Self::of_node(&entry.node, text, keys))
                });
                Object::from_unsorted(fields.collect()).into()
            }
        }
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

    /// What `type_name` calls the value's type.
    pub(super) fn type_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Undefined => return None,
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Integer(_) | Self::Float(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Set(_) => "set",
        })
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
            Self::Set(set) => set.0.get(set.0.binary_search(key).ok()?),
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
            Arc::make_mut(object).insert(name.into(), value);
        }
    }

    /// How many values it holds, no deeper than one level.
    pub(super) fn width(&self) -> usize {
        match self {
            Self::Array(items) => items.len(),
            Self::Object(object) => object.0.len(),
            Self::Set(set) => set.0.len(),
            Self::String(text) => text.len() / 16,
            _ => 0,
        }
    }

    fn rank(&self) -> u8 {
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

/// The keys that a document has used last: most occur again and again, and share their string.
struct Keys([Option<Arc<str>>; 64]);

impl Default for Keys {
    fn default() -> Self {
        Self([const { None }; 64])
    }
}

impl Keys {
    fn shared(&mut self, key: &str) -> Arc<str> {
        // As Fowler, Noll and Vo hash.
        let hash = key.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        let slots = self.0.len();
        let Some(slot) = self.0.get_mut((hash >> 8) as usize % slots) else {
            return key.into();
        };
        if let Some(shared) = slot
            && same(shared, key)
        {
            return Arc::clone(shared);
        }
        let new: Arc<str> = key.into();
        *slot = Some(Arc::clone(&new));
        new
    }
}

/// What is written for a plain scalar, where it isn't how Rego would write the value.
fn as_written(node: &document::Node<'_>, text: &str, usual: impl fmt::Display) -> Option<Value> {
    let written = text.get(node.span.start as usize..node.span.end as usize)?;
    let is_plain = written
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (is_plain && !written.is_empty() && written != usual.to_string()).then(|| written.into())
}

impl Object {
    /// Of equal keys the last one's value counts.
    #[must_use]
    pub fn from_unsorted(mut fields: Vec<(Value, Value)>) -> Self {
        // Stable, so that the last of equal keys is last.
        fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        fields.dedup_by(|later, kept| {
            let is_same = later.0 == kept.0;
            if is_same {
                std::mem::swap(&mut later.1, &mut kept.1);
            }
            is_same
        });
        Self(fields)
    }

    /// Of fields that are sorted, no two of them with the same key.
    pub(super) fn from_sorted(fields: Vec<(Value, Value)>) -> Self {
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

    fn named(&self, name: &str) -> Option<&Value> {
        if self.0.len() <= FEW {
            let mut fields = self.0.iter();
            let field = fields.find(|(key, _)| key.as_str().is_some_and(|key| same(key, name)));
            return field.map(|(_, value)| value);
        }
        let found = self.0.binary_search_by(|(key, _)| match key {
            Value::String(key) => order(key.as_bytes(), name.as_bytes()),
            other => other.rank().cmp(&STRINGS),
        });
        self.0.get(found.ok()?).map(|(_, value)| value)
    }

    fn insert(&mut self, key: Value, value: Value) {
        match self.0.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => {
                if let Some(field) = self.0.get_mut(at) {
                    field.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (key, value)),
        }
    }
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
        items.sort();
        items.dedup();
        Self(items)
    }

    pub(super) fn items(&self) -> &[Value] {
        &self.0
    }

    pub(super) fn contains(&self, value: &Value) -> bool {
        self.0.binary_search(value).is_ok()
    }
}

fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && (std::ptr::eq(a, b) || order(a.as_bytes(), b.as_bytes()).is_eq())
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
            (Self::Object(a), Self::Object(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
            (Self::Object(a), Self::Object(b)) => a.cmp(b),
            (Self::Set(a), Self::Set(b)) if Arc::ptr_eq(a, b) => Ordering::Equal,
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
            (Self::Object(a), Self::Object(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::Set(a), Self::Set(b)) => Arc::ptr_eq(a, b) || a == b,
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
        static NOTHING: LazyLock<Arc<Vec<Value>>> = LazyLock::new(Arc::default);
        if items.is_empty() {
            return Self::Array(Arc::clone(&NOTHING));
        }
        Self::Array(Arc::new(items))
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(Arc::new(object))
    }
}

impl From<Set> for Value {
    fn from(set: Set) -> Self {
        Self::Set(Arc::new(set))
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
            Self::Set(set) => list(&set.0, f),
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

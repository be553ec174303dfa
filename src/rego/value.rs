//! Values as OPA knows them: JSON's, and sets.
//!
//! Collections are sorted by OPA's order of values, and shared: a clone copies no content.

use std::cmp::Ordering;
use std::rc::Rc;

use super::number::Number;

/// A value of Rego. The order of the variants is OPA's order of values of different types.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, written as it stood.
    Number(Number),
    /// A text.
    String(Rc<str>),
    /// A list.
    Array(Rc<[Value]>),
    /// A mapping; its keys may be any values.
    Object(Rc<Object>),
    /// A set.
    Set(Rc<Set>),
}

impl Value {
    /// What `type_name` calls the value's type.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::Array(_) => "array",
            Self::Object(_) => "object",
            Self::Set(_) => "set",
        }
    }

    /// The place of the value's type in OPA's order of types.
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Number(_) => 2,
            Self::String(_) => 3,
            Self::Array(_) => 4,
            Self::Object(_) => 5,
            Self::Set(_) => 6,
        }
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// What stands under a key or index: a field of an object, an item of an array, an element of a
    /// set (which is its own key).
    #[must_use]
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

    /// The same as OPA 0.70 looks it up, to which `1.0` is no index.
    #[must_use]
    pub fn get_as_written(&self, key: &Value) -> Option<&Value> {
        match (self, key) {
            (Self::Array(_), Self::Number(index)) if index.as_written_i64().is_none() => None,
            _ => self.get(key),
        }
    }

    /// How many values hang on this one, itself included, no deeper than one level: what a copy of it
    /// would cost.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Self::Array(items) => items.len() + 1,
            Self::Object(object) => object.len() * 2 + 1,
            Self::Set(set) => set.len() + 1,
            Self::String(text) => text.len() / 32 + 1,
            _ => 1,
        }
    }

    /// An object of named fields.
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
        Self::Array(items.into_iter().collect())
    }

    /// A set.
    #[must_use]
    pub fn set(items: impl IntoIterator<Item = Value>) -> Self {
        items.into_iter().collect::<Set>().into()
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::String(a), Self::String(b)) if Rc::ptr_eq(a, b) => Ordering::Equal,
            (Self::String(a), Self::String(b)) => order(a, b),
            // A document is often compared with itself, as an argument of the calls that are remembered.
            (Self::Array(a), Self::Array(b)) if Rc::ptr_eq(a, b) => Ordering::Equal,
            (Self::Array(a), Self::Array(b)) => a.cmp(b),
            (Self::Object(a), Self::Object(b)) if Rc::ptr_eq(a, b) => Ordering::Equal,
            (Self::Object(a), Self::Object(b)) => a.cmp(b),
            (Self::Set(a), Self::Set(b)) if Rc::ptr_eq(a, b) => Ordering::Equal,
            (Self::Set(a), Self::Set(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::String(a), Self::String(b)) => {
                Rc::ptr_eq(a, b) || a.len() == b.len() && order(a, b).is_eq()
            }
            (Self::Array(a), Self::Array(b)) => a == b,
            (Self::Object(a), Self::Object(b)) => a == b,
            (Self::Set(a), Self::Set(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

/// The order of texts, by bytes. Eight at once: most texts are short, and WebAssembly has no
/// comparison of memory, so that the one of the standard library goes byte by byte.
fn order(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let (Some((x, behind_x)), Some((y, behind_y))) =
        (a.split_first_chunk::<8>(), b.split_first_chunk::<8>())
    {
        if x != y {
            return u64::from_be_bytes(*x).cmp(&u64::from_be_bytes(*y));
        }
        (a, b) = (behind_x, behind_y);
    }
    a.iter().cmp(b)
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
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

/// A mapping, sorted by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object(Vec<(Value, Value)>);

impl Object {
    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What stands under a key.
    #[must_use]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        let found = self.0.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        self.0.get(found).map(|(_, value)| value)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        let found = self.0.binary_search_by(|(key, _)| match key {
            Value::String(text) => order(text, name),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ordering::Less,
            Value::Array(_) | Value::Object(_) | Value::Set(_) => Ordering::Greater,
        });
        self.0.get(found.ok()?).map(|(_, value)| value)
    }

    /// Puts a field in, replacing one under an equal key.
    pub fn insert(&mut self, key: Value, value: Value) {
        match self.0.binary_search_by(|(k, _)| k.cmp(&key)) {
            Ok(at) => {
                if let Some(field) = self.0.get_mut(at) {
                    field.1 = value;
                }
            }
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.0.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        Some(self.0.remove(at).1)
    }

    /// The fields, sorted by key.
    pub fn iter(&self) -> std::slice::Iter<'_, (Value, Value)> {
        self.0.iter()
    }

    /// The keys, sorted.
    #[must_use]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.0.iter().map(|(key, _)| key)
    }

    /// The values, sorted by key.
    #[must_use]
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.0.iter().map(|(_, value)| value)
    }
}

impl<'o> IntoIterator for &'o Object {
    type Item = &'o (Value, Value);
    type IntoIter = std::slice::Iter<'o, (Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<(Value, Value)> for Object {
    /// Of equal keys the first stays, as it is written (`1`, `1.0`), and the last one's value counts.
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(fields: I) -> Self {
        let mut sorted: Vec<_> = fields.into_iter().collect();
        // Stable, so that the last of equal keys stands last.
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        sorted.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(&mut later.1, &mut kept.1);
            }
            same
        });
        Self(sorted)
    }
}

impl Ord for Object {
    /// As OPA orders objects: field by field, each key before its value, then by length.
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl PartialOrd for Object {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A set, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Set(Vec<Value>);

impl Set {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The element that equals a value.
    #[must_use]
    pub fn get(&self, value: &Value) -> Option<&Value> {
        self.0.get(self.0.binary_search(value).ok()?)
    }

    /// Whether a value is an element.
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        self.0.binary_search(value).is_ok()
    }

    /// The elements, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.0.iter()
    }

    /// The elements of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other).cloned().collect()
    }

    /// The elements of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self(self.iter().filter(|v| other.contains(v)).cloned().collect())
    }

    /// The elements that the other one lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self(
            self.iter()
                .filter(|v| !other.contains(v))
                .cloned()
                .collect(),
        )
    }
}

impl<'s> IntoIterator for &'s Set {
    type Item = &'s Value;
    type IntoIter = std::slice::Iter<'s, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl FromIterator<Value> for Set {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        items.sort();
        items.dedup();
        Self(items)
    }
}

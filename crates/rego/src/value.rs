//! Values as OPA knows them: JSON's, and sets.
//!
//! Collections are sorted by OPA's order of values, and shared: a clone copies no content. So a small program
//! can make a value of which nobody ever comes to the end, or one that nests deeper than a stack reaches:
//! whatever goes through values draws on the [budget], and goes through what is deep without recursion.

use std::cmp::Ordering;
use std::ops::Deref;
use std::rc::Rc;

use super::budget;
use super::number::Number;

/// A value of Rego. The order of the variants is OPA's order of values of different types.
#[derive(Debug, Clone)]
pub enum Value {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, written as it was.
    Number(Number),
    /// A text.
    String(Rc<str>),
    /// A list.
    Array(Array),
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

    /// What is under a key or index: a field of an object, an item of an array, an element of a
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
        Self::Array(items.into_iter().collect::<Vec<_>>().into())
    }

    /// How deep collections nest in it: a scalar 0, an array of scalars 1. It may be more than that where
    /// something was taken out.
    #[must_use]
    pub fn depth(&self) -> u32 {
        match self {
            Self::Array(array) => array.depth,
            Self::Object(object) => object.depth,
            Self::Set(set) => set.depth,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => 0,
        }
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
            _ if self.is_deep() && other.is_deep() => compare_deep(self, other),
            // A document is often compared with itself, as an argument of the calls that are remembered.
            (Self::Array(a), Self::Array(b)) if a.is_same(b) => Ordering::Equal,
            (Self::Array(a), Self::Array(b)) => compare_items(a, b),
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
            _ if self.is_deep() && other.is_deep() => compare_deep(self, other).is_eq(),
            (Self::Array(a), Self::Array(b)) => {
                a.is_same(b) || a.len() == b.len() && compare_items(a, b).is_eq()
            }
            (Self::Object(a), Self::Object(b)) => Rc::ptr_eq(a, b) || a == b,
            (Self::Set(a), Self::Set(b)) => Rc::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Eq for Value {}

/// Values that nest deeper than this are gone through without recursion.
const DEEP: u32 = 200;

/// So many pairs are compared before the budget is drawn on again.
const ROW: usize = 64;

impl Value {
    fn is_deep(&self) -> bool {
        self.depth() > DEEP
    }

    /// The items of an array, or the elements of a set.
    fn items(&self) -> Option<&[Value]> {
        match self {
            Self::Array(array) => Some(array),
            Self::Set(set) => Some(&set.items),
            _ => None,
        }
    }
}

/// The order of the first items that differ, else of the lengths. What is beyond the budget is equal.
fn compare_rows<T>(a: &[T], b: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
    for (a, b) in a.chunks(ROW).zip(b.chunks(ROW)) {
        if !budget::step(a.len() as u64) {
            return Ordering::Equal;
        }
        for (a, b) in a.iter().zip(b) {
            let order = compare(a, b);
            if order.is_ne() {
                return order;
            }
        }
    }
    a.len().cmp(&b.len())
}

fn compare_items(a: &[Value], b: &[Value]) -> Ordering {
    compare_rows(a, b, Value::cmp)
}

/// Compares without recursion.
fn compare_deep(a: &Value, b: &Value) -> Ordering {
    enum Next<'v> {
        Values(&'v Value, &'v Value),
        Lengths(usize, usize),
    }

    let mut open = vec![Next::Values(a, b)];
    while let Some(next) = open.pop() {
        let order = match next {
            Next::Lengths(a, b) => a.cmp(&b),
            Next::Values(a, b) if !a.is_deep() || !b.is_deep() => a.cmp(b),
            Next::Values(Value::Object(a), Value::Object(b)) if !Rc::ptr_eq(a, b) => {
                open.push(Next::Lengths(a.len(), b.len()));
                for (a, b) in a.fields.iter().zip(&b.fields).rev() {
                    open.push(Next::Values(&a.1, &b.1));
                    open.push(Next::Values(&a.0, &b.0));
                }
                Ordering::Equal
            }
            Next::Values(a, b) => match (a.items(), b.items()) {
                (Some(x), Some(y)) if a.rank() == b.rank() => {
                    if !std::ptr::eq(x, y) {
                        open.push(Next::Lengths(x.len(), y.len()));
                        let pairs = x.iter().zip(y).rev();
                        open.extend(pairs.map(|(a, b)| Next::Values(a, b)));
                    }
                    Ordering::Equal
                }
                _ => a.rank().cmp(&b.rank()),
            },
        };
        if order.is_ne() {
            return order;
        }
        if !budget::step(1) {
            break;
        }
    }
    Ordering::Equal
}

/// Sorts stably. The library's own sort may panic where comparisons contradict each other, and those do
/// once the budget is spent: it gets what has nothing in it to be gone through.
pub fn sort<T>(items: &mut Vec<T>, key: impl Fn(&T) -> &Value + Copy) {
    if items.iter().all(|item| key(item).depth() == 0) {
        budget::step(items.len() as u64);
        items.sort_by(|a, b| key(a).cmp(key(b)));
        return;
    }
    let mut rows: Vec<Vec<T>> = Vec::new();
    let mut rest = std::mem::take(items).into_iter().peekable();
    // What is sorted already is left as it is.
    while let Some(item) = rest.next() {
        let mut row = vec![item];
        while let Some(next) = rest.next_if(|next| {
            row.last()
                .is_some_and(|last| key(last).cmp(key(next)).is_le())
        }) {
            row.push(next);
        }
        rows.push(row);
    }
    while rows.len() > 1 {
        let mut merged = Vec::with_capacity(rows.len().div_ceil(2));
        let mut pairs = rows.into_iter();
        while let Some(first) = pairs.next() {
            merged.push(match pairs.next() {
                Some(second) => merge(first, second, key),
                None => first,
            });
        }
        rows = merged;
    }
    *items = rows.pop().unwrap_or_default();
}

fn merge<T>(first: Vec<T>, second: Vec<T>, key: impl Fn(&T) -> &Value) -> Vec<T> {
    let mut merged = Vec::with_capacity(first.len() + second.len());
    let mut second = second.into_iter().peekable();
    for item in first {
        while let Some(smaller) = second.next_if(|next| key(next).cmp(key(&item)).is_lt()) {
            merged.push(smaller);
        }
        merged.push(item);
    }
    merged.extend(second);
    merged
}

/// The order of texts, by bytes. Eight at once: most texts are short, and WebAssembly has no
/// comparison of memory, so that the one of the standard library goes byte by byte.
fn order(a: &str, b: &str) -> Ordering {
    if a.len() > LONG && b.len() > LONG {
        budget::read(a.len().min(b.len()));
    }
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

/// From this length on, it counts how long a string is.
const LONG: usize = 1024;

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

/// A list.
#[derive(Debug, Clone)]
pub struct Array {
    items: Rc<[Value]>,
    depth: u32,
}

impl Array {
    fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.items, &other.items)
    }
}

impl Deref for Array {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl From<Vec<Value>> for Array {
    fn from(items: Vec<Value>) -> Self {
        budget::take(bytes_of(items.len()));
        Self {
            depth: depth_around(&items),
            items: items.into(),
        }
    }
}

impl Drop for Array {
    fn drop(&mut self) {
        if let Some(items) = Rc::get_mut(&mut self.items) {
            budget::give(bytes_of(items.len()));
            if self.depth > DEEP {
                take_apart(items.iter_mut());
            }
        }
    }
}

/// What a collection of so many values takes, in bytes.
fn bytes_of(values: usize) -> usize {
    (values + 2) * 16
}

fn depth_around<'v>(values: impl IntoIterator<Item = &'v Value>) -> u32 {
    let deepest = values.into_iter().map(Value::depth).max();
    deepest.unwrap_or(0).saturating_add(1)
}

/// Drops deep values one after another instead of one in another.
fn take_apart<'v>(values: impl Iterator<Item = &'v mut Value>) {
    fn taken<'v>(values: impl Iterator<Item = &'v mut Value>, open: &mut Vec<Value>) {
        let deep = values.filter(|value| value.is_deep());
        open.extend(deep.map(|value| std::mem::replace(value, Value::Null)));
    }

    let mut open = Vec::new();
    taken(values, &mut open);
    while let Some(mut value) = open.pop() {
        match &mut value {
            Value::Array(array) => {
                let items = Rc::get_mut(&mut array.items);
                taken(items.into_iter().flatten(), &mut open);
            }
            Value::Object(object) => {
                let fields = Rc::get_mut(object).map(|object| &mut object.fields);
                let values = fields.into_iter().flatten();
                taken(values.flat_map(|(key, value)| [key, value]), &mut open);
            }
            Value::Set(set) => {
                let items = Rc::get_mut(set).map(|set| &mut set.items);
                taken(items.into_iter().flatten(), &mut open);
            }
            _ => {}
        }
    }
}

/// A mapping, sorted by key.
#[derive(Debug)]
pub struct Object {
    fields: Vec<(Value, Value)>,
    depth: u32,
}

impl Object {
    /// Of fields that are sorted.
    fn new(fields: Vec<(Value, Value)>) -> Self {
        budget::take(bytes_of(fields.len() * 2));
        let values = fields.iter().flat_map(|(key, value)| [key, value]);
        Self {
            depth: depth_around(values),
            fields,
        }
    }

    /// How many fields there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is no field.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// What is under a key.
    #[must_use]
    pub fn get(&self, key: &Value) -> Option<&Value> {
        let found = self.fields.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        self.fields.get(found).map(|(_, value)| value)
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Value> {
        let found = self.fields.binary_search_by(|(key, _)| match key {
            Value::String(text) => order(text, name),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ordering::Less,
            Value::Array(_) | Value::Object(_) | Value::Set(_) => Ordering::Greater,
        });
        self.fields.get(found.ok()?).map(|(_, value)| value)
    }

    /// Puts a field in, replacing one under an equal key.
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

    /// Takes a field out.
    pub fn remove(&mut self, key: &Value) -> Option<Value> {
        let at = self.fields.binary_search_by(|(k, _)| k.cmp(key)).ok()?;
        budget::give(bytes_of(2) - bytes_of(0));
        budget::step((self.fields.len() / ROW) as u64);
        Some(self.fields.remove(at).1)
    }

    /// The fields, sorted by key.
    pub fn iter(&self) -> std::slice::Iter<'_, (Value, Value)> {
        self.fields.iter()
    }

    /// The keys, sorted.
    #[must_use]
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.fields.iter().map(|(key, _)| key)
    }

    /// The values, sorted by key.
    #[must_use]
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Value> {
        self.fields.iter().map(|(_, value)| value)
    }
}

impl<'o> IntoIterator for &'o Object {
    type Item = &'o (Value, Value);
    type IntoIter = std::slice::Iter<'o, (Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.iter()
    }
}

impl FromIterator<(Value, Value)> for Object {
    /// Of equal keys the first stays, as it is written (`1`, `1.0`), and the last one's value counts.
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(fields: I) -> Self {
        let mut sorted: Vec<_> = fields.into_iter().collect();
        // Stable, so that the last of equal keys is last.
        sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
        sorted.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                std::mem::swap(&mut later.1, &mut kept.1);
            }
            same
        });
        Self::new(sorted)
    }
}

impl Ord for Object {
    /// As OPA orders objects: field by field, each key before its value, then by length.
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
        if self.depth > DEEP {
            let values = self.fields.iter_mut();
            take_apart(values.flat_map(|(key, value)| [key, value]));
        }
    }
}

/// A set, sorted.
#[derive(Debug)]
pub struct Set {
    items: Vec<Value>,
    depth: u32,
}

impl Set {
    /// Of elements that are sorted.
    fn new(items: Vec<Value>) -> Self {
        budget::take(bytes_of(items.len()));
        Self {
            depth: depth_around(&items),
            items,
        }
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is no element.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The element that equals a value.
    #[must_use]
    pub fn get(&self, value: &Value) -> Option<&Value> {
        self.items.get(self.items.binary_search(value).ok()?)
    }

    /// Whether a value is an element.
    #[must_use]
    pub fn contains(&self, value: &Value) -> bool {
        self.items.binary_search(value).is_ok()
    }

    /// The elements, sorted.
    pub fn iter(&self) -> std::slice::Iter<'_, Value> {
        self.items.iter()
    }

    /// The elements of either.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        self.iter().chain(other).cloned().collect()
    }

    /// The elements of both.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self::new(self.iter().filter(|v| other.contains(v)).cloned().collect())
    }

    /// The elements that the other one lacks.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        Self::new(
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
        self.items.iter()
    }
}

impl FromIterator<Value> for Set {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        sort(&mut items, |item| item);
        items.dedup();
        Self::new(items)
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.cmp(other).is_eq()
    }
}

impl Eq for Set {}

impl PartialOrd for Set {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Set {
    fn cmp(&self, other: &Self) -> Ordering {
        compare_items(&self.items, &other.items)
    }
}

impl Default for Set {
    fn default() -> Self {
        Self::new(Vec::new())
    }
}

impl Clone for Set {
    fn clone(&self) -> Self {
        Self::new(self.items.clone())
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        budget::give(bytes_of(self.items.len()));
        if self.depth > DEEP {
            take_apart(self.items.iter_mut());
        }
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
        let item = |i: i64| (Value::array([(i * 7919 % 101).into()]), i);
        let mut sorted: Vec<_> = (0..1_000).map(item).collect();
        let mut expected = sorted.clone();
        expected.sort_by(|(a, _), (b, _)| a.cmp(b));
        sort(&mut sorted, |(key, _)| key);
        assert_eq!(sorted, expected);
    }
}

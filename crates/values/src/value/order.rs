//! OPA's order of values, and sorting.

use std::cmp::Ordering;
use std::rc::Rc;

use super::Value;
use crate::budget;
use strings::equal;

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::String(a), Self::String(b)) if Rc::ptr_eq(a, b) => Ordering::Equal,
            (Self::String(a), Self::String(b)) => order(a.as_bytes(), b.as_bytes()),
            (Self::Bytes(a), Self::Bytes(b)) => order(a.bytes(), b.bytes()),
            (Self::Bytes(a), Self::String(b)) => order(a.bytes(), b.as_bytes()),
            (Self::String(a), Self::Bytes(b)) => order(a.as_bytes(), b.bytes()),
            _ if self.is_deep() && other.is_deep() => compare_deep(self, other),
            // A document is often compared with itself, because it is an argument of cached calls.
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
            (Self::String(a), Self::String(b)) => same(a.as_bytes(), b.as_bytes()),
            (Self::Bytes(a), Self::Bytes(b)) => same(a.bytes(), b.bytes()),
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

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How many pairs are compared before the budget is drawn on again.
pub(super) const ROW: usize = 64;

impl Value {
    /// The items of an array, or the elements of a set.
    fn items(&self) -> Option<&[Value]> {
        match self {
            Self::Array(array) => Some(array),
            Self::Set(set) => Some(set.items()),
            _ => None,
        }
    }
}

/// Compares the first items that differ, or else the lengths. Items that are beyond the budget count as equal.
pub(super) fn compare_rows<T>(a: &[T], b: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Ordering {
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

pub(super) fn compare_items(a: &[Value], b: &[Value]) -> Ordering {
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
                for (a, b) in a.iter().zip(&**b).rev() {
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

/// Sorts stably, and draws on the budget.
pub fn sort(items: &mut Vec<Value>) {
    budget::step(items.len() as u64);
    sort_by_key(items, |item| item);
}

/// Sorts stably by a value of each item. The standard library's sort may panic if the order isn't total, and that of
/// collections isn't once the budget is spent. So it only sorts scalars; others are merge-sorted here.
pub(super) fn sort_by_key<T>(items: &mut Vec<T>, key: impl Fn(&T) -> &Value) {
    if items.iter().all(|item| key(item).depth() == 0) {
        items.sort_by(|a, b| key(a).cmp(key(b)));
        return;
    }
    let mut rows: Vec<Vec<T>> = Vec::new();
    let mut rest = std::mem::take(items).into_iter().peekable();
    // Runs that are sorted already are only merged.
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
                Some(second) => merge(first, second, &key),
                None => first,
            });
        }
        rows = merged;
    }
    *items = rows.pop().unwrap_or_default();
}

fn merge<T>(first: Vec<T>, second: Vec<T>, key: &impl Fn(&T) -> &Value) -> Vec<T> {
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

/// Compares strings, and draws on the budget if they are long.
pub(super) fn order(a: &[u8], b: &[u8]) -> Ordering {
    if a.len() > LONG && b.len() > LONG {
        budget::read(a.len().min(b.len()));
    }
    strings::order(a, b)
}

/// Whether strings are equal. Draws on the budget if they are long.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    if std::ptr::eq(a, b) {
        return true;
    }
    if a.len() > LONG {
        budget::read(a.len());
    }
    equal(a, b)
}

/// From how many bytes on a string counts as long.
const LONG: usize = 1024;

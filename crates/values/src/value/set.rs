//! Sets.

use std::cmp::Ordering;

use super::Value;
use super::nesting::{bytes_of, depth_around, take_apart};
use super::order::{compare_items, sort};
use crate::budget;

/// A set, sorted.
#[derive(Debug)]
pub struct Set {
    items: Vec<Value>,
    depth: u32,
}

impl Set {
    /// Makes a set of sorted elements.
    fn new(items: Vec<Value>) -> Self {
        budget::take(bytes_of(items.len()));
        Self {
            depth: depth_around(&items),
            items,
        }
    }

    fn from_unsorted(mut items: Vec<Value>) -> Self {
        sort(&mut items);
        items.dedup();
        Self::new(items)
    }

    #[inline]
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    #[inline]
    pub(super) fn items(&self) -> &[Value] {
        &self.items
    }

    /// The elements, to be dropped.
    pub(super) fn items_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.items.iter_mut()
    }

    /// The number of elements.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it has no elements.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The element that is equal to a value.
    #[must_use]
    #[inline]
    pub fn get(&self, value: &Value) -> Option<&Value> {
        self.items.get(self.items.binary_search(value).ok()?)
    }

    /// Whether a value is an element.
    #[must_use]
    #[inline]
    pub fn contains(&self, value: &Value) -> bool {
        self.items.binary_search(value).is_ok()
    }

    /// The elements, sorted.
    #[inline]
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

    /// The elements that aren't in the other set.
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

    #[inline]
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl FromIterator<Value> for Set {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Self::from_unsorted(items.into_iter().collect())
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
        take_apart(self.depth, self.items.iter_mut());
    }
}

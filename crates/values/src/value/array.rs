//! Arrays.

use std::ops::Deref;
use std::rc::Rc;

use super::Value;
use super::nesting::{bytes_of, depth_around, take_apart};
use crate::budget;

/// An array, which is shared by its clones.
#[derive(Debug, Clone)]
pub struct Array {
    items: Rc<[Value]>,
    depth: u32,
}

impl Array {
    #[inline]
    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    /// The items, if nothing else shares them.
    pub(super) fn unshared(&mut self) -> Option<&mut [Value]> {
        Rc::get_mut(&mut self.items)
    }

    #[inline]
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.items, &other.items)
    }
}

impl Deref for Array {
    type Target = [Value];

    #[inline]
    fn deref(&self) -> &[Value] {
        &self.items
    }
}

impl<'a> IntoIterator for &'a Array {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    #[inline]
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
            take_apart(self.depth, items.iter_mut());
        }
    }
}

//! The nesting of values: how deep it is, and how to drop deep values.

use std::rc::Rc;

use super::{Object, Set, Value};

/// How deep values may nest for an operation to recurse into them.
const DEEP: u32 = 200;

impl Value {
    /// Whether it nests too deeply to recurse into it.
    pub(super) fn is_deep(&self) -> bool {
        self.depth() > DEEP
    }
}

/// How many bytes a collection of this many values takes.
pub(super) fn bytes_of(values: usize) -> usize {
    (values + 2) * 16
}

pub(super) fn depth_around<'v>(values: impl IntoIterator<Item = &'v Value>) -> u32 {
    let deepest = values.into_iter().map(Value::depth).max();
    deepest.unwrap_or(0).saturating_add(1)
}

/// If a collection is deep, drops the values in it one by one, not recursively.
pub(super) fn take_apart<'v>(depth: u32, values: impl Iterator<Item = &'v mut Value>) {
    fn taken<'v>(values: impl Iterator<Item = &'v mut Value>, open: &mut Vec<Value>) {
        let deep = values.filter(|value| value.is_deep());
        open.extend(deep.map(|value| std::mem::replace(value, Value::Null)));
    }

    if depth <= DEEP {
        return;
    }
    let mut open = Vec::new();
    taken(values, &mut open);
    while let Some(mut value) = open.pop() {
        match &mut value {
            Value::Array(array) => {
                taken(array.unshared().into_iter().flatten(), &mut open);
            }
            Value::Object(object) => {
                let object = Rc::get_mut(object).into_iter();
                taken(object.flat_map(Object::values_mut), &mut open);
            }
            Value::Set(set) => {
                let set = Rc::get_mut(set).into_iter();
                taken(set.flat_map(Set::items_mut), &mut open);
            }
            _ => {}
        }
    }
}

//! The state of an evaluation.

use std::cell::Cell;
use std::sync::Arc;

use super::collections::{Object, Set};
use super::program::Program;
use super::value::Value;

/// The state of an evaluation. Its memory is reused by the next one.
#[derive(Default)]
pub(super) struct State {
    /// The registers of the rules and functions being evaluated, one block after another.
    pub registers: Vec<Value>,
    /// The values of rules. Those that don't depend on the input stay for the next evaluation.
    pub rules: Vec<Option<Value>>,
    /// The loops being run, the innermost last.
    pub loops: Vec<Turns>,
    /// What each comprehension has found, the innermost last. For an object, keys and values in turn.
    pub found: Vec<Vec<Value>>,
    /// Empty vectors of finished comprehensions, for the next ones.
    pub emptied: Vec<Vec<Value>>,
    /// By literal, the index at which the key was found last.
    pub places: Vec<Cell<usize>>,
    /// How many more instructions may be taken.
    pub left: usize,
}

impl State {
    pub(super) fn begin(&mut self, program: &Program, instructions: usize) {
        self.registers.clear();
        self.loops.clear();
        self.found.clear();
        self.left = instructions;
        self.places.resize(program.literals.len(), Cell::default());
        self.rules.resize(program.rules.len(), None);
        for (value, rule) in self.rules.iter_mut().zip(&*program.rules) {
            if rule.reads_input {
                *value = None;
            }
        }
    }

    pub(super) fn have_registers(&mut self, end: usize) {
        if self.registers.len() < end {
            self.registers.resize(end, Value::Undefined);
        }
    }

    pub(super) fn begin_collecting(&mut self) {
        self.found.push(self.emptied.pop().unwrap_or_default());
    }
}

/// A loop's position in a collection.
pub(super) struct Turns {
    of: Items,
    next: usize,
}

enum Items {
    Array(Arc<[Value]>),
    Object(Object),
    Set(Set),
}

impl Turns {
    pub(super) fn through(value: &Value) -> Option<Self> {
        let of = match value {
            Value::Array(items) => Items::Array(Arc::clone(items)),
            Value::Object(object) => Items::Object(object.clone()),
            Value::Set(set) => Items::Set(set.clone()),
            _ => return None,
        };
        Some(Self { of, next: 0 })
    }

    /// The next item; `None` at the end.
    pub(super) fn take(&mut self) -> Option<Turn<'_>> {
        let place = self.next;
        self.next += 1;
        Some(match &self.of {
            Items::Array(items) => Turn {
                key: Key::Place(place),
                value: items.get(place)?,
            },
            Items::Object(object) => {
                let (key, value) = object.at(place)?;
                let key = Key::Value(key);
                Turn { key, value }
            }
            Items::Set(set) => {
                let value = set.items().get(place)?;
                let key = Key::Value(value);
                Turn { key, value }
            }
        })
    }
}

/// An item of a collection, with its key.
pub(super) struct Turn<'t> {
    pub key: Key<'t>,
    pub value: &'t Value,
}

/// The key of an item.
pub(super) enum Key<'t> {
    /// The index in an array.
    Place(usize),
    /// The key in an object, or the element of a set.
    Value(&'t Value),
}

impl From<Key<'_>> for Value {
    fn from(key: Key<'_>) -> Self {
        match key {
            Key::Place(place) => place.into(),
            Key::Value(value) => value.clone(),
        }
    }
}

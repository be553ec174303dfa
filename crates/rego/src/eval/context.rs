//! What holds while something is evaluated, and what has been found out under it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::function_call::FunctionCall;
use super::plan::Callee;
use values::{Object, Value};

/// The input and what is replaced, with the values that rules have under them.
#[derive(Debug)]
pub(super) struct Context {
    /// The input; none where it is undefined.
    pub input: Option<Value>,
    /// The base documents, replacements put in.
    pub data: Value,
    /// The places in `data` that are replaced: no rule counts there.
    pub replaced: Rc<Vec<Vec<Value>>>,
    /// Functions that are replaced, by name or place.
    pub functions: Rc<BTreeMap<FunctionKey, Substitute>>,
    /// The values of places with rules.
    pub values: BTreeMap<usize, Option<Value>>,
    /// The values of calls.
    pub calls: BTreeMap<FunctionCall, Option<Value>>,
}

impl Context {
    /// Nothing replaced, and nothing found out.
    pub(super) fn new(input: Option<Value>, data: Value) -> Self {
        Self {
            input,
            data,
            replaced: Rc::default(),
            functions: Rc::default(),
            values: BTreeMap::new(),
            calls: BTreeMap::new(),
        }
    }

    /// The same, with nothing found out yet.
    pub(super) fn fresh(&self) -> Self {
        Self {
            replaced: Rc::clone(&self.replaced),
            functions: Rc::clone(&self.functions),
            ..Self::new(self.input.clone(), self.data.clone())
        }
    }

    /// The same, with every function as it is.
    pub(super) fn without_functions(&self) -> Self {
        Self {
            functions: Rc::default(),
            ..self.fresh()
        }
    }

    /// Whether a place in `data`, or one above it, is replaced.
    pub(super) fn replaces(&self, place: &[Value]) -> bool {
        self.replaced
            .iter()
            .any(|replaced| place.starts_with(replaced))
    }

    /// What stands in for a function.
    pub(super) fn substitute(&self, callee: Callee) -> Option<Substitute> {
        // Most of the time nothing does.
        if self.functions.is_empty() {
            return None;
        }
        self.functions.get(&FunctionKey::from(callee)).cloned()
    }
}

/// What distinguishes functions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FunctionKey {
    /// One of OPA's, by name.
    Builtin(&'static str),
    /// The rules of a place.
    Rules(usize),
}

impl From<Callee> for FunctionKey {
    fn from(callee: Callee) -> Self {
        match callee {
            Callee::Builtin(builtin) => Self::Builtin(builtin.name),
            Callee::Rules(node) => Self::Rules(node),
        }
    }
}

/// What stands in for a function.
#[derive(Debug, Clone)]
pub(super) enum Substitute {
    /// Its value, whatever the arguments.
    Value(Value),
    /// Another function.
    Function(Callee),
}

/// A document with a value put in at a path; what was there, or on the way and no object, is gone.
pub(super) fn put(document: Option<Value>, path: &[Value], value: Value) -> Value {
    let Some((key, rest)) = path.split_first() else {
        return value;
    };
    let mut object = match document {
        Some(Value::Object(object)) => Rc::unwrap_or_clone(object),
        _ => Object::default(),
    };
    let below = object.get(key).cloned();
    object.insert(key.clone(), put(below, rest, value));
    object.into()
}

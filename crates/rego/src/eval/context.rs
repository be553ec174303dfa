//! The documents and replacements in effect during an evaluation, with a cache of the values found under them.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::function_call::FunctionCall;
use super::plan::Callee;
use values::{Object, Value};

/// The input, the base documents and the replacements by `with`, and a cache of what rules and calls yield under
/// them.
#[derive(Debug)]
pub(super) struct Context {
    /// The `input` document; `None` if it is undefined.
    pub input: Option<Value>,
    /// The base documents, with replaced values put in.
    pub data: Value,
    /// The paths in `data` that are replaced. Rules at or below them don't count.
    pub replaced: Rc<Vec<Vec<Value>>>,
    /// The functions that are replaced.
    pub functions: Rc<BTreeMap<FunctionKey, Substitute>>,
    /// Cache: the value of each node whose rules were evaluated.
    pub values: BTreeMap<usize, Option<Value>>,
    /// Cache: the value of each call.
    pub calls: BTreeMap<FunctionCall, Option<Value>>,
}

impl Context {
    /// A context without replacements.
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

    /// The same documents and replacements with an empty cache.
    pub(super) fn fresh(&self) -> Self {
        Self {
            replaced: Rc::clone(&self.replaced),
            functions: Rc::clone(&self.functions),
            ..Self::new(self.input.clone(), self.data.clone())
        }
    }

    /// The same documents without replaced functions, and with an empty cache.
    pub(super) fn without_functions(&self) -> Self {
        Self {
            functions: Rc::default(),
            ..self.fresh()
        }
    }

    /// Whether a path in `data`, or one above it, is replaced.
    pub(super) fn replaces(&self, place: &[Value]) -> bool {
        self.replaced
            .iter()
            .any(|replaced| place.starts_with(replaced))
    }

    /// What replaces a function.
    pub(super) fn substitute(&self, callee: Callee) -> Option<Substitute> {
        // Replacements of functions are rare.
        if self.functions.is_empty() {
            return None;
        }
        self.functions.get(&FunctionKey::from(callee)).cloned()
    }
}

/// Identifies a function.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FunctionKey {
    /// A built-in function, by name.
    Builtin(&'static str),
    /// A function that rules define, by node.
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

/// What replaces a function.
#[derive(Debug, Clone)]
pub(super) enum Substitute {
    /// A constant, whatever the arguments are.
    Value(Value),
    /// Another function.
    Function(Callee),
}

/// The document with a value put in at a path. On the way, anything that isn't an object becomes one.
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

//! What holds while something is evaluated, and what has been found out under it.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::plan::Callee;
use crate::rego::value::{Object, Value};

/// The input and what is replaced, with the values that rules have under them.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The input; none where it is undefined.
    pub input: Option<Value>,
    /// The base documents, replacements put in.
    pub data: Documents,
    /// The places in `data` that are replaced: no rule counts there.
    pub replaced: Rc<Vec<Vec<Value>>>,
    /// Functions that are replaced, by name or place.
    pub functions: Rc<HashMap<FunctionKey, Substitute>>,
    /// The values of places with rules.
    pub values: HashMap<usize, Option<Value>>,
    /// The values of calls.
    pub calls: BTreeMap<(usize, Vec<Value>), Option<Value>>,
}

impl Context {
    /// The same, with nothing found out yet.
    pub fn fresh(&self) -> Self {
        Self {
            input: self.input.clone(),
            data: self.data.clone(),
            replaced: Rc::clone(&self.replaced),
            functions: Rc::clone(&self.functions),
            values: HashMap::new(),
            calls: BTreeMap::new(),
        }
    }

    /// The same, with every function as it is.
    pub fn without_functions(&self) -> Self {
        Self {
            functions: Rc::default(),
            ..self.fresh()
        }
    }
}

/// `data`, which is an object from the beginning.
#[derive(Debug, Clone)]
pub struct Documents(pub Value);

impl Default for Documents {
    fn default() -> Self {
        Self(Value::from(Object::default()))
    }
}

/// What tells functions apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FunctionKey {
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
pub enum Substitute {
    /// Its value, whatever the arguments.
    Value(Value),
    /// Another function.
    Function(Callee),
}

/// A document with a value put in at a path; what was there, or on the way and no object, is gone.
pub fn put(document: Option<Value>, path: &[Value], value: Value) -> Value {
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

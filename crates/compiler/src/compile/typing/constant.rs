//! Terms that are constants.

use crate::syntax::ast::{Term, TermKind};
use values::Value;

/// The value of a term that has no variable, reference, call or comprehension.
pub(crate) fn constant(term: &Term) -> Option<Value> {
    match &term.kind {
        TermKind::Value(value) => Some(value.clone()),
        TermKind::Array(items) => Some(Value::array(
            items.iter().map(constant).collect::<Option<Vec<_>>>()?,
        )),
        TermKind::Set(items) => Some(Value::set(
            items.iter().map(constant).collect::<Option<Vec<_>>>()?,
        )),
        TermKind::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| Some((constant(key)?, constant(value)?)));
            Some(Value::object(fields.collect::<Option<Vec<_>>>()?))
        }
        _ => None,
    }
}

/// The constant as a key in the type of an object, where a set counts as an array.
pub(crate) fn key(term: &Term) -> Option<Value> {
    fn without_sets(value: Value) -> Value {
        match value {
            Value::Set(items) => Value::array(items.iter().cloned().map(without_sets)),
            Value::Array(items) => Value::array(items.iter().cloned().map(without_sets)),
            other => other,
        }
    }
    constant(term).map(without_sets)
}

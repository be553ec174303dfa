//! Whether two types can have a value in common.

use std::collections::BTreeSet;

use crate::types::Type;
use values::{Value, budget};

/// Whether a value can have both types. With `is_v1`, as OPA 1.22 decides it.
pub(super) fn unifies(a: &Type, b: &Type, is_v1: bool) -> bool {
    // Once the budget is spent, the result doesn't count.
    if !budget::step(1) {
        return true;
    }
    match (a.unnamed(), b.unnamed()) {
        (Type::Any(several), one) if holds(several, one, is_v1) => true,
        (one, Type::Any(several)) => holds(several, one, is_v1),
        (Type::Null, Type::Null)
        | (Type::Boolean, Type::Boolean)
        | (Type::Number, Type::Number)
        | (Type::String, Type::String) => true,
        (Type::Set(a), Type::Set(b)) => {
            is_v1 && (a.is_unknown() || b.is_unknown()) || unifies(a, b, is_v1)
        }
        (a @ Type::Array { fixed, rest: x }, b @ Type::Array { rest: y, .. }) => {
            items_unify(a, b, 0, is_v1)
                && items_unify(b, a, fixed.len(), is_v1)
                && rests(x.as_deref(), y.as_deref(), is_v1)
        }
        (a @ Type::Object { fixed, rest: x }, b @ Type::Object { rest: y, .. }) => {
            fields_unify(a, b, &[], is_v1)
                && fields_unify(b, a, fixed, is_v1)
                && rests(
                    other_fields(x.as_deref()),
                    other_fields(y.as_deref()),
                    is_v1,
                )
        }
        (Type::Function { arguments: a, .. }, Type::Function { arguments: b, .. }) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| unifies(a, b, is_v1))
        }
        _ => false,
    }
}

fn holds(several: &[Type], one: &Type, is_v1: bool) -> bool {
    !matches!(one, Type::Function { .. } | Type::Unknown)
        && (several.is_empty() || several.iter().any(|each| unifies(each, one, is_v1)))
}

fn rests(a: Option<&Type>, b: Option<&Type>, is_v1: bool) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => unifies(a, b, is_v1),
        _ => true,
    }
}

/// The type of an object's fields beyond those whose keys are known. Fields of which nothing is known are as none.
fn other_fields(rest: Option<&(Type, Type)>) -> Option<&Type> {
    let (_, value) = rest?;
    (!value.is_unknown()).then_some(value)
}

/// Whether the known items of one array fit another array, from an index on. The items before it have been compared
/// from the other side; comparing them twice would double the work at each level.
fn items_unify(a: &Type, b: &Type, from: usize, is_v1: bool) -> bool {
    let Type::Array { fixed, .. } = a else {
        return false;
    };
    let mut pairs = fixed.iter().enumerate().skip(from);
    pairs.all(|(i, a)| b.item(i).is_some_and(|b| unifies(a, b, is_v1)))
}

/// Whether the known fields of one object fit another object, without the fields that have been compared already.
fn fields_unify(a: &Type, b: &Type, seen: &[(Value, Type)], is_v1: bool) -> bool {
    let (Type::Object { fixed, rest }, Type::Object { rest: others, .. }) = (a, b) else {
        return false;
    };
    let seen: BTreeSet<&Value> = seen.iter().map(|(key, _)| key).collect();
    let mut fields = fixed.iter().filter(|(key, _)| !seen.contains(key));
    fields.all(|(key, value): &(Value, Type)| {
        let other = b.select(key);
        if is_v1 && other.is_unknown() {
            other_fields(rest.as_deref()).is_some() || other_fields(others.as_deref()).is_some()
        } else {
            unifies(value, &other, is_v1)
        }
    })
}

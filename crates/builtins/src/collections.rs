//! Arrays, sets and objects.

use std::rc::Rc;

use super::{Builtin, Failure, Host, Outcome, bounded, operand, pure};
use values::{Object, Set, Value, Version, budget};

pub(super) const TABLE: &[Builtin] = &[
    bounded(
        "array.concat",
        "(x: array[any], y: array[any]) => z: array[any]",
        array_concat,
    ),
    bounded(
        "array.flatten",
        "(arr: array[any]) => flattened: array[any]",
        array_flatten,
    ),
    bounded(
        "array.slice",
        "(arr: array[any], start: number, stop: number) => slice: array[any]",
        array_slice,
    ),
    bounded(
        "array.reverse",
        "(arr: array[any]) => rev: array[any]",
        array_reverse,
    ),
    bounded("and", "(x: set[any], y: set[any]) => z: set[any]", set_and),
    bounded("or", "(x: set[any], y: set[any]) => z: set[any]", set_or),
    pure("set_diff", "(set[any], set[any]) => set[any]", set_diff),
    bounded(
        "intersection",
        "(xs: set[set[any]]) => y: set[any]",
        intersection,
    ),
    bounded("union", "(xs: set[set[any]]) => y: set[any]", union),
    bounded(
        "object.get",
        "(object: object[any: any], key: any, default: any) => value: any",
        object_get,
    ),
    bounded(
        "object.keys",
        "(object: object[any: any]) => value: set[any]",
        object_keys,
    ),
    bounded(
        "object.remove",
        "(object: object[any: any], keys: any<array[any], object[any: any], set[any]>) => output: object[any: any]",
        object_remove,
    ),
    bounded(
        "object.filter",
        "(object: object[any: any], keys: any<array[any], object[any: any], set[any]>) => filtered: object[any: any]",
        object_filter,
    ),
    bounded(
        "object.union",
        "(a: object[any: any], b: object[any: any]) => output: object[any: any]",
        object_union,
    ),
    bounded(
        "object.union_n",
        "(objects: array[object[any: any]]) => output: object[any: any]",
        object_union_n,
    ),
    pure(
        "object.subset",
        "(super: any<array[any], object[any: any], set[any]>, sub: any<array[any], object[any: any], set[any]>) => result: boolean",
        object_subset,
    ),
    bounded(
        "json.filter",
        "(object: object[any: any], paths: any<array[any<string, array[any]>], set[any<string, array[any]>]>) => filtered: object[any: any]",
        json_filter,
    ),
    bounded(
        "json.remove",
        "(object: object[any: any], paths: any<array[any<string, array[any]>], set[any<string, array[any]>]>) => output: object[any: any]",
        json_remove,
    ),
];

fn array_concat(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (a, b) = (operand::array(args, 0)?, operand::array(args, 1)?);
    host.charge(a.len() + b.len())?;
    Ok(Some(Value::array(a.iter().chain(b).cloned())))
}

fn array_flatten(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let mut flat = Vec::new();
    for item in operand::array(args, 0)? {
        host.charge(item.width())?;
        match item {
            Value::Array(items) => flat.extend(items.iter().cloned()),
            other => flat.push(other.clone()),
        }
    }
    Ok(Some(flat.into()))
}

fn array_slice(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let items = operand::array(args, 0)?;
    let within = |place: i64, end: usize| operand::size(place).unwrap_or(0).min(end);
    let (start, stop) = (
        operand::integer(host, args, 1)?,
        operand::integer(host, args, 2)?,
    );
    let stop = within(stop, items.len());
    let start = within(start, stop);
    host.charge(stop - start)?;
    Ok(Some(Value::array(
        items.iter().take(stop).skip(start).cloned(),
    )))
}

fn array_reverse(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let items = operand::array(args, 0)?;
    host.charge(items.len())?;
    Ok(Some(Value::array(items.iter().rev().cloned())))
}

fn set(args: &[Value], at: usize) -> Result<&Set, Failure> {
    match operand::any(args, at)? {
        Value::Set(set) => Ok(set),
        other => Err(operand::mismatch(at, other, "set")),
    }
}

fn set_and(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (a, b) = (set(args, 0)?, set(args, 1)?);
    host.charge(a.len().min(b.len()))?;
    Ok(Some(a.intersection(b).into()))
}

fn set_or(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (a, b) = (set(args, 0)?, set(args, 1)?);
    host.charge(a.len() + b.len())?;
    Ok(Some(a.union(b).into()))
}

fn set_diff(args: &[Value]) -> Outcome {
    let (a, b) = (set(args, 0)?, set(args, 1)?);
    budget::step(a.len() as u64);
    Ok(Some(a.difference(b).into()))
}

fn sets(args: &[Value]) -> Result<Vec<&Set>, Failure> {
    let mut sets = Vec::new();
    for element in set(args, 0)? {
        match element {
            Value::Set(set) => sets.push(set.as_ref()),
            other => return Err(operand::mismatch(0, other, "set")),
        }
    }
    Ok(sets)
}

fn intersection(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let sets = sets(args)?;
    let Some((first, rest)) = sets.split_first() else {
        return Ok(Some(Value::set([])));
    };
    host.charge(first.len())?;
    budget::step(first.len().saturating_mul(rest.len()) as u64);
    let common = first
        .iter()
        .filter(|item| rest.iter().all(|set| set.contains(item)));
    Ok(Some(Value::set(common.cloned())))
}

fn union(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let sets = sets(args)?;
    host.charge(sets.iter().map(|set| set.len()).sum())?;
    Ok(Some(Value::set(sets.into_iter().flatten().cloned())))
}

fn object_get(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let object = operand::object(args, 0)?;
    let (key, default) = (operand::any(args, 1)?, operand::any(args, 2)?);
    let found = match key {
        Value::Array(path) => {
            let start = operand::any(args, 0)?;
            path.iter()
                .try_fold(start, |value, key| match host.version() {
                    Version::V0 => value.get_as_written(key),
                    Version::V1 => value.get(key),
                })
        }
        key => object.get(key),
    };
    Ok(Some(found.unwrap_or(default).clone()))
}

fn object_keys(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let object = operand::object(args, 0)?;
    host.charge(object.len())?;
    Ok(Some(Value::set(object.keys().cloned())))
}

fn keys(args: &[Value]) -> Result<Set, Failure> {
    match operand::any(args, 1)? {
        Value::Array(items) => Ok(items.iter().cloned().collect()),
        Value::Set(set) => Ok(set.as_ref().clone()),
        Value::Object(object) => Ok(object.keys().cloned().collect()),
        other => Err(operand::mismatch(1, other, "one of {object, set, array}")),
    }
}

fn object_remove(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let object = operand::object(args, 0)?;
    let keys = keys(args)?;
    host.charge(object.len() * 2)?;
    let kept = object
        .iter()
        .filter(|(key, _)| !keys.contains(key))
        .cloned();
    Ok(Some(kept.collect::<Object>().into()))
}

fn object_filter(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let object = operand::object(args, 0)?;
    let keys = keys(args)?;
    host.charge(object.len() * 2)?;
    let kept = object.iter().filter(|(key, _)| keys.contains(key)).cloned();
    Ok(Some(kept.collect::<Object>().into()))
}

/// The union of two objects. If both have a field, the second one's value counts, except that objects are merged
/// recursively.
fn united(host: &mut dyn Host, a: &Object, b: &Object) -> Result<Object, Failure> {
    host.charge((a.len() + b.len()) * 2)?;
    let mut fields: Vec<(Value, Value)> = a.iter().cloned().collect();
    for (key, value) in b {
        let value = match (a.get(key), value) {
            (Some(Value::Object(a)), Value::Object(b)) => united(host, a, b)?.into(),
            _ => value.clone(),
        };
        fields.push((key.clone(), value));
    }
    Ok(fields.into_iter().collect())
}

fn object_union(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (a, b) = (operand::object(args, 0)?, operand::object(args, 1)?);
    operand::shallow(operand::any(args, 0)?)?;
    Ok(Some(united(host, a, b)?.into()))
}

fn object_union_n(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let mut whole = Object::default();
    operand::shallow(operand::any(args, 0)?)?;
    for item in operand::array(args, 0)? {
        let Value::Object(object) = item else {
            return Err(operand::stray(0, operand::any(args, 0)?, item, "object"));
        };
        whole = united(host, &whole, object)?;
    }
    Ok(Some(whole.into()))
}

fn object_subset(args: &[Value]) -> Outcome {
    let (whole, part) = (operand::any(args, 0)?, operand::any(args, 1)?);
    operand::shallow(whole)?;
    let is_subset = match (whole, part) {
        // OPA counts an item twice if the array has it twice.
        (Value::Array(whole), Value::Set(part)) => {
            let found = whole.iter().filter(|item| part.contains(item)).count();
            found >= part.len() && !whole.is_empty()
        }
        (Value::Object(_), Value::Object(_))
        | (Value::Set(_), Value::Set(_))
        | (Value::Array(_), Value::Array(_)) => holds(whole, part),
        _ => {
            return Err(Failure::Type(
                "both arguments object.subset must be of the same type or array and set".to_owned(),
            ));
        }
    };
    Ok(Some(is_subset.into()))
}

fn holds(whole: &Value, part: &Value) -> bool {
    if !budget::step(part.width() as u64) {
        return false;
    }
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => part.iter().all(|(key, value)| {
            whole
                .get(key)
                .is_some_and(|whole| whole == value || holds(whole, value))
        }),
        (Value::Set(whole), Value::Set(part)) => part.iter().all(|item| whole.contains(item)),
        (Value::Array(whole), Value::Array(part)) => in_a_row(whole, part),
        _ => false,
    }
}

/// Whether the items are next to one another in an array, as OPA searches: after a partial match, it continues after
/// the start of that match.
fn in_a_row(whole: &[Value], part: &[Value]) -> bool {
    part.is_empty()
        || budget::step(whole.len() as u64) && whole.windows(part.len()).any(|row| row == part)
}

/// How long a path may be, because functions recurse along it.
pub(super) const DEEPEST_PATH: usize = 600;

/// The paths in the second argument, as a tree in which `null` is the end of a path.
fn paths(args: &[Value]) -> Result<Value, Failure> {
    let items: Vec<&Value> = match operand::any(args, 1)? {
        Value::Array(items) => items.iter().collect(),
        Value::Set(set) => set.iter().collect(),
        other => return Err(operand::mismatch(1, other, "one of {set, array}")),
    };
    let mut tree = Object::default();
    for item in items {
        let steps = steps(item)?;
        // Nothing nests deeper than that.
        if steps.len() > DEEPEST_PATH {
            return Err(Failure::Limit(format!(
                "a path has more than {DEEPEST_PATH} steps"
            )));
        }
        if !budget::step(tree.len() as u64) {
            return Err(operand::exhausted());
        }
        if !steps.is_empty() {
            tree = grown(&tree, &steps);
        }
    }
    Ok(tree.into())
}

fn grown(tree: &Object, steps: &[Value]) -> Object {
    let mut tree = tree.clone();
    if let Some((key, rest)) = steps.split_first() {
        let below = match tree.get(key) {
            Some(Value::Null) => Value::Null,
            _ if rest.is_empty() => Value::Null,
            Some(Value::Object(below)) => grown(below, rest).into(),
            _ => grown(&Object::default(), rest).into(),
        };
        tree.insert(key.clone(), below);
    }
    tree
}

/// The keys of a path, which is a JSON Pointer with or without its first slash, or an array.
pub(super) fn steps(path: &Value) -> Result<Vec<Value>, Failure> {
    match path {
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        Value::String(text) => Ok(text
            .trim_start_matches('/')
            .split('/')
            .map(|step| step.replace("~1", "/").replace("~0", "~").into())
            .collect()),
        Value::Array(steps) => Ok(steps.to_vec()),
        other => Err(Failure::Type(format!(
            "operand 2 must be one of {{set, array}} containing string paths or array of path segments but got {}",
            other.type_name()
        ))),
    }
}

fn json_filter(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::object(args, 0)?;
    operand::shallow(operand::any(args, 0)?)?;
    let tree = paths(args)?;
    filtered(host, operand::any(args, 0)?, &tree).map(Some)
}

fn filtered(host: &mut dyn Host, value: &Value, tree: &Value) -> Result<Value, Failure> {
    let Value::Object(tree) = tree else {
        return Ok(value.clone());
    };
    host.charge(value.width())?;
    match value {
        Value::Array(items) => {
            let mut kept = Vec::new();
            for (i, item) in items.iter().enumerate() {
                if let Some(tree) = tree.field(&i.to_string()) {
                    kept.push(filtered(host, item, tree)?);
                }
            }
            Ok(kept.into())
        }
        Value::Set(set) => {
            let mut kept = Vec::new();
            for item in set.iter() {
                if let Some(tree) = tree.get(item) {
                    kept.push(filtered(host, item, tree)?);
                }
            }
            Ok(Value::set(kept))
        }
        Value::Object(object) => {
            let mut kept = Vec::new();
            for (key, value) in object.iter() {
                if let Some(tree) = tree.get(key) {
                    kept.push((key.clone(), filtered(host, value, tree)?));
                }
            }
            Ok(Value::object(kept))
        }
        scalar => Ok(scalar.clone()),
    }
}

fn json_remove(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::object(args, 0)?;
    operand::shallow(operand::any(args, 0)?)?;
    let tree = paths(args)?;
    without(host, operand::any(args, 0)?, Some(&tree))
}

/// A value without the paths in a tree; `None` if nothing is left of it.
fn without(host: &mut dyn Host, value: &Value, tree: Option<&Value>) -> Outcome {
    let tree = match tree {
        Some(Value::Object(tree)) => Rc::clone(tree),
        Some(Value::Null) => return Ok(None),
        _ => return Ok(Some(value.clone())),
    };
    host.charge(value.width())?;
    match value {
        Value::Array(items) => {
            let mut kept = Vec::new();
            for (i, item) in items.iter().enumerate() {
                kept.extend(without(host, item, tree.field(&i.to_string()))?);
            }
            Ok(Some(kept.into()))
        }
        Value::Set(set) => {
            let mut kept = Vec::new();
            for item in set.iter() {
                kept.extend(without(host, item, tree.get(item))?);
            }
            Ok(Some(Value::set(kept)))
        }
        Value::Object(object) => {
            let mut kept = Vec::new();
            for (key, value) in object.iter() {
                if let Some(value) = without(host, value, tree.get(key))? {
                    kept.push((key.clone(), value));
                }
            }
            Ok(Some(Value::object(kept)))
        }
        scalar => Ok(Some(scalar.clone())),
    }
}

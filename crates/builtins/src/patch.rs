//! JSON Patch for arrays, objects and sets.

use super::collections::{DEEPEST_PATH, steps};
use super::{Builtin, Failure, Host, Outcome, bounded, operand};
use values::{Number, Object, Set, Value, Version};

pub(super) const TABLE: &[Builtin] = &[bounded(
    "json.patch",
    "(target: any, patches: array[object<op: string, path: any>[any: any]]) => output: any",
    patch,
)];

fn patch(host: &mut dyn Host, args: &[Value]) -> Outcome {
    // `None` after an operation has removed the whole document; a later one may add it again.
    let mut document = Some(operand::any(args, 0)?.clone());
    for operation in operand::array(args, 1)? {
        document = match next(host, document, operation) {
            // In OPA 0.70, an error makes the call undefined.
            Err(Failure::Type(_) | Failure::Failed(_)) if host.version() == Version::V0 => {
                return Ok(None);
            }
            patched => patched?,
        };
    }
    Ok(document)
}

fn next(host: &mut dyn Host, document: Document, operation: &Value) -> Result<Document, Failure> {
    let Value::Object(operation) = operation else {
        return Err(failed(
            "must be an array of JSON-Patch objects, but at least one element is not an object",
        ));
    };
    applied(host, document, operation)
}

fn failed(message: impl Into<String>) -> Failure {
    Failure::Failed(message.into())
}

fn attribute<'o>(operation: &'o Object, name: &str) -> Result<&'o Value, Failure> {
    let missing = || failed(format!("missing required attribute '{name}'"));
    operation.field(name).ok_or_else(missing)
}

type Document = Option<Value>;

fn applied(
    host: &mut dyn Host,
    document: Document,
    operation: &Object,
) -> Result<Document, Failure> {
    let path = attribute(operation, "path")?;
    let name = attribute(operation, "op")?;
    let Value::String(name) = name else {
        return Err(failed(format!(
            "attribute 'op' must be a string but found: {}",
            name.type_name()
        )));
    };
    let path = steps(path)?;
    match name.as_ref() {
        "add" => inserted(host, document, &path, attribute(operation, "value")?),
        "remove" => removed(host, document, &path),
        "replace" => {
            let document = removed(host, document, &path)?;
            inserted(host, document, &path, attribute(operation, "value")?)
        }
        "move" => {
            let from = steps(attribute(operation, "from")?)?;
            let moved = found(document.as_ref(), &from)?.clone();
            let document = removed(host, document, &from)?;
            inserted(host, document, &path, &moved)
        }
        "copy" => {
            let from = steps(attribute(operation, "from")?)?;
            let copied = found(document.as_ref(), &from)?.clone();
            inserted(host, document, &path, &copied)
        }
        "test" => {
            let value = found(document.as_ref(), &path)?;
            let expected = attribute(operation, "value")?;
            if value != expected {
                return Err(failed(format!(
                    "value from EditTree != patch value.\n\nExpected: {expected}\n\nFound: {value}"
                )));
            }
            Ok(document)
        }
        other => Err(failed(format!("unrecognized op: '{other}'"))),
    }
}

fn inserted(
    host: &mut dyn Host,
    document: Document,
    path: &[Value],
    value: &Value,
) -> Result<Document, Failure> {
    let Some((last, parents)) = path.split_last() else {
        return Ok(Some(value.clone()));
    };
    let edit = |parent: &Value| insert(parent, last, value);
    edited(host, &root(document, "insert", parents)?, parents, &edit).map(Some)
}

fn removed(host: &mut dyn Host, document: Document, path: &[Value]) -> Result<Document, Failure> {
    let document = root(document, "delete", path.get(1..).unwrap_or_default())?;
    let Some((last, parents)) = path.split_last() else {
        return Ok(None);
    };
    edited(host, &document, parents, &|parent| remove(parent, last)).map(Some)
}

/// The document, if there is one.
fn root(document: Document, operation: &str, parents: &[Value]) -> Result<Value, Failure> {
    document.ok_or_else(|| {
        failed(match parents {
            [] => format!("deleted node encountered during {operation} operation"),
            _ => "nil value encountered where composite value was expected".to_owned(),
        })
    })
}

fn found<'d>(document: Option<&'d Value>, path: &[Value]) -> Result<&'d Value, Failure> {
    let gone = || failed("nil value encountered where composite value was expected");
    path.iter().try_fold(document.ok_or_else(gone)?, child)
}

/// The value that a step of a path leads to.
fn child<'v>(value: &'v Value, step: &Value) -> Result<&'v Value, Failure> {
    let (found, kind) = match value {
        Value::Object(object) => (object.get(step), "object"),
        Value::Set(set) => (set.get(step), "set"),
        Value::Array(items) => {
            let place = place(items.len(), step)?;
            let item = usize::try_from(place).ok().and_then(|at| items.get(at));
            return item.ok_or_else(|| {
                failed(format!("path {place} does not exist in array term {value}"))
            });
        }
        _ => {
            return Err(failed(format!(
                "expected composite type for path {step}, found value: {value} (type: {})",
                go_type(value)
            )));
        }
    };
    found.ok_or_else(|| {
        // OPA looks this up in a set with a reference, which has no quotes around its first part.
        let step = match (value, step) {
            (Value::Set(_), Value::String(text)) => text.to_string(),
            _ => step.to_string(),
        };
        failed(format!("path {step} does not exist in {kind} term {value}"))
    })
}

/// The value after an edit of one part of it.
fn edited(
    host: &mut dyn Host,
    value: &Value,
    path: &[Value],
    edit: &dyn Fn(&Value) -> Result<Value, Failure>,
) -> Result<Value, Failure> {
    host.charge(value.width())?;
    let Some((step, rest)) = path.split_first() else {
        return edit(value);
    };
    if rest.len() > DEEPEST_PATH {
        return Err(Failure::Limit(format!(
            "a path has more than {DEEPEST_PATH} steps"
        )));
    }
    let below = edited(host, child(value, step)?, rest, edit)?;
    match value {
        Value::Set(set) => {
            let others = set.iter().filter(|element| *element != step).cloned();
            Ok(Value::set(others.chain([below])))
        }
        Value::Array(items) => {
            let at = usize::try_from(place(items.len(), step)?).unwrap_or(items.len());
            let mut items = items.to_vec();
            if let Some(item) = items.get_mut(at) {
                *item = below;
            }
            Ok(items.into())
        }
        _ => insert(value, step, &below),
    }
}

fn insert(parent: &Value, key: &Value, value: &Value) -> Result<Value, Failure> {
    match parent {
        Value::Object(object) => {
            let mut object = Object::clone(object);
            object.insert(key.clone(), value.clone());
            Ok(object.into())
        }
        Value::Set(_) if key != value => Err(failed(format!(
            "set key {key} does not equal value to be inserted {value}"
        ))),
        Value::Set(set) => Ok(Value::set(set.iter().chain([value]).cloned())),
        Value::Array(items) => {
            let at = usize::try_from(place(items.len(), key)?);
            let outside = || failed("index for array insertion out of bounds");
            let at = at
                .ok()
                .filter(|at| *at <= items.len())
                .ok_or_else(outside)?;
            let mut items = items.to_vec();
            items.insert(at, value.clone());
            Ok(items.into())
        }
        _ => Err(not_composite(parent)),
    }
}

fn remove(parent: &Value, key: &Value) -> Result<Value, Failure> {
    let missing = || failed(format!("cannot delete child key {key} that does not exist"));
    match parent {
        Value::Object(object) => {
            let mut object = Object::clone(object);
            object.remove(key).ok_or_else(missing)?;
            Ok(object.into())
        }
        Value::Set(set) => {
            set.get(key).ok_or_else(missing)?;
            let rest: Set = set
                .iter()
                .filter(|element| *element != key)
                .cloned()
                .collect();
            Ok(rest.into())
        }
        Value::Array(items) => {
            let at = usize::try_from(place(items.len(), key)?);
            let outside = || failed("index for array delete out of bounds");
            let at = at.ok().filter(|at| *at < items.len()).ok_or_else(outside)?;
            let mut items = items.to_vec();
            items.remove(at);
            Ok(items.into())
        }
        _ => Err(not_composite(parent)),
    }
}

/// The index that a step names in an array of this length.
fn place(length: usize, step: &Value) -> Result<i64, Failure> {
    match step {
        Value::Number(number) => {
            let index = number.as_i64();
            index.ok_or_else(|| failed("invalid number type for indexing"))
        }
        Value::String(text) if text.as_ref() == "-" => {
            Ok(i64::try_from(length).unwrap_or(i64::MAX))
        }
        Value::String(text) => {
            let number = Number::parse_literal(text);
            let index = number.and_then(|number| number.as_i64());
            let index = index.ok_or_else(|| failed("invalid string for indexing"))?;
            if text.as_ref() != "0" && text.starts_with('0') {
                return Err(failed("leading zeros are not allowed in JSON paths"));
            }
            Ok(index)
        }
        _ => Err(failed("invalid type for indexing")),
    }
}

fn not_composite(value: &Value) -> Failure {
    failed(format!(
        "expected composite type, found value: {value} (type: {})",
        go_type(value)
    ))
}

/// The value's type in OPA's own code.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "ast.Null",
        Value::Bool(_) => "ast.Boolean",
        Value::Number(_) => "ast.Number",
        _ => "ast.String",
    }
}

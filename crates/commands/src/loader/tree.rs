//! Documents in other documents.

use compiler::compile::tree::push_key;
use values::{Object, Value};

/// A document below these keys; `None` if there are no keys, and it isn't an object.
pub(super) fn at(keys: &[String], document: Value) -> Option<Value> {
    if keys.is_empty() && !matches!(document, Value::Object(_)) {
        return None;
    }
    Some(keys.iter().rfold(document, |document, key| {
        Value::object([(key.as_str(), document)])
    }))
}

/// Merges two documents. As in OPA, only objects may be in both.
///
/// # Errors
///
/// The keys of the first value that is in both.
pub(super) fn merged(one: &Value, other: &Value) -> Result<Value, Vec<String>> {
    let (Value::Object(one), Value::Object(other)) = (one, other) else {
        return Err(Vec::new());
    };
    let mut together: Object = (**one).clone();
    for (key, value) in other.iter() {
        let value = match one.get(key) {
            None => value.clone(),
            Some(there) => merged(there, value).map_err(|mut keys| {
                keys.insert(0, key.as_str().unwrap_or_default().to_owned());
                keys
            })?,
        };
        together.insert(key.clone(), value);
    }
    Ok(together.into())
}

/// Whether a document has a value below these keys.
pub(super) fn has(document: &Value, keys: &[String]) -> bool {
    get(document, keys).is_some()
}

/// The value below these keys of a document.
pub(super) fn get<'d>(document: &'d Value, keys: &[String]) -> Option<&'d Value> {
    keys.iter()
        .try_fold(document, |document, key| match document {
            Value::Object(object) => object.field(key),
            _ => None,
        })
}

/// The document without the value below these keys.
pub(super) fn without(document: &Value, keys: &[String]) -> Value {
    let (Value::Object(object), Some((key, rest))) = (document, keys.split_first()) else {
        return document.clone();
    };
    let mut object = (**object).clone();
    let name = Value::from(key.as_str());
    if rest.is_empty() {
        object.remove(&name);
    } else if let Some(below) = object.get(&name).map(|below| without(below, rest)) {
        object.insert(name, below);
    }
    object.into()
}

/// The document with this value below these keys.
pub(super) fn with(document: &Value, keys: &[String], value: Value) -> Value {
    let Some((key, rest)) = keys.split_first() else {
        return value;
    };
    let mut object = match document {
        Value::Object(object) => (**object).clone(),
        _ => Object::default(),
    };
    let name = Value::from(key.as_str());
    let below = object.get(&name).cloned().unwrap_or(Value::Null);
    object.insert(name, with(&below, rest, value));
    object.into()
}

/// The keys as a reference, such as `data.a["b-c"]`.
pub(super) fn shown(keys: &[String]) -> String {
    let mut text = "data".to_owned();
    for key in keys {
        push_key(&mut text, key);
    }
    text
}

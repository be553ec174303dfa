//! Documents in one another.

use compiler::compile::tree::push_key;
use values::{Object, Value};

/// A document under keys; none where it would be the root and is no object.
pub(super) fn at(keys: &[String], document: Value) -> Option<Value> {
    if keys.is_empty() && !matches!(document, Value::Object(_)) {
        return None;
    }
    Some(keys.iter().rfold(document, |document, key| {
        Value::object([(key.as_str(), document)])
    }))
}

/// Two documents as one. As in OPA, nothing but objects may be in both.
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

/// Whether a document has something under keys.
pub(super) fn has(document: &Value, keys: &[String]) -> bool {
    get(document, keys).is_some()
}

/// What a document has under keys.
pub(super) fn get<'d>(document: &'d Value, keys: &[String]) -> Option<&'d Value> {
    keys.iter()
        .try_fold(document, |document, key| match document {
            Value::Object(object) => object.field(key),
            _ => None,
        })
}

/// A document without what is under keys.
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

/// A document with a value under keys, whatever was there.
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

/// Keys as a reference: `data.a["b-c"]`.
pub(super) fn shown(keys: &[String]) -> String {
    let mut text = "data".to_owned();
    for key in keys {
        push_key(&mut text, key);
    }
    text
}

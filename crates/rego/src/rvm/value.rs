//! Between documents and Rego's values.

use std::collections::BTreeMap;

use regorus::Value;

/// A document's node as a Rego value. Its depth and size are what the document's limits allow.
///
/// The machine has no numbers but its own, and would show `1.10` as `1.1`: a number or boolean of
/// another spelling is handed over as the string that `text`, the document's file, has there.
#[must_use]
pub fn from_node(node: &document::Node<'_>, text: &str) -> Value {
    match &node.value {
        document::Value::Null => Value::Null,
        document::Value::Bool(value) => {
            as_written(node, text, &value.to_string()).unwrap_or(Value::Bool(*value))
        }
        document::Value::Integer(value) => {
            as_written(node, text, &value.to_string()).unwrap_or_else(|| Value::from(*value))
        }
        document::Value::Float(value) => {
            as_written(node, text, &value.to_string()).unwrap_or_else(|| Value::from(*value))
        }
        document::Value::String(value) => Value::String(value.as_ref().into()),
        document::Value::Sequence(items) => items
            .iter()
            .map(|item| from_node(item, text))
            .collect::<Vec<_>>()
            .into(),
        document::Value::Mapping(mapping) => mapping
            .iter()
            .map(|entry| {
                (
                    Value::String(entry.key.as_ref().into()),
                    from_node(&entry.node, text),
                )
            })
            .collect::<BTreeMap<_, _>>()
            .into(),
    }
}

/// What is written for a plain scalar, where it isn't how Rego would write the value.
fn as_written(node: &document::Node<'_>, text: &str, usual: &str) -> Option<Value> {
    let written = text.get(node.span.start as usize..node.span.end as usize)?;
    let is_plain = written
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    (is_plain && !written.is_empty() && written != usual).then(|| written.into())
}

/// An object of Rego from its fields.
#[must_use]
pub fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    fields
        .into_iter()
        .map(|(key, value)| (Value::from(key), value))
        .collect::<BTreeMap<_, _>>()
        .into()
}

/// A field of an object; none where it is no object or has no such field.
#[must_use]
pub fn field<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    value.as_object().ok()?.get(&Value::from(key))
}

/// A field that is a text.
#[must_use]
pub fn text_field<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    match field(value, key)? {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Puts a field into an object; a value of another kind stays as it is.
pub fn set_field(object: &mut Value, key: &str, value: Value) {
    if let Ok(fields) = object.as_object_mut() {
        fields.insert(Value::from(key), value);
    }
}

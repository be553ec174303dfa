//! Configurations as nodes that don't depend on a source text.

use std::borrow::Cow;

use document::{Entry, Mapping, Node, Span, Value};

/// A mapping with these keys.
pub fn mapping<const N: usize>(fields: [(&str, Node<'static>); N]) -> Node<'static> {
    let entries = fields.into_iter().map(|(key, node)| entry(key, node));
    node(Value::Mapping(Mapping::of_unique(entries.collect())))
}

/// A string.
pub fn string(text: &str) -> Node<'static> {
    node(Value::String(Cow::Owned(text.to_owned())))
}

/// Sets a key of a mapping. It does nothing if the node isn't a mapping.
pub fn set(mapping: &mut Node<'static>, key: &str, value: Node<'static>) {
    if let Value::Mapping(fields) = &mut mapping.value {
        let others = fields.iter().filter(|entry| entry.key != key).cloned();
        let entries = others.chain([entry(key, value)]).collect();
        *fields = Mapping::of_unique(entries);
    }
}

/// A copy without keys that have no value, for which the policies use the default.
pub fn without_nulls(written: &Node<'_>) -> Node<'static> {
    let Value::Mapping(fields) = &written.value else {
        return copy(written);
    };
    let entries = fields
        .iter()
        .filter(|entry| !matches!(entry.node.value, Value::Null))
        .map(|field| entry(&field.key, without_nulls(&field.node)));
    node(Value::Mapping(Mapping::of_unique(entries.collect())))
}

/// A copy that owns its strings.
fn copy(written: &Node<'_>) -> Node<'static> {
    node(match &written.value {
        Value::Null => Value::Null,
        Value::Bool(value) => Value::Bool(*value),
        Value::Integer(value) => Value::Integer(*value),
        Value::Float(value) => Value::Float(*value),
        Value::String(text) => Value::String(Cow::Owned(text.clone().into_owned())),
        Value::Sequence(items) => Value::Sequence(items.iter().map(copy).collect()),
        Value::Mapping(fields) => {
            let entries = fields
                .iter()
                .map(|field| entry(&field.key, copy(&field.node)));
            Value::Mapping(Mapping::of_unique(entries.collect()))
        }
    })
}

fn entry(key: &str, node: Node<'static>) -> Entry<'static> {
    Entry {
        key: Cow::Owned(key.to_owned()),
        key_span: Span::default(),
        node,
    }
}

fn node(value: Value<'static>) -> Node<'static> {
    Node {
        span: Span::default(),
        value,
    }
}

//! What a user's policy gets of a document: Harness's wrapping as a value of Rego.

use crate::document::{self, Node};
use crate::harness::{Entity, Event, Input, Part, Parts, PolicyEntity, entities};
use crate::rego::number::Number;
use crate::rego::value::{Object, Value};

/// The input for an entity on an event. `metadata` is what else Harness tells of it (user, groups,
/// roles); what it says of `action` and `type` outranks the event and the entity.
#[must_use]
pub fn input_of(
    content: &Node<'_>,
    entity: &PolicyEntity,
    event: Event,
    metadata: Option<&Value>,
) -> Value {
    let parts = match Input::of_harness(content, entity, event).parts {
        Parts::Whole(node) => return value_of(node),
        Parts::Named(parts) => parts,
    };
    let Value::Object(input) = value_of_parts(&parts) else {
        return Value::Null;
    };
    let mut input = Object::clone(&input);
    if let Some(Value::Object(more)) = metadata {
        let told = more.iter().cloned();
        let given = match input.field("metadata") {
            Some(Value::Object(given)) => given.iter().cloned().collect(),
            _ => Vec::new(),
        };
        // Of equal keys the last one counts.
        let all: Object = given.into_iter().chain(told).collect();
        if let Some(action) = all.field("action").cloned()
            && input.field("action").is_some()
        {
            input.insert("action".into(), action);
        }
        input.insert("metadata".into(), all.into());
    }
    input.into()
}

/// The input for a whole document. Without an `entity` it is the one that the document holds; where
/// it holds none, the document itself is the input. Without an `event`, it is the entity's usual one.
#[must_use]
pub fn input_of_document(
    document: &document::Document<'_>,
    entity: Option<&'static PolicyEntity>,
    event: Option<Event>,
    metadata: Option<&Value>,
) -> Value {
    let Some(entity) = entity.or_else(|| entity_of(document)) else {
        return value_of(&document.root);
    };
    // What lacks the entity's root key is taken for what stands under it.
    let content = document
        .root
        .get(entity.kind.key())
        .unwrap_or(&document.root);
    let event = event.unwrap_or_else(|| entity.usual_event());
    input_of(content, entity, event, metadata)
}

/// The entity that a document holds, or by its root key seems to.
#[must_use]
pub fn entity_of(document: &document::Document<'_>) -> Option<&'static PolicyEntity> {
    let held = entities(document);
    held.iter()
        .find_map(|Entity { kind, .. }| kind.policy())
        .or_else(|| {
            let root = document.root.as_mapping()?;
            root.iter()
                .find_map(|entry| PolicyEntity::all().find(|e| e.kind.key() == entry.key))
        })
}

fn value_of_parts(parts: &[(&'static str, Part<'_, '_>)]) -> Value {
    Value::object(parts.iter().map(|(key, part)| {
        let value = match part {
            Part::Node(node) => value_of(node),
            Part::Text(text) => (*text).into(),
            Part::Number(number) => Value::from(*number),
            Part::Named(parts) => value_of_parts(parts),
        };
        (*key, value)
    }))
}

/// A document's node as a value of Rego.
fn value_of(node: &Node<'_>) -> Value {
    match &node.value {
        document::Value::Null => Value::Null,
        document::Value::Bool(value) => Value::Bool(*value),
        document::Value::Integer(value) => Value::from(*value),
        document::Value::Float(value) => {
            Number::parse(&value.to_string()).map_or(Value::Null, Value::from)
        }
        document::Value::String(value) => value.as_ref().into(),
        document::Value::Sequence(items) => Value::array(items.iter().map(value_of)),
        document::Value::Mapping(mapping) => Value::object(
            mapping
                .iter()
                .map(|entry| (entry.key.as_ref(), value_of(&entry.node))),
        ),
    }
}

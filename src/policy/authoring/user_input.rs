//! The input of users' policies: a document, wrapped as Harness does it.

use document::Node;
use values::{Number, Object, Value};

use crate::harness::{Entity, EntityKind, Event, PolicyEntity, entities};

/// The input that Harness gives to policies on an event: the entity under its key, and the event. A step is the input
/// itself. `text` is that of the file, with the numbers as they are written. `metadata` is what else Harness says
/// about the event (user, groups, roles); its `action` and `type` take precedence over the event and the entity.
#[must_use]
pub fn input_of(
    content: &Node<'_>,
    text: &str,
    entity: &PolicyEntity,
    event: Event,
    metadata: Option<&Value>,
) -> Value {
    let content = value_of(content, text);
    let Some(key) = entity.key else {
        return content;
    };
    let mut metadata_fields = Object::from_iter([
        ("action".into(), event.name().into()),
        ("type".into(), entity.name.into()),
    ]);
    if let Some(Value::Object(more)) = metadata {
        // Of equal keys, the last one counts.
        metadata_fields = metadata_fields.iter().chain(more.iter()).cloned().collect();
    }
    let mut input = Object::from_iter([(key.into(), content)]);
    if entity.kind == EntityKind::Pipeline {
        let action = metadata_fields.field("action").cloned();
        input.insert("action".into(), action.unwrap_or(Value::Null));
    }
    input.insert("metadata".into(), metadata_fields.into());
    input.into()
}

/// The input for a whole document. Without `entity`, it is about the one in the document; if there is none, the
/// document itself is the input. Without `event`, it is about the entity's default one.
#[must_use]
pub fn input_of_document(
    document: &document::Document<'_>,
    text: &str,
    entity: Option<&'static PolicyEntity>,
    event: Option<Event>,
    metadata: Option<&Value>,
) -> Value {
    let Some(entity) = entity.or_else(|| entity_of(document)) else {
        return value_of(&document.root, text);
    };
    // If the document lacks the entity's root key, it is taken for its value.
    let content = document
        .root
        .get(entity.kind.key())
        .unwrap_or(&document.root);
    let event = event.unwrap_or_else(|| entity.usual_event());
    input_of(content, text, entity, event, metadata)
}

/// The entity in a document, or the one that its root key names.
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

/// A number that doesn't fit into 64 bits, or has a fraction. An integer keeps its digits; anything else is the
/// double that YAML readers make of it, as Go writes it.
fn number(written: &str, value: f64) -> Value {
    let whole = written.strip_prefix('+').unwrap_or(written);
    let is_whole = whole
        .strip_prefix('-')
        .unwrap_or(whole)
        .bytes()
        .all(|byte| byte.is_ascii_digit());
    let exact = if is_whole {
        Number::parse_unbounded(whole)
    } else {
        None
    };
    exact
        .or_else(|| Number::from_f64(value))
        .map_or(Value::Null, Value::from)
}

/// A document's node as a Rego value. `text` is that of the file, with the numbers as they are written.
pub fn value_of(node: &Node<'_>, text: &str) -> Value {
    match &node.value {
        document::Value::Null => Value::Null,
        document::Value::Bool(value) => Value::Bool(*value),
        document::Value::Integer(value) => Value::from(*value),
        document::Value::Float(value) => number(node.span.slice(text), *value),
        document::Value::String(value) => value.as_ref().into(),
        document::Value::Sequence(items) => {
            Value::array(items.iter().map(|item| value_of(item, text)))
        }
        document::Value::Mapping(mapping) => Value::object(
            mapping
                .iter()
                .map(|entry| (entry.key.as_ref(), value_of(&entry.node, text))),
        ),
    }
}

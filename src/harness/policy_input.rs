//! What Harness hands to policies: each entity in a wrapping of its own.
//!
//! Source: Harness's guide for authors of policies.

use serde::{Serialize, Serializer, ser::SerializeMap as _};

use crate::document::Node;

/// An entity of which Harness asks policies.
#[derive(Debug, PartialEq, Eq)]
pub struct PolicyEntity {
    /// What Harness calls it.
    pub name: &'static str,
    /// The key under which its file has it.
    pub root: &'static str,
    /// The key under which the input has it; a step is the input itself.
    pub key: Option<&'static str>,
    /// The event on which Harness asks.
    pub action: &'static str,
}

impl PolicyEntity {
    /// The usual one, and the only one that is asked about when it runs.
    pub const PIPELINE: Self = Self {
        action: "onrun",
        ..Self::saved("pipeline", "pipeline", "pipeline")
    };

    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::PIPELINE,
        Self::saved("template", "template", "template"),
        Self::saved("connector", "connector", "entity"),
        Self::saved("secret", "secret", "secret"),
        Self::saved("service", "service", "serviceEntity"),
        Self::saved("environment", "environment", "environmentEntity"),
        Self::saved(
            "infrastructure",
            "infrastructureDefinition",
            "infrastructureEntity",
        ),
        Self::saved("override", "overrides", "overrideEntity"),
        Self {
            name: "step",
            root: "step",
            key: None,
            action: "onstep",
        },
    ];

    const fn saved(name: &'static str, root: &'static str, key: &'static str) -> Self {
        Self {
            name,
            root,
            key: Some(key),
            action: "onsave",
        }
    }

    /// The entity of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::all().find(|entity| entity.name == name)
    }

    /// The entity that files have under a key.
    #[must_use]
    pub fn under(root: &str) -> Option<&'static Self> {
        Self::all().find(|entity| entity.root == root)
    }

    fn all() -> impl Iterator<Item = &'static Self> {
        const ALL: &[PolicyEntity] = &PolicyEntity::ALL;
        ALL.iter()
    }
}

/// A document as Harness hands it to a policy, to be written as JSON.
#[derive(Debug)]
pub struct PolicyInput<'d, 't> {
    content: &'d Node<'t>,
    /// None where nothing says what it is: then it is handed over as it stands.
    entity: Option<&'static PolicyEntity>,
}

impl<'d, 't> PolicyInput<'d, 't> {
    /// The input for a document; without an entity, for the one that the document holds.
    #[must_use]
    pub fn of(document: &'d Node<'t>, entity: Option<&'static PolicyEntity>) -> Self {
        let held = || PolicyEntity::all().find(|entity| document.get(entity.root).is_some());
        let entity = entity.or_else(held);
        Self {
            content: entity
                .and_then(|entity| document.get(entity.root))
                .unwrap_or(document),
            entity,
        }
    }
}

/// What an input says of the event.
#[derive(Serialize)]
struct Metadata {
    action: &'static str,
    r#type: &'static str,
}

impl Serialize for PolicyInput<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(PolicyEntity {
            name,
            key: Some(key),
            action,
            ..
        }) = self.entity
        else {
            return self.content.serialize(serializer);
        };
        let mut input = serializer.serialize_map(None)?;
        input.serialize_entry(key, self.content)?;
        if *key == "pipeline" {
            input.serialize_entry("action", action)?;
        }
        let metadata = Metadata {
            action,
            r#type: name,
        };
        input.serialize_entry("metadata", &metadata)?;
        input.end()
    }
}

#[cfg(test)]
mod tests {
    use super::{PolicyEntity, PolicyInput};
    use crate::document::{Limits, parse};

    fn input(text: &str, entity: Option<&str>) -> Option<String> {
        let document = parse(text, &Limits::default()).into_iter().next()?.ok()?;
        let entity = entity.and_then(PolicyEntity::named);
        serde_json::to_string(&PolicyInput::of(&document.root, entity)).ok()
    }

    #[test]
    fn an_entity_is_wrapped_by_its_kind() {
        for (text, entity, expected) in [
            (
                "pipeline: {b: 1, a: [2.5, ~, yes, 'x']}",
                None,
                r#"{"pipeline":{"b":1,"a":[2.5,null,"yes","x"]},"action":"onrun","metadata":{"action":"onrun","type":"pipeline"}}"#,
            ),
            (
                "connector: {type: DockerRegistry}",
                None,
                r#"{"entity":{"type":"DockerRegistry"},"metadata":{"action":"onsave","type":"connector"}}"#,
            ),
            (
                "overrides: {type: ENV_GLOBAL_OVERRIDE}",
                None,
                r#"{"overrideEntity":{"type":"ENV_GLOBAL_OVERRIDE"},"metadata":{"action":"onsave","type":"override"}}"#,
            ),
            ("step: {type: Run}", None, r#"{"type":"Run"}"#),
            ("{z: 1, y: 2}", None, r#"{"z":1,"y":2}"#),
            ("x", None, r#""x""#),
            // What is said outranks what is seen, and what lacks its root is taken as the content.
            (
                "pipeline: {identifier: a}",
                Some("service"),
                r#"{"serviceEntity":{"pipeline":{"identifier":"a"}},"metadata":{"action":"onsave","type":"service"}}"#,
            ),
            ("type: Run", Some("step"), r#"{"type":"Run"}"#),
        ] {
            assert_eq!(input(text, entity).as_deref(), Some(expected), "{text}");
        }
    }
}

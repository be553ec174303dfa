//! Which Harness entity a document holds, told by its root key.

use crate::document::{Document, Mapping, Node, Value};

/// The kinds of entity, by their root keys (harness-schema, v0 and v1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntityKind {
    /// `pipeline`, v0 or v1 inside.
    Pipeline,
    /// `template`.
    Template,
    /// `connector`.
    Connector,
    /// `inputSet`.
    InputSet,
    /// `overlayInputSet`.
    OverlayInputSet,
    /// `trigger`.
    Trigger,
    /// `service`.
    Service,
    /// `environment`.
    Environment,
    /// `infrastructureDefinition`.
    InfrastructureDefinition,
    /// `secret`.
    Secret,
}

impl EntityKind {
    const ALL: [Self; 10] = [
        Self::Pipeline,
        Self::Template,
        Self::Connector,
        Self::InputSet,
        Self::OverlayInputSet,
        Self::Trigger,
        Self::Service,
        Self::Environment,
        Self::InfrastructureDefinition,
        Self::Secret,
    ];

    /// The root key.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Pipeline => "pipeline",
            Self::Template => "template",
            Self::Connector => "connector",
            Self::InputSet => "inputSet",
            Self::OverlayInputSet => "overlayInputSet",
            Self::Trigger => "trigger",
            Self::Service => "service",
            Self::Environment => "environment",
            Self::InfrastructureDefinition => "infrastructureDefinition",
            Self::Secret => "secret",
        }
    }

    /// Whether a policy is about this kind.
    #[must_use]
    pub fn is_judged(self) -> bool {
        matches!(
            self,
            Self::Pipeline | Self::Template | Self::Connector | Self::InputSet
        )
    }
}

/// One entity of a document.
#[derive(Debug, Clone, Copy)]
pub struct Entity<'d, 't> {
    /// Which kind it is.
    pub kind: EntityKind,
    /// What stands under the root key: always a mapping.
    pub content: &'d Node<'t>,
}

impl Entity<'_, '_> {
    /// `identifier` (v0) or `id` (v1), where it is a text.
    #[must_use]
    pub fn identifier(&self) -> Option<&str> {
        let Value::Mapping(content) = &self.content.value else {
            return None;
        };
        ["identifier", "id"]
            .iter()
            .find_map(|key| text(content, key))
    }
}

fn text<'m>(mapping: &'m Mapping<'_>, key: &str) -> Option<&'m str> {
    match &mapping.get(key)?.node.value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// The entities of a document, the first being the one that Harness would take; none for documents
/// of other tools, which may look alike.
#[must_use]
pub fn entities<'d, 't>(document: &'d Document<'t>) -> Vec<Entity<'d, 't>> {
    let Value::Mapping(root) = &document.root.value else {
        return Vec::new();
    };
    // A Kubernetes resource, whatever its keys are called.
    if root.get("apiVersion").is_some() && root.get("kind").is_some() {
        return Vec::new();
    }
    EntityKind::ALL
        .into_iter()
        .filter_map(|kind| {
            let content = &root.get(kind.key())?.node;
            matches!(content.value, Value::Mapping(_)).then_some(Entity { kind, content })
        })
        .collect()
}

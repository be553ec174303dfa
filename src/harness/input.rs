//! What policies get: an entity in its wrapping. The one place that says what a wrapping looks like;
//! each form of values (regorus', a user's Rego, JSON) is written from it.

use document::Node;

use super::Entity;
#[cfg(feature = "authoring")]
use super::{Event, PolicyEntity};

/// An input, as named parts in order.
#[derive(Debug, Clone, PartialEq)]
pub struct Input<'d, 't> {
    /// The parts; a policy that gets the entity as the input itself has no parts but this one.
    pub parts: Parts<'d, 't>,
}

/// The parts of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Parts<'d, 't> {
    /// The input is this node.
    Whole(&'d Node<'t>),
    /// The input is a mapping.
    Named(Vec<(&'static str, Part<'d, 't>)>),
}

/// One part of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum Part<'d, 't> {
    /// What stands in the document.
    Node(&'d Node<'t>),
    /// A string.
    Text(&'d str),
    /// A number.
    Number(usize),
    /// Parts of this part.
    Named(Vec<(&'static str, Part<'d, 't>)>),
}

impl<'d, 't> Input<'d, 't> {
    /// What our rules get: the entity under its root key, `version` and `inputs` of the root where
    /// they are there, and which document of which file it is.
    #[must_use]
    pub fn of_rules(entity: Entity<'d, 't>, file: &'d str, document: usize) -> Self {
        let mut parts = vec![(entity.kind.key(), Part::Node(entity.content))];
        let beside = [("version", entity.version), ("inputs", entity.inputs)];
        parts.extend(
            beside
                .into_iter()
                .filter_map(|(key, node)| Some((key, Part::Node(node?)))),
        );
        let place = vec![
            ("file", Part::Text(file)),
            ("document", Part::Number(document)),
        ];
        parts.push(("metadata", Part::Named(place)));
        Self {
            parts: Parts::Named(parts),
        }
    }

    /// What Harness hands to policies on an event: the entity under the input's key for it, and which
    /// event it is. A step is the input itself.
    #[cfg(feature = "authoring")]
    #[must_use]
    pub fn of_harness(content: &'d Node<'t>, entity: &PolicyEntity, event: Event) -> Self {
        let Some(key) = entity.key else {
            return Self {
                parts: Parts::Whole(content),
            };
        };
        let mut parts = vec![(key, Part::Node(content))];
        if entity.kind == super::EntityKind::Pipeline {
            parts.push(("action", Part::Text(event.name())));
        }
        let metadata = vec![
            ("action", Part::Text(event.name())),
            ("type", Part::Text(entity.name)),
        ];
        parts.push(("metadata", Part::Named(metadata)));
        Self {
            parts: Parts::Named(parts),
        }
    }
}

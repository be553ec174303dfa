//! Detects which entity a document is, or else which tool's document it is. A root key alone doesn't make it one of
//! Harness's; its content must have the shape of the entity too.

use document::{Document, Mapping, Node, Value};

use super::entity::{Entity, EntityKind};

/// What a document contains.
#[derive(Debug)]
pub enum Holding<'d, 't> {
    /// An entity. More than one is an error.
    Entity {
        /// The first one in the document.
        entity: Entity<'d, 't>,
        /// The others, if our rules judge them.
        others: Vec<Entity<'d, 't>>,
    },
    /// A document that is no entity, such as `a Kubernetes resource`.
    Foreign(String),
    /// No value.
    Nothing,
    /// Something unknown.
    Unknown {
        /// The entity that has its root key, but not its shape.
        near: Option<EntityKind>,
    },
}

/// Detects what a document contains.
#[must_use]
pub fn holding<'d, 't>(document: &'d Document<'t>) -> Holding<'d, 't> {
    let root = match &document.root.value {
        Value::Mapping(root) => root,
        Value::Null => return Holding::Nothing,
        _ => return Holding::Unknown { near: None },
    };
    let mut found = entities_of(root).into_iter();
    if let Some(entity) = found.next() {
        return Holding::Entity {
            entity,
            others: found.collect(),
        };
    }
    if let Some(whose) = foreign(root) {
        return Holding::Foreign(whose);
    }
    let near = root.iter().find_map(|entry| EntityKind::under(&entry.key));
    Holding::Unknown { near }
}

/// The entities of a document, in order. Entities that no rule judges only count if there are no others, and if the
/// document isn't another tool's, which may look alike.
#[must_use]
pub fn entities<'d, 't>(document: &'d Document<'t>) -> Vec<Entity<'d, 't>> {
    let root = document.root.as_mapping();
    root.map(entities_of).unwrap_or_default()
}

fn entities_of<'d, 't>(root: &'d Mapping<'t>) -> Vec<Entity<'d, 't>> {
    let version = root.get("version").map(|entry| &entry.node);
    let inputs = root.get("inputs").map(|entry| &entry.node);
    let is_v1 = version.is_some_and(is_one);
    let (judged, others): (Vec<_>, Vec<_>) = root
        .iter()
        .filter_map(|entry| {
            let kind = EntityKind::under(&entry.key)?;
            has_shape(kind, &entry.node, is_v1).then_some(Entity {
                kind,
                content: &entry.node,
                version,
                inputs,
            })
        })
        .partition(Entity::is_judged);
    if !judged.is_empty() {
        return judged;
    }
    let is_ours = foreign(root).is_none();
    others.into_iter().filter(|_| is_ours).take(1).collect()
}

/// Whether the value of a root key has the shape of the key's entity. `is_v1` says whether `version: 1` is next to
/// it.
fn has_shape(kind: EntityKind, content: &Node<'_>, is_v1: bool) -> bool {
    let Value::Mapping(content) = &content.value else {
        let is_list = matches!(content.value, Value::Sequence(_));
        return kind == EntityKind::FeatureFlags && is_list;
    };
    let has = |keys: &[&str]| keys.iter().any(|key| content.get(key).is_some());
    let is_mapping = |key: &&str| {
        content
            .get(key)
            .is_some_and(|entry| matches!(entry.node.value, Value::Mapping(_)))
    };
    match kind {
        EntityKind::Pipeline => {
            is_v1
                || has(&[
                    "stages",
                    "template",
                    "identifier",
                    "orgIdentifier",
                    "projectIdentifier",
                ])
        }
        EntityKind::Template => {
            has(&["identifier", "versionLabel"])
                || content
                    .get("type")
                    .is_some_and(|entry| !is_empty(&entry.node))
                || ["pipeline", "stage", "step", "group", "agent"]
                    .iter()
                    .any(is_mapping)
        }
        EntityKind::Connector => has(&["identifier"]) || (has(&["type"]) && has(&["spec"])),
        EntityKind::InputSet => has(&["identifier", "pipeline"]),
        EntityKind::Agent => is_v1 || has(&["step", "group", "steps", "stages"]),
        _ => true,
    }
}

/// Whether a node is empty, as if the key didn't exist.
fn is_empty(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Whether it is the number 1, or the string `1`.
fn is_one(version: &Node<'_>) -> bool {
    match &version.value {
        Value::Integer(version) => *version == 1,
        Value::Float(version) => (*version - 1.0).abs() < f64::EPSILON,
        Value::String(version) => version.trim() == "1",
        _ => false,
    }
}

/// A Kubernetes resource has these two keys, whatever the others are. So do entries in the catalogs of developer
/// portals: Backstage, and Harness's own.
fn kubernetes(root: &Mapping<'_>) -> Option<String> {
    let group = match &root.get("apiVersion")?.node.value {
        Value::String(version) => version.trim().split('/').next().unwrap_or_default(),
        _ => "",
    };
    let is_portal =
        matches!(group, "backstage.io" | "harness.io") || group.ends_with(".backstage.io");
    let what = if is_portal {
        "an entity of a developer portal"
    } else {
        "a Kubernetes resource"
    };
    Some(match &root.get("kind")?.node.value {
        Value::String(kind) => format!("{what} ({})", kind.trim()),
        _ => what.to_owned(),
    })
}

/// What a document is if it's known to be no entity.
fn foreign(root: &Mapping<'_>) -> Option<String> {
    kubernetes(root)
        .or_else(|| with_kind(root))
        .or_else(|| template_versions(root))
}

/// The `config.yaml` beside the versions of a v1 template, in a folder that Harness reads templates from.
fn template_versions(root: &Mapping<'_>) -> Option<String> {
    let is_one = root.get("stable").is_some()
        && matches!(root.get("versions")?.node.value, Value::Mapping(_))
        && root.iter().all(|entry| {
            let key = entry.key.as_ref();
            matches!(
                key,
                "stable" | "versions" | "icon-name" | "module" | "metadata"
            )
        });
    is_one.then(|| "the versions of a template (`stable`, `versions`)".to_owned())
}

fn with_kind(root: &Mapping<'_>) -> Option<String> {
    let has = |key: &str| root.get(key).is_some();
    let kind = match &root.get("kind")?.node.value {
        Value::String(kind) => kind.trim(),
        _ => "",
    };
    if !has("type") && !has("spec") && !has("version") {
        return None;
    }
    Some(match kind {
        "pipeline" if has("version") => {
            "a pipeline of Harness Open Source, or of an earlier form of v1 (`kind: pipeline`)"
                .to_owned()
        }
        "template" if has("version") => {
            "a template of an earlier form of v1 (`kind: template`)".to_owned()
        }
        "pipeline" | "secret" | "signature" | "cron" if has("type") || has("spec") => {
            format!("a file of Drone's (`kind: {kind}`)")
        }
        "" => "another tool's file, by its `kind`".to_owned(),
        kind => format!("another tool's file (`kind: {kind}`)"),
    })
}

/// Whether a document is a pipeline without its root key: its stages are at the root.
#[must_use]
pub fn is_pipeline_without_key(document: &Document<'_>) -> bool {
    let stages = document.root.get("stages").and_then(Node::as_sequence);
    stages.is_some_and(|stages| {
        stages.iter().any(|stage| {
            let is_v0 = stage.get("stage").and_then(Node::as_mapping).is_some();
            is_v0 || stage.get("steps").and_then(Node::as_sequence).is_some()
        })
    })
}

/// What an entity of a kind must have, for messages about documents that lack it.
#[must_use]
pub fn shape(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Pipeline => {
            "a `pipeline` has `stages`, `template`, `identifier`, `orgIdentifier` or `projectIdentifier`, or `version: 1` beside it"
        }
        EntityKind::Template => {
            "a `template` has `type`, `identifier` or `versionLabel`, or in v1 `pipeline`, `stage`, `step`, `group` or `agent`"
        }
        EntityKind::Connector => "a `connector` has `identifier`, or `type` and `spec`",
        EntityKind::InputSet => "an `inputSet` has `identifier` or `pipeline`",
        EntityKind::Agent => {
            "an `agent` has `step`, `group`, `steps` or `stages`, or `version: 1` beside it"
        }
        EntityKind::FeatureFlags => "`featureFlags` is a list",
        _ => "the value of an entity's root key must be a mapping",
    }
}

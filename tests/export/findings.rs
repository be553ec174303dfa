//! What has to be said of an entity: what our module finds in it, alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use harness_image_guard::document::{self, Limits, Node, Value};
use harness_image_guard::harness;
use harness_image_guard::report::{Diagnostic, PathStep, Severity};
use harness_image_guard::{Config, Guard, SourceFile};
use serde_json::{Map, Value as Json, json};

const FOLDERS: [&str; 5] = [
    "tests/fixtures",
    "tests/semantics",
    "examples/.harness",
    "policies",
    "../shared/corpus",
];

/// What blocks, and what advises.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Texts {
    pub deny: BTreeSet<String>,
    pub warn: BTreeSet<String>,
}

impl Texts {
    pub fn count(&self) -> usize {
        self.deny.len() + self.warn.len()
    }
}

/// Every entity at hand, and our module under one configuration.
pub struct Expected {
    guard: Guard,
    /// Kind, name, content.
    entities: Vec<(&'static str, String, Json)>,
}

impl Expected {
    pub fn new(config: Config) -> Self {
        let mut entities = Vec::new();
        for folder in FOLDERS {
            gather(Path::new(folder), &mut entities);
        }
        assert!(!entities.is_empty(), "there is nothing to look at");
        let guard = Guard::new(config).expect("a guard");
        Self { guard, entities }
    }

    pub fn entities(&self, kind: &str) -> impl Iterator<Item = (String, &Json)> {
        let of_kind = self
            .entities
            .iter()
            .filter(move |(each, _, _)| *each == kind);
        of_kind.map(|(_, name, content)| (name.clone(), content))
    }

    /// What a rule finds, and what keeps the entity from being looked at to its end.
    pub fn of(&self, rule: &str, kind: &str, name: &str, content: &Json) -> Texts {
        let text = json!({kind: content}).to_string();
        let report = self.guard.check(&[SourceFile::text("entity.json", text)]);
        let mut texts = Texts::default();
        for found in &report.diagnostics {
            if ![rule, "too-deep", "unknown-entity"].contains(&found.rule.as_str()) {
                continue;
            }
            let is_new = match found.severity {
                Severity::Error => texts.deny.insert(sentence(found)),
                Severity::Warning => texts.warn.insert(sentence(found)),
                Severity::Note => true,
            };
            assert!(
                is_new,
                "two findings in {name} come to one text: {}",
                sentence(found)
            );
        }
        texts
    }
}

fn sentence(found: &Diagnostic) -> String {
    let steps = found.path.iter().map(|step| match step {
        PathStep::Index(index) => format!("[{index}]"),
        PathStep::Key(key) => {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if !key.is_empty() && key.chars().all(is_plain) {
                format!(".{key}")
            } else {
                format!("[{}]", json!(key))
            }
        }
    });
    let path = steps.collect::<String>();
    let path = path.trim_start_matches('.');
    match &found.subject {
        Some(subject) => format!("{subject}: {} ({path})", found.message),
        None => format!("{} ({path})", found.message),
    }
}

fn gather(folder: &Path, entities: &mut Vec<(&'static str, String, Json)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            gather(&path, entities);
            continue;
        }
        let is_yaml = path
            .extension()
            .is_some_and(|it| it == "yaml" || it == "yml");
        let Some(text) = fs::read_to_string(&path).ok().filter(|_| is_yaml) else {
            continue;
        };
        for (i, document) in document::parse(&text, &Limits::default())
            .iter()
            .enumerate()
        {
            let Ok(document) = document else { continue };
            if let Some(entity) = harness::entities(document).first()
                && let Some(content) = as_json(entity.content)
            {
                let name = format!("document {i} of {}", path.display());
                entities.push((entity.kind.key(), name, content));
            }
        }
    }
}

/// A node as JSON; none where a number would be written otherwise than it stands.
fn as_json(node: &Node<'_>) -> Option<Json> {
    Some(match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Float(value) => {
            let text = value.to_string();
            serde_json::from_str(&text)
                .ok()
                .filter(|_| text.contains('.'))?
        }
        Value::String(value) => json!(value),
        Value::Sequence(items) => items.iter().map(as_json).collect::<Option<_>>()?,
        Value::Mapping(mapping) => {
            let fields = mapping.iter();
            let fields =
                fields.map(|entry| Some((entry.key.clone().into_owned(), as_json(&entry.node)?)));
            Json::Object(fields.collect::<Option<Map<_, _>>>()?)
        }
    })
}

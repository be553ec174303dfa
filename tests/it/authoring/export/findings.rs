//! The expected messages about an entity: those of the findings that our module has for it alone.

use std::collections::{BTreeSet, HashSet};

use document::Limits;
use harness_image_guard::harness;
use harness_image_guard::report::{Diagnostic, PathStep, Severity};
use harness_image_guard::{Config, Content, Guard, SourceFile};
use serde_json::{Value as Json, json};

use crate::authoring::opa::cases::as_json;

/// The messages of `deny`, and those of `warn`.
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

/// An entity, and what our module finds in it alone.
pub struct Entity {
    pub kind: &'static str,
    /// The name for messages of the test.
    pub name: String,
    pub content: Json,
    found: Vec<Diagnostic>,
}

impl Entity {
    /// Each distinct entity in some files, which are given with the names of their cases, under a configuration.
    pub fn all<'f>(
        config: Config,
        files: impl Iterator<Item = (&'f str, &'f SourceFile)>,
    ) -> Vec<Self> {
        let guard = Guard::new(config).expect("a guard");
        let guard = guard.with_today("2026-11-27".parse().expect("a date"));
        let mut met = HashSet::new();
        let entities: Vec<_> = files
            .flat_map(|(case, file)| entities(case, file))
            .filter(|(kind, _, content)| met.insert((*kind, content.to_string())))
            .map(|(kind, name, content)| {
                let text = json!({kind: content}).to_string();
                let found = guard.check(&[SourceFile::text("entity.json", text)]);
                Self {
                    kind,
                    name,
                    content,
                    found: found.diagnostics,
                }
            })
            .collect();
        assert!(!entities.is_empty(), "there is nothing to look at");
        entities
    }

    /// The messages of a rule's findings that count, and of those that keep the entity from being checked completely.
    pub fn texts(&self, rule: &str) -> Texts {
        let mut texts = Texts::default();
        for found in &self.found {
            let is_meant = [rule, "too-deep", "unknown-entity"].contains(&found.rule.as_str());
            if !is_meant || found.suppressed.is_some() {
                continue;
            }
            let is_new = match found.severity {
                Severity::Error => texts.deny.insert(sentence(found)),
                Severity::Warning => texts.warn.insert(sentence(found)),
                Severity::Note => true,
            };
            assert!(
                is_new,
                "two findings in {} come to one text: {}",
                self.name,
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

/// The entities of a file, one for each document.
fn entities(case: &str, file: &SourceFile) -> Vec<(&'static str, String, Json)> {
    let Content::Bytes(bytes) = &file.content else {
        return Vec::new();
    };
    let Ok(text) = str::from_utf8(bytes) else {
        return Vec::new();
    };
    let documents = document::parse(text, &Limits::default());
    let entities = documents.iter().enumerate().filter_map(|(i, document)| {
        let document = document.as_ref().ok()?;
        let entity = harness::entities(document).into_iter().next()?;
        let name = format!("document {i} of {} ({case})", file.path);
        Some((entity.kind.key(), name, as_json(entity.content, text)))
    });
    entities.collect()
}

//! Connectors that exist only in the account: read from what people have of them, and written as the
//! list that the configuration's `connectorFiles` names.

mod answer;
mod list;
mod reader;
mod terraform;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

pub use list::write;

use document::{Limits, LineIndex, Node, Position, Value};

use crate::SourceFile;
use crate::source::ReadFile;
use answer::Answer;

/// A connector, as far as a list has it. It never holds credentials, nor the name of a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    /// Its identifier.
    pub identifier: String,
    /// Its organization; without one, it is the account's.
    pub org: Option<String>,
    /// Its project; without one, it is the organization's or the account's.
    pub project: Option<String>,
    /// `DockerRegistry`, `Aws` …
    pub kind: Option<String>,
    /// The registry that a `DockerRegistry` leads to.
    pub url: Option<String>,
    /// `DockerHub`, `Harbor`, `Other` or `Quay`.
    pub provider_type: Option<String>,
    /// The kind of authentication: `Anonymous` or `UsernamePassword`.
    pub auth: Option<String>,
    /// The delegates that it runs on.
    pub delegate_selectors: Vec<String>,
    /// Whether a delegate connects, and not Harness itself.
    pub execute_on_delegate: Option<bool>,
}

/// What came of reading files.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Import {
    /// The connectors, each scope and identifier once, the last one read; sorted by these.
    pub connectors: Vec<Connector>,
    /// The scopes of which a list among the files has every connector.
    pub scopes: BTreeSet<String>,
    /// The scopes that whoever made a list may not see, and that no other list has.
    pub unseen: BTreeSet<String>,
    /// When the oldest list among the files was made.
    pub made_at: Option<String>,
    /// What could not be read.
    pub problems: Vec<Problem>,
}

/// Something that could not be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub path: String,
    /// Where in it; none where that is the whole file.
    pub position: Option<Position>,
    /// What is wrong.
    pub message: String,
}

/// Reads connectors from files: answers of Harness's API, Terraform's state, exported YAML, and lists.
#[must_use]
pub fn import(files: &[SourceFile], max_bytes: usize) -> Import {
    let mut found = BTreeMap::new();
    let mut import = Import::default();
    let mut pages = answer::Pages::default();
    for file in files {
        let (text, documents) = match read(file, max_bytes) {
            Ok(read) => read,
            Err(message) => {
                import.problems.push(Problem {
                    path: file.path.clone(),
                    position: None,
                    message,
                });
                continue;
            }
        };
        let lines = LineIndex::new(text);
        for document in documents {
            let answer = match document {
                Ok(document) => reader::read(&document),
                Err(error) => Answer {
                    errors: vec![error.into()],
                    ..Answer::default()
                },
            };
            pages.add(&file.path, answer.page);
            import.scopes.extend(answer.scopes);
            import.unseen.extend(answer.unseen);
            if let Some(made_at) = answer.made_at {
                import.made_at = Some(older(import.made_at, made_at));
            }
            for connector in answer.connectors {
                found.insert(connector.key(), connector);
            }
            let problems = answer.errors.into_iter().map(|error| Problem {
                path: file.path.clone(),
                position: Some(lines.position(error.span.start)),
                message: error.message,
            });
            import.problems.extend(problems);
        }
    }
    import.problems.extend(pages.missing());
    let Import { scopes, unseen, .. } = &mut import;
    unseen.retain(|scope| !scopes.contains(scope));
    import.connectors = found.into_values().collect();
    import
}

/// The older of two days or moments, as RFC 3339 writes them; of one day it doesn't matter which.
fn older(one: Option<String>, other: String) -> String {
    one.into_iter().fold(other, |other, one| one.min(other))
}

type Documents<'f> = Vec<Result<document::Document<'f>, document::ParseError>>;

fn read(file: &SourceFile, max_bytes: usize) -> Result<(&str, Documents<'_>), String> {
    let text = ReadFile::text_of(file, max_bytes)?;
    let documents = document::parse(text, &Limits::default());
    if documents.is_empty() {
        return Err("it is empty".to_owned());
    }
    Ok((text, documents))
}

impl Connector {
    /// By what it is one: its scope and identifier. The account's come first.
    fn key(&self) -> (Option<String>, Option<String>, String) {
        (
            self.org.clone(),
            self.project.clone(),
            self.identifier.clone(),
        )
    }
}

/// The string under a key, if it holds anything.
fn string<'n>(node: &'n Node<'_>, key: &str) -> Option<&'n str> {
    let text = node.get(key)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// Whether something is so, if the node says it.
fn is_said(node: &Node<'_>, key: &str) -> Option<bool> {
    match node.get(key)?.value {
        Value::Bool(is_so) => Some(is_so),
        _ => None,
    }
}

/// The strings of a sequence under a key.
fn strings(node: &Node<'_>, key: &str) -> Vec<String> {
    let items = node
        .get(key)
        .and_then(Node::as_sequence)
        .unwrap_or_default();
    items
        .iter()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

//! Connectors that exist only in the account: reads them from several kinds of files, and writes the list that
//! the configuration's `connectorFiles` names.

mod answer;
mod list;
mod reader;
mod terraform;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod typescript;

use std::collections::{BTreeMap, BTreeSet};

use document::{Limits, LineIndex, Node, Position, Value};
use serde::Serialize;

use crate::SourceFile;
use crate::source::ReadFile;
use answer::Answer;

/// A connector in a list. It never has credentials, nor the name of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "ListedConnector"))]
pub struct Connector {
    /// Its identifier.
    pub identifier: String,
    /// Its organization; `null` for a connector of the account.
    #[serde(rename = "orgIdentifier")]
    pub org: Option<String>,
    /// Its project; `null` for a connector of an organization or of the account.
    #[serde(rename = "projectIdentifier")]
    pub project: Option<String>,
    /// `DockerRegistry`, `Aws` …
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// For a `DockerRegistry`, the registry's URL, without a user name and password.
    pub url: Option<String>,
    /// `DockerHub`, `Harbor`, `Other` or `Quay`.
    pub provider_type: Option<String>,
    /// The kind of authentication: `Anonymous` or `UsernamePassword`.
    pub auth: Option<String>,
    /// The selectors of the delegates that connect.
    pub delegate_selectors: Vec<String>,
    /// Whether a delegate connects instead of Harness itself.
    pub execute_on_delegate: Option<bool>,
}

/// What was read from files.
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
    /// What couldn't be read.
    pub problems: Vec<ImportProblem>,
}

/// The result of an import: the connectors, and the list of them.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ConnectorImport {
    /// The list as YAML, for a file that `connectorFiles` names.
    pub text: String,
    /// How many connectors it has.
    pub count: usize,
    /// The connectors, sorted by scope and identifier.
    pub connectors: Vec<Connector>,
    /// What couldn't be read.
    pub problems: Vec<ImportProblem>,
}

/// Something that couldn't be read.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ImportProblem {
    /// The file.
    pub path: String,
    /// From 1; `null` if it is about the whole file.
    pub line: Option<u32>,
    /// From 1, in code points; `null` if it is about the whole file.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
}

impl ImportProblem {
    fn new(path: &str, position: Option<Position>, message: String) -> Self {
        Self {
            path: path.to_owned(),
            line: position.map(|position| position.line),
            column: position.map(|position| position.column),
            message,
        }
    }
}

impl Import {
    /// The import with a list of its connectors. The account had them at `made_at` (RFC 3339), unless a list among
    /// the files is older.
    #[must_use]
    pub fn into_list(self, made_at: &str) -> ConnectorImport {
        ConnectorImport {
            text: list::write(&self, made_at),
            count: self.connectors.len(),
            connectors: self.connectors,
            problems: self.problems,
        }
    }
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
                let problem = ImportProblem::new(&file.path, None, message);
                import.problems.push(problem);
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
            for mut connector in answer.connectors {
                connector.url = connector.url.map(without_user);
                found.insert(connector.key(), connector);
            }
            let problems = answer.errors.into_iter().map(|error| {
                let position = lines.position(error.span.start);
                ImportProblem::new(&file.path, Some(position), error.message)
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

/// The older of two dates or times in RFC 3339. Two on the same day count as equal.
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
    /// What identifies it: its scope and identifier. Connectors of the account come first.
    fn key(&self) -> (Option<String>, Option<String>, String) {
        (
            self.org.clone(),
            self.project.clone(),
            self.identifier.clone(),
        )
    }
}

/// The URL without a user name and password before the host.
fn without_user(url: String) -> String {
    let without = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let (_, host) = authority.rsplit_once('@')?;
        Some(format!("{scheme}://{host}{path}"))
    });
    without.unwrap_or(url)
}

/// The string under a key, unless it is empty.
fn string<'n>(node: &'n Node<'_>, key: &str) -> Option<&'n str> {
    let text = node.get(key)?.as_str()?.trim();
    (!text.is_empty()).then_some(text)
}

/// The boolean under a key.
fn boolean(node: &Node<'_>, key: &str) -> Option<bool> {
    match node.get(key)?.value {
        Value::Bool(value) => Some(value),
        _ => None,
    }
}

/// The strings of the sequence under a key.
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

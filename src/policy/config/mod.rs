//! `harness-image-guard.yaml`. It is read strictly, and every problem has a line.

mod exceptions;
mod key;
mod named_files;
mod problem;
mod reader;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod table;
#[cfg(test)]
mod typescript;
mod written;

use std::collections::{BTreeMap, BTreeSet};

use document::{Limits, Mapping, Node, Span};

use crate::exception::{self, FindingException, Required};
use crate::report::{Severity, Verdict};

#[cfg(feature = "authoring")]
use super::authoring::user_input::value_of;
use super::rule::default_severity;
pub use exceptions::ConfigException;
use exceptions::Exceptions;
use key::PRESETS;
pub use named_files::{NamedConnectorFile, NamedPolicy};
use problem::not_one_of;
pub use problem::{ConfigError, ConfigProblem};
pub use reader::known_rule;
use reader::{Reader, is_ours};

/// A configuration. The policies read its settings as they are written (`data.…config`). Rust only uses those for
/// severities, for exceptions, and for which files to read.
#[derive(Debug, Clone)]
pub struct Config {
    /// The configuration for the policies, without keys that have no value.
    pub value: Node<'static>,
    rules: BTreeMap<String, RuleConfig>,
    exclude: Vec<String>,
    policies: Vec<NamedPolicy>,
    connector_files: Vec<NamedConnectorFile>,
    exceptions: Vec<ConfigException>,
    excepted: Vec<FindingException>,
    required: Required,
    connectors_max_age: Option<u32>,
    path: Option<String>,
    /// The only rules of ours that run, all of which are on.
    asked: Option<BTreeSet<String>>,
}

/// The configuration of one rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct RuleConfig {
    off: bool,
    severity: Option<Severity>,
    undecided: Option<Severity>,
}

impl Config {
    /// Parses a configuration from YAML or JSON; an empty text is the default. `preset`, from a command line, takes
    /// precedence over the one in the text.
    ///
    /// # Errors
    ///
    /// All problems at once: invalid YAML, unknown keys (with the nearest known one), and values of the wrong kind.
    pub fn parse(
        path: Option<&str>,
        text: &str,
        preset: Option<&str>,
    ) -> Result<Self, ConfigError> {
        if text.is_empty() && preset.is_none() {
            let path = path.map(str::to_owned);
            return Ok(Self {
                path,
                ..Self::default()
            });
        }
        Self::read(path, text, preset)
    }

    // Most processes have no configuration, and V8 compiles each function that is called.
    #[inline(never)]
    fn read(path: Option<&str>, text: &str, preset: Option<&str>) -> Result<Self, ConfigError> {
        let mut reader = Reader::new(text);
        let documents = document::parse(text, &Limits::default());
        let mut value = written::mapping([]);
        let mut exclude = Vec::new();
        let mut exceptions = Vec::new();
        match documents.as_slice() {
            [] => {}
            [Ok(document)] => {
                for key in &document.repeated_keys {
                    reader.problem(
                        key.span,
                        format!(
                            "the key {} is repeated further down; keep one of them",
                            document::quoted(&key.key, '`')
                        ),
                    );
                }
                reader.read(&document.root);
                if let document::Value::Mapping(root) = &document.root.value {
                    value = written::without_nulls(&document.root);
                    exclude = texts(root, "exclude");
                    exceptions = Exceptions::read(root, &reader.lines, &reader.rules);
                }
            }
            [Err(fault), ..] => reader.problem(fault.span, fault.message.clone()),
            [_, rest, ..] => {
                let span = match rest {
                    Ok(document) => document.span,
                    Err(fault) => fault.span,
                };
                reader.problem(span, "the configuration has to be one document".to_owned());
            }
        }
        if let Some(preset) = preset {
            if !PRESETS.contains(&preset) {
                reader.problem(
                    Span { start: 0, end: 0 },
                    not_one_of("preset", preset, PRESETS),
                );
            }
            written::set(&mut value, "preset", written::string(preset));
        }
        if reader.problems.is_empty() {
            Ok(Self {
                value,
                rules: reader.rules,
                exclude,
                policies: reader.policies,
                connector_files: reader.connector_files,
                exceptions,
                excepted: reader.exceptions,
                required: reader.required,
                connectors_max_age: reader.connectors_max_age,
                path: path.map(str::to_owned),
                asked: None,
            })
        } else {
            sort::by_key(&mut reader.problems, |problem| problem.position.offset);
            Err(ConfigError {
                path: path.map(str::to_owned),
                problems: reader.problems,
            })
        }
    }

    /// Whether a file is left out when folders are searched. The path is relative to the configuration's folder, with
    /// `/`.
    #[must_use]
    pub fn excludes(&self, path: &str) -> bool {
        self.exclude
            .iter()
            .any(|pattern| exception::glob_describes(pattern, path))
    }

    /// The exceptions for findings, in source order.
    #[must_use]
    pub fn finding_exceptions(&self) -> &[FindingException] {
        &self.excepted
    }

    /// What an exception must have, even in a comment.
    #[must_use]
    pub fn exceptions_require(&self) -> Required {
        self.required
    }

    /// Its path, which is its name in reports.
    #[must_use]
    pub fn path(&self) -> &str {
        self.path.as_deref().unwrap_or("configuration")
    }

    /// The policies that it names. Whoever has read them passes them to the guard.
    #[must_use]
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// The lists of connectors that it names. Whoever has read them passes them to each check.
    #[must_use]
    pub fn connector_files(&self) -> &[NamedConnectorFile] {
        &self.connector_files
    }

    /// How many days old a list of connectors may be; `None` if any age will do.
    #[must_use]
    pub fn connectors_max_age(&self) -> Option<u32> {
        self.connectors_max_age
    }

    /// The only rules of ours that run, if some were selected by name.
    pub(in crate::policy) fn asked_rules(&self) -> Option<&BTreeSet<String>> {
        self.asked.as_ref()
    }

    /// `metadata`: what policies see of the event.
    #[cfg(feature = "authoring")]
    #[must_use]
    pub fn metadata(&self) -> Option<values::Value> {
        Some(value_of(self.value.get("metadata")?, ""))
    }

    /// Refuses a configuration that names a policy or a list of connectors that the guard doesn't get, because it
    /// would be silently left out.
    ///
    /// # Errors
    ///
    /// Each missing file, at its position.
    pub fn require_files(
        &self,
        path: Option<&str>,
        policies: &[&str],
        connector_files: &[&str],
    ) -> Result<(), ConfigError> {
        let policies = self
            .policies
            .iter()
            .filter(|policy| !policies.iter().any(|given| policy.holds(given)))
            .map(|policy| ("policy", &policy.path, policy.position));
        let lists = self
            .connector_files
            .iter()
            .filter(|list| !connector_files.contains(&list.path.as_str()))
            .map(|list| ("list of connectors", &list.path, list.position));
        let problems: Vec<_> = policies
            .chain(lists)
            .map(|(what, path, position)| ConfigProblem {
                message: format!(
                    "the {what} `{path}` is named here, but its content wasn't provided"
                ),
                position,
            })
            .collect();
        if problems.is_empty() {
            return Ok(());
        }
        Err(ConfigError {
            path: path.map(str::to_owned),
            problems,
        })
    }

    /// The severity of a finding; `None` if its rule is off.
    #[must_use]
    pub fn severity(
        &self,
        rule: &str,
        verdict: Verdict,
        own: Option<Severity>,
    ) -> Option<Severity> {
        let severity = self.severity_of(rule, verdict)?;
        Some(match verdict {
            // A finding that is milder than its rule stays so, and none is more severe.
            Verdict::Violation => own.map_or(severity, |own| own.min(severity)),
            Verdict::Undecided | Verdict::Error => severity,
        })
    }

    /// The severity of a rule's findings that have none of their own; `None` if the rule is off.
    #[must_use]
    pub fn severity_of(&self, rule: &str, verdict: Verdict) -> Option<Severity> {
        let config = self.rules.get(rule).copied().unwrap_or_default();
        if config.off {
            return None;
        }
        let is_left_out = self
            .asked
            .as_ref()
            .is_some_and(|asked| !asked.contains(rule));
        if is_left_out && verdict != Verdict::Error && is_ours(rule) {
            return None;
        }
        Some(match verdict {
            Verdict::Violation => config.severity.unwrap_or_else(|| default_severity(rule)),
            Verdict::Undecided => config.undecided.unwrap_or(Severity::Note),
            Verdict::Error => Severity::Error,
        })
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            value: written::mapping([]),
            rules: BTreeMap::new(),
            exclude: Vec::new(),
            policies: Vec::new(),
            connector_files: Vec::new(),
            exceptions: Vec::new(),
            excepted: Vec::new(),
            required: Required::default(),
            connectors_max_age: None,
            path: None,
            asked: None,
        }
    }
}

fn texts(root: &Mapping<'_>, key: &str) -> Vec<String> {
    let items = root.get(key).and_then(|entry| entry.node.as_sequence());
    let items = items.unwrap_or_default().iter();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

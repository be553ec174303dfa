//! `harness-image-guard.yaml`: read strictly, every problem with its line.

use std::collections::BTreeMap;
use std::fmt;

use crate::document::{self, Limits, LineIndex, Mapping, Node, Position, Span};
use crate::rego;
use crate::rego::rvm::value::field;
use crate::report::{Severity, Verdict};

use super::finding::Finding;
use super::named::NamedPolicy;
use super::rule::{DUPLICATE_KEY, RULES, default_severity};
use crate::harness::PolicyEntity;

/// How the rules are set up. The policies read it as it is written (`data.…config`); what is taken
/// out of it here is what weighs a finding and what leaves files out.
#[derive(Debug, Clone)]
pub struct Config {
    /// The configuration as the policies see it: keys without a value left out.
    pub value: rego::rvm::Value,
    rules: BTreeMap<String, RuleConfig>,
    exclude: Vec<String>,
    policies: Vec<NamedPolicy>,
}

/// What the configuration says of one rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct RuleConfig {
    off: bool,
    severity: Option<Severity>,
    undecided: Option<Severity>,
}

/// The configuration can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, where it is known.
    pub path: Option<String>,
    /// Everything that is wrong with it, in the order of the text.
    pub problems: Vec<ConfigProblem>,
}

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// What is wrong, and what to write.
    pub message: String,
    /// Where; the first position where it stands in no text (a command-line option).
    pub position: Position,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.as_deref().unwrap_or("configuration");
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            let Position { line, column, .. } = problem.position;
            write!(f, "{path}:{line}:{column}: {}", problem.message)?;
        }
        Ok(())
    }
}

/// What may stand somewhere in the configuration.
enum Shape {
    Text,
    Reference,
    Url,
    OneOf(&'static [&'static str]),
    /// What a policy can be about.
    Entity,
    Texts,
    Patterns,
    Fields(&'static [(&'static str, Shape)]),
    /// Prefixes of Docker Hub's names, and what stands there instead.
    Mirrors,
    /// Any reference of a connector, with these fields.
    Connectors(&'static [(&'static str, Shape)]),
    Rules,
    Policies,
    /// 0 or 1.
    RegoVersion,
    /// A mapping with whatever keys.
    Anything,
}

const PRESETS: &[&str] = &["app-harness", "gar", "ecr"];
const SEVERITIES: &[&str] = &["error", "warning", "note"];

/// The keys of a configuration; `pkg/schema` describes the same for editors.
const KEYS: &[(&str, Shape)] = &[
    ("preset", Shape::OneOf(PRESETS)),
    (
        "harnessImage",
        Shape::Fields(&[
            ("url", Shape::Url),
            (
                "providerType",
                Shape::OneOf(&["DockerHub", "Harbor", "Other", "Quay"]),
            ),
            ("auth", Shape::OneOf(&["Anonymous", "UsernamePassword"])),
        ]),
    ),
    ("requiredConnector", Shape::Reference),
    (
        "stageOverride",
        Shape::OneOf(&["auto", "required", "optional"]),
    ),
    ("expressions", Shape::OneOf(&["decide", "off"])),
    ("trustedConnectors", Shape::Patterns),
    ("dockerHubConnectors", Shape::Patterns),
    ("defaultConnector", Shape::Reference),
    ("mirrors", Shape::Mirrors),
    (
        "connectors",
        Shape::Connectors(&[("type", Shape::Text), ("url", Shape::Text)]),
    ),
    ("rules", Shape::Rules),
    ("policies", Shape::Policies),
    ("metadata", Shape::Anything),
    ("exclude", Shape::Texts),
];

const RULE_KEYS: &[(&str, Shape)] = &[
    ("severity", Shape::OneOf(SEVERITIES)),
    ("undecided", Shape::OneOf(SEVERITIES)),
];

const POLICY_KEYS: &[(&str, Shape)] = &[
    ("file", Shape::Text),
    ("entity", Shape::Entity),
    ("severity", Shape::OneOf(SEVERITIES)),
    ("regoVersion", Shape::RegoVersion),
];

/// The policies match patterns without regular expressions, up to so many stars.
const STARS: usize = 5;

impl Config {
    /// Reads a configuration from the text of a YAML or JSON file; an empty one is the default.
    /// `preset`, from a command line, goes before the one in the text.
    ///
    /// # Errors
    ///
    /// Every problem at once: what isn't YAML, unknown keys (with the nearest known one), values
    /// of the wrong kind.
    pub fn parse(
        path: Option<&str>,
        text: &str,
        preset: Option<&str>,
    ) -> Result<Self, ConfigError> {
        let mut reader = Reader {
            lines: LineIndex::new(text),
            problems: Vec::new(),
            rules: BTreeMap::new(),
            policies: Vec::new(),
        };
        let documents = document::parse(text, &Limits::default());
        let mut value = rego::rvm::value::object([]);
        let mut exclude = Vec::new();
        match documents.as_slice() {
            [] => {}
            [Ok(document)] => {
                for key in &document.repeated_keys {
                    reader.problem(
                        key.span,
                        format!(
                            "the key `{}` stands here again further down; keep one of them",
                            key.key
                        ),
                    );
                }
                match &document.root.value {
                    document::Value::Null => {}
                    document::Value::Mapping(root) => {
                        reader.fields(root, KEYS, "");
                        value = without_nulls(&document.root);
                        exclude = texts(root, "exclude");
                    }
                    _ => reader.problem(
                        document.root.span,
                        "a configuration is a mapping of keys".to_owned(),
                    ),
                }
            }
            [Err(fault), ..] => reader.problem(fault.span, fault.message.clone()),
            [_, rest, ..] => {
                let span = match rest {
                    Ok(document) => document.span,
                    Err(fault) => fault.span,
                };
                reader.problem(span, "a configuration is one document".to_owned());
            }
        }
        if let Some(preset) = preset {
            if !PRESETS.contains(&preset) {
                reader.problem(
                    Span { start: 0, end: 0 },
                    not_one_of("preset", preset, PRESETS),
                );
            }
            rego::rvm::value::set_field(&mut value, "preset", preset.into());
        }
        if reader.problems.is_empty() {
            Ok(Self {
                value,
                rules: reader.rules,
                exclude,
                policies: reader.policies,
            })
        } else {
            reader
                .problems
                .sort_by_key(|problem| problem.position.offset);
            Err(ConfigError {
                path: path.map(str::to_owned),
                problems: reader.problems,
            })
        }
    }

    /// Whether a file stays out when folders are searched. The path is relative to the
    /// configuration's folder, with `/`.
    #[must_use]
    pub fn excludes(&self, path: &str) -> bool {
        self.exclude.iter().any(|pattern| {
            let pattern = pattern.strip_prefix("./").unwrap_or(pattern);
            fast_glob::glob_match(pattern, path)
                || fast_glob::glob_match(format!("{}/**", pattern.trim_end_matches('/')), path)
        })
    }

    /// The policies that it names. Whoever holds their texts gives these to the guard.
    #[must_use]
    pub fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }

    /// What policies are told of the event, `metadata`, as JSON.
    #[must_use]
    pub fn metadata(&self) -> Option<String> {
        serde_json::to_string(field(&self.value, "metadata")?).ok()
    }

    /// Refuses a configuration that names a policy which isn't among those that the guard gets:
    /// it would be left out of the check in silence.
    ///
    /// # Errors
    ///
    /// Each policy whose text isn't given, at its place.
    pub fn require_policies(&self, path: Option<&str>, given: &[&str]) -> Result<(), ConfigError> {
        let missing = self
            .policies
            .iter()
            .filter(|policy| !given.iter().any(|given| policy.holds(given)));
        let problems: Vec<_> = missing
            .map(|policy| ConfigProblem {
                message: format!(
                    "the policy `{}` is asked for, but its text isn't at hand here",
                    policy.path
                ),
                position: policy.position,
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

    /// What a finding weighs; none where its rule is off.
    #[must_use]
    pub fn severity(&self, finding: &Finding) -> Option<Severity> {
        let severity = self.severity_of(&finding.rule, finding.verdict)?;
        Some(match finding.verdict {
            // What is milder than its rule stays so, and nothing is more severe.
            Verdict::Violation => finding.severity.map_or(severity, |own| own.min(severity)),
            Verdict::Undecided | Verdict::Error => severity,
        })
    }

    /// What a rule's findings weigh that say nothing of it themselves; none where the rule is off.
    #[must_use]
    pub fn severity_of(&self, rule: &str, verdict: Verdict) -> Option<Severity> {
        let config = self.rules.get(rule).copied().unwrap_or_default();
        if config.off {
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
            value: rego::rvm::value::object([]),
            rules: BTreeMap::new(),
            exclude: Vec::new(),
            policies: Vec::new(),
        }
    }
}

struct Reader<'t> {
    lines: LineIndex<'t>,
    problems: Vec<ConfigProblem>,
    rules: BTreeMap<String, RuleConfig>,
    policies: Vec<NamedPolicy>,
}

impl Reader<'_> {
    fn problem(&mut self, span: Span, message: String) {
        let position = self.lines.position(span.start);
        self.problems.push(ConfigProblem { message, position });
    }

    fn fields(&mut self, mapping: &Mapping<'_>, known: &[(&str, Shape)], under: &str) {
        for entry in mapping {
            let name = format!("{under}{}", entry.key);
            if let Some((_, shape)) = known.iter().find(|(key, _)| *key == entry.key) {
                self.value(&entry.node, shape, &name);
            } else {
                let keys: Vec<_> = known.iter().map(|(key, _)| *key).collect();
                let message = unknown(&format!("the key `{name}`"), &entry.key, &keys);
                self.problem(entry.key_span, message);
            }
        }
    }

    fn value(&mut self, node: &Node<'_>, shape: &Shape, name: &str) {
        let wrong = match (shape, &node.value) {
            (_, document::Value::Null)
            | (Shape::Text, document::Value::String(_))
            | (Shape::Anything, document::Value::Mapping(_))
            | (Shape::RegoVersion, document::Value::Integer(0 | 1)) => return,
            (Shape::Reference, document::Value::String(reference)) => {
                if !reference.trim().is_empty() && !reference.contains(['<', '$']) {
                    return;
                }
                format!(
                    "`{name}` has to be the reference of one connector, such as `account.harnessImage`"
                )
            }
            (Shape::Url, document::Value::String(url)) => {
                let lower = url.trim().to_ascii_lowercase();
                if lower.starts_with("https://") || lower.starts_with("http://") {
                    return;
                }
                format!(
                    "`{name}` is `{url}`, but a registry's URL starts with `https://` or `http://`"
                )
            }
            (Shape::OneOf(values), document::Value::String(value)) => {
                if values.contains(&value.as_ref()) {
                    return;
                }
                not_one_of(name, value, values)
            }
            (Shape::Entity, document::Value::String(value)) => {
                let names: Vec<_> = PolicyEntity::in_files().map(|entity| entity.name).collect();
                if PolicyEntity::in_files().any(|entity| entity.answers_to(value)) {
                    return;
                }
                not_one_of(name, value, &names)
            }
            (Shape::Texts | Shape::Patterns, document::Value::Sequence(items)) => {
                return self.texts(items, shape, name);
            }
            (Shape::Fields(known), document::Value::Mapping(mapping)) => {
                return self.fields(mapping, known, &format!("{name}."));
            }
            (Shape::Connectors(known), document::Value::Mapping(mapping)) => {
                for entry in mapping {
                    self.value(
                        &entry.node,
                        &Shape::Fields(known),
                        &format!("{name}.{}", entry.key),
                    );
                }
                return;
            }
            (Shape::Mirrors, document::Value::Mapping(mapping)) => return self.mirrors(mapping),
            (Shape::Rules, document::Value::Mapping(mapping)) => return self.rules(mapping),
            (Shape::Policies, document::Value::Sequence(items)) => return self.policies(items),
            _ => format!("`{name}` has to be {}", expected(shape)),
        };
        self.problem(node.span, wrong);
    }

    fn texts(&mut self, items: &[Node<'_>], shape: &Shape, name: &str) {
        for (i, item) in items.iter().enumerate() {
            match &item.value {
                document::Value::String(pattern) => {
                    if matches!(shape, Shape::Patterns) && pattern.matches('*').count() > STARS {
                        self.problem(
                            item.span,
                            format!("`{name}[{i}]` has more than {STARS} stars"),
                        );
                    }
                }
                _ => self.problem(item.span, format!("`{name}[{i}]` has to be a text")),
            }
        }
    }

    fn mirrors(&mut self, mapping: &Mapping<'_>) {
        for entry in mapping {
            let prefix = entry.key.as_ref();
            if !is_prefix_of_docker_hub(prefix) {
                self.problem(
                    entry.key_span,
                    format!(
                        "`{prefix}` is no prefix of Docker Hub's full names, such as `docker.io/library`"
                    ),
                );
            }
            let text = entry.node.as_str();
            if !text.is_some_and(names_a_registry) {
                self.problem(
                    entry.node.span,
                    format!(
                        "`mirrors.{prefix}` has to be a registry's host and what follows it, such as `r.example/dockerhub`"
                    ),
                );
            }
        }
    }

    fn rules(&mut self, mapping: &Mapping<'_>) {
        for entry in mapping {
            let id = entry.key.as_ref();
            let known: Vec<_> = RULES
                .iter()
                .map(|rule| rule.id)
                .chain([DUPLICATE_KEY])
                .collect();
            if !known.contains(&id) {
                self.problem(
                    entry.key_span,
                    unknown(&format!("the rule `{id}`"), id, &known),
                );
                continue;
            }
            if let Some(config) = self.rule(&entry.node, id) {
                self.rules.insert(id.to_owned(), config);
            }
        }
    }

    fn policies(&mut self, items: &[Node<'_>]) {
        for (i, item) in items.iter().enumerate() {
            let name = format!("policies[{i}]");
            let fields = match &item.value {
                document::Value::Mapping(fields) => {
                    self.fields(fields, POLICY_KEYS, &format!("{name}."));
                    Some(fields)
                }
                _ => None,
            };
            let field = |key| fields?.get(key)?.node.as_str();
            let file = fields.map_or(Some(item), |fields| Some(&fields.get("file")?.node));
            match file.and_then(Node::as_str).map(str::trim) {
                Some(path) if !path.is_empty() => self.policies.push(NamedPolicy {
                    path: path.to_owned(),
                    entity: field("entity").map(str::to_owned),
                    severity: field("severity").and_then(|word| word.parse().ok()),
                    rego_version: fields
                        .and_then(|fields| Some(&fields.get("regoVersion")?.node.value))
                        .and_then(|version| match version {
                            document::Value::Integer(version) => u8::try_from(*version).ok(),
                            _ => None,
                        }),
                    position: self.lines.position(file.unwrap_or(item).span.start),
                }),
                _ => self.problem(
                    item.span,
                    format!(
                        "`{name}` has to be the file of a policy, such as `policies/scripts.rego`, a folder of them, or a mapping with this as its `file`"
                    ),
                ),
            }
        }
    }

    fn rule(&mut self, node: &Node<'_>, id: &str) -> Option<RuleConfig> {
        match &node.value {
            document::Value::Null => Some(RuleConfig::default()),
            document::Value::String(word) if word == "off" => Some(RuleConfig {
                off: true,
                ..RuleConfig::default()
            }),
            document::Value::String(word) if SEVERITIES.contains(&word.as_ref()) => {
                Some(RuleConfig {
                    severity: word.parse().ok(),
                    ..RuleConfig::default()
                })
            }
            document::Value::Mapping(fields) => {
                self.fields(fields, RULE_KEYS, &format!("rules.{id}."));
                let severity = |key| {
                    fields
                        .get(key)
                        .and_then(|entry| entry.node.as_str()?.parse().ok())
                };
                Some(RuleConfig {
                    off: false,
                    severity: severity("severity"),
                    undecided: severity("undecided"),
                })
            }
            document::Value::String(word) => {
                let words: Vec<_> = ["off"].iter().chain(SEVERITIES).copied().collect();
                self.problem(node.span, not_one_of(&format!("rules.{id}"), word, &words));
                None
            }
            _ => {
                self.problem(
                    node.span,
                    format!("`rules.{id}` has to be `off`, `error`, `warning`, `note`, or a mapping with `severity` and `undecided`"),
                );
                None
            }
        }
    }
}

fn is_prefix_of_docker_hub(prefix: &str) -> bool {
    let rest = prefix.strip_prefix("docker.io");
    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && !rest.ends_with('/')))
}

/// Whether a text starts with a host, by Docker's rule, and holds nothing that no name has.
fn names_a_registry(text: &str) -> bool {
    let (host, path) = text.split_once('/').unwrap_or((text, "."));
    let is_host = host == "localhost" || host.contains(['.', ':']);
    let is_name = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>${}".contains(c))
    };
    is_host && is_name(host) && is_name(path) && !path.starts_with('/')
}

fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Reference | Shape::Url => "a text".to_owned(),
        Shape::OneOf(values) => format!("one of {}", listed(values)),
        Shape::Entity => format!("one of {}", PolicyEntity::names_in_files()),
        Shape::Texts | Shape::Patterns => "a list of texts".to_owned(),
        Shape::Fields(known) | Shape::Connectors(known) => {
            let keys: Vec<_> = known.iter().map(|(key, _)| *key).collect();
            match shape {
                Shape::Connectors(_) => {
                    format!("a mapping of references, each with {}", listed(&keys))
                }
                _ => format!("a mapping with {}", listed(&keys)),
            }
        }
        Shape::Mirrors => {
            "a mapping of names, such as `docker.io/library: r.example/dockerhub`".to_owned()
        }
        Shape::Rules => "a mapping of rules".to_owned(),
        Shape::Policies => "a list of policies".to_owned(),
        Shape::RegoVersion => "0, as Harness reads Rego, or 1".to_owned(),
        Shape::Anything => "a mapping".to_owned(),
    }
}

fn not_one_of(name: &str, value: &str, values: &[&str]) -> String {
    let nearest =
        nearest(value, values).map_or(String::new(), |known| format!("; did you mean `{known}`?"));
    format!(
        "`{name}` is `{value}`, but has to be one of {}{nearest}",
        listed(values)
    )
}

fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(nearest) => format!("{what} is unknown; did you mean `{nearest}`?"),
        None => format!("{what} is unknown; known are {}", listed(known)),
    }
}

/// The known word that is at most a third of its letters away, or of which one starts the other.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase();
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let starts =
            word.len() > 2 && (candidate.starts_with(&word) || word.starts_with(&candidate));
        if starts {
            1
        } else {
            strsim::osa_distance(&word, &candidate)
        }
    };
    known
        .iter()
        .map(|candidate| (distance(candidate), *candidate))
        .filter(|(distance, candidate)| distance * 3 <= candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

fn listed(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

fn texts(root: &Mapping<'_>, key: &str) -> Vec<String> {
    let items = root.get(key).and_then(|entry| entry.node.as_sequence());
    let items = items.unwrap_or_default().iter();
    items
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

/// A key without a value says nothing: the policies get the default.
fn without_nulls(node: &Node<'_>) -> rego::rvm::Value {
    match &node.value {
        document::Value::Mapping(mapping) => mapping
            .iter()
            .filter(|entry| !matches!(entry.node.value, document::Value::Null))
            .map(|entry| {
                (
                    rego::rvm::Value::from(entry.key.as_ref()),
                    without_nulls(&entry.node),
                )
            })
            .collect::<BTreeMap<_, _>>()
            .into(),
        _ => rego::rvm::value::from_node(node, ""),
    }
}

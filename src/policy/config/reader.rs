//! Reads a configuration strictly, according to the table of keys.

use std::collections::{BTreeMap, BTreeSet};

use document::{LineIndex, Mapping, Node, Span};

use super::named_files::{NamedConnectorFile, NamedPolicy};
use crate::exception::{Date, FindingException, Required, can_be_excepted, has_no};
use crate::harness::{PolicyEntity, is_identifier};
use crate::policy::rule::{NATIVE, RULES};

use super::RuleConfig;
use super::key::{EXCEPTION, KEYS, Key, POLICY, PRESETS, RULE, SEVERITIES, STARS, Shape};
use super::problem::{ConfigProblem, listed, not_one_of, unknown};

/// The longest string in a configuration, in bytes, so that messages can quote it in full.
const LONGEST: usize = 500;

/// How many exceptions a configuration may have. Each may be compared with each finding.
const MOST_EXCEPTIONS: usize = 1_000;

/// What has been read so far, and its problems.
pub struct Reader<'t> {
    pub lines: LineIndex<'t>,
    pub problems: Vec<ConfigProblem>,
    pub rules: BTreeMap<String, RuleConfig>,
    pub policies: Vec<NamedPolicy>,
    pub connector_files: Vec<NamedConnectorFile>,
    pub exceptions: Vec<FindingException>,
    pub required: Required,
    pub connectors_max_age: Option<u32>,
}

impl<'t> Reader<'t> {
    pub fn new(text: &'t str) -> Self {
        Self {
            lines: LineIndex::new(text),
            problems: Vec::new(),
            rules: BTreeMap::new(),
            policies: Vec::new(),
            connector_files: Vec::new(),
            exceptions: Vec::new(),
            required: Required::default(),
            connectors_max_age: None,
        }
    }

    /// Checks a whole configuration.
    pub fn read(&mut self, root: &Node<'_>) {
        match &root.value {
            document::Value::Null => {}
            document::Value::Mapping(mapping) => {
                let before = self.problems.len();
                for entry in mapping {
                    self.length(&entry.key, entry.key_span);
                    // `metadata` doesn't occur in messages.
                    if entry.key != "metadata" {
                        self.lengths(&entry.node);
                    }
                }
                if self.problems.len() == before {
                    self.required = required(mapping);
                    self.fields(mapping, KEYS, "");
                    if let Some(entry) = mapping.get("harnessImage") {
                        self.credentials(&entry.node);
                    }
                }
            }
            _ => self.problem(
                root.span,
                "the configuration has to be a mapping, such as `preset: gar`".to_owned(),
            ),
        }
    }

    /// Refuses strings that are longer than any connector, pattern or registry. Every finding would quote them, and
    /// every fix would write them.
    fn lengths(&mut self, node: &Node<'_>) {
        match &node.value {
            document::Value::String(text) => self.length(text, node.span),
            document::Value::Sequence(items) => {
                for item in items {
                    self.lengths(item);
                }
            }
            document::Value::Mapping(mapping) => {
                for entry in mapping {
                    self.length(&entry.key, entry.key_span);
                    self.lengths(&entry.node);
                }
            }
            _ => {}
        }
    }

    fn length(&mut self, text: &str, span: Span) {
        if text.len() > LONGEST {
            let message = format!(
                "this string has {} bytes, but a string in the configuration can have at most {LONGEST}",
                text.len()
            );
            self.problem(span, message);
        }
    }

    pub fn problem(&mut self, span: Span, message: String) {
        let position = self.lines.position(span.start);
        self.problems.push(ConfigProblem { message, position });
    }

    fn fields(&mut self, mapping: &Mapping<'_>, known: &[Key], under: &str) {
        for entry in mapping {
            let name = format!("{under}{}", entry.key);
            if let Some(key) = known.iter().find(|key| key.name == entry.key) {
                self.value(&entry.node, &key.shape, &name);
            } else {
                let message = unknown(&format!("the key `{name}`"), &entry.key, &names(known));
                self.problem(entry.key_span, message);
            }
        }
    }

    fn value(&mut self, node: &Node<'_>, shape: &Shape, name: &str) {
        let wrong = match (shape, &node.value) {
            (_, document::Value::Null)
            | (Shape::Text, document::Value::String(_))
            | (Shape::Anything, document::Value::Mapping(_))
            | (Shape::Flag, document::Value::Bool(_))
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
            (Shape::OneOf(_) | Shape::Preset | Shape::Severity, document::Value::String(value)) => {
                let values = choices(shape);
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
            (Shape::Pattern, document::Value::String(pattern)) => {
                if pattern.matches('*').count() <= STARS {
                    return;
                }
                format!("`{name}` has more than {STARS} `*`")
            }
            (Shape::Date, document::Value::String(written)) => match written.parse::<Date>() {
                Ok(_) => return,
                Err(no) => format!("`{name}`: `{written}` {no}"),
            },
            (Shape::Days, document::Value::String(written)) => match days(written) {
                Some(days) => {
                    self.connectors_max_age = Some(days);
                    return;
                }
                None => format!(
                    "`{name}` has to be a number of days or weeks, such as `30d` or `4w`, not `{written}`"
                ),
            },
            (Shape::Secret, document::Value::String(written)) => {
                if is_secret_of_account(written.trim()) {
                    return;
                }
                // It may be the password itself.
                format!(
                    "`{name}` has to name a secret of the account (`account.NAME`), not hold its value"
                )
            }
            (Shape::SomeOf(words), document::Value::Sequence(items)) => {
                return self.words(items, words, name);
            }
            (Shape::Exceptions(_), document::Value::Sequence(items)) => {
                return self.exceptions(items, name);
            }
            (Shape::Fields(known), document::Value::Mapping(mapping)) => {
                return self.fields(mapping, known, &format!("{name}."));
            }
            (Shape::Connectors(known), document::Value::Mapping(mapping)) => {
                return self.connectors(mapping, known, name);
            }
            (Shape::ConnectorFiles, document::Value::Sequence(items)) => {
                return self.connector_files(items, name);
            }
            (Shape::Mirrors, document::Value::Mapping(mapping)) => return self.mirrors(mapping),
            (Shape::Rules, document::Value::Mapping(mapping)) => return self.rules(mapping),
            (Shape::Policies, document::Value::Sequence(items)) => return self.policies(items),
            _ => format!("`{name}` has to be {}", expected(shape)),
        };
        self.problem(node.span, wrong);
    }

    /// Checks credentials, whose settings depend on each other.
    fn credentials(&mut self, connector: &Node<'_>) {
        let written = |key: &str| {
            let entry = connector.as_mapping()?.get(key)?;
            (entry.node.value != document::Value::Null).then_some(entry)
        };
        let auth = written("auth").and_then(|entry| entry.node.as_str());
        for key in ["username", "usernameRef", "passwordRef"] {
            if let Some(entry) = written(key).filter(|_| auth != Some("UsernamePassword")) {
                let message =
                    format!("`harnessImage.{key}` needs `harnessImage.auth: UsernamePassword`");
                self.problem(entry.key_span, message);
            }
        }
        if let (Some(_), Some(entry)) = (written("username"), written("usernameRef")) {
            let message = "`harnessImage.usernameRef` and `harnessImage.username` both give the user name: keep one of them";
            self.problem(entry.key_span, message.to_owned());
        }
        let user = written("username").or_else(|| written("usernameRef"));
        let (what, entry) = match (user, written("passwordRef")) {
            (Some(entry), None) => ("passwordRef", entry),
            (None, Some(entry)) => ("username", entry),
            _ => return,
        };
        let message =
            format!("`harnessImage.{what}` is missing: a user name and a password go together");
        self.problem(entry.key_span, message);
    }

    fn texts(&mut self, items: &[Node<'_>], shape: &Shape, name: &str) {
        for (i, item) in items.iter().enumerate() {
            match &item.value {
                document::Value::String(pattern) => {
                    if matches!(shape, Shape::Patterns) && pattern.matches('*').count() > STARS {
                        self.problem(
                            item.span,
                            format!("`{name}[{i}]` has more than {STARS} `*`"),
                        );
                    }
                }
                _ => self.problem(item.span, format!("`{name}[{i}]` has to be a string")),
            }
        }
    }

    fn words(&mut self, items: &[Node<'_>], words: &[&str], name: &str) {
        for (i, item) in items.iter().enumerate() {
            let name = format!("{name}[{i}]");
            match item.as_str() {
                Some(word) if words.contains(&word) => {}
                Some(word) => self.problem(item.span, not_one_of(&name, word, words)),
                None => {
                    let message = format!("`{name}` has to be one of {}", listed(words));
                    self.problem(item.span, message);
                }
            }
        }
    }

    fn exceptions(&mut self, items: &[Node<'_>], name: &str) {
        if items.len() > MOST_EXCEPTIONS {
            let message = format!(
                "`{name}` has {} exceptions, and at most {MOST_EXCEPTIONS} are allowed: one pattern can cover several places",
                items.len()
            );
            if let Some(first) = items.get(MOST_EXCEPTIONS) {
                self.problem(first.span, message);
            }
            return;
        }
        for (i, item) in items.iter().enumerate() {
            let name = format!("{name}[{i}]");
            let Some(fields) = item.as_mapping() else {
                let message = format!(
                    "`{name}` has to be a mapping with any of {}",
                    listed(&names(EXCEPTION))
                );
                self.problem(item.span, message);
                continue;
            };
            let before = self.problems.len();
            self.fields(fields, EXCEPTION, &format!("{name}."));
            let field = |key: &str| {
                let text = fields.get(key)?.node.as_str()?.trim();
                (!text.is_empty()).then(|| text.to_owned())
            };
            let exception = FindingException {
                rule: field("rule"),
                path: field("path"),
                subject: field("subject"),
                image: field("image"),
                until: field("until").and_then(|until| until.parse().ok()),
                reason: field("reason"),
                position: self.lines.position(item.span.start),
            };
            if let (Some(rule), Some(entry)) = (&exception.rule, fields.get("rule"))
                && let Err(message) = can_be_excepted(rule)
            {
                self.problem(entry.node.span, format!("`{name}.rule`: {message}"));
            }
            if self.problems.len() == before {
                if let Some(message) = lacking(&exception, self.required) {
                    let span = fields
                        .iter()
                        .next()
                        .map_or(item.span, |entry| entry.key_span);
                    self.problem(span, format!("`{name}` {message}"));
                } else {
                    self.exceptions.push(exception);
                }
            }
        }
    }

    fn connectors(&mut self, mapping: &Mapping<'_>, known: &'static [Key], name: &str) {
        let mut references = BTreeSet::new();
        for entry in mapping {
            let reference = entry.key.trim();
            if !references.insert(reference) {
                let message = format!(
                    "`{name}` has the connector `{reference}` twice: spaces around a reference don't count"
                );
                self.problem(entry.key_span, message);
            }
            let name = format!("{name}.{}", entry.key);
            self.value(&entry.node, &Shape::Fields(known), &name);
        }
    }

    fn connector_files(&mut self, items: &[Node<'_>], name: &str) {
        for (i, item) in items.iter().enumerate() {
            match item.as_str().map(str::trim) {
                Some(path) if !path.is_empty() => self.connector_files.push(NamedConnectorFile {
                    path: path.to_owned(),
                    position: self.lines.position(item.span.start),
                }),
                _ => self.problem(
                    item.span,
                    format!("`{name}[{i}]` has to be a file, such as `harness-connectors.yaml`"),
                ),
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
                        "`{prefix}` isn't a prefix of full Docker Hub names: write one such as `docker.io/library`"
                    ),
                );
            }
            let text = entry.node.as_str();
            if !text.is_some_and(names_a_registry) {
                self.problem(
                    entry.node.span,
                    format!(
                        "`mirrors.{prefix}` has to be a registry's host and path, such as `r.example/dockerhub`"
                    ),
                );
            }
        }
    }

    fn rules(&mut self, mapping: &Mapping<'_>) {
        for entry in mapping {
            let id = entry.key.as_ref();
            if let Err(message) = known_rule(id) {
                self.problem(entry.key_span, message);
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
                    self.fields(fields, POLICY, &format!("{name}."));
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
                        "`{name}` has to be a policy's file, such as `policies/scripts.rego`, a folder of policies, or a mapping with one of these as its `file`"
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
                self.fields(fields, RULE, &format!("rules.{id}."));
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

/// What every exception must have, according to `exceptionsRequire`.
fn required(root: &Mapping<'_>) -> Required {
    match root.get("exceptionsRequire").map(|entry| &entry.node.value) {
        Some(document::Value::Sequence(items)) => {
            Required::named(items.iter().filter_map(Node::as_str))
        }
        _ => Required::default(),
    }
}

/// What an exception lacks of that.
fn lacking(exception: &FindingException, required: Required) -> Option<String> {
    let FindingException {
        rule,
        path,
        subject,
        image,
        until,
        reason,
        ..
    } = exception;
    let covers = [rule, path, subject, image];
    if !required.rule && covers.iter().all(|field| field.is_none()) {
        return Some("doesn't say what it covers: `rule`, `path`, `subject` or `image`".to_owned());
    }
    let demanded = [
        (required.rule && rule.is_none(), "`rule`"),
        (
            required.until && until.is_none(),
            "date (`until: 2027-03-01`)",
        ),
        (required.reason && reason.is_none(), "`reason`"),
    ];
    let lacking: Vec<_> = demanded
        .iter()
        .filter_map(|(lacks, what)| lacks.then_some(*what))
        .collect();
    has_no(&lacking)
}

/// The number of days in `30d` or `4w`, which is at most a hundred years.
fn days(text: &str) -> Option<u32> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let days_each = match unit {
        "d" => 1,
        "w" => 7,
        _ => return None,
    };
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = number.parse().ok().filter(|_| is_number)?;
    number.checked_mul(days_each).filter(|days| *days <= 36_500)
}

/// Source: Harness's documentation of references to secrets.
fn is_secret_of_account(text: &str) -> bool {
    text.strip_prefix("account.").is_some_and(is_identifier)
}

fn is_prefix_of_docker_hub(prefix: &str) -> bool {
    let rest = prefix.strip_prefix("docker.io");
    rest.is_some_and(|rest| rest.is_empty() || (rest.starts_with('/') && !rest.ends_with('/')))
}

/// Whether a configuration can have settings for a rule.
pub fn is_ours(rule: &str) -> bool {
    NATIVE.iter().any(|(id, _)| *id == rule) || RULES.iter().any(|ours| ours.id == rule)
}

/// # Errors
///
/// A sentence, where no rule is called so.
pub fn known_rule(id: &str) -> Result<(), String> {
    if is_ours(id) {
        return Ok(());
    }
    let known: Vec<_> = RULES
        .iter()
        .map(|rule| rule.id)
        .chain(NATIVE.map(|(id, _)| id))
        .collect();
    Err(unknown(&format!("the rule `{id}`"), id, &known))
}

/// Whether a string begins with a host, according to Docker, and has no characters that names don't have.
fn names_a_registry(text: &str) -> bool {
    let (host, path) = text.split_once('/').unwrap_or((text, "."));
    let is_host = host == "localhost" || host.contains(['.', ':']);
    let is_name = |text: &str| {
        !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || "<>${}".contains(c))
    };
    is_host && is_name(host) && is_name(path) && !path.starts_with('/')
}

fn names(keys: &[Key]) -> Vec<&'static str> {
    keys.iter().map(|key| key.name).collect()
}

/// The values of a key, if they are fixed words.
fn choices(shape: &Shape) -> &'static [&'static str] {
    match shape {
        Shape::OneOf(values) => values,
        Shape::Preset => PRESETS,
        Shape::Severity => SEVERITIES,
        _ => &[],
    }
}

fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Text | Shape::Reference | Shape::Url | Shape::Pattern => "a string".to_owned(),
        Shape::Date => "a date, such as `2027-03-01`".to_owned(),
        Shape::Days => "a number of days or weeks, such as `30d` or `4w`".to_owned(),
        Shape::Flag => "`true` or `false`".to_owned(),
        Shape::Secret => "a secret of the account, `account.NAME`".to_owned(),
        Shape::SomeOf(words) => format!("a list of any of {}", listed(words)),
        Shape::Exceptions(known) => {
            format!(
                "a list of mappings, each with any of {}",
                listed(&names(known))
            )
        }
        Shape::OneOf(_) | Shape::Preset | Shape::Severity => {
            format!("one of {}", listed(choices(shape)))
        }
        Shape::Entity => format!("one of {}", PolicyEntity::names_in_files()),
        Shape::Texts | Shape::Patterns => "a list of strings".to_owned(),
        Shape::ConnectorFiles => "a list of files".to_owned(),
        Shape::Fields(known) => format!("a mapping with any of {}", listed(&names(known))),
        Shape::Connectors(known) => {
            format!(
                "a mapping of references, each with any of {}",
                listed(&names(known))
            )
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

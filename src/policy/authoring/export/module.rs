//! Exports one rule for one entity as a policy of Harness: a Rego module that needs no other.
//!
//! Harness evaluates one module on `input.pipeline`, `input.template` or, for connectors, `input.entity`, and reads
//! `deny` and `warn`, which contain strings. The module is valid for OPA 0.42 and later.

use std::fmt::Write as _;

use compiler::syntax::ast;
use serde_json::{Value, json};

use super::bundler::{Bundler, Outline, rule_reads_input};
use super::{ExportError, constant};
use crate::RULES;
use crate::harness::PolicyEntity;
use crate::policy::authoring::TEXTS;
use crate::policy::{Config, Rule};
use crate::report::{Severity, Verdict};

/// The package that turns findings into messages.
const GOVERNANCE: &str = "data.harness_image_guard.governance";

/// By entity, the rules that find why it can't be checked completely, so that nothing passes unseen.
const UNSEEN: [(&str, &[&str]); 3] = [
    ("pipeline", &["too_deep"]),
    ("template", &["too_deep", "unknown_entity"]),
    ("connector", &[]),
];

/// The width of comments.
const WIDTH: usize = 96;

/// A rule for one kind of entity, as a policy of Harness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// The rule.
    pub rule: &'static Rule,
    /// The entity that it judges.
    pub entity: &'static str,
    /// The identifier in Harness: letters, digits and `_`.
    pub identifier: String,
    /// The severity of a denial in a policy set: `error` or `warning`.
    pub severity: &'static str,
    /// The source before the package; `body` is the source after it.
    preface: String,
    body: String,
}

impl Module {
    /// The source of the module in this package.
    pub fn text(&self, package: &str) -> String {
        format!("{}package {package}\n\n{}", self.preface, self.body)
    }

    /// The name of its file.
    pub fn file_name(&self) -> String {
        format!("{}.rego", self.identifier)
    }

    /// The name in Harness.
    pub fn name(&self) -> String {
        // Harness allows letters, digits, spaces, `_`, `-` and `.`.
        format!("{} - {}", self.rule.title, self.entity)
    }
}

/// The modules of these rules, or of all that are on if none are named.
pub fn modules(
    config: &Config,
    facts: &Value,
    named: &[String],
) -> Result<Vec<Module>, ExportError> {
    let bundler = Bundler::new(TEXTS).map_err(|problems| {
        let texts: Vec<_> = problems
            .into_iter()
            .map(|problem| problem.message)
            .collect();
        ExportError::Policies(texts.join("\n"))
    })?;
    let mut modules = Vec::new();
    for rule in chosen(config, named)? {
        let weight = |verdict| {
            config
                .severity_of(rule.id, verdict)
                .map(|it| it.to_string())
        };
        let severities = json!({
            "violation": weight(Verdict::Violation),
            "undecided": weight(Verdict::Undecided),
            "error": weight(Verdict::Error),
        });
        let exceptions = Exceptions::of(config, rule);
        // A finding that is less severe than an error isn't denied.
        let is_error = [Verdict::Violation, Verdict::Undecided]
            .iter()
            .any(|verdict| config.severity_of(rule.id, *verdict) == Some(Severity::Error));
        let severity = if is_error { "error" } else { "warning" };
        for (entity, unseen) in UNSEEN {
            if rule.entities.contains(&entity) {
                let constants = [("configuration", facts), ("severities", &severities)];
                modules.push(Module {
                    rule,
                    entity,
                    identifier: identifier(rule, entity),
                    severity,
                    preface: preface(rule, entity),
                    body: body(&bundler, rule, entity, unseen, &constants, &exceptions)?,
                });
            }
        }
    }
    Ok(modules)
}

/// The configuration's exceptions for a rule.
struct Exceptions {
    /// Those that Harness's OPA can apply.
    here: Vec<Value>,
    /// How many are about files.
    of_files: usize,
}

impl Exceptions {
    fn of(config: &Config, rule: &Rule) -> Self {
        let all = config.finding_exceptions().iter();
        let (of_files, here): (Vec<_>, Vec<_>) = all
            .filter(|each| each.is_about_rule(rule.id))
            .partition(|each| each.path.is_some());
        let here = here.into_iter().map(|each| {
            json!({
                "rule": null,
                "subject": each.subject,
                "image": each.image,
                "until": each.until.map_or(NEVER.to_owned(), |until| until.to_string()),
                "reason": each.reason,
            })
        });
        Self {
            here: here.collect(),
            of_files: of_files.len(),
        }
    }

    fn write(&self, body: &mut String) {
        if self.of_files > 0 {
            let _ = writeln!(
                body,
                "# A policy in Harness sees no files, so exceptions with a `path` in the configuration ({}) don't count here.\n",
                self.of_files
            );
        }
        if !self.here.is_empty() {
            body.push_str("# Findings that don't count, each until the end of a day.\n");
            body.push_str(&constant::rule(
                "exceptions",
                &Value::from(self.here.clone()),
            ));
            body.push_str("\n\ntoday := sprintf(\"%04d-%02d-%02d\", time.date(time.now_ns()))\n\n");
        }
    }
}

/// A last day for exceptions that have none.
const NEVER: &str = "9999-12-31";

fn chosen(config: &Config, named: &[String]) -> Result<Vec<&'static Rule>, ExportError> {
    let is_on = |rule: &Rule| config.severity_of(rule.id, Verdict::Violation).is_some();
    if named.is_empty() {
        let exported = RULES.iter().filter(|rule| rule.is_exported);
        return Ok(exported.filter(|rule| is_on(rule)).collect());
    }
    let mut rules = Vec::new();
    for id in named {
        let rule = Rule::find(id).ok_or_else(|| ExportError::UnknownRule(id.clone()))?;
        if !rule.is_exported {
            return Err(ExportError::NeedsLists(id.clone()));
        }
        if !is_on(rule) {
            return Err(ExportError::RuleIsOff(id.clone()));
        }
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    Ok(rules)
}

/// The key of an entity in Harness's input.
fn input_key(entity: &'static str) -> &'static str {
    PolicyEntity::from_name(entity)
        .and_then(|entity| entity.key)
        .unwrap_or(entity)
}

fn identifier(rule: &Rule, entity: &str) -> String {
    format!("{}_{entity}", rule.id.replace('-', "_"))
}

/// The source after the package.
fn body(
    bundler: &Bundler,
    rule: &Rule,
    entity: &'static str,
    unseen: &[&str],
    constants: &[(&str, &Value)],
    exceptions: &Exceptions,
) -> Result<String, ExportError> {
    let has_exceptions = !exceptions.here.is_empty();
    let folder = rule.id.replace('-', "_");
    let package = format!("data.harness_image_guard.rules.{folder}");
    let findings = format!("{package}.findings");
    // Findings about connectors read `input.connector`; all others come from walking through stages and steps.
    let keeps = |name: &str, each: &ast::Rule| {
        name != findings || (entity == "connector") == rule_reads_input(each, "connector")
    };
    let outline = Outline {
        package: GOVERNANCE,
        constants: &[
            ("data.harness_image_guard.facts", "facts"),
            ("data.harness_image_guard.exported.findings", "findings"),
            ("data.harness_image_guard.exported.severities", "severities"),
            ("data.harness_image_guard.exported.exceptions", "exceptions"),
            ("data.harness_image_guard.exported.today", "today"),
        ],
        input: ("connector", input_key("connector")),
        keeps: &keeps,
        unread: if has_exceptions {
            &["help", "fix", "related"]
        } else {
            &["help", "fix", "related", "images"]
        },
    };
    let found = std::iter::once(findings.clone()).chain(
        unseen
            .iter()
            .map(|name| format!("data.harness_image_guard.main.{name}")),
    );
    let found: Vec<_> = found.collect();
    let mut entries = vec![format!("{GOVERNANCE}.deny"), format!("{GOVERNANCE}.warn")];
    if has_exceptions {
        entries.push(format!("{GOVERNANCE}.is_excepted"));
    }
    let bundle = bundler.bundle(&entries, &found, &outline);
    if let Some(name) = bundler
        .variables()
        .into_iter()
        .find(|name| bundle.names.contains(name))
    {
        return Err(ExportError::Policies(format!(
            "`{name}` is a variable, and the name of a rule"
        )));
    }
    let mut body = "import future.keywords.in\n\n".to_owned();
    body.push_str("# What the configuration says.\n");
    for (name, value) in constants {
        body.push_str(&constant::rule(name, value));
        body.push_str("\n\n");
    }
    exceptions.write(&mut body);
    // The result of a function may be anything.
    body.push_str(
        "# A plain `configuration` isn't enough: OPA 1.21 refuses a lookup in an object that it knows to be empty.\n\
         facts := object.union(configuration, {})\n\n",
    );
    let names = found.iter().map(|name| outline.new_name(name));
    let union = names.reduce(|union, name| {
        if union.contains(' ') {
            format!("({union}) | {name}")
        } else {
            format!("{union} | {name}")
        }
    });
    let union = union.unwrap_or_default();
    let _ = if has_exceptions {
        writeln!(
            body,
            "findings := {{finding |\n\tsome finding in ({union})\n\tnot is_excepted(finding)\n}}\n"
        )
    } else {
        writeln!(body, "findings := {union}\n")
    };
    let root = input_key(entity);
    // A Policy step evaluates the payload that it is configured with.
    let _ = writeln!(
        body,
        "# An input without this entity isn't checked, so it is denied.\ndeny[\"there is no `input.{root}`, so nothing has been checked\"] {{\n\tnot input.{root}\n}}\n"
    );
    body.push_str(bundle.text.trim_end());
    body.push('\n');
    Ok(body)
}

/// A description of the module, as comments.
fn preface(rule: &Rule, entity: &str) -> String {
    let origin = format!(
        "The rule `{}` of harness-image-guard for the entity {entity}, written by \
         `harness-image-guard export`: change the configuration instead of this file, and export again.",
        rule.id
    );
    let mut text = String::new();
    for (i, paragraph) in [rule.title, rule.description, &origin]
        .into_iter()
        .enumerate()
    {
        if i > 0 {
            text.push_str("#\n");
        }
        let mut line = "#".to_owned();
        for word in paragraph.split_whitespace() {
            if line.chars().count() + 1 + word.chars().count() > WIDTH {
                text.push_str(&line);
                text.push('\n');
                "#".clone_into(&mut line);
            }
            line.push(' ');
            line.push_str(word);
        }
        text.push_str(&line);
        text.push('\n');
    }
    text
}

//! The settings in a configuration that make a check weaker than it is without a configuration.
//!
//! Anybody who can change the files can often change the configuration next to them too. A check that must not depend
//! on that ignores these exceptions, and lists what it ignored.

use std::collections::BTreeMap;

use document::{LineIndex, Mapping, Node, Position, Span};

use crate::exception::Required;
use crate::report::{Severity, Verdict};

use super::reader::known_rule;
use super::{Config, RuleConfig, texts, written};
use crate::policy::engine::defaults;
use crate::policy::rule::default_severity;

/// A setting that makes the check weaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigException {
    /// What it does, in one sentence.
    pub message: String,
    /// Its position in the configuration.
    pub position: Position,
}

/// Finds the exceptions in a valid configuration.
pub(super) struct Exceptions<'t, 'd> {
    lines: &'t LineIndex<'t>,
    root: &'t Mapping<'d>,
    found: Vec<ConfigException>,
}

impl<'t, 'd> Exceptions<'t, 'd> {
    /// The settings that make a check weaker, in source order.
    pub fn read(
        root: &'t Mapping<'d>,
        lines: &'t LineIndex<'t>,
        rules: &BTreeMap<String, RuleConfig>,
    ) -> Vec<ConfigException> {
        let mut reader = Self {
            lines,
            root,
            found: Vec::new(),
        };
        reader.rules(rules);
        reader.each("exclude", |glob| format!("`exclude` leaves out `{glob}`"));
        reader.each("trustedConnectors", |star| {
            format!("`trustedConnectors` trusts `{star}`")
        });
        reader.each("connectorFiles", |list| {
            format!("`connectorFiles` declares the connectors in `{list}`")
        });
        reader.findings();
        reader.texts();
        reader.docker_hub();
        for (key, does) in [
            ("connectors", "declares this connector"),
            ("harnessImage", "changes what the connector has to be"),
            ("metadata", "adds this to the metadata that policies see"),
        ] {
            reader.entries(key, does);
        }
        sort::by_key(&mut reader.found, |found| found.position.offset);
        reader.found
    }

    fn add(&mut self, span: Span, message: String) {
        let position = self.lines.position(span.start);
        self.found.push(ConfigException { message, position });
    }

    fn node(&self, key: &str) -> Option<&'t Node<'d>> {
        self.root.get(key).map(|entry| &entry.node)
    }

    fn rules(&mut self, rules: &BTreeMap<String, RuleConfig>) {
        let Some(written) = self.node("rules").and_then(Node::as_mapping) else {
            return;
        };
        for entry in written {
            let id = entry.key.as_ref();
            let Some(rule) = rules.get(id) else { continue };
            if rule.off {
                self.add(entry.key_span, format!("`rules.{id}` is off"));
            } else if let Some(severity) = rule.lowered(id) {
                let usual = default_severity(id);
                self.add(
                    entry.key_span,
                    format!("`rules.{id}` counts as {severity} instead of {usual}"),
                );
            }
        }
    }

    /// Exceptions for findings, and settings about what they must have.
    fn findings(&mut self) {
        let items = self.node("exceptions").and_then(Node::as_sequence);
        for (i, item) in items.unwrap_or_default().iter().enumerate() {
            let field = |key| item.get(key).and_then(Node::as_str);
            let until = field("until").map_or(String::new(), |until| format!(" until {until}"));
            let rule = field("rule").map_or(String::new(), |rule| format!(" of `{rule}`"));
            self.add(
                item.span,
                format!("`exceptions[{i}]` suppresses findings{rule}{until}"),
            );
        }
        let Some(node) = self.node("exceptionsRequire") else {
            return;
        };
        let Some(named) = node.as_sequence() else {
            return;
        };
        let named: Vec<_> = named.iter().filter_map(Node::as_str).collect();
        for name in Required::NAMES.iter().filter(|name| !named.contains(name)) {
            self.add(
                node.span,
                format!("`exceptionsRequire` allows exceptions without `{name}`"),
            );
        }
    }

    fn each(&mut self, key: &str, message: impl Fn(&str) -> String) {
        let items = self.node(key).and_then(Node::as_sequence);
        for item in items.unwrap_or_default() {
            if let Some(text) = item.as_str() {
                self.add(item.span, message(text));
            }
        }
    }

    fn entries(&mut self, key: &str, does: &str) {
        let Some(entries) = self.node(key).and_then(Node::as_mapping) else {
            return;
        };
        for entry in entries {
            self.add(entry.key_span, format!("`{key}.{}` {does}", entry.key));
        }
    }

    /// Settings that are single strings.
    fn texts(&mut self) {
        for (key, usual) in [
            ("preset", default_of("preset")),
            ("requiredConnector", default_of("requiredConnector")),
            ("defaultConnector", None),
        ] {
            let Some(node) = self.node(key) else { continue };
            let Some(text) = node.as_str().map(str::trim) else {
                continue;
            };
            match usual {
                Some(usual) if usual == text => {}
                Some(usual) => self.add(
                    node.span,
                    format!("`{key}` is `{text}` instead of `{usual}`"),
                ),
                None => self.add(node.span, format!("`{key}` trusts `{text}`")),
            }
        }
        for (key, weak, does) in [
            ("stageOverride", "optional", "lets stages name no connector"),
            ("expressions", "off", "leaves every expression undecided"),
        ] {
            if let Some(node) = self.node(key)
                && node.as_str() == Some(weak)
            {
                self.add(node.span, format!("`{key}: {weak}` {does}"));
            }
        }
    }

    /// A list in the configuration replaces the default one, so it is weaker if it lacks one of the default patterns.
    fn docker_hub(&mut self) {
        let key = "dockerHubConnectors";
        let Some(node) = self.node(key) else { return };
        if node.as_sequence().is_none() {
            return;
        }
        let own = texts(self.root, key);
        for usual in usual_docker_hub() {
            if !own.iter().any(|own| own == usual) {
                self.add(node.span, format!("`{key}` lacks `{usual}`"));
            }
        }
    }
}

impl RuleConfig {
    /// The severity of violations, if it is lower than without a configuration.
    fn lowered(self, id: &str) -> Option<Severity> {
        self.severity
            .filter(|severity| *severity < default_severity(id))
    }
}

impl Config {
    /// The settings that make a check weaker, in source order.
    #[must_use]
    pub fn exceptions(&self) -> &[ConfigException] {
        &self.exceptions
    }

    /// Removes the settings that make a check weaker, and keeps those that make it stricter. A `preset` from a
    /// command line is kept too.
    #[must_use]
    pub fn without_exceptions(mut self, preset: Option<&str>) -> Self {
        self.exclude.clear();
        self.excepted.clear();
        self.required = Required::default();
        self.connector_files.clear();
        self.rules = std::mem::take(&mut self.rules)
            .into_iter()
            .filter(|(_, rule)| !rule.off)
            .map(|(id, rule)| {
                let severity = rule.severity.filter(|_| rule.lowered(&id).is_none());
                (id, RuleConfig { severity, ..rule })
            })
            .collect();
        let mut kept = written::mapping([]);
        for key in ["stageOverride", "dockerHubConnectors", "mirrors"] {
            let Some(value) = self.value.get(key) else {
                continue;
            };
            let stays = match key {
                "stageOverride" => value.as_str() != Some("optional"),
                "dockerHubConnectors" => {
                    let own = value.as_sequence().unwrap_or_default();
                    let has = |usual| own.iter().any(|own| own.as_str() == Some(usual));
                    usual_docker_hub().all(has)
                }
                _ => true,
            };
            if stays {
                written::set(&mut kept, key, value.clone());
            }
        }
        if let Some(preset) = preset {
            written::set(&mut kept, "preset", written::string(preset));
        }
        let mut rules = written::mapping([]);
        for (id, rule) in &self.rules {
            let mut settings = written::mapping([]);
            for (key, severity) in [("severity", rule.severity), ("undecided", rule.undecided)] {
                if let Some(severity) = severity {
                    written::set(&mut settings, key, written::string(&severity.to_string()));
                }
            }
            written::set(&mut rules, id, settings);
        }
        written::set(&mut kept, "rules", rules);
        self.value = kept;
        self
    }

    /// Restricts the check to these rules, which must be on.
    ///
    /// # Errors
    ///
    /// A sentence, if a rule is unknown or off.
    pub fn with_rules(mut self, asked: &[String]) -> Result<Self, String> {
        for id in asked {
            known_rule(id)?;
            if self.severity_of(id, Verdict::Violation).is_none() {
                return Err(format!(
                    "the rule `{id}` is requested by name, but the configuration switches it off"
                ));
            }
        }
        self.asked = Some(asked.iter().cloned().collect());
        Ok(self)
    }
}

fn default_of(key: &str) -> Option<&'static str> {
    defaults().ok()?.get(key)?.as_str()
}

fn usual_docker_hub() -> impl Iterator<Item = &'static str> {
    let list = defaults()
        .ok()
        .and_then(|defaults| defaults.get("dockerHubConnectors")?.as_sequence());
    list.unwrap_or_default().iter().filter_map(Node::as_str)
}

#[cfg(test)]
mod tests {
    use super::{Config, Node, Required, Severity, Verdict};

    const WEAK: &str = "\
preset: gar
rules:
  no-docker-hub: off
  harness-image-connector: {severity: note, undecided: error}
  harness-image-registry: error
exclude: [\"legacy/**\"]
trustedConnectors: [\"*\"]
dockerHubConnectors: [\"*hub*\"]
requiredConnector: account.mine
defaultConnector: account.other
connectors: {account.hub: {url: https://r.example}}
harnessImage: {url: https://r.example}
stageOverride: optional
expressions: off
metadata: {action: onstep}
connectorFiles: [lists.yaml]
exceptions:
  - {rule: no-docker-hub, path: legacy, until: 2027-03-01}
  - {image: \"node:*\", until: 2027-03-01}
exceptionsRequire: [until]
";

    fn config(text: &str) -> Config {
        Config::parse(None, text, None).expect("a right configuration")
    }

    #[test]
    fn every_exception_is_named_with_its_line() {
        let config = config(WEAK);
        let found: Vec<_> = config
            .exceptions()
            .iter()
            .map(|found| format!("{}: {}", found.position.line, found.message))
            .collect();
        insta::assert_snapshot!(found.join("\n"));
    }

    #[test]
    fn without_exceptions_only_what_is_stricter_is_left() {
        let strict = config(WEAK).without_exceptions(None);
        assert!(!strict.excludes("legacy/a.yaml"));
        assert_eq!(strict.finding_exceptions(), []);
        assert_eq!(strict.exceptions_require(), Required::default());
        let left = "rules:
  harness-image-connector: {undecided: error}
  harness-image-registry: {severity: error}
";
        assert_eq!(strict.value, config(left).value);
        for (rule, verdict, severity) in [
            ("no-docker-hub", Verdict::Violation, Severity::Error),
            (
                "harness-image-connector",
                Verdict::Violation,
                Severity::Error,
            ),
            (
                "harness-image-connector",
                Verdict::Undecided,
                Severity::Error,
            ),
            (
                "harness-image-registry",
                Verdict::Violation,
                Severity::Error,
            ),
        ] {
            assert_eq!(strict.severity_of(rule, verdict), Some(severity), "{rule}");
        }
    }

    #[test]
    fn what_is_no_exception_is_not_named_and_stays() {
        let text = "\
preset: app-harness
rules: {no-docker-hub: {undecided: error}, harness-images-only: error}
requiredConnector: account.harnessImage
stageOverride: required
expressions: decide
exclude: []
exceptions: []
exceptionsRequire: [reason, until, rule]
trustedConnectors:
dockerHubConnectors: [\"*dockerhub*\", \"*docker_hub*\", \"*docker-hub*\", \"mine\"]
mirrors: {docker.io: r.example}
policies: [a.rego]
";
        let config = config(text);
        assert_eq!(config.exceptions(), []);
        let strict = config.clone().without_exceptions(Some("gar"));
        assert_eq!(strict.policies().len(), 1);
        for key in ["stageOverride", "dockerHubConnectors", "mirrors"] {
            assert_eq!(strict.value.get(key), config.value.get(key), "{key}");
        }
        assert_eq!(
            strict.value.get("preset").and_then(Node::as_str),
            Some("gar")
        );
        assert_eq!(
            strict.severity_of("harness-images-only", Verdict::Violation),
            Some(Severity::Error)
        );
    }

    #[test]
    fn a_rule_that_is_asked_for_runs_or_is_an_error() {
        let asked = |names: &[&str]| {
            let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
            config(WEAK).with_rules(&names)
        };
        let only = asked(&["harness-image-registry"]).expect("it is on");
        let severity = |rule, verdict| only.severity_of(rule, verdict);
        assert_eq!(
            severity("harness-image-registry", Verdict::Violation),
            Some(Severity::Error)
        );
        assert_eq!(
            severity("harness-image-connector", Verdict::Violation),
            None
        );
        assert_eq!(severity("duplicate-key", Verdict::Violation), None);
        // Users' policies, and what can't be checked, aren't rules of ours.
        assert_eq!(
            severity("harness-image-connector", Verdict::Error),
            Some(Severity::Error)
        );
        assert_eq!(
            severity("policies/mine.rego", Verdict::Violation),
            Some(Severity::Error)
        );
        let refused = |names: &[&str]| asked(names).map(|_| ()).expect_err("it can't run");
        assert!(refused(&["no-docker-hub"]).contains("switches it off"));
        assert!(refused(&["no-dockerhub"]).contains("did you mean `no-docker-hub`?"));
    }
}

//! Users' own Harness policies, run on Harness files beside ours.

use crate::document::{self, Node, Step};
use crate::harness::{Entity, EntityKind, PolicyEntity, named};
use crate::rego::eval::Environment;
use crate::rego::number::Number;
use crate::rego::policy::{Located, Options, Policy, Source, request};
use crate::rego::problem::Code;
use crate::rego::syntax::Version;
use crate::rego::value::Value;
use crate::report::{Severity, Verdict};

use super::Finding;
use super::evaluation::{self, Evaluation};

/// One policy: a module, the entity that it is about, and what a denial weighs.
#[derive(Debug)]
pub struct UserPolicy {
    path: String,
    policy: Policy,
    entity: EntityKind,
    severity: Severity,
}

impl UserPolicy {
    /// Compiles a policy. Without an `entity`, its package says which it is about, as is the custom:
    /// `package pipeline`.
    ///
    /// # Errors
    ///
    /// What is wrong with the module, or that nothing says which entity it is about.
    pub fn compile(
        source: Source,
        version: Version,
        entity: Option<&str>,
        severity: Severity,
    ) -> Result<Self, Vec<Located>> {
        let path = source.path.clone();
        let first_line = source.text.lines().next().map(str::to_owned);
        let data = Value::object::<Value>([]);
        let policy = Policy::compile(
            vec![source],
            Options {
                version,
                is_strict: false,
                data,
            },
        )?;
        let named = entity.map_or_else(
            || policy.package().trim_start_matches("data.").to_owned(),
            str::to_owned,
        );
        let Some(kind) = kind_of(&named) else {
            return Err(vec![Located {
                code: Code::Compile,
                message: format!(
                    "`{named}` is no entity: say which one this policy is about, as in `{path},entity=pipeline`"
                ),
                file: Some(path),
                line: Some(1),
                column: Some(1),
                line_text: first_line,
            }]);
        };
        Ok(Self {
            path,
            policy,
            entity: kind,
            severity,
        })
    }

    /// The entity that it is about.
    #[must_use]
    pub fn entity(&self) -> EntityKind {
        self.entity
    }

    /// What the policy says of an entity; `metadata` is what Harness tells of the event.
    #[must_use]
    pub fn findings(
        &self,
        root: &Node<'_>,
        entity: Entity<'_, '_>,
        metadata: &Value,
        environment: &mut dyn Environment,
    ) -> Vec<Finding> {
        let input = Value::object([
            (input_key(self.entity), value_of(entity.content)),
            ("metadata", metadata.clone()),
        ]);
        let Evaluation {
            status,
            deny_messages,
            warn_messages,
            problems,
            ..
        } = evaluation::evaluate(&self.policy, request(Some(input), environment));
        let at_the_entity = vec![
            Step::Key(entity.kind.key().to_owned()),
            Step::Key(String::new()),
        ];
        let finding = |verdict, severity, message: String, path| Finding {
            severity: Some(severity),
            ..Finding::of_user(&self.path, verdict, message, path)
        };
        if !problems.is_empty() {
            return problems
                .iter()
                .map(|problem| {
                    let message = format!("this policy could not be evaluated: {problem}");
                    let mut found = finding(
                        Verdict::Error,
                        Severity::Error,
                        message,
                        at_the_entity.clone(),
                    );
                    "policy".clone_into(&mut found.rule);
                    found
                })
                .collect();
        }
        let mut denied = deny_messages;
        if status == evaluation::Verdict::Error && denied.is_empty() {
            denied.push("denied, without a message".to_owned());
        }
        let names = named(root, entity.kind.key());
        let place = |message: &str| {
            let meant = names
                .iter()
                .filter(|(name, _)| holds_word(message, name))
                .max_by_key(|(name, path)| (name.len(), path.len()));
            meant.map_or_else(|| at_the_entity.clone(), |(_, path)| path.clone())
        };
        let denied = denied.into_iter().map(|message| (message, self.severity));
        let advised = warn_messages
            .into_iter()
            .map(|message| (message, Severity::Warning.min(self.severity)));
        denied
            .chain(advised)
            .map(|(message, severity)| {
                let path = place(&message);
                finding(Verdict::Violation, severity, message, path)
            })
            .collect()
    }
}

/// The entity of a package or option.
fn kind_of(name: &str) -> Option<EntityKind> {
    Some(match name {
        "pipeline" => EntityKind::Pipeline,
        "template" => EntityKind::Template,
        "connector" => EntityKind::Connector,
        "inputSet" | "inputset" | "input_set" => EntityKind::InputSet,
        "service" => EntityKind::Service,
        "environment" => EntityKind::Environment,
        "infrastructure" | "infrastructureDefinition" => EntityKind::InfrastructureDefinition,
        "secret" => EntityKind::Secret,
        _ => return None,
    })
}

/// Under which key of the input Harness gives an entity.
fn input_key(kind: EntityKind) -> &'static str {
    PolicyEntity::under(kind.key())
        .and_then(|entity| entity.key)
        .unwrap_or_else(|| kind.key())
}

/// Whether a name stands in a text as a word of its own.
fn holds_word(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    !name.is_empty()
        && text.match_indices(name).any(|(at, _)| {
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let behind = text
                .get(at + name.len()..)
                .and_then(|behind| behind.chars().next());
            !before.is_some_and(is_part) && !behind.is_some_and(is_part)
        })
}

/// A document's node as a value of Rego.
fn value_of(node: &Node<'_>) -> Value {
    match &node.value {
        document::Value::Null => Value::Null,
        document::Value::Bool(value) => Value::Bool(*value),
        document::Value::Integer(value) => Value::from(*value),
        document::Value::Float(value) => {
            Number::parse(&value.to_string()).map_or(Value::Null, Value::from)
        }
        document::Value::String(value) => value.as_ref().into(),
        document::Value::Sequence(items) => Value::array(items.iter().map(value_of)),
        document::Value::Mapping(mapping) => Value::object(
            mapping
                .iter()
                .map(|entry| (entry.key.as_ref(), value_of(&entry.node))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::kind_of;
    use crate::policy::named::ENTITIES;

    #[test]
    fn every_entity_that_a_configuration_can_name_is_known() {
        for name in ENTITIES {
            assert!(kind_of(name).is_some(), "{name}");
        }
    }
}

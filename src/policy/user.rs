//! Users' own Harness policies, run on Harness files beside ours.

use crate::document::{Node, Step};
use crate::harness::{Entity, Event, PolicyEntity, named};
use crate::rego::eval::Environment;
use crate::rego::policy::{Located, Options, Policy, Source, request};
use crate::rego::problem::Code;
use crate::rego::syntax::Version;
use crate::rego::value::Value;
use crate::report::{Severity, Verdict};

use super::Finding;
use super::evaluation::{self, Evaluation};
use super::user_input::input_of;

/// One policy: a module, the entity that it is about, and what a denial weighs.
#[derive(Debug)]
pub struct UserPolicy {
    path: String,
    policy: Policy,
    entity: &'static PolicyEntity,
    /// Whether it may answer otherwise on another event.
    minds_the_event: bool,
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
        let minds_the_event = speaks_of_the_event(&source.text);
        let data = Value::object::<Value>([]);
        let policy = Policy::compile(
            vec![source],
            Options {
                version,
                is_strict: false,
                data,
            },
        )?;
        let named = entity.unwrap_or_else(|| policy.package().trim_start_matches("data."));
        let Some(kind) =
            entity.map_or_else(|| PolicyEntity::of_package(named), PolicyEntity::named)
        else {
            return Err(vec![refused(
                format!(
                    "`{named}` is no entity: say which one this policy is about, as in `{path},entity=pipeline`"
                ),
                path,
                first_line,
            )]);
        };
        if kind.key.is_none() {
            let message = format!(
                "a policy on a {0} is asked when one runs, which a check can't see: try it with `eval`, on what `input --entity {0}` writes",
                kind.name
            );
            return Err(vec![refused(message, path, first_line)]);
        }
        Ok(Self {
            path,
            policy,
            entity: kind,
            minds_the_event,
            severity,
        })
    }

    /// The entity that it is about.
    #[must_use]
    pub fn entity(&self) -> &'static PolicyEntity {
        self.entity
    }

    /// What the policy says of an entity, on any event on which Harness asks; `metadata` is what else
    /// Harness tells of it, and may say that it is a certain event.
    #[must_use]
    pub fn findings(
        &self,
        root: &Node<'_>,
        entity: Entity<'_, '_>,
        metadata: &Value,
        environment: &mut dyn Environment,
    ) -> Vec<Finding> {
        let events = if self.minds_the_event {
            self.entity.events
        } else {
            self.entity.events.get(..1).unwrap_or_default()
        };
        let mut all: Vec<Finding> = Vec::new();
        for event in events {
            let input = input_of(entity.content, self.entity, *event, Some(metadata));
            for finding in self.findings_on(root, entity, input, environment) {
                if !all.contains(&finding) {
                    all.push(finding);
                }
            }
        }
        all
    }

    fn findings_on(
        &self,
        root: &Node<'_>,
        entity: Entity<'_, '_>,
        input: Value,
        environment: &mut dyn Environment,
    ) -> Vec<Finding> {
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

/// Whether a module may answer otherwise on another event: by what it is called, or by where the input
/// says which it is.
fn speaks_of_the_event(text: &str) -> bool {
    text.contains("action") || Event::ALL.iter().any(|event| text.contains(event.name()))
}

fn refused(message: String, path: String, line_text: Option<String>) -> Located {
    Located {
        code: Code::Compile,
        message,
        file: Some(path),
        line: Some(1),
        column: Some(1),
        line_text,
    }
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

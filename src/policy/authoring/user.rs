//! A Harness policy of the user, evaluated in a check.

use std::cell::Cell;
use std::collections::HashSet;

use document::{Node, Step, quoted};
use rego::eval::{Environment, Limits, Request};
use rego::policy::{Policy, request};
use values::{Value, budget};

use crate::harness::{Entity, Event, Meant, Names, PolicyEntity};
use crate::report::{Severity, Verdict};

use super::evaluation::{self, Evaluation};
use super::user_input::input_of;
use crate::policy::Finding;

/// A policy: its modules, the entity that it is about, and the severity of a denial.
#[derive(Debug)]
pub struct UserPolicy {
    pub(super) path: String,
    /// The compiled module with the libraries that it uses; or why it isn't evaluated.
    pub(super) policy: Result<Policy, String>,
    /// The limits of all its evaluations in one check together.
    pub(super) limits: Limits,
    /// How many steps it has left.
    pub(super) steps_left: Cell<u64>,
    /// The package whose document Harness reads, such as `data.pipeline`.
    pub(super) package: String,
    pub(super) entity: &'static PolicyEntity,
    /// Whether its result may depend on the event.
    pub(super) minds_the_event: bool,
    pub(super) severity: Severity,
    /// Whether the user named it, instead of a search finding it.
    pub(super) is_named: bool,
}

impl UserPolicy {
    /// Its path, which is its name in messages.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Whether the user named it, instead of a search finding it.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.is_named
    }

    /// The entity that it is about.
    #[must_use]
    pub fn entity(&self) -> &'static PolicyEntity {
        self.entity
    }

    /// The policy's findings about an entity, on all events on which Harness evaluates it. `text` is that of the
    /// file. `metadata` is what Harness says about the event, which may restrict it to one.
    #[must_use]
    pub fn findings(
        &self,
        text: &str,
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
        let policy = match &self.policy {
            Ok(policy) => policy,
            Err(how) => return vec![self.failed(entity, how)],
        };
        let mut all: Vec<Finding> = Vec::new();
        let mut seen = HashSet::new();
        for event in events {
            let input = input_of(entity.content, text, self.entity, *event, Some(metadata));
            for finding in self.findings_on(policy, root, entity, input, environment) {
                let is_denial = finding.severity == Some(self.severity);
                if seen.insert((is_denial, finding.message.clone())) {
                    all.push(finding);
                }
            }
        }
        all
    }

    /// The finding that the policy has no result, and why.
    fn failed(&self, entity: Entity<'_, '_>, why: &str) -> Finding {
        let path = quoted(&self.path, '`');
        let message = format!("the policy {path} could not be evaluated: {why}");
        let mut found = Finding {
            severity: Some(Severity::Error),
            ..Finding::of_user(&self.path, Verdict::Error, message, at_the(entity))
        };
        "policy".clone_into(&mut found.rule);
        found
    }

    /// Evaluates the policy with the steps that it has left in this check.
    fn evaluate(
        &self,
        policy: &Policy,
        input: Value,
        environment: &mut dyn Environment,
    ) -> Evaluation {
        let limits = Limits {
            steps: self.steps_left.get(),
            ..self.limits
        };
        let _using = limits.begin(environment.deadline());
        let asked = Request {
            limits: self.limits,
            ..request(Some(input), environment)
        };
        let evaluation = evaluation::evaluate_package(policy, &self.package, asked);
        self.steps_left.set(budget::steps());
        evaluation
    }

    fn findings_on(
        &self,
        policy: &Policy,
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
        } = self.evaluate(policy, input, environment);
        let at_the_entity = at_the(entity);
        if !problems.is_empty() {
            return problems
                .iter()
                .map(|problem| self.failed(entity, &problem.to_string()))
                .collect();
        }
        let mut denied = deny_messages;
        if status == evaluation::EvaluationStatus::Error && denied.is_empty() {
            denied.push("denied without a message".to_owned());
        }
        let names = Names::below(root, entity.kind.key());
        let place = |message: &str| {
            names.meant(message).unwrap_or_else(|| Meant {
                path: at_the_entity.clone(),
                is_certain: true,
            })
        };
        let denied = denied.into_iter().map(|message| (message, self.severity));
        let advised = warn_messages
            .into_iter()
            .map(|message| (message, Severity::Warning.min(self.severity)));
        denied
            .chain(advised)
            .map(|(message, severity)| {
                let Meant { path, is_certain } = place(&message);
                Finding {
                    severity: Some(severity),
                    is_guessed: !is_certain,
                    ..Finding::of_user(&self.path, Verdict::Violation, message, path)
                }
            })
            .collect()
    }
}

/// The place of a finding about a whole entity.
fn at_the(entity: Entity<'_, '_>) -> Vec<Step> {
    vec![
        Step::Key(entity.kind.key().to_owned()),
        Step::Key(String::new()),
    ]
}

/// Whether the result of a module may depend on the event: its source has the name of an event, or of the input's key
/// for it.
pub(super) fn speaks_of_the_event(text: &str) -> bool {
    text.contains("action") || Event::ALL.iter().any(|event| text.contains(event.name()))
}

//! The check itself: files in, report out.

use std::cell::OnceCell;

use crate::document::{Document, Limits};
use crate::harness::{self, Entity, EntityKind, Holding, Input, Part, Parts};
use crate::policy::{self, Config, Finding};
use crate::rego::rvm::value::{field, from_node, object, set_field};
use crate::rego::rvm::{EvaluationError, Machine, Program, Value};
use crate::report::{DocumentReport, Report, Status};
use crate::source::{Source, SourceFile};

mod collector;
mod fixes;
mod images;
mod place;
#[cfg(test)]
mod tests;
#[cfg(feature = "authoring")]
mod users;

use collector::Collector;
pub use fixes::{Fixed, FixedFile};
use place::Place;

/// Larger files are refused unless the host allows them: 16 MiB.
pub const DEFAULT_MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// Checks files by the policies and one configuration. It keeps nothing from one check to the next.
#[derive(Debug, Clone)]
pub struct Guard {
    program: Program,
    config: Config,
    /// `data` but for the facts.
    data: Value,
    /// The facts of files among which there is no connector: most checks of an editor.
    facts_alone: Value,
    max_file_bytes: usize,
    budget: Budget,
    #[cfg(feature = "authoring")]
    users: users::Users,
}

/// What is done with an entity that the policies are about.
type Look<'l> =
    dyn FnMut(&Document<'_>, Entity<'_, '_>, &mut Machine, &mut Place<'_, '_>) -> Status + 'l;

/// The guard can't be set up.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct GuardError(#[from] EvaluationError);

impl Guard {
    /// A guard with the policies that the crate carries.
    ///
    /// # Errors
    ///
    /// Where the compiled policies can't be loaded, which a build's tests would have shown.
    pub fn new(config: Config) -> Result<Self, GuardError> {
        let defaults = Value::from_json_str(policy::DATA)
            .map_err(|error| EvaluationError::Program(error.to_string()))?;
        let ours = field(&defaults, "harness_image_guard").and_then(|ours| field(ours, "defaults"));
        let mut guard = Self {
            program: Program::load(policy::PROGRAM)?,
            data: object([
                ("defaults", ours.cloned().unwrap_or(Value::Undefined)),
                ("config", config.value.clone()),
            ]),
            config,
            facts_alone: Value::Undefined,
            max_file_bytes: DEFAULT_MAX_FILE_BYTES,
            budget: Budget::AMPLE,
            #[cfg(feature = "authoring")]
            users: users::Users::default(),
        };
        guard.facts_alone = guard.facts_of(Vec::new(), 0)?;
        Ok(guard)
    }

    /// Refuses files of more bytes than this.
    #[must_use]
    pub fn with_max_file_bytes(mut self, bytes: usize) -> Self {
        self.max_file_bytes = bytes;
        self
    }

    /// The size in bytes past which a file is refused.
    #[must_use]
    pub fn max_file_bytes(&self) -> usize {
        self.max_file_bytes
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What the rules know where no file is a connector: the settings, and what the configuration
    /// says of connectors.
    #[cfg(feature = "authoring")]
    pub(crate) fn facts_alone(&self) -> &Value {
        &self.facts_alone
    }

    /// Checks the files together: connectors among them decide about the pipelines among them.
    /// Whatever can't be checked is a diagnostic of its own, and the rest is checked all the same.
    #[must_use]
    pub fn check(&self, files: &[SourceFile]) -> Report {
        #[cfg(feature = "authoring")]
        self.users.begin();
        self.look_through(files, &mut |document, entity, machine, place| {
            let status = if entity.is_judged() {
                self.judge(document, entity, machine, place)
            } else {
                Status::NotApplicable
            };
            #[cfg(feature = "authoring")]
            let status = self.judge_by_users(document, entity, place, status);
            status
        })
    }

    /// Goes through the files, and reports whatever can't be looked at.
    fn look_through(&self, files: &[SourceFile], look: &mut Look<'_>) -> Report {
        let mut sources: Vec<_> = files
            .iter()
            .map(|file| Source::read(file, self.max_file_bytes))
            .collect();
        sources.sort_by_key(|source| source.path);
        let mut report = Collector::default();
        match self.facts(&sources).and_then(|facts| self.machine(facts)) {
            Ok(mut machine) => {
                for source in &sources {
                    look_at_source(source, &mut machine, &mut report, look);
                }
            }
            Err(error) => report.give_up(&sources, &error),
        }
        report.finish()
    }

    /// What the files say together, by `policies/workspace.rego`.
    fn facts(&self, sources: &[Source<'_>]) -> Result<Value, EvaluationError> {
        let mut connectors = Vec::new();
        let mut nodes = 0;
        for source in sources {
            for (index, document) in source.documents.iter().enumerate() {
                let Ok(document) = document else { continue };
                let entities = harness::entities(document);
                if let Some(entity) = entities.first()
                    && entity.kind == EntityKind::Connector
                {
                    nodes += document.node_count;
                    connectors.push(object([
                        ("file", source.path.into()),
                        ("document", index.into()),
                        ("connector", from_node(entity.content, source.text)),
                        ("isListed", source.is_connector_list.into()),
                    ]));
                }
            }
        }
        if connectors.is_empty() {
            return Ok(self.facts_alone.clone());
        }
        self.facts_of(connectors, nodes)
    }

    fn facts_of(&self, connectors: Vec<Value>, nodes: usize) -> Result<Value, EvaluationError> {
        let instructions = self.budget.of(nodes);
        let input = object([("connectors", connectors.into())]);
        let data = object([("harness_image_guard", self.data.clone())]);
        match Machine::new(&self.program, data)?.evaluate(policy::FACTS, input, instructions)? {
            Value::Undefined => Err(EvaluationError::Failed(
                "the settings have no value".to_owned(),
            )),
            facts => Ok(facts),
        }
    }

    /// A machine that knows what the files say together.
    fn machine(&self, facts: Value) -> Result<Machine, EvaluationError> {
        let mut ours = self.data.clone();
        set_field(&mut ours, "facts", facts);
        Machine::new(&self.program, object([("harness_image_guard", ours)]))
    }

    /// The value of a rule for an entity.
    fn ask(
        &self,
        rule: &str,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        machine: &mut Machine,
        place: &Place<'_, '_>,
    ) -> Result<Value, EvaluationError> {
        let input = Input::of_rules(entity, place.path(), place.index());
        let input = value_of(&input, place.text());
        machine.evaluate(rule, input, self.budget.of(document.node_count))
    }

    fn judge(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        machine: &mut Machine,
        place: &mut Place<'_, '_>,
    ) -> Status {
        let answer = self.ask(policy::REPORT, document, entity, machine, place);
        let findings = match answer.and_then(|value| Answer::read(&value)) {
            Ok(Answer::NotApplicable) => return Status::NotApplicable,
            Ok(Answer::Findings(findings)) => findings,
            Err(error) => {
                place.evaluation_error(document, entity, &error);
                return Status::Error;
            }
        };
        let mut status = Status::Pass;
        let found = findings.into_iter().map(|finding| {
            let span = document.root.locate(&finding.path).span();
            (finding, span)
        });
        let repeated = document
            .repeated_keys
            .iter()
            .map(|repeated| (Finding::repeated_key(repeated), repeated.again));
        for (finding, span) in found.chain(repeated) {
            if let Some(severity) = self.config.severity(&finding) {
                status = status.with(finding.verdict);
                place.finding(document, entity, finding, span, severity);
            }
        }
        status
    }
}

fn look_at_source(
    source: &Source<'_>,
    machine: &mut Machine,
    report: &mut Collector,
    look: &mut Look<'_>,
) {
    let mut documents = Vec::new();
    // Most files have nothing to report, and need no lines.
    let lines = OnceCell::new();
    let mut limits = Limits::default();
    for (index, document) in source.documents.iter().enumerate() {
        let mut place = Place::new(source, index, &lines, report);
        documents.push(match document {
            Err(fault) => match source.unread {
                Some(unread) => place.not_applicable(unread.to_string()),
                None => place.fault(fault),
            },
            Ok(document) => match harness::with_input_set(document, source.text, &limits) {
                Ok(None) => look_at_document(document, machine, &mut place, look),
                Ok(Some(read)) => {
                    let read_nodes = read.node_count.saturating_sub(document.node_count);
                    // What is there more than in the text was copied for aliases, of which all of a
                    // file's are counted together.
                    let copied = read_nodes.saturating_sub(source.text.len());
                    limits.alias_nodes = limits.alias_nodes.saturating_sub(copied);
                    look_at_document(&read, machine, &mut place, look)
                }
                Err(fault) => place.input_set_fault(document, &fault),
            },
        });
    }
    report.file(source, documents);
}

fn look_at_document(
    document: &Document<'_>,
    machine: &mut Machine,
    place: &mut Place<'_, '_>,
    look: &mut Look<'_>,
) -> DocumentReport {
    let (entity, others) = match harness::holding(document) {
        Holding::Entity { entity, others } => (entity, others),
        other => return place.no_entity(document, &other),
    };
    let mut status = look(document, entity, machine, place);
    for other in others {
        place.one_too_many(document, other);
        status = Status::Error;
    }
    DocumentReport {
        index: place.index(),
        entity: Some(entity.kind.key().to_owned()),
        identifier: entity.identifier().map(str::to_owned),
        status,
        reason: (status == Status::NotApplicable).then(|| place.why_not(entity)),
    }
}

/// An input for the machine that evaluates our rules.
fn value_of(input: &Input<'_, '_>, text: &str) -> Value {
    match &input.parts {
        Parts::Whole(node) => from_node(node, text),
        Parts::Named(parts) => value_of_parts(parts, text),
    }
}

fn value_of_parts(parts: &[(&'static str, Part<'_, '_>)], text: &str) -> Value {
    let mut value = object([]);
    for (key, part) in parts {
        let part = match part {
            Part::Node(node) => from_node(node, text),
            Part::Text(text) => (*text).into(),
            Part::Number(number) => (*number).into(),
            Part::Named(parts) => value_of_parts(parts, text),
        };
        set_field(&mut value, key, part);
    }
    value
}

/// How many instructions an evaluation may take: far more than any document of that size needs,
/// and never without an end. An evaluation that reaches it is reported.
#[derive(Debug, Clone, Copy)]
struct Budget {
    base: usize,
    per_node: usize,
}

impl Budget {
    const AMPLE: Self = Self {
        base: 1_000_000,
        per_node: 2_000,
    };

    const CEILING: usize = 4_000_000_000;

    fn of(self, nodes: usize) -> usize {
        nodes
            .saturating_mul(self.per_node)
            .saturating_add(self.base)
            .min(Self::CEILING)
    }
}

/// What `main.rego` answered.
enum Answer {
    NotApplicable,
    Findings(Vec<Finding>),
}

impl Answer {
    fn read(value: &Value) -> Result<Self, EvaluationError> {
        let strange = || {
            EvaluationError::Failed(format!("the policies answered {value}, which is no report"))
        };
        match field(value, "applicable") {
            Some(Value::Bool(false)) => return Ok(Self::NotApplicable),
            Some(Value::Bool(true)) => {}
            _ => return Err(strange()),
        }
        let findings = field(value, "findings").and_then(|findings| findings.as_array().ok());
        let findings = findings
            .ok_or_else(strange)?
            .iter()
            .map(Finding::from_value);
        findings
            .collect::<Option<_>>()
            .map(Self::Findings)
            .ok_or_else(strange)
    }
}

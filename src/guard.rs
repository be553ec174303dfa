//! The check itself: files in, report out.

use std::cell::OnceCell;

use document::{Document, Limits, cut};
use rego::rvm::value::{field, from_node, object, set_field};
use rego::rvm::{Allowance, EvaluationError, Machine, Program, Value};

use crate::harness::{self, Entity, EntityKind, Holding, Input, Part, Parts};
use crate::policy::{self, Config, DUPLICATE_KEY, Finding, Head};
use crate::report::{DocumentReport, Report, Severity, Status, Verdict};
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
use place::{Found, Place, Said};

/// Larger files are refused unless the host allows them: 16 MiB.
pub const DEFAULT_MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// As many findings of one kind are listed of one document, unless the host wants others. No file that
/// somebody works with has as many; one that a machine wrote may have a million.
pub const DEFAULT_MAX_FINDINGS: usize = 10_000;

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
    max_findings: usize,
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
        let mut guard = Self {
            program: policy::program()?,
            data: object([
                ("defaults", policy::defaults()?),
                ("config", config.value.clone()),
            ]),
            config,
            facts_alone: Value::Undefined,
            max_file_bytes: DEFAULT_MAX_FILE_BYTES,
            max_findings: DEFAULT_MAX_FINDINGS,
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

    /// Lists this many findings of one kind (rule, verdict and severity) of one document, at least one, and
    /// counts the others. It changes no verdict and no exit code.
    #[must_use]
    pub fn with_max_findings(mut self, findings: usize) -> Self {
        self.max_findings = findings.max(1);
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
        // All files rest on these, they are evaluated once, and the configuration may be large.
        let share = self.budget.of(nodes).share.saturating_mul(9);
        let instructions = share.max(self.budget.facts);
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
        let machine = Machine::new(&self.program, object([("harness_image_guard", ours)]))?;
        Ok(machine.with_reserve(self.budget.reserve))
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
        let allowance = self.budget.of(document.node_count);
        machine.evaluate_within(rule, &input, allowance)
    }

    fn judge(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        machine: &mut Machine,
        place: &mut Place<'_, '_>,
    ) -> Status {
        let answer = self.ask(policy::REPORT, document, entity, machine, place);
        let answer = answer.and_then(|value| {
            let found = self.found(&value, document)?;
            Ok(found.map(|mut found| {
                found.extend(self.repeated_keys(document));
                let status = status_of(&found);
                place.findings(document, entity, found, self.max_findings);
                status
            }))
        });
        match answer {
            Ok(status) => status.unwrap_or(Status::NotApplicable),
            Err(error) => {
                place.evaluation_error(document, entity, &error);
                Status::Error
            }
        }
    }

    /// What `main.rego` found; none where the policies aren't about the entity.
    fn found<'v>(
        &self,
        report: &'v Value,
        document: &Document<'_>,
    ) -> Result<Option<Vec<Found<'v>>>, EvaluationError> {
        let strange = || {
            EvaluationError::Failed(format!(
                "the policies answered {report}, which is no report"
            ))
        };
        match field(report, "applicable") {
            Some(Value::Bool(false)) => return Ok(None),
            Some(Value::Bool(true)) => {}
            _ => return Err(strange()),
        }
        let findings = field(report, "findings").and_then(|findings| findings.as_array().ok());
        let found = findings.and_then(|findings| {
            found_in(findings.iter(), document, |head| {
                self.config.severity(head.rule, head.verdict, head.severity)
            })
        });
        found.map(Some).ok_or_else(strange)
    }

    /// The keys that a mapping has twice, which the policies can't see.
    fn repeated_keys<'d>(&self, document: &'d Document<'_>) -> impl Iterator<Item = Found<'d>> {
        let severity = self
            .config
            .severity(DUPLICATE_KEY, Verdict::Violation, None);
        severity.into_iter().flat_map(|severity| {
            document.repeated_keys.iter().map(move |repeated| Found {
                rule: DUPLICATE_KEY,
                verdict: Verdict::Violation,
                severity,
                span: repeated.again,
                finding: Said::Repeated(repeated),
            })
        })
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
        identifier: entity.identifier().map(str::to_owned).map(cut),
        status,
        reason: (status == Status::NotApplicable).then(|| place.why_not(entity)),
    }
}

/// The findings that the policies answered, as far as they weigh anything; none where one isn't of the
/// shape of a finding.
fn found_in<'v>(
    findings: impl IntoIterator<Item = &'v Value>,
    document: &Document<'_>,
    weigh: impl Fn(&Head<'v>) -> Option<Severity>,
) -> Option<Vec<Found<'v>>> {
    let mut found = Vec::new();
    for value in findings {
        let head = Finding::head(value)?;
        found.extend(weigh(&head).map(|severity| Found {
            rule: head.rule,
            verdict: head.verdict,
            severity,
            span: document.root.locate(&head.path).span(),
            finding: Said::Value(value),
        }));
    }
    Some(found)
}

/// What findings come to together.
fn status_of(found: &[Found<'_>]) -> Status {
    found
        .iter()
        .fold(Status::Pass, |status, found| status.with(found.verdict))
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

/// How many instructions evaluations may take: more than any document of that size needs, and never
/// without an end. One that reaches its limit is reported.
///
/// The machine takes some 7 million in a second where nothing has been optimised yet. A step takes
/// about 1,100, with expressions 2,000 to 5,000: the share of a document is what such documents need. What needs more
/// draws on a reserve that all files of a check have together, so that many of them can't take as long as many
/// times the longest.
#[derive(Debug, Clone, Copy)]
struct Budget {
    base: usize,
    per_node: usize,
    reserve: usize,
    ceiling: usize,
    /// For what the configuration and all files say together.
    facts: usize,
}

impl Budget {
    const AMPLE: Self = Self {
        base: 30_000,
        per_node: 600,
        reserve: 40_000_000,
        ceiling: 80_000_000,
        facts: 80_000_000,
    };

    #[cfg(test)]
    const NONE: Self = Self {
        base: 0,
        per_node: 0,
        reserve: 0,
        ceiling: usize::MAX,
        facts: 0,
    };

    fn of(self, nodes: usize) -> Allowance {
        let share = nodes
            .saturating_mul(self.per_node)
            .saturating_add(self.base)
            .min(self.ceiling);
        Allowance {
            share,
            most: self.ceiling,
        }
    }
}

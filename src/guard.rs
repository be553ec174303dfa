//! The check itself: files in, report out.

use std::cell::OnceCell;

use document::{Document, Limits, cut};

use crate::harness::{self, Entity, EntityKind, Holding};
use crate::policy::{
    Budget, Config, Connector, DUPLICATE_KEY, Engine, EvaluationError, Evaluator, Facts, Findings,
    Head,
};
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
    engine: Engine,
    config: Config,
    /// The facts of files among which there is no connector: most checks of an editor.
    facts_alone: Facts,
    max_file_bytes: usize,
    max_findings: usize,
    budget: Budget,
    #[cfg(feature = "authoring")]
    users: users::Users,
}

/// What is done with an entity that the policies are about.
type Look<'l> =
    dyn FnMut(&Document<'_>, Entity<'_, '_>, &mut Evaluator, &mut Place<'_, '_>) -> Status + 'l;

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
        let engine = Engine::new(&config)?;
        Ok(Self {
            facts_alone: engine.facts(&[], 0, Budget::AMPLE)?,
            engine,
            config,
            max_file_bytes: DEFAULT_MAX_FILE_BYTES,
            max_findings: DEFAULT_MAX_FINDINGS,
            budget: Budget::AMPLE,
            #[cfg(feature = "authoring")]
            users: users::Users::default(),
        })
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

    /// Checks the files together: connectors among them decide about the pipelines among them.
    /// Whatever can't be checked is a diagnostic of its own, and the rest is checked all the same.
    #[must_use]
    pub fn check(&self, files: &[SourceFile]) -> Report {
        #[cfg(feature = "authoring")]
        self.users.begin();
        self.look_through(files, &mut |document, entity, evaluator, place| {
            let status = if entity.is_judged() {
                self.judge(document, entity, evaluator, place)
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
        let facts = self.facts(&sources);
        match facts.and_then(|facts| self.engine.evaluator(facts, self.budget)) {
            Ok(mut evaluator) => {
                for source in &sources {
                    look_at_source(source, &mut evaluator, &mut report, look);
                }
            }
            Err(error) => report.give_up(&sources, &error),
        }
        report.finish()
    }

    /// What the files say together.
    fn facts(&self, sources: &[Source<'_>]) -> Result<Facts, EvaluationError> {
        let mut connectors = Vec::new();
        let mut node_count = 0;
        for source in sources {
            for (index, document) in source.documents.iter().enumerate() {
                let Ok(document) = document else { continue };
                let entities = harness::entities(document);
                if let Some(entity) = entities.first()
                    && entity.kind == EntityKind::Connector
                {
                    node_count += document.node_count;
                    connectors.push(Connector {
                        file: source.path,
                        document: index,
                        content: entity.content,
                        text: source.text,
                        is_listed: source.is_connector_list,
                    });
                }
            }
        }
        if connectors.is_empty() {
            return Ok(self.facts_alone.clone());
        }
        self.engine.facts(&connectors, node_count, self.budget)
    }

    fn judge(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        evaluator: &mut Evaluator,
        place: &mut Place<'_, '_>,
    ) -> Status {
        let judged = evaluator
            .report(&place.subject(document, entity))
            .and_then(|findings| {
                let Some(findings) = findings else {
                    return Ok(Status::NotApplicable);
                };
                let mut found = found_in(&findings, document, |head| {
                    self.config.severity(head.rule, head.verdict, head.severity)
                })?;
                found.extend(self.repeated_keys(document));
                let status = status_of(&found);
                place.findings(document, entity, found, self.max_findings)?;
                Ok(status)
            });
        judged.unwrap_or_else(|error| place.evaluation_error(document, entity, &error))
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
    evaluator: &mut Evaluator,
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
                Ok(None) => look_at_document(document, evaluator, &mut place, look),
                Ok(Some(read)) => {
                    let read_nodes = read.node_count.saturating_sub(document.node_count);
                    // What is there more than in the text was copied for aliases, of which all of a
                    // file's are counted together.
                    let copied = read_nodes.saturating_sub(source.text.len());
                    limits.alias_nodes = limits.alias_nodes.saturating_sub(copied);
                    look_at_document(&read, evaluator, &mut place, look)
                }
                Err(fault) => place.input_set_fault(document, &fault),
            },
        });
    }
    report.file(source, documents);
}

fn look_at_document(
    document: &Document<'_>,
    evaluator: &mut Evaluator,
    place: &mut Place<'_, '_>,
    look: &mut Look<'_>,
) -> DocumentReport {
    let (entity, others) = match harness::holding(document) {
        Holding::Entity { entity, others } => (entity, others),
        other => return place.no_entity(document, &other),
    };
    let mut status = look(document, entity, evaluator, place);
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

/// The findings that the policies answered, as far as they weigh anything.
fn found_in<'f>(
    findings: &'f Findings,
    document: &Document<'_>,
    weigh: impl Fn(&Head<'f>) -> Option<Severity>,
) -> Result<Vec<Found<'f>>, EvaluationError> {
    let mut found = Vec::new();
    for finding in findings.iter() {
        let (head, finding) = finding?;
        found.extend(weigh(&head).map(|severity| Found {
            rule: head.rule,
            verdict: head.verdict,
            severity,
            span: document.root.locate(&head.path).span(),
            finding: Said::Ours(finding),
        }));
    }
    Ok(found)
}

/// What findings come to together.
fn status_of(found: &[Found<'_>]) -> Status {
    found
        .iter()
        .fold(Status::Pass, |status, found| status.with(found.verdict))
}

//! The check itself: files in, report out.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use document::{Document, Limits, LineIndex, cut};

use crate::exception::Comments;
use crate::harness::{self, Entity, EntityKind, Holding};
use crate::inventory::Verified;
use crate::policy::{
    Budget, Config, Connector, DUPLICATE_KEY, Engine, EvaluationError, Evaluator, Facts, Findings,
    Head,
};
use crate::report::{DocumentReport, Report, Severity, Status, Verdict};
use crate::source::{ReadFile, SourceFile};

mod collector;
mod excepted;
mod fixes;
mod found;
mod images;
#[cfg(not(feature = "authoring"))]
mod no_users;
mod reporter;
#[cfg(test)]
mod tests;
#[cfg(feature = "authoring")]
mod users;

use collector::Collector;
use excepted::{Configured, ExceptionOptions, except, index_at, is_judged, starts_of};
pub use fixes::{Fixed, FixedFile};
use found::{AnyFinding, Found};
#[cfg(not(feature = "authoring"))]
use no_users::Users;
use reporter::Reporter;
#[cfg(feature = "authoring")]
use users::Users;

/// The largest file that is checked by default, in bytes: 16 MiB.
pub const DEFAULT_MAX_FILE_BYTES: usize = 16 * 1024 * 1024;

/// How many findings of one kind are listed for one document by default. No file that people work with has as many,
/// but a generated one may have a million.
pub const DEFAULT_MAX_FINDINGS: usize = 10_000;

/// Checks files with the policies and one configuration. It keeps nothing from one check to the next.
#[derive(Debug, Clone)]
pub struct Guard {
    engine: Engine,
    config: Config,
    /// The facts of a check without connectors among its files, which most checks in an editor are.
    facts_alone: Facts,
    max_file_bytes: usize,
    max_findings: usize,
    budget: Budget,
    /// Whether connectors among the files affect the other files.
    knows_connectors: bool,
    exceptions: ExceptionOptions,
    verified: Option<Verified>,
    users: Users,
}

/// What to do with an entity that the policies judge.
type Look<'l> =
    dyn FnMut(&Document<'_>, Entity<'_, '_>, &mut Evaluator, &mut Reporter<'_, '_>) -> Status + 'l;

/// The guard can't be set up.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct GuardError(#[from] EvaluationError);

impl Guard {
    /// A guard with the crate's policies.
    ///
    /// # Errors
    ///
    /// If the compiled policies can't be loaded, which the tests of a build would have shown.
    pub fn new(config: Config) -> Result<Self, GuardError> {
        let engine = Engine::new(&config)?;
        Ok(Self {
            facts_alone: engine.facts(&[], &BTreeSet::new(), 0, Budget::AMPLE)?,
            engine,
            config,
            max_file_bytes: DEFAULT_MAX_FILE_BYTES,
            max_findings: DEFAULT_MAX_FINDINGS,
            budget: Budget::AMPLE,
            knows_connectors: true,
            exceptions: ExceptionOptions {
                today: None,
                comments: true,
                is_part: false,
            },
            verified: None,
            users: Users::default(),
        })
    }

    /// Sets the size, in bytes, beyond which a file is refused.
    #[must_use]
    pub fn with_max_file_bytes(mut self, bytes: usize) -> Self {
        self.max_file_bytes = bytes;
        self
    }

    /// Sets how many findings of one kind (rule, verdict and severity) are listed for one document; at least one is.
    /// The others are only counted. This changes no verdict and no exit code.
    #[must_use]
    pub fn with_max_findings(mut self, findings: usize) -> Self {
        self.max_findings = findings.max(1);
        self
    }

    /// Makes connectors among the files irrelevant to the other files, so that only those of the configuration and
    /// its lists count. They are judged all the same.
    #[must_use]
    pub fn without_file_connectors(mut self) -> Self {
        self.knows_connectors = false;
        self
    }

    /// The size, in bytes, beyond which a file is refused.
    #[must_use]
    pub fn max_file_bytes(&self) -> usize {
        self.max_file_bytes
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Checks files together: connectors among them affect the pipelines among them, unless [they are made
    /// irrelevant](Self::without_file_connectors). Whatever can't be checked is a diagnostic of its own, and the rest
    /// is checked all the same.
    #[must_use]
    pub fn check(&self, files: &[SourceFile]) -> Report {
        self.users.begin();
        let mut configured = self.configured();
        let mut report = self.look_through(
            files,
            self.exceptions.comments,
            &mut |document, entity, evaluator, reporter| {
                let status = if entity.is_judged() {
                    self.judge(document, entity, evaluator, reporter, &mut configured)
                } else {
                    Status::NotApplicable
                };
                self.judge_by_users(
                    document,
                    entity,
                    evaluator,
                    reporter,
                    &mut configured,
                    status,
                )
            },
        );
        if report.is_anything_judged() {
            report.about_configured(self.config.path(), self.about_configured(&configured));
        }
        report.about_lists(self.config.connectors_max_age(), self.exceptions.today);
        report.finish()
    }

    /// Goes through the files, calls `look` for each entity that is judged, and reports what can't be judged.
    /// `comments` says whether to read the ignore comments.
    fn look_through(&self, files: &[SourceFile], comments: bool, look: &mut Look<'_>) -> Collector {
        let mut sources: Vec<_> = files
            .iter()
            .map(|file| ReadFile::read(file, self.max_file_bytes))
            .collect();
        sort::by_key(&mut sources, |source| source.path);
        let mut report = Collector::default();
        let facts = self.facts(&sources);
        match facts.map(|facts| self.engine.evaluator(facts, self.budget)) {
            Ok(mut evaluator) => {
                for source in &sources {
                    self.look_at_source(source, comments, &mut evaluator, &mut report, look);
                }
            }
            Err(error) => report.give_up(&sources, &error),
        }
        report
    }

    fn look_at_source(
        &self,
        source: &ReadFile<'_>,
        comments: bool,
        evaluator: &mut Evaluator,
        report: &mut Collector,
        look: &mut Look<'_>,
    ) {
        let mut documents = Vec::new();
        // Most files have nothing to report, so they don't need their lines.
        let lines = OnceCell::new();
        let mut comments = if comments {
            let lines = || lines.get_or_init(|| source.lines());
            let required = self.config.exceptions_require();
            Comments::read(
                source.path,
                source.text,
                lines,
                self.exceptions.today,
                required,
            )
        } else {
            None
        };
        let mut limits = Limits::default();
        for (index, document) in source.documents.iter().enumerate() {
            let mut reporter = Reporter::new(source, index, &lines, &mut comments, report);
            documents.push(match document {
                Err(fault) => match source.unparsable {
                    Some(unparsable) => reporter.not_applicable(unparsable.to_string()),
                    None => reporter.fault(fault),
                },
                Ok(document) => match harness::with_input_set(document, source.text, &limits) {
                    Ok(None) => look_at_document(document, evaluator, &mut reporter, look),
                    Ok(Some(read)) => {
                        let read_nodes = read.node_count.saturating_sub(document.node_count);
                        // A text has fewer nodes than bytes. Any nodes beyond that are copies for aliases, which are
                        // limited for the whole file.
                        let copied = read_nodes.saturating_sub(source.text.len());
                        limits.alias_nodes = limits.alias_nodes.saturating_sub(copied);
                        look_at_document(&read, evaluator, &mut reporter, look)
                    }
                    Err(fault) => reporter.input_set_error(document, &fault),
                },
            });
        }
        if let Some(comments) = comments.take() {
            self.about_comments(source, comments, &lines, &mut documents, report);
        }
        for list in &source.lists {
            let at = lines
                .get_or_init(|| source.lines())
                .position(list.made_at_span.start);
            report.list(
                source.path,
                list.made_at.as_deref(),
                at.into(),
                self.exceptions.today,
            );
        }
        report.file(source, documents);
    }

    /// Reports the problems with comments in documents that are judged.
    #[cold]
    fn about_comments<'s>(
        &self,
        source: &'s ReadFile<'s>,
        comments: Comments<'s>,
        lines: &OnceCell<LineIndex<'s>>,
        documents: &mut [DocumentReport],
        report: &mut Collector,
    ) {
        let starts = starts_of(&source.documents, source.text);
        let mut by_document = BTreeMap::<_, Vec<_>>::new();
        for problem in comments.problems(|rule| self.runs(rule)) {
            let index = index_at(&starts, problem.span.start);
            by_document.entry(index).or_default().push(problem);
        }
        for (index, problems) in by_document {
            let document = documents
                .get_mut(index)
                .filter(|document| is_judged(document));
            let Some(document) = document else { continue };
            let entity = document.entity.clone().unwrap_or_default();
            document.status = document.status.with(Verdict::Violation);
            let mut none = None;
            let mut reporter = Reporter::new(source, index, lines, &mut none, report);
            reporter.about_comments(problems, &entity, self.max_findings);
        }
    }

    /// The facts of all files together.
    fn facts(&self, sources: &[ReadFile<'_>]) -> Result<Facts, EvaluationError> {
        let mut connectors = Vec::new();
        let lists = sources.iter().flat_map(|source| &source.lists);
        let scopes: BTreeSet<_> = lists
            .flat_map(|list| list.scopes.iter().map(String::as_str))
            .collect();
        let mut node_count = scopes.len();
        let known = sources
            .iter()
            .filter(|source| self.knows_connectors || source.is_connector_list);
        for source in known {
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
        if connectors.is_empty() && scopes.is_empty() {
            return Ok(self.facts_alone.clone());
        }
        self.engine
            .facts(&connectors, &scopes, node_count, self.budget)
    }

    fn judge(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        evaluator: &mut Evaluator,
        reporter: &mut Reporter<'_, '_>,
        configured: &mut Configured<'_>,
    ) -> Status {
        let judged = evaluator
            .report(&reporter.subject(document, entity))
            .and_then(|findings| {
                let Some(findings) = findings else {
                    return Ok(Status::NotApplicable);
                };
                let mut found = found_in(&findings, document, |head| {
                    self.config.severity(head.rule, head.verdict, head.severity)
                })?;
                found.extend(self.repeated_keys(document));
                found.extend(self.not_there(document, entity, evaluator, reporter)?);
                self.list(document, entity, found, evaluator, reporter, configured)
            });
        judged.unwrap_or_else(|error| reporter.evaluation_error(document, entity, &error))
    }

    /// Lists findings, after exceptions have been applied. Returns the resulting status.
    fn list(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        mut found: Vec<Found<'_>>,
        evaluator: &mut Evaluator,
        reporter: &mut Reporter<'_, '_>,
        configured: &mut Configured<'_>,
    ) -> Result<Status, EvaluationError> {
        let excepted = except(document, &mut found, reporter, configured, evaluator);
        let status = status_of(&found);
        reporter.findings(document, entity, found, self.max_findings)?;
        excepted.map(|()| status)
    }

    /// The repeated keys of mappings, which the policies can't see.
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
                finding: AnyFinding::Repeated(repeated),
                exception: None,
            })
        })
    }
}

fn look_at_document(
    document: &Document<'_>,
    evaluator: &mut Evaluator,
    reporter: &mut Reporter<'_, '_>,
    look: &mut Look<'_>,
) -> DocumentReport {
    let (entity, others) = match harness::holding(document) {
        Holding::Entity { entity, others } => (entity, others),
        other => return reporter.no_entity(document, &other),
    };
    let mut status = look(document, entity, evaluator, reporter);
    for other in others {
        reporter.one_too_many(document, other);
        status = Status::Error;
    }
    DocumentReport {
        index: reporter.index(),
        entity: Some(entity.kind.key().to_owned()),
        identifier: entity.identifier().map(str::to_owned).map(cut),
        status,
        reason: (status == Status::NotApplicable).then(|| reporter.why_not(entity)),
    }
}

/// The findings of the policies, without those whose severity is off.
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
            finding: AnyFinding::Ours(finding),
            exception: None,
        }));
    }
    Ok(found)
}

/// The status of a document with these findings.
fn status_of(found: &[Found<'_>]) -> Status {
    found
        .iter()
        .filter(|found| found.exception.is_none())
        .fold(Status::Pass, |status, found| status.with(found.verdict))
}

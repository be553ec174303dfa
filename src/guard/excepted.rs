//! Applies exceptions, from comments and from the configuration, to findings.

use std::collections::HashMap;
use std::rc::Rc;

use document::{Document, ParseError, cut};

use crate::exception::{Date, EXPIRED, EXPIRED_HELP, FindingException, UNUSED, is_policy};
use crate::harness::Subjects;
use crate::policy::{
    EvaluationError, Evaluator, ExceptionAspects, Finding, FindingAspects, IMAGE_EXISTS,
};
use crate::report::{self, Severity, Verdict};

use super::Guard;
use super::found::Found;
use super::reporter::Reporter;

/// How exceptions are applied.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExceptionOptions {
    /// Today's date. Without it, every exception with a date counts as expired.
    pub today: Option<Date>,
    /// Whether comments can make exceptions.
    pub comments: bool,
    /// Whether the files of a check are only a part of those that the configuration is about.
    pub is_part: bool,
}

/// The exceptions of the configuration during one check.
pub(super) struct Configured<'g> {
    exceptions: Vec<Exception<'g>>,
    /// Whether all of them have been compared with all findings.
    is_complete: bool,
    /// How many instructions are left for comparing them, in addition to the share of each document.
    instructions: usize,
}

/// How many instructions it usually takes to compare one exception with one finding.
const A_PAIR: usize = 200;

struct Exception<'g> {
    written: &'g FindingException,
    reported: Rc<report::Exception>,
    is_expired: bool,
    is_used: bool,
}

/// The aspects of a finding that exceptions are compared with: rule, subject and images.
type Asked = (String, Option<String>, Vec<String>);

impl Guard {
    /// Sets the day by which exceptions expire. Without it, every exception with a date counts as expired.
    #[must_use]
    pub fn with_today(mut self, today: Date) -> Self {
        self.set_today(today);
        self
    }

    /// Sets the day by which exceptions expire.
    pub fn set_today(&mut self, today: Date) {
        self.exceptions.today = Some(today);
    }

    /// Makes comments in the files suppress nothing.
    #[must_use]
    pub fn without_comment_exceptions(mut self) -> Self {
        self.exceptions.comments = false;
        self
    }

    /// Says that a check gets only some of the files that the configuration is about, so that no exception in the
    /// configuration is reported as unused.
    #[must_use]
    pub fn of_part(mut self) -> Self {
        self.exceptions.is_part = true;
        self
    }

    /// The exceptions of the configuration, for one check.
    pub(super) fn configured(&self) -> Configured<'_> {
        let exceptions = self.config.finding_exceptions().iter();
        Configured {
            exceptions: exceptions
                .map(|written| Exception {
                    written,
                    reported: written.reported(self.config.path()),
                    is_expired: written.is_expired(self.exceptions.today),
                    is_used: false,
                })
                .collect(),
            is_complete: true,
            instructions: self.budget.facts,
        }
    }

    /// Reports the exceptions of the configuration that have expired or suppressed nothing, after a check.
    pub(super) fn about_configured(
        &self,
        configured: &Configured<'_>,
    ) -> Vec<(Finding, Severity, document::Position)> {
        let exceptions = configured.exceptions.iter().enumerate();
        exceptions
            .filter_map(|(i, exception)| self.about_exception(i, exception, configured.is_complete))
            .collect()
    }

    #[cold]
    fn about_exception(
        &self,
        i: usize,
        exception: &Exception<'_>,
        is_complete: bool,
    ) -> Option<(Finding, Severity, document::Position)> {
        let written = exception.written;
        if !written.rule.as_deref().is_none_or(|rule| self.runs(rule)) {
            return None;
        }
        let about = written.shown();
        let about = if about.is_empty() {
            String::new()
        } else {
            format!(" ({about})")
        };
        let (rule, severity, message, help) = match written.until {
            Some(until) if exception.is_expired => (
                EXPIRED,
                Severity::Error,
                format!(
                    "`exceptions[{i}]`{about} expired on {until}, and no longer suppresses anything"
                ),
                EXPIRED_HELP,
            ),
            _ if !exception.is_used && is_complete && !self.exceptions.is_part => (
                UNUSED,
                Severity::Warning,
                format!("`exceptions[{i}]`{about} suppresses nothing: no file has such a finding"),
                "remove the exception",
            ),
            _ => return None,
        };
        let finding = Finding::about_check(rule, cut(message), help.to_owned());
        Some((finding, severity, written.position))
    }

    /// Whether findings of a rule would be in a report.
    pub(super) fn runs(&self, rule: &str) -> bool {
        if is_policy(rule) {
            return self.users.has(rule);
        }
        let is_asked = rule != IMAGE_EXISTS || self.verified.is_some();
        is_asked && self.config.severity_of(rule, Verdict::Violation).is_some()
    }
}

/// Marks the findings of a document that exceptions suppress.
///
/// # Errors
///
/// If the evaluation was cut short, so that it isn't known. Then each finding counts.
pub(super) fn except(
    document: &Document<'_>,
    found: &mut [Found<'_>],
    reporter: &mut Reporter<'_, '_>,
    configured: &mut Configured<'_>,
    evaluator: &mut Evaluator,
) -> Result<(), EvaluationError> {
    let exceptions = configured.about_file(reporter.configured_path());
    if !exceptions.is_empty() {
        except_by_configuration(document, found, configured, &exceptions, evaluator)?;
    }
    if reporter.has_comments() {
        except_by_comments(document, found, reporter);
    }
    Ok(())
}

#[cold]
fn except_by_configuration(
    document: &Document<'_>,
    found: &mut [Found<'_>],
    configured: &mut Configured<'_>,
    exceptions: &[usize],
    evaluator: &mut Evaluator,
) -> Result<(), EvaluationError> {
    let mut asked = HashMap::<Asked, Vec<usize>>::new();
    let mut subjects = Subjects::default();
    for (at, each) in found.iter().enumerate() {
        let is_about = |i: &usize| {
            let exception = configured.exceptions.get(*i);
            exception.is_some_and(|it| it.written.is_about_rule(each.rule))
        };
        if can_be_excepted(each) && exceptions.iter().any(is_about) {
            let (path, _) = each.excepted_at(&document.root);
            let subject = subjects.subject(&document.root, &path);
            let key = (each.rule.to_owned(), subject, each.finding.images());
            asked.entry(key).or_default().push(at);
        }
    }
    let asked: Vec<_> = asked.into_iter().collect();
    let matched = configured.matched(exceptions, &asked, document.node_count, evaluator);
    configured.is_complete &= matched.is_ok();
    for ((_, places), matched) in asked.iter().zip(matched?) {
        let Some(first) = matched.first() else {
            continue;
        };
        for i in &matched {
            if let Some(exception) = configured.exceptions.get_mut(*i) {
                exception.is_used = true;
            }
        }
        let by = configured.exceptions.get(*first).map(|it| &it.reported);
        for at in places {
            if let Some(each) = found.get_mut(*at) {
                each.exception = by.cloned();
            }
        }
    }
    Ok(())
}

/// Comments come first: whoever looks at the finding sees the comment, and not the configuration.
#[cold]
fn except_by_comments(
    document: &Document<'_>,
    found: &mut [Found<'_>],
    reporter: &mut Reporter<'_, '_>,
) {
    for each in found.iter_mut().filter(|each| can_be_excepted(each)) {
        let (path, span) = each.excepted_at(&document.root);
        if let Some(by) = reporter.comment_covering(each.rule, &document.root, &path, span) {
            each.exception = Some(by);
        }
    }
}

fn can_be_excepted(found: &Found<'_>) -> bool {
    found.verdict != Verdict::Error
}

impl Configured<'_> {
    /// The exceptions in force that may cover findings in a file, given by its path from the configuration's folder.
    fn about_file(&self, path: &str) -> Vec<usize> {
        let all = self.exceptions.iter().enumerate();
        let about = all.filter(|(_, each)| !each.is_expired && each.written.is_about_file(path));
        about.map(|(i, _)| i).collect()
    }

    /// For each finding the exceptions that cover it, according to `policies/exceptions.rego`.
    fn matched(
        &mut self,
        exceptions: &[usize],
        asked: &[(Asked, Vec<usize>)],
        node_count: usize,
        evaluator: &mut Evaluator,
    ) -> Result<Vec<Vec<usize>>, EvaluationError> {
        if asked.is_empty() {
            return Ok(Vec::new());
        }
        let written: Vec<_> = exceptions
            .iter()
            .filter_map(|i| self.exceptions.get(*i))
            .map(|each| ExceptionAspects {
                rule: each.written.rule.as_deref(),
                subject: each.written.subject.as_deref(),
                image: each.written.image.as_deref(),
            })
            .collect();
        let findings: Vec<_> = asked
            .iter()
            .map(|((rule, subject, images), _)| FindingAspects {
                rule,
                subject: subject.as_deref(),
                images,
            })
            .collect();
        let images: usize = findings.iter().map(|each| each.images.len().max(1)).sum();
        let pairs = written.len().saturating_mul(images);
        let more = pairs.saturating_mul(A_PAIR).min(self.instructions);
        self.instructions -= more;
        let matched = evaluator.excepted(&written, &findings, node_count, more)?;
        let own = |i: usize| exceptions.get(i).copied();
        let matched = matched.into_iter();
        Ok(matched
            .map(|indexes| indexes.into_iter().filter_map(own).collect())
            .collect())
    }
}

/// Whether a document has an entity that is judged, so that comments in it count.
pub(super) fn is_judged(document: &report::DocumentReport) -> bool {
    document.entity.is_some() && document.status != report::Status::NotApplicable
}

/// The index of the document that contains an offset, given where the documents begin.
pub(super) fn index_at(starts: &[u32], offset: u32) -> usize {
    starts
        .partition_point(|start| *start <= offset)
        .saturating_sub(1)
}

/// Where the documents of a text begin. Everything before the first one belongs to it.
pub(super) fn starts_of(documents: &[Result<Document<'_>, ParseError>], text: &str) -> Vec<u32> {
    let mut end = 0;
    documents
        .iter()
        .enumerate()
        .map(|(i, document)| match document {
            _ if i == 0 => {
                end = document.as_ref().map_or(0, |document| document.span.end);
                0
            }
            Ok(document) => {
                end = document.span.end;
                document.span.start
            }
            Err(fault) => {
                // Only its marker shows where it begins.
                let rest = text
                    .get(end as usize..fault.span.start as usize)
                    .unwrap_or_default();
                let marker = rest.find("\n---").map_or(rest.len(), |at| at + 1);
                let start = end.saturating_add(u32::try_from(marker).unwrap_or(u32::MAX));
                end = start.max(fault.span.end);
                start
            }
        })
        .collect()
}

//! Reports findings in one document.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use document::{Document, LineIndex, Node, Span, Step, cut, cut_after};

use crate::exception::{CommentProblem, Comments, UNUSED};
use crate::fix::{self, Editor};
use crate::harness::{self, Entity, Subjects};
use crate::policy::{EvaluationError, Finding, IMAGE_EXISTS, Proposal, Rule, Subject};
use crate::report::{
    Applicability, Diagnostic, Edit, Exception, Fix, Omitted, PathStep, Position, Related,
    Severity, Verdict, docs,
};
use crate::source::ReadFile;

use super::collector::Collector;
use super::found::{AnyFinding, Found};

mod unjudged;

/// The findings of one kind in a document.
#[derive(Default)]
struct Kind {
    listed: usize,
    count: usize,
    safe_fixes: usize,
    unsafe_fixes: usize,
}

/// Collects the diagnostics of one document in a file.
pub(super) struct Reporter<'s, 'c> {
    source: &'s ReadFile<'s>,
    index: usize,
    report: &'c mut Collector,
    lines: &'c OnceCell<LineIndex<'s>>,
    comments: &'c mut Option<Comments<'s>>,
    subjects: Subjects,
}

impl<'s, 'c> Reporter<'s, 'c> {
    /// `lines` and `comments` are those of the whole file. The first document with something to report computes them.
    pub fn new(
        source: &'s ReadFile<'s>,
        index: usize,
        lines: &'c OnceCell<LineIndex<'s>>,
        comments: &'c mut Option<Comments<'s>>,
        report: &'c mut Collector,
    ) -> Self {
        Self {
            source,
            index,
            report,
            lines,
            comments,
            subjects: Subjects::default(),
        }
    }

    pub fn path(&self) -> &'s str {
        self.source.path
    }

    /// The index of the document in its file, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The text of the file, to which all spans refer.
    #[cfg(feature = "authoring")]
    pub fn text(&self) -> &'s str {
        self.source.text
    }

    /// The file's path from the configuration's folder.
    pub fn configured_path(&self) -> &'s str {
        self.source.configured_path
    }

    /// Whether the file has an ignore comment.
    pub fn has_comments(&self) -> bool {
        self.comments.is_some()
    }

    /// The ignore comment that covers a finding at a place.
    pub fn comment_covering(
        &mut self,
        rule: &str,
        root: &Node<'_>,
        path: &[Step],
        span: Span,
    ) -> Option<Rc<Exception>> {
        let (start, end) = self.positions(span);
        let lines = (start.line, end.line);
        self.comments.as_mut()?.covering(rule, root, path, lines)
    }

    /// Reports problems with the ignore comments of the document.
    #[cold]
    pub fn about_comments(&mut self, problems: Vec<CommentProblem>, entity: &str, most: usize) {
        let mut kinds = BTreeMap::<_, Kind>::new();
        for CommentProblem {
            rule,
            span,
            message,
            help,
        } in problems
        {
            let severity = if rule == UNUSED {
                Severity::Warning
            } else {
                Severity::Error
            };
            let kind = kinds
                .entry((rule, Verdict::Violation, severity, false))
                .or_default();
            if kind.listed == most {
                kind.count += 1;
                continue;
            }
            kind.listed += 1;
            let diagnostic = Diagnostic {
                entity: Some(entity.to_owned()),
                help: Some(help),
                docs: Some(docs::address_of_error(rule)),
                ..self.diagnostic(rule, Verdict::Violation, severity, message, span)
            };
            self.report.add(diagnostic);
        }
        self.omit(kinds);
    }

    /// The positions at which a span begins and ends.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let lines = self.lines.get_or_init(|| self.source.lines());
        (
            lines.position(span.start).into(),
            lines.position(span.end).into(),
        )
    }

    /// An entity of the document, as the engine takes it.
    pub fn subject<'a>(&self, document: &'a Document<'a>, entity: Entity<'a, 'a>) -> Subject<'a>
    where
        's: 'a,
    {
        Subject {
            entity,
            file: self.source.path,
            document: self.index,
            text: self.source.text,
            node_count: document.node_count,
        }
    }

    /// Reports the findings in the document: the first ones of each kind, and the number of the others.
    ///
    /// # Errors
    ///
    /// If a rule made something that isn't a finding.
    pub fn findings(
        &mut self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        mut found: Vec<Found<'_>>,
        most: usize,
    ) -> Result<(), EvaluationError> {
        if found.is_empty() {
            return Ok(());
        }
        let editor = Editor::new(self.source.text, document);
        if found.len() > most {
            sort::by_key(&mut found, |each| (each.span.start, each.span.end));
        }
        let mut kinds = BTreeMap::<_, Kind>::new();
        for Found {
            rule,
            verdict,
            severity,
            span,
            finding,
            exception,
        } in found
        {
            let is_suppressed = exception.is_some();
            let kind = kinds
                .entry((rule, verdict, severity, is_suppressed))
                .or_default();
            kind.listed += 1;
            if kind.listed <= most {
                let images = shown_images(finding.images());
                let finding = finding.read()?;
                let found = self.finding(document, &editor, entity, finding, span, severity);
                self.report.add(Diagnostic {
                    images,
                    suppressed: exception.as_ref().map(ToString::to_string),
                    exception: exception.map(|exception| exception.as_ref().clone()),
                    ..found
                });
                continue;
            }
            kind.listed = most;
            kind.count += 1;
            // A suppressed finding isn't fixed.
            if !is_suppressed {
                self.count_fix(kind, &editor, &finding)?;
            }
        }
        self.omit(kinds);
        Ok(())
    }

    /// Counts the fix of a finding that isn't listed.
    #[cold]
    fn count_fix(
        &self,
        kind: &mut Kind,
        editor: &Editor<'_, '_>,
        finding: &AnyFinding<'_>,
    ) -> Result<(), EvaluationError> {
        let fix = finding.fix()?;
        let fix = fix.filter(|fix| self.edits(editor, fix).is_some());
        match fix.map(|fix| fix.applicability) {
            None => {}
            Some(Applicability::Safe) => kind.safe_fixes += 1,
            Some(Applicability::Unsafe) => kind.unsafe_fixes += 1,
        }
        Ok(())
    }

    /// Records how many findings of each kind aren't listed.
    fn omit(&mut self, kinds: BTreeMap<(&str, Verdict, Severity, bool), Kind>) {
        let (file, document) = (self.source.path, self.index);
        let omitted = kinds.into_iter().filter(|(_, kind)| kind.count > 0);
        self.report.omit(
            omitted.map(|((rule, verdict, severity, suppressed), kind)| Omitted {
                file: file.to_owned(),
                document,
                rule: rule.to_owned(),
                verdict,
                severity,
                suppressed,
                count: kind.count,
                safe_fixes: kind.safe_fixes,
                unsafe_fixes: kind.unsafe_fixes,
            }),
        );
    }

    /// A finding as a diagnostic.
    fn finding(
        &mut self,
        document: &Document<'_>,
        editor: &Editor<'_, '_>,
        entity: Entity<'_, '_>,
        finding: Finding,
        span: Span,
        severity: Severity,
    ) -> Diagnostic {
        let fix = finding.fix.and_then(|proposal| self.fix(editor, proposal));
        let related = finding.related.into_iter().map(|related| {
            let (start, end) = self.positions(document.root.locate(&related.path).span());
            Related {
                file: self.source.path.to_owned(),
                document: self.index,
                start,
                end,
                message: related.message,
            }
        });
        let related = related.collect();
        Diagnostic {
            entity: Some(entity.kind.key().to_owned()),
            subject: self.subjects.subject(&document.root, &finding.path),
            fix,
            related,
            path: self.shown_path(finding.path),
            help: finding.help,
            docs: docs_of(&finding.rule, finding.verdict),
            ..self.diagnostic(
                &finding.rule,
                finding.verdict,
                severity,
                finding.message,
                span,
            )
        }
    }

    /// A path in the document as the report shows it.
    fn shown_path(&self, path: Vec<Step>) -> Vec<PathStep> {
        let path = if self.source.is_connector_list {
            harness::path_in_list(&path, self.index)
        } else {
            path
        };
        shown_path(path)
    }

    /// The fix that a rule proposes, as edits of the text.
    fn fix(&self, editor: &Editor<'_, '_>, proposal: Proposal) -> Option<Fix> {
        let edits = self.edits(editor, &proposal)?;
        let edits = edits.into_iter().map(|edit| {
            let (start, end) = self.positions(edit.span);
            let text = edit.text;
            Edit { start, end, text }
        });
        Some(Fix {
            applicability: proposal.applicability,
            title: proposal.title,
            edits: edits.collect(),
        })
    }

    fn edits(&self, editor: &Editor<'_, '_>, proposal: &Proposal) -> Option<Vec<fix::TextEdit>> {
        // A list records what the account has, so changing the list would fix nothing.
        if self.source.is_connector_list {
            return None;
        }
        editor.edits(&proposal.patch)
    }

    fn diagnostic(
        &self,
        rule: &str,
        verdict: Verdict,
        severity: Severity,
        message: String,
        span: Span,
    ) -> Diagnostic {
        let (start, end) = self.positions(span);
        Diagnostic {
            rule: rule.to_owned(),
            verdict,
            severity,
            message,
            entity: None,
            subject: None,
            path: Vec::new(),
            file: self.source.path.to_owned(),
            document: Some(self.index),
            start,
            end,
            help: None,
            docs: None,
            fix: None,
            suppressed: None,
            exception: None,
            images: Vec::new(),
            related: Vec::new(),
        }
    }
}

fn docs_of(rule: &str, verdict: Verdict) -> Option<String> {
    if let Some(rule) = Rule::find(rule) {
        return Some(docs::address(rule.docs));
    }
    let is_about_the_check = verdict == Verdict::Error || rule == IMAGE_EXISTS;
    is_about_the_check.then(|| docs::address_of_error(rule))
}

/// A path as the report shows it. If a path has many long keys, each is cut to fewer characters.
fn shown_path(path: Vec<Step>) -> Vec<PathStep> {
    const MANY: usize = 4_000;
    const FEW: usize = 100;
    let length = |step: &Step| match step {
        Step::Key(key) => key.len(),
        Step::Index(_) => 0,
    };
    let is_long = path.iter().map(length).sum::<usize>() > MANY;
    path.into_iter()
        .map(|step| match step {
            Step::Key(key) if is_long => PathStep::Key(cut_after(key, FEW)),
            step => step.into(),
        })
        .collect()
}

/// Images as the report shows them: only the first ones, because a place may have many long ones, and a report many
/// places.
fn shown_images(images: Vec<String>) -> Vec<String> {
    const MOST: usize = 1_000;
    let mut left = MOST;
    let fits = |image: &String| {
        let rest = left.checked_sub(image.len());
        left = rest.unwrap_or_default();
        rest.is_some()
    };
    images.into_iter().take_while(fits).collect()
}

impl From<Step> for PathStep {
    fn from(step: Step) -> Self {
        match step {
            Step::Key(key) => Self::Key(cut(key)),
            Step::Index(index) => Self::Index(index),
        }
    }
}

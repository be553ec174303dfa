use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use document::{
    Document, LineIndex, Node, ParseError, ParseErrorKind, RepeatedKey, Span, Step, cut, cut_after,
};

use crate::exception::{Comments, Remark, UNUSED};
use crate::fix::{self, Editor};
use crate::harness::{self, Entity, EntityKind, Holding, InputSetError, Subjects};
use crate::policy::{
    EvaluationError, Finding, IMAGE_EXISTS, Proposal, Rule, Subject, UnreadFinding,
};
use crate::report::{
    Applicability, Diagnostic, DocumentReport, Edit, Exception, Fix, Omitted, PathStep, Position,
    Related, Severity, Status, Verdict, docs,
};
use crate::source::ReadFile;
use crate::unread::{CORRECT_IT, remedy};

use super::collector::{Collector, rule_of};

/// What a rule found, before it is known whether it is listed: whoever finds a million of a kind has no
/// room for all that is said of them.
pub(super) struct Found<'f> {
    pub rule: &'f str,
    pub verdict: Verdict,
    pub severity: Severity,
    pub span: Span,
    pub finding: Said<'f>,
    /// What keeps it from counting.
    pub exception: Option<Rc<Exception>>,
}

impl Found<'_> {
    /// The place, from the document's root.
    pub fn path(&self) -> Vec<Step> {
        match &self.finding {
            Said::Ours(finding) => finding.path(),
            Said::Repeated(repeated) => repeated.path(),
            Said::Registry(said) => said.0.path.clone(),
            #[cfg(feature = "authoring")]
            Said::Finding(finding) => finding.path.clone(),
        }
    }

    /// The image that it is about, as it is written.
    pub fn image(&self) -> Option<&str> {
        match &self.finding {
            Said::Ours(finding) => finding.image(),
            Said::Repeated(_) => None,
            Said::Registry(said) => Some(&said.1),
            #[cfg(feature = "authoring")]
            Said::Finding(_) => None,
        }
    }
}

/// All that is said of a place.
pub(super) enum Said<'f> {
    /// By our policies.
    Ours(UnreadFinding<'f>),
    /// Of a key that is repeated.
    Repeated(&'f RepeatedKey<'f>),
    /// By a registry, of the image that is written there.
    Registry(Box<(Finding, String)>),
    /// By a user's policy.
    #[cfg(feature = "authoring")]
    Finding(&'f Finding),
}

impl Said<'_> {
    fn read(&self) -> Result<Finding, EvaluationError> {
        match self {
            Self::Ours(finding) => finding.read(),
            Self::Repeated(repeated) => Ok(Finding::repeated_key(repeated)),
            Self::Registry(said) => Ok(said.0.clone()),
            #[cfg(feature = "authoring")]
            Self::Finding(finding) => Ok((*finding).clone()),
        }
    }

    fn fix(&self) -> Result<Option<Proposal>, EvaluationError> {
        match self {
            Self::Ours(finding) => Ok(finding.read()?.fix),
            Self::Repeated(_) | Self::Registry(_) => Ok(None),
            #[cfg(feature = "authoring")]
            Self::Finding(_) => Ok(None),
        }
    }
}

/// What becomes of the findings of one kind.
#[derive(Default)]
struct Kind {
    listed: usize,
    count: usize,
    safe_fixes: usize,
    unsafe_fixes: usize,
}

/// One document of one file, about which diagnostics are gathered.
pub(super) struct Reporter<'s, 'c> {
    source: &'s ReadFile<'s>,
    index: usize,
    report: &'c mut Collector,
    lines: &'c OnceCell<LineIndex<'s>>,
    comments: &'c mut Option<Comments<'s>>,
    subjects: Subjects,
}

impl<'s, 'c> Reporter<'s, 'c> {
    /// `lines` is the file's, whichever document first has something to report, and so are its ignore
    /// comments.
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

    /// The document's place in its file, from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// The file's content, to which all spans belong.
    #[cfg(feature = "authoring")]
    pub fn text(&self) -> &'s str {
        self.source.text
    }

    /// The file's path from the configuration's folder.
    pub fn configured_path(&self) -> &'s str {
        self.source.configured_path
    }

    /// Whether there is an ignore comment in the file.
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

    /// What there is to say about the ignore comments of a document.
    #[cold]
    pub fn about_comments(&mut self, remarks: Vec<Remark>, entity: &str, most: usize) {
        let mut kinds = BTreeMap::<_, Kind>::new();
        for Remark {
            rule,
            span,
            message,
            help,
        } in remarks
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
                docs: Some(docs::address(&format!("docs/errors.md#{rule}"))),
                ..self.diagnostic(rule, Verdict::Violation, severity, message, span)
            };
            self.report.add(diagnostic);
        }
        self.omit(kinds);
    }

    /// Where a stretch of the text starts and ends.
    pub fn positions(&self, span: Span) -> (Position, Position) {
        let lines = self.lines.get_or_init(|| self.source.lines());
        (
            lines.position(span.start).into(),
            lines.position(span.end).into(),
        )
    }

    /// An entity of the document, as the policies get it.
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

    /// What rules found in a document: of each kind the first ones, and how many more there are.
    ///
    /// # Errors
    ///
    /// Where a rule made what isn't a finding.
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
            found.sort_by_key(|each| (each.span.start, each.span.end));
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
                let finding = finding.read()?;
                let found = self.finding(document, &editor, entity, finding, span, severity);
                self.report.add(Diagnostic {
                    suppressed: exception.as_ref().map(ToString::to_string),
                    exception: exception.map(|exception| exception.as_ref().clone()),
                    ..found
                });
                continue;
            }
            kind.listed = most;
            kind.count += 1;
            // What is suppressed isn't fixed.
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
        finding: &Said<'_>,
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

    /// Takes note of how many of each kind aren't listed.
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

    /// What a rule found, as the report has it.
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
            docs: page_of(&finding.rule).map(docs::address),
            ..self.diagnostic(
                &finding.rule,
                finding.verdict,
                severity,
                finding.message,
                span,
            )
        }
    }

    /// Why no rule is about an entity.
    pub fn why_not(&self, entity: Entity<'_, '_>) -> String {
        if self.source.is_connector_list {
            return "a connector whose own file is checked".to_owned();
        }
        match entity.kind {
            EntityKind::Trigger => "a trigger without an input set".to_owned(),
            EntityKind::Template => match entity.content.get("type").and_then(Node::as_str) {
                Some(kind) => format!(
                    "a template of type {}, which has no steps",
                    cut(kind.trim().to_owned())
                ),
                None => entity.kind.noun().to_owned(),
            },
            kind => kind.noun().to_owned(),
        }
    }

    /// A path in the document, as the report has it.
    fn shown_path(&self, path: Vec<Step>) -> Vec<PathStep> {
        let path = if self.source.is_connector_list {
            harness::path_in_list(&path, self.index)
        } else {
            path
        };
        shown_path(path)
    }

    /// What a rule proposes, as edits of the text.
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
        // A list says what the account has: to change the list would change nothing there.
        if self.source.is_connector_list {
            return None;
        }
        editor.edits(&proposal.patch)
    }

    /// The document isn't YAML, or breaks a limit.
    #[cold]
    pub fn fault(&mut self, fault: &ParseError) -> DocumentReport {
        let help = match fault.kind {
            ParseErrorKind::Syntax => remedy(self.source.text, fault.span.start),
            _ => CORRECT_IT,
        };
        self.error(
            rule_of_fault(fault.kind),
            fault.message.clone(),
            fault.span,
            help,
        );
        self.without_entity(Status::Error)
    }

    /// The input set that a trigger gives as text can't be judged.
    #[cold]
    pub fn input_set_error(
        &mut self,
        document: &Document<'_>,
        fault: &InputSetError,
    ) -> DocumentReport {
        let (rule, message, span, help) = match fault {
            InputSetError::Syntax(fault) => (
                rule_of_fault(fault.kind),
                format!(
                    "the input set in `inputYaml` can't be read: {}",
                    fault.message
                ),
                fault.span,
                "fix the input set: Harness can't read it either; nothing in this trigger has been checked",
            ),
            InputSetError::Many(span) => (
                "unknown-entity",
                "`inputYaml` has more than one document, so it has not been checked".to_owned(),
                *span,
                "write one input set, with `pipeline` as its root key",
            ),
            InputSetError::NoInputSet(span) => (
                "unknown-entity",
                "`inputYaml` is not an input set (a `pipeline` or an `inputSet`), so it has not been checked"
                    .to_owned(),
                *span,
                "write one input set, with `pipeline` as its root key",
            ),
        };
        let path = harness::input_set_path();
        let diagnostic = Diagnostic {
            subject: harness::subject(&document.root, &path),
            path: path.map(PathStep::from).to_vec(),
            help: Some(help.to_owned()),
            ..self.diagnostic(rule, Verdict::Error, Severity::Error, message, span)
        };
        self.report.add(diagnostic);
        let entity = harness::entities(document).into_iter().next();
        DocumentReport {
            entity: entity.map(|entity| entity.kind.key().to_owned()),
            identifier: entity.and_then(|entity| entity.identifier().map(str::to_owned).map(cut)),
            ..self.without_entity(Status::Error)
        }
    }

    /// The document holds no entity, which is an error where Harness would look for one.
    #[cold]
    pub fn no_entity(
        &mut self,
        document: &Document<'_>,
        holding: &Holding<'_, '_>,
    ) -> DocumentReport {
        let near = match holding {
            Holding::Unknown { near } => *near,
            Holding::Foreign(whose) => return self.not_applicable(whose.clone()),
            _ => return self.not_applicable("an empty document".to_owned()),
        };
        if self.source.is_own_file() {
            return self.not_applicable("a file of harness-image-guard itself".to_owned());
        }
        let shape = near.map(harness::shape);
        if !self.source.is_harness_path() {
            let why = shape.map_or(String::new(), |shape| format!(": {shape}"));
            return self.not_applicable(format!("not a Harness entity{why}"));
        }
        let span = document.root.locate(&[Step::Key(String::new())]).span();
        let path = self.source.path;
        self.error(
            "unknown-entity",
            "cannot determine which Harness entity this is, so it has not been checked".to_owned(),
            span,
            &format!(
                "{}; if the file isn't Harness's, leave it or its folder out with `exclude` in harness-image-guard.yaml: `exclude: [\"{path}\"]`",
                shape.unwrap_or("a Harness file has one root key, such as `pipeline`, `template` or `connector`"),
            ),
        );
        self.without_entity(Status::Error)
    }

    /// No rule is about this document; `reason` says what it is.
    pub fn not_applicable(&self, reason: String) -> DocumentReport {
        DocumentReport {
            reason: Some(reason),
            ..self.without_entity(Status::NotApplicable)
        }
    }

    /// A document has one entity; another beside it is not judged.
    #[cold]
    pub fn one_too_many(&mut self, document: &Document<'_>, entity: Entity<'_, '_>) {
        let key = entity.kind.key();
        let path = [Step::Key(key.to_owned()), Step::Key(String::new())];
        self.error(
            "unknown-entity",
            format!(
                "this document already has another entity, so this `{key}` has not been checked"
            ),
            document.root.locate(&path).span(),
            "write one entity per document, with `---` between them",
        );
    }

    /// The evaluation came to no result.
    #[cold]
    pub fn evaluation_error(
        &mut self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        error: &EvaluationError,
    ) -> Status {
        let span = document
            .root
            .locate(&[
                Step::Key(entity.kind.key().to_owned()),
                Step::Key(String::new()),
            ])
            .span();
        let diagnostic = Diagnostic {
            entity: Some(entity.kind.key().to_owned()),
            subject: harness::subject(&document.root, &[Step::Key(entity.kind.key().to_owned())]),
            help: Some("split the file, and report this if it persists".to_owned()),
            ..self.diagnostic(
                rule_of(error),
                Verdict::Error,
                Severity::Error,
                format!("this has not been checked completely: {error}"),
                span,
            )
        };
        self.report.add(diagnostic);
        Status::Error
    }

    fn without_entity(&self, status: Status) -> DocumentReport {
        DocumentReport {
            index: self.index,
            entity: None,
            identifier: None,
            status,
            reason: None,
        }
    }

    fn error(&mut self, rule: &str, message: String, span: Span, help: &str) {
        let diagnostic = Diagnostic {
            help: Some(help.to_owned()),
            ..self.diagnostic(rule, Verdict::Error, Severity::Error, message, span)
        };
        self.report.add(diagnostic);
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
            related: Vec::new(),
        }
    }
}

fn page_of(rule: &str) -> Option<&'static str> {
    if rule == IMAGE_EXISTS {
        return Some("docs/errors.md#image-exists");
    }
    Rule::find(rule).map(|rule| rule.docs)
}

fn rule_of_fault(kind: ParseErrorKind) -> &'static str {
    match kind {
        ParseErrorKind::Syntax => "syntax",
        ParseErrorKind::TooDeep => "too-deep",
        ParseErrorKind::Limit => "limit",
    }
}

/// A path as the report shows it. Where two hundred long keys are one path, less is kept of each.
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

impl From<Step> for PathStep {
    fn from(step: Step) -> Self {
        match step {
            Step::Key(key) => Self::Key(cut(key)),
            Step::Index(index) => Self::Index(index),
        }
    }
}

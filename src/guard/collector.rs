use crate::policy::{EvaluationError, Finding};
use crate::report::{
    Diagnostic, DocumentReport, FileReport, Omitted, Position, Report, Severity, Status, Summary,
    Verdict, docs,
};
use crate::source::{ReadFile, Refused};

use super::excepted::is_judged;

/// Gathers what a check finds, and makes the report of it.
#[derive(Default)]
pub(super) struct Collector {
    diagnostics: Vec<Diagnostic>,
    omitted: Vec<Omitted>,
    files: Vec<FileReport>,
}

const START: Position = Position {
    line: 1,
    column: 1,
    offset: 0,
};

impl Collector {
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Diagnostics that aren't listed.
    pub fn omit(&mut self, omitted: impl IntoIterator<Item = Omitted>) {
        self.omitted.extend(omitted);
    }

    /// A file has been gone through, or could not be.
    pub fn file(&mut self, source: &ReadFile<'_>, documents: Vec<DocumentReport>) {
        let mut documents = documents;
        if source.refused.is_some()
            && let Some(unread) = source.unread
        {
            documents.push(DocumentReport {
                index: 0,
                entity: None,
                identifier: None,
                status: Status::NotApplicable,
                reason: Some(unread.to_string()),
            });
        } else if let Some(refused) = &source.refused {
            let (rule, message, help) = match refused {
                Refused::Unreadable(reason) => (
                    "unreadable",
                    format!("the file can't be read: {reason}"),
                    "check that it is there, that it may be read, and that it is UTF-8 text",
                ),
                Refused::Utf16 => (
                    "unreadable",
                    "the file can't be read: it is UTF-16 text, and Harness's files are UTF-8"
                        .to_owned(),
                    "save it as UTF-8, as an editor or `iconv -f UTF-16 -t UTF-8` does",
                ),
                Refused::Terraform => (
                    "unreadable",
                    "Terraform isn't read, so nothing in this file has been checked".to_owned(),
                    "hand over the YAML of the pipelines, templates and connectors, as Harness shows it",
                ),
                Refused::TooLarge { limit } => (
                    "limit",
                    format!("the file has more than {limit} bytes, so it has not been read"),
                    "leave the file out, or allow larger files (`--max-file-size`)",
                ),
            };
            self.whole_file(source, rule, message, help);
        }
        self.files.push(FileReport {
            path: source.path.to_owned(),
            documents,
        });
    }

    /// Nothing can be judged: every file says so.
    pub fn give_up(&mut self, sources: &[ReadFile<'_>], error: &EvaluationError) {
        let rule = rule_of(error);
        for source in sources {
            let help = "check fewer files at once, and report this if it stays";
            self.whole_file(
                source,
                rule,
                format!("nothing has been checked: {error}"),
                help,
            );
            self.file(source, Vec::new());
        }
    }

    /// What is said about an exception of the configuration, which is in `file`.
    pub fn about_configured(
        &mut self,
        file: &str,
        said: Vec<(Finding, Severity, document::Position)>,
    ) {
        for (finding, severity, position) in said {
            let position = position.into();
            self.add(Diagnostic {
                docs: Some(docs::address(&format!("docs/errors.md#{}", finding.rule))),
                rule: finding.rule,
                verdict: finding.verdict,
                severity,
                message: finding.message,
                entity: None,
                subject: None,
                path: Vec::new(),
                file: file.to_owned(),
                document: None,
                start: position,
                end: position,
                help: finding.help,
                fix: None,
                suppressed: None,
                exception: None,
                related: Vec::new(),
            });
        }
    }

    /// Whether a document among the files is judged.
    pub fn is_anything_judged(&self) -> bool {
        let mut documents = self.files.iter().flat_map(|file| &file.documents);
        documents.any(is_judged)
    }

    fn whole_file(&mut self, source: &ReadFile<'_>, rule: &str, message: String, help: &str) {
        self.add(Diagnostic {
            rule: rule.to_owned(),
            verdict: Verdict::Error,
            severity: Severity::Error,
            message,
            entity: None,
            subject: None,
            path: Vec::new(),
            file: source.path.to_owned(),
            document: None,
            start: START,
            end: START,
            help: Some(help.to_owned()),
            docs: None,
            fix: None,
            suppressed: None,
            exception: None,
            related: Vec::new(),
        });
    }

    pub fn finish(mut self) -> Report {
        self.diagnostics.sort_by(|a, b| {
            let key = |d: &Diagnostic| (d.start.offset, d.end.offset);
            (a.file.cmp(&b.file))
                .then_with(|| key(a).cmp(&key(b)))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.path.cmp(&b.path))
                .then_with(|| a.message.cmp(&b.message))
        });
        self.omitted.sort();
        let summary = Summary::count(&self.diagnostics, &self.omitted, &self.files);
        Report {
            schema_version: 1,
            diagnostics: self.diagnostics,
            omitted: self.omitted,
            files: self.files,
            summary,
        }
    }
}

/// What an evaluation that ended before its time is reported as.
pub(super) fn rule_of(error: &EvaluationError) -> &'static str {
    match error {
        EvaluationError::Limit(_) => "limit",
        EvaluationError::Program(_) | EvaluationError::Failed(_) => "policy",
    }
}

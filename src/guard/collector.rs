use document::cut;

use crate::policy::{EvaluationError, Finding};
use crate::report::{
    ConnectorListReport, Diagnostic, DocumentReport, FileReport, Omitted, Position, Report,
    Severity, Status, Summary, Verdict, docs,
};
use crate::source::{ReadFile, Refused};

use super::excepted::is_judged;
use crate::exception::{Date, OUTDATED};

/// Collects what a check finds, and makes a report of it.
#[derive(Default)]
pub(super) struct Collector {
    diagnostics: Vec<Diagnostic>,
    omitted: Vec<Omitted>,
    files: Vec<FileReport>,
    lists: Vec<(ConnectorListReport, Position)>,
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

    /// Adds counts of diagnostics that aren't listed.
    pub fn omit(&mut self, omitted: impl IntoIterator<Item = Omitted>) {
        self.omitted.extend(omitted);
    }

    /// Adds a file that has been checked, or couldn't be.
    pub fn file(&mut self, source: &ReadFile<'_>, documents: Vec<DocumentReport>) {
        let mut documents = documents;
        if source.refused.is_some()
            && let Some(unparsable) = source.unparsable
        {
            documents.push(DocumentReport {
                index: 0,
                entity: None,
                identifier: None,
                status: Status::NotApplicable,
                reason: Some(unparsable.to_string()),
            });
        } else if let Some(refused) = &source.refused {
            self.refused(source, refused);
        }
        self.files.push(FileReport {
            path: source.path.to_owned(),
            documents,
        });
    }

    #[cold]
    fn refused(&mut self, source: &ReadFile<'_>, refused: &Refused) {
        let (rule, message, help) = match refused {
            Refused::Unreadable(reason) => (
                "unreadable",
                format!("the file can't be read: {reason}"),
                "check that the file exists, that you may read it, and that it is UTF-8",
            ),
            Refused::Utf16 => (
                "unreadable",
                "the file can't be read: it is UTF-16 text, but Harness's files are UTF-8"
                    .to_owned(),
                "save the file as UTF-8 in an editor, or convert it with `iconv -f UTF-16 -t UTF-8`",
            ),
            Refused::Terraform => (
                "unreadable",
                "this is Terraform, which the check doesn't read, so nothing in this file has been checked".to_owned(),
                "check the YAML of the pipelines, templates and connectors instead, as Harness shows it",
            ),
            Refused::TooLarge { limit } => (
                "limit",
                format!("the file has more than {limit} bytes, so it has not been read"),
                "leave the file out, or allow larger files (`--max-file-size`)",
            ),
        };
        self.whole_file(source, rule, message, help);
    }

    /// Reports for every file that nothing could be judged.
    #[cold]
    pub fn give_up(&mut self, sources: &[ReadFile<'_>], error: &EvaluationError) {
        let rule = rule_of(error);
        for source in sources {
            let help = "check fewer files at once, and report this if it persists";
            self.whole_file(
                source,
                rule,
                format!("nothing has been checked: {error}"),
                help,
            );
            self.file(source, Vec::new());
        }
    }

    /// Adds a diagnostic about an exception in the configuration, which is in `file`.
    #[cold]
    pub fn about_configured(
        &mut self,
        file: &str,
        problems: Vec<(Finding, Severity, document::Position)>,
    ) {
        for (finding, severity, position) in problems {
            self.about_check(file, finding, severity, position.into());
        }
    }

    /// Adds a list of connectors. `at` is the position of its `madeAt`.
    #[cold]
    pub fn list(&mut self, file: &str, made_at: Option<&str>, at: Position, today: Option<Date>) {
        let day = made_at.and_then(Date::of_moment);
        let list = ConnectorListReport {
            file: file.to_owned(),
            made_at: made_at.map(|made_at| cut(made_at.to_owned())),
            days: day.zip(today).map(|(day, today)| day.days_until(today)),
        };
        self.lists.push((list, at));
    }

    /// Reports lists that are more than `most` days old.
    pub fn about_lists(&mut self, most: Option<u32>, today: Option<Date>) {
        let Some(most) = most else { return };
        for (list, at) in self.lists.clone() {
            if let Some(message) = outdated(&list, most, today) {
                let help = "make the list again: `harness-image-guard connectors fetch`";
                let finding = Finding::about_check(OUTDATED, message, help.to_owned());
                self.about_check(&list.file, finding, Severity::Warning, at);
            }
        }
    }

    #[cold]
    fn about_check(&mut self, file: &str, finding: Finding, severity: Severity, at: Position) {
        self.add(Diagnostic {
            docs: Some(docs::address_of_error(&finding.rule)),
            rule: finding.rule,
            verdict: finding.verdict,
            severity,
            message: finding.message,
            entity: None,
            subject: None,
            path: Vec::new(),
            file: file.to_owned(),
            document: None,
            start: at,
            end: at,
            help: finding.help,
            fix: None,
            suppressed: None,
            exception: None,
            images: Vec::new(),
            related: Vec::new(),
        });
    }

    /// Whether any document among the files is judged.
    pub fn is_anything_judged(&self) -> bool {
        let mut documents = self.files.iter().flat_map(|file| &file.documents);
        documents.any(is_judged)
    }

    #[cold]
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
            docs: Some(docs::address_of_error(rule)),
            fix: None,
            suppressed: None,
            exception: None,
            images: Vec::new(),
            related: Vec::new(),
        });
    }

    pub fn finish(mut self) -> Report {
        sort::by(&mut self.diagnostics, |a, b| {
            let key = |d: &Diagnostic| (d.start.offset, d.end.offset);
            (a.file.cmp(&b.file))
                .then_with(|| key(a).cmp(&key(b)))
                .then_with(|| a.rule.cmp(&b.rule))
                .then_with(|| a.path.cmp(&b.path))
                .then_with(|| a.message.cmp(&b.message))
        });
        sort::by(&mut self.omitted, Ord::cmp);
        let summary = Summary::count(&self.diagnostics, &self.omitted, &self.files);
        Report {
            schema_version: 1,
            diagnostics: self.diagnostics,
            omitted: self.omitted,
            files: self.files,
            connector_lists: self.lists.into_iter().map(|(list, _)| list).collect(),
            summary,
        }
    }
}

/// Why a list of connectors is outdated if it may be at most `most` days old; `None` if it isn't.
#[cold]
fn outdated(list: &ConnectorListReport, most: u32, today: Option<Date>) -> Option<String> {
    match (&list.made_at, list.days) {
        // In another time zone, it may already be tomorrow.
        (_, Some(days)) if days < -1 => Some(format!(
            "this list of connectors is dated {} days in the future",
            -days
        )),
        (_, Some(days)) if i64::from(days) > i64::from(most) => Some(format!(
            "this list of connectors is {days} days old, but `connectorsMaxAge` allows only {most}"
        )),
        (_, Some(_)) => None,
        (None, None) => Some("this list of connectors doesn't say when it was made".to_owned()),
        (Some(_), None) if today.is_none() => {
            Some("the age of this list of connectors is unknown without today's date".to_owned())
        }
        (Some(made_at), None) => Some(format!(
            "this list of connectors has `madeAt: {made_at}`, which isn't a date or time"
        )),
    }
}

/// The identity under which an evaluation that ended early is reported.
pub(super) fn rule_of(error: &EvaluationError) -> &'static str {
    match error {
        EvaluationError::Limit(_) => "limit",
        EvaluationError::Failed(_) => "policy",
    }
}

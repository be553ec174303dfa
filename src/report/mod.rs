//! The report of a check, and its formats.
//!
//! [`Report`] is the contract (JSON, `schemaVersion` 1); [`text`] renders it for people.

mod diagnostic;
pub(crate) mod docs;
pub mod json;
pub mod page;
pub(crate) mod paint;
#[cfg(test)]
mod schema;
pub mod text;
#[cfg(test)]
mod typescript;

pub use diagnostic::{
    Applicability, Diagnostic, Edit, Exception, ExceptionKind, Fix, PathStep, Position, Related,
    Severity, Verdict,
};

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// The result of a check.
///
/// The same files and configuration give the same bytes on every host.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Report {
    /// The version of this format: 1.
    pub schema_version: u32,
    /// The diagnostics, sorted by file, offset and rule, without those that `omitted` counts.
    pub diagnostics: Vec<Diagnostic>,
    /// Counts of the diagnostics beyond the most that are listed of one kind in one document, sorted like
    /// the diagnostics; nearly always empty.
    pub omitted: Vec<Omitted>,
    /// Every file that was given, sorted by path, with its documents.
    pub files: Vec<FileReport>,
    /// The lists of connectors that the configuration names, in the order of their files.
    pub connector_lists: Vec<ConnectorListReport>,
    /// The counts.
    pub summary: Summary,
}

/// How many diagnostics of one kind in one document aren't listed. The report lists the first ones of the
/// document, as many as it lists of a kind at most.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Omitted {
    /// The file's path, as it was given.
    pub file: String,
    /// The document's index in the file, from 0.
    pub document: usize,
    /// The rule's identity.
    pub rule: String,
    /// What the rule concluded.
    pub verdict: Verdict,
    /// How serious each is.
    pub severity: Severity,
    /// Whether an exception suppresses them.
    pub suppressed: bool,
    /// How many there are.
    pub count: usize,
    /// How many of them have a safe fix.
    pub safe_fixes: usize,
    /// How many of them have an unsafe fix.
    pub unsafe_fixes: usize,
}

/// One file and its documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct FileReport {
    /// The path as it was given.
    pub path: String,
    /// Its documents in order; empty for an empty file, or one that couldn't be read.
    pub documents: Vec<DocumentReport>,
}

/// A list of connectors that exist only in the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct ConnectorListReport {
    /// The file's path, as it was given.
    pub file: String,
    /// When the account had these connectors, as the list says it (`madeAt`).
    pub made_at: Option<String>,
    /// How many days that was before the day of the check; `null` if one of the two is unknown.
    pub days: Option<i32>,
}

/// One YAML document of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct DocumentReport {
    /// Its index in the file, from 0.
    pub index: usize,
    /// The kind of entity that it is; `null` if it is none, or not known.
    pub entity: Option<String>,
    /// The entity's `identifier` (v0) or `id` (v1).
    pub identifier: Option<String>,
    /// The result of checking it.
    pub status: Status,
    /// What it is if it isn't applicable, such as `a Kubernetes resource (Service)`; else `null`.
    pub reason: Option<String>,
}

/// The result of checking one document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Status {
    /// No findings.
    Pass,
    /// At least one violation.
    Fail,
    /// No violation, but something that depends on an expression or on another file.
    Undecided,
    /// It couldn't be checked, or not to its end.
    Error,
    /// No rule applies to this kind of document.
    NotApplicable,
}

impl Status {
    /// The status after one more diagnostic, which is the worse of the two.
    #[must_use]
    pub fn with(self, verdict: Verdict) -> Self {
        match (self, verdict) {
            (Self::Error, _) | (_, Verdict::Error) => Self::Error,
            (Self::Fail, _) | (_, Verdict::Violation) => Self::Fail,
            (_, Verdict::Undecided) => Self::Undecided,
        }
    }
}

/// Counts of the whole report, including what `omitted` counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Summary {
    /// Files that were given.
    pub files: usize,
    /// Documents in them.
    pub documents: usize,
    /// Diagnostics of the severity `error` that aren't suppressed.
    pub errors: usize,
    /// Diagnostics of the severity `warning` that aren't suppressed.
    pub warnings: usize,
    /// Diagnostics with the verdict `undecided`, of any severity, that aren't suppressed.
    pub undecided: usize,
    /// Diagnostics that are suppressed.
    pub suppressed: usize,
}

impl Omitted {
    fn counts(&self, fail_on: Severity) -> bool {
        !self.suppressed && (self.severity >= fail_on || self.verdict == Verdict::Error)
    }
}

impl Summary {
    /// The counts for the parts of a report.
    pub(crate) fn count(
        diagnostics: &[Diagnostic],
        omitted: &[Omitted],
        files: &[FileReport],
    ) -> Self {
        let mut summary = Self {
            files: files.len(),
            documents: files.iter().map(|file| file.documents.len()).sum(),
            ..Self::default()
        };
        for diagnostic in diagnostics {
            if diagnostic.suppressed.is_some() {
                summary.suppressed += 1;
            } else {
                summary.add(diagnostic.severity, diagnostic.verdict, 1);
            }
        }
        for omitted in omitted {
            if omitted.suppressed {
                summary.suppressed += omitted.count;
            } else {
                summary.add(omitted.severity, omitted.verdict, omitted.count);
            }
        }
        summary
    }

    fn add(&mut self, severity: Severity, verdict: Verdict, count: usize) {
        match severity {
            Severity::Error => self.errors += count,
            Severity::Warning => self.warnings += count,
            Severity::Note => {}
        }
        if verdict == Verdict::Undecided {
            self.undecided += count;
        }
    }
}

impl Report {
    /// Computes the summary and the status of each document again, after diagnostics or files were removed, or
    /// diagnostics suppressed.
    #[must_use]
    pub fn recounted(mut self) -> Self {
        let mut statuses = HashMap::<_, Status>::new();
        let counting = self.diagnostics.iter().filter(|d| d.suppressed.is_none());
        let counting = counting.map(|d| (&d.file, d.document, d.verdict));
        let omitted = self.omitted.iter().filter(|o| !o.suppressed);
        let omitted = omitted.map(|o| (&o.file, Some(o.document), o.verdict));
        for (file, document, verdict) in counting.chain(omitted) {
            let status = statuses.entry((file, document)).or_insert(Status::Pass);
            *status = status.with(verdict);
        }
        for file in &mut self.files {
            for document in &mut file.documents {
                if matches!(document.status, Status::Fail | Status::Undecided) {
                    let left = statuses.get(&(&file.path, Some(document.index)));
                    document.status = left.copied().unwrap_or(Status::Pass);
                }
            }
        }
        self.summary = Summary::count(&self.diagnostics, &self.omitted, &self.files);
        self
    }

    /// Whether it lists more than `most` diagnostics of one kind in one document.
    pub(crate) fn has_more_of_a_kind_than(&self, most: usize) -> bool {
        let mut kinds = HashMap::<_, usize>::new();
        self.diagnostics.len() > most
            && self.diagnostics.iter().any(|d| {
                let kind = (&d.file, d.document, &d.rule, d.verdict, d.severity);
                let count = kinds.entry(kind).or_default();
                *count += 1;
                *count > most
            })
    }

    /// The command's exit code: 4 if something couldn't be read, parsed or judged, 1 if a diagnostic is at least as
    /// severe as `fail_on`, 3 if there was nothing to check, 0 otherwise.
    #[must_use]
    pub fn exit_code(&self, fail_on: Severity) -> u8 {
        let mut documents = self.files.iter().flat_map(|file| &file.documents);
        if self.diagnostics.iter().any(Diagnostic::is_unchecked) {
            4
        } else if self.diagnostics.iter().any(|d| d.counts(fail_on))
            || self.omitted.iter().any(|omitted| omitted.counts(fail_on))
        {
            1
        } else if documents.all(|document| document.status == Status::NotApplicable) {
            3
        } else {
            0
        }
    }
}

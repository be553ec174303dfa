//! Fixes files.

use std::collections::{BTreeMap, HashMap};

use document::Span;
use serde::Serialize;

use crate::fix::{self, TextEdit};
use crate::report::{Applicability, Diagnostic, Report};
use crate::source::{Content, SourceFile};

use super::Guard;

/// The outcome of fixing files.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Fixed {
    /// The files that changed, sorted by path.
    pub files: Vec<FixedFile>,
    /// The findings that are left, with their positions in the changed files.
    pub report: Report,
}

/// A file that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct FixedFile {
    /// The path as it was given.
    pub path: String,
    /// Its new text.
    pub text: String,
    /// How many findings were fixed in it.
    pub fixes: usize,
}

/// How many times files are fixed and checked again. Conflicting edits are made one after another, and no place has
/// as many.
const ROUNDS: usize = 16;

impl Guard {
    /// Makes the fixes of all findings, up to an applicability, until there are none left.
    ///
    /// Of conflicting edits, the first one is made, and then the files are checked again. Files with the same path
    /// aren't changed.
    #[must_use]
    pub fn fix(&self, files: &[SourceFile], applicability: Applicability) -> Fixed {
        let mut files = files.to_vec();
        let mut paths = HashMap::<String, usize>::new();
        for file in &files {
            *paths.entry(file.path.clone()).or_default() += 1;
        }
        let mut counts = HashMap::<String, usize>::new();
        // All findings are fixed, even those that aren't listed.
        let all = Self {
            max_findings: usize::MAX,
            ..self.clone()
        };
        let mut report = all.check(&files);
        for _ in 0..ROUNDS {
            let mut chosen = chosen(&report, applicability);
            chosen.retain(|path, _| paths.get(*path) == Some(&1));
            if chosen.is_empty() {
                break;
            }
            for file in &mut files {
                if let Some(chosen) = chosen.get(file.path.as_str())
                    && let Content::Bytes(bytes) = &mut file.content
                    && let Ok(text) = str::from_utf8(bytes)
                {
                    *bytes = fix::apply(text, chosen.edits.values()).into_bytes();
                    *counts.entry(file.path.clone()).or_default() += chosen.findings;
                }
            }
            report = all.check(&files);
        }
        if report.has_more_of_a_kind_than(self.max_findings) {
            report = self.check(&files);
        }
        let mut changed: Vec<_> = files
            .into_iter()
            .filter_map(|file| {
                let count = *counts.get(&file.path)?;
                let Content::Bytes(bytes) = file.content else {
                    return None;
                };
                Some(FixedFile {
                    text: String::from_utf8(bytes).ok()?,
                    path: file.path,
                    fixes: count,
                })
            })
            .collect();
        sort::by(&mut changed, |a, b| a.path.cmp(&b.path));
        Fixed {
            files: changed,
            report,
        }
    }

    /// The changes that [`Self::fix`] would make, as a unified diff; empty if there are none.
    #[must_use]
    pub fn diff(&self, files: &[SourceFile], applicability: Applicability) -> String {
        let by_path: HashMap<_, _> = files.iter().map(|file| (&file.path, file)).collect();
        let fixed = self.fix(files, applicability).files;
        let diffs = fixed.iter().filter_map(|new| {
            let Content::Bytes(bytes) = &by_path.get(&new.path)?.content else {
                return None;
            };
            let old = str::from_utf8(bytes).ok()?;
            Some(fix::diff::unified(&new.path, old, &new.text))
        });
        diffs.collect()
    }
}

/// The edits of one file that can be made together.
#[derive(Default)]
struct Chosen {
    /// By their starts.
    edits: BTreeMap<u32, TextEdit>,
    /// How many findings they fix.
    findings: usize,
}

impl Chosen {
    fn is_free(&self, edit: &TextEdit) -> bool {
        // The chosen edits don't overlap, so only the last one can reach this far.
        let last = self.edits.range(..=edit.span.end).next_back();
        last.is_none_or(|(_, other)| !other.touches(edit.span))
    }
}

fn chosen(report: &Report, applicability: Applicability) -> HashMap<&str, Chosen> {
    let mut chosen = HashMap::<&str, Chosen>::new();
    for diagnostic in &report.diagnostics {
        let Some(edits) = edits(diagnostic, applicability) else {
            continue;
        };
        let chosen = chosen.entry(&diagnostic.file).or_default();
        if edits.iter().all(|edit| chosen.is_free(edit)) {
            let edits = edits.into_iter().map(|edit| (edit.span.start, edit));
            chosen.edits.extend(edits);
            chosen.findings += 1;
        }
    }
    chosen
}

fn edits(diagnostic: &Diagnostic, applicability: Applicability) -> Option<Vec<TextEdit>> {
    let fix = diagnostic.fix.as_ref()?;
    let is_meant = fix.applicability <= applicability && diagnostic.suppressed.is_none();
    is_meant.then(|| {
        let edits = fix.edits.iter().map(|edit| TextEdit {
            span: Span::new(edit.start.offset, edit.end.offset),
            text: edit.text.clone(),
        });
        edits.collect()
    })
}

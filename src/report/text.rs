//! The report for a person: each place with its source line, what is wrong there, what to write
//! instead.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use crate::document::LineIndex;
use crate::source::{Content, SourceFile};
use crate::unread::Unread;

use super::{Applicability, Diagnostic, Position, Report, Severity, Status, Summary};

/// Wider source lines are cut around the place.
const WIDTH: usize = 140;

/// The report as text. `files` are those of the check, for their source lines; `color` is whether
/// the reader's terminal shows colours.
#[must_use]
pub fn render(report: &Report, files: &[SourceFile], color: bool) -> String {
    let mut out = diagnostics(&report.diagnostics, files, color);
    closing(&mut out, report, Paint::new(color));
    out
}

/// The same, with a line for every document that is not applicable, which says as what.
#[must_use]
pub fn render_verbose(report: &Report, files: &[SourceFile], color: bool) -> String {
    let mut out = diagnostics(&report.diagnostics, files, color);
    let before = out.len();
    not_applicable(&mut out, report);
    if out.len() > before {
        out.push('\n');
    }
    closing(&mut out, report, Paint::new(color));
    out
}

fn not_applicable(out: &mut String, report: &Report) {
    for file in &report.files {
        let path = shown(&file.path);
        let is_refused = |d: &Diagnostic| d.file == file.path && d.document.is_none();
        if file.documents.is_empty() && !report.diagnostics.iter().any(is_refused) {
            let _ = writeln!(out, "{path}: not applicable: an empty file");
        }
        for document in &file.documents {
            let Some(reason) = &document.reason else {
                continue;
            };
            let _ = match file.documents.len() {
                1 => writeln!(out, "{path}: not applicable: {}", shown(reason)),
                _ => writeln!(
                    out,
                    "{path} (document {}): not applicable: {}",
                    document.index + 1,
                    shown(reason)
                ),
            };
        }
    }
}

/// What was passed over although it can't be read, by what it likely is.
fn passed_over(out: &mut String, report: &Report) {
    let mut counts = BTreeMap::<Unread, usize>::new();
    for file in &report.files {
        let mut reasons = file
            .documents
            .iter()
            .filter_map(|document| document.reason.as_deref());
        // A file counts once, for all of its documents are the same.
        if let Some(unread) = reasons.find_map(Unread::of_reason) {
            *counts.entry(unread).or_default() += 1;
        }
    }
    if counts.is_empty() {
        return;
    }
    let number = counts.values().sum();
    let mut by_kind: Vec<_> = counts.into_iter().collect();
    by_kind.sort_by_key(|(unread, number)| (std::cmp::Reverse(*number), *unread));
    let kinds: Vec<_> = by_kind
        .into_iter()
        .map(|(unread, number)| format!("{} ({number})", unread.many()))
        .collect();
    let _ = writeln!(
        out,
        "{} passed over that can't be read and {} no Harness entity: {} (`--verbose` lists them)",
        count(number, "file"),
        if number == 1 { "names" } else { "name" },
        kinds.join(", "),
    );
}

/// Each diagnostic with its source line.
#[must_use]
pub fn diagnostics(diagnostics: &[Diagnostic], files: &[SourceFile], color: bool) -> String {
    let paint = Paint::new(color);
    let mut lines = HashMap::new();
    for file in files {
        if let Content::Bytes(bytes) = &file.content
            && let Ok(text) = str::from_utf8(bytes)
        {
            lines.insert(file.path.as_str(), text);
        }
    }
    let mut out = String::new();
    let mut index: Option<(&str, LineIndex<'_>)> = None;
    for diagnostic in diagnostics {
        let path = diagnostic.file.as_str();
        if index.as_ref().is_none_or(|(indexed, _)| *indexed != path) {
            index = lines.get(path).map(|text| (path, LineIndex::new(text)));
        }
        let source = index.as_ref().map(|(_, lines)| lines);
        block(&mut out, diagnostic, source, paint);
    }
    out
}

fn block(out: &mut String, diagnostic: &Diagnostic, source: Option<&LineIndex<'_>>, paint: Paint) {
    let severity = diagnostic.severity;
    let _ = writeln!(
        out,
        "{}: {}",
        paint.severity(severity, &format!("{severity}[{}]", diagnostic.rule)),
        paint.bold(&shown(&diagnostic.message)),
    );
    let gutter = " ".repeat(diagnostic.start.line.to_string().len());
    let place = format!(
        "{}:{}:{}",
        shown(&diagnostic.file),
        diagnostic.start.line,
        diagnostic.start.column
    );
    let _ = writeln!(out, "{gutter}{} {place}", paint.dim("-->"));
    if let (Some(lines), Some(_)) = (source, diagnostic.document) {
        snippet(out, diagnostic, lines, &gutter, paint);
    }
    let fix = diagnostic.fix.as_ref().map(|fix| match fix.applicability {
        Applicability::Safe => format!("{} (--fix)", fix.title),
        Applicability::Unsafe => format!("{} (--fix --unsafe)", fix.title),
    });
    let notes = [
        ("in", diagnostic.subject.as_deref()),
        ("help", diagnostic.help.as_deref()),
        ("fix", fix.as_deref()),
        ("docs", diagnostic.docs.as_deref()),
    ];
    for related in &diagnostic.related {
        let Position { line, column, .. } = related.start;
        let place = format!("{}:{line}:{column}", shown(&related.file));
        let _ = writeln!(
            out,
            "{gutter} {} {place}: {}",
            paint.dim("= from:"),
            shown(&related.message)
        );
    }
    for (name, note) in notes {
        if let Some(note) = note {
            let _ = writeln!(
                out,
                "{gutter} {} {}",
                paint.dim(&format!("= {name}:")),
                shown(note)
            );
        }
    }
    out.push('\n');
}

fn snippet(
    out: &mut String,
    diagnostic: &Diagnostic,
    lines: &LineIndex<'_>,
    gutter: &str,
    paint: Paint,
) {
    let start = diagnostic.start;
    let text = shown(lines.line_text(start.line).unwrap_or_default());
    let length = text.chars().count();
    let from = usize::try_from(start.column)
        .unwrap_or(1)
        .saturating_sub(1)
        .min(length);
    let to = if diagnostic.end.line == start.line {
        usize::try_from(diagnostic.end.column)
            .unwrap_or(1)
            .saturating_sub(1)
    } else {
        length
    };
    let to = to.clamp(from, length);
    // The window keeps the place in sight, with some of what stands before it.
    let left = if length <= WIDTH {
        0
    } else {
        from.saturating_sub(WIDTH / 3)
    };
    let window: String = text.chars().skip(left).take(WIDTH).collect();
    let before = if left > 0 { "…" } else { "" };
    let after = if length > left + WIDTH { "…" } else { "" };
    let bar = paint.dim("|");
    let underline = "^".repeat((to - from).min(WIDTH.saturating_sub(from - left)).max(1));
    let indent = " ".repeat(from - left + before.chars().count());
    let _ = writeln!(out, "{gutter} {bar}");
    let _ = writeln!(
        out,
        "{} {bar} {before}{}{after}",
        paint.dim(&start.line.to_string()),
        window.trim_end()
    );
    let _ = writeln!(
        out,
        "{gutter} {bar} {indent}{}",
        paint.severity(diagnostic.severity, &underline)
    );
}

fn closing(out: &mut String, report: &Report, paint: Paint) {
    let Summary {
        files,
        errors,
        warnings,
        undecided,
        ..
    } = report.summary;
    let statuses = |wanted: &[Status]| {
        let documents = report.files.iter().flat_map(|file| &file.documents);
        documents
            .filter(|document| wanted.contains(&document.status))
            .count()
    };
    let checked = statuses(&[Status::Pass, Status::Fail, Status::Undecided]);
    let not_checked = statuses(&[Status::Error]);
    let not_applicable = statuses(&[Status::NotApplicable]);
    let _ = write!(
        out,
        "{} and {} in {}",
        paint.bold(&count(errors, "error")),
        count(warnings, "warning"),
        count(files, "file"),
    );
    let _ = write!(out, " ({} checked", count(checked, "document"));
    for (number, what) in [
        (not_checked, "not checked"),
        (not_applicable, "not applicable"),
    ] {
        if number > 0 {
            let _ = write!(out, ", {number} {what}");
        }
    }
    out.push(')');
    if undecided > 0 {
        let what = if undecided == 1 {
            "1 place"
        } else {
            &format!("{undecided} places")
        };
        let _ = write!(
            out,
            "; {what} undecided: an expression, or a connector that isn't at hand, would tell"
        );
    }
    out.push('\n');
    passed_over(out, report);
    fixable(out, report);
    if checked == 0 && errors == 0 {
        out.push_str(
            "Nothing here is a Harness pipeline, template, input set or connector, so nothing has been checked.\n",
        );
    }
}

/// How many findings the command can mend.
fn fixable(out: &mut String, report: &Report) {
    let fixes = report.diagnostics.iter().filter_map(|d| d.fix.as_ref());
    let (safe, not_safe): (Vec<_>, Vec<_>) =
        fixes.partition(|fix| fix.applicability == Applicability::Safe);
    let line = match (safe.len(), not_safe.len()) {
        (0, 0) => return,
        (safe, 0) => format!("{safe} fixable with `--fix`"),
        (0, not_safe) => format!("{not_safe} fixable with `--fix --unsafe`"),
        (safe, not_safe) => {
            format!("{safe} fixable with `--fix`, and {not_safe} more with `--fix --unsafe`")
        }
    };
    out.push_str(&line);
    out.push('\n');
}

pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A text from a file as a terminal may show it: what would steer the terminal is replaced, one
/// character for one.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            c if c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Colours, where they are wanted.
#[derive(Clone, Copy)]
pub(crate) struct Paint {
    color: bool,
}

impl Paint {
    pub const fn new(color: bool) -> Self {
        Self { color }
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// In the colour of errors.
    pub fn alarm(self, text: &str) -> String {
        self.severity(Severity::Error, text)
    }

    fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.with(code, text)
    }
}

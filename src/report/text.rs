//! The report for people: each place with its source line, what is wrong there, and what to write instead.

mod closing;
mod snippet;
mod sources;

use std::collections::HashSet;
use std::fmt::Write as _;

use document::LineIndex;

use crate::source::SourceFile;

use self::closing::closing;
use self::snippet::snippet;
use self::sources::Sources;
use super::page::{Cursor, Shows, Style};
use super::paint::{Paint, shown};
use super::{Applicability, Diagnostic, FileReport, Omitted, Position, Report};

/// The report as text. `files` are those of the check, for their source lines. `color` says whether the reader's
/// terminal shows colors.
#[must_use]
pub fn render(report: &Report, files: &[SourceFile], color: bool) -> String {
    let style = Style {
        color,
        ..Style::default()
    };
    styled(report, files, style)
}

/// The report as text, with options.
#[must_use]
pub fn styled(report: &Report, files: &[SourceFile], style: Style) -> String {
    let mut out = String::new();
    let cursor = &mut Cursor::default();
    write(&mut out, report, files, style, cursor, usize::MAX);
    out
}

/// Writes from the cursor until the page is full. Returns whether something is left.
pub(super) fn write(
    page: &mut String,
    report: &Report,
    files: &[SourceFile],
    style: Style,
    cursor: &mut Cursor,
    full: usize,
) -> bool {
    let paint = Paint::new(style.color);
    let mut sources = Sources::default();
    let diagnostics = match style.shows {
        Shows::All | Shows::Findings => report.diagnostics.as_slice(),
        Shows::Counts => &[],
    };
    let block = |page: &mut String, _: usize, diagnostic: &Diagnostic| {
        if style.suppressed || diagnostic.suppressed.is_none() {
            block(
                page,
                diagnostic,
                sources.lines(&diagnostic.file, files),
                paint,
            );
        }
    };
    if !cursor.items(0, diagnostics, page, full, block) {
        return true;
    }
    if style.shows == Shows::Findings {
        return false;
    }
    let is_shown = |omitted: &Omitted| style.suppressed || !omitted.suppressed;
    let last = report.omitted.iter().rposition(is_shown);
    let omitted = |page: &mut String, at: usize, omitted: &Omitted| {
        if is_shown(omitted) {
            more(page, omitted, paint);
        }
        if last == Some(at) {
            page.push('\n');
        }
    };
    if !cursor.items(1, &report.omitted, page, full, omitted) {
        return true;
    }
    if style.verbose && cursor.part == 2 {
        let refused = refused(report);
        let line = |page: &mut String, _: usize, file: &FileReport| {
            not_applicable(page, file, &refused);
        };
        if !cursor.items(2, &report.files, page, full, line) {
            return true;
        }
        if report.files.iter().any(|file| is_listed(file, &refused)) {
            page.push('\n');
        }
    }
    closing(page, report, style);
    false
}

/// The files that have a diagnostic about the whole file.
fn refused(report: &Report) -> HashSet<&str> {
    let whole = report.diagnostics.iter().filter(|d| d.document.is_none());
    whole.map(|d| d.file.as_str()).collect()
}

/// Whether a file has a line in the text.
fn is_listed(file: &FileReport, refused: &HashSet<&str>) -> bool {
    let mut documents = file.documents.iter();
    is_empty(file, refused) || documents.any(|document| document.reason.is_some())
}

fn is_empty(file: &FileReport, refused: &HashSet<&str>) -> bool {
    file.documents.is_empty() && !refused.contains(file.path.as_str())
}

#[cold]
fn not_applicable(out: &mut String, file: &FileReport, refused: &HashSet<&str>) {
    let path = shown(&file.path);
    if is_empty(file, refused) {
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

/// Writes how many more diagnostics of a kind there are.
#[cold]
fn more(out: &mut String, omitted: &Omitted, paint: Paint) {
    let Omitted {
        file,
        document,
        rule,
        severity,
        suppressed,
        count,
        ..
    } = omitted;
    let head = if *suppressed {
        paint.dim(&format!("suppressed[{rule}]"))
    } else {
        paint.severity(*severity, &format!("{severity}[{rule}]"))
    };
    let (is, place) = (if *count == 1 { "is" } else { "are" }, shown(file));
    let _ = writeln!(
        out,
        "{head}: {count} more in {place} (document {}) {is} counted, but not listed (`--max-findings`)",
        document + 1,
    );
}

/// Diagnostics, each with its source line.
#[must_use]
pub fn diagnostics(diagnostics: &[Diagnostic], files: &[SourceFile], color: bool) -> String {
    let paint = Paint::new(color);
    let mut sources = Sources::default();
    let mut out = String::new();
    for diagnostic in diagnostics {
        block(
            &mut out,
            diagnostic,
            sources.lines(&diagnostic.file, files),
            paint,
        );
    }
    out
}

fn block(out: &mut String, diagnostic: &Diagnostic, source: Option<&LineIndex<'_>>, paint: Paint) {
    let severity = diagnostic.severity;
    let rule = shown(&diagnostic.rule);
    let head = match diagnostic.suppressed {
        None => paint.severity(severity, &format!("{severity}[{rule}]")),
        Some(_) => paint.dim(&format!("suppressed[{rule}]")),
    };
    let message = paint.bold(&shown(&diagnostic.message));
    let _ = writeln!(out, "{head}: {message}");
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
        ("suppressed", diagnostic.suppressed.as_deref()),
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

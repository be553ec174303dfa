//! The report for a person: each place with its source line, what is wrong there, what to write
//! instead.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use document::LineIndex;

use crate::source::{Content, SourceFile};
use crate::unread::Unread;

use super::page::{Cursor, Shows, Style};
use super::{
    Applicability, Diagnostic, FileReport, Omitted, Position, Report, Severity, Status, Summary,
};

/// Wider source lines are cut around the place.
const WIDTH: usize = 140;

/// The report as text. `files` are those of the check, for their source lines; `color` is whether
/// the reader's terminal shows colours.
#[must_use]
pub fn render(report: &Report, files: &[SourceFile], color: bool) -> String {
    let style = Style {
        color,
        ..Style::default()
    };
    whole(report, files, style)
}

/// The same, with a line for every document that is not applicable, which says as what.
#[must_use]
pub fn render_verbose(report: &Report, files: &[SourceFile], color: bool) -> String {
    let style = Style {
        color,
        verbose: true,
        ..Style::default()
    };
    whole(report, files, style)
}

/// The same as [`render`] gives, with what is suppressed.
#[must_use]
pub fn render_suppressed(report: &Report, files: &[SourceFile], color: bool) -> String {
    let style = Style {
        color,
        suppressed: true,
        ..Style::default()
    };
    whole(report, files, style)
}

fn whole(report: &Report, files: &[SourceFile], style: Style) -> String {
    let mut out = String::new();
    let cursor = &mut Cursor::default();
    write(&mut out, report, files, style, cursor, usize::MAX);
    out
}

/// Writes from the cursor on until the page is full: whether something is left.
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

/// The files about which as a whole something is said.
fn refused(report: &Report) -> HashSet<&str> {
    let whole = report.diagnostics.iter().filter(|d| d.document.is_none());
    whole.map(|d| d.file.as_str()).collect()
}

/// Whether a line is written of a file.
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

/// How many more there are of a kind.
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

/// What was passed over although it can't be read, by what it likely is.
fn passed_over(out: &mut String, report: &Report) {
    // A file counts once, for all of its documents are the same.
    let kind = |file: &FileReport| {
        let reasons = file.documents.iter();
        let mut reasons = reasons.filter_map(|document| document.reason.as_deref());
        reasons.find_map(Unread::of_reason)
    };
    let files: Vec<_> = report.files.iter().filter_map(kind).collect();
    if !files.is_empty() {
        skipped(out, files);
    }
}

#[cold]
fn skipped(out: &mut String, mut files: Vec<Unread>) {
    let number = files.len();
    sort::by(&mut files, Ord::cmp);
    let mut by_kind: Vec<_> = files.chunk_by(Unread::eq).collect();
    sort::by_key(&mut by_kind, |files| Reverse(files.len()));
    let kinds: Vec<_> = by_kind
        .into_iter()
        .filter_map(|files| Some(format!("{} ({})", files.first()?.many(), files.len())))
        .collect();
    let _ = writeln!(
        out,
        "skipped {} that can't be read and {} no Harness entity: {} (`--verbose` lists them)",
        count(number, "file"),
        if number == 1 { "names" } else { "name" },
        kinds.join(", "),
    );
}

/// Each diagnostic with its source line.
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

/// The lines of the files, of which one at a time is looked at.
#[derive(Default)]
struct Sources<'f> {
    texts: HashMap<&'f str, &'f [u8]>,
    current: Option<(&'f str, Option<LineIndex<'f>>)>,
}

impl<'f> Sources<'f> {
    fn lines(&mut self, path: &str, files: &'f [SourceFile]) -> Option<&LineIndex<'f>> {
        if self
            .current
            .as_ref()
            .is_none_or(|(current, _)| *current != path)
        {
            let (path, bytes) = self.find(path, files)?;
            let text = str::from_utf8(bytes).ok();
            self.current = Some((path, text.map(LineIndex::new)));
        }
        self.current.as_ref()?.1.as_ref()
    }

    fn find(&mut self, path: &str, files: &'f [SourceFile]) -> Option<(&'f str, &'f [u8])> {
        // A table of one, which is what is checked before a commit, takes longer to compile than all else here.
        if let [file] = files {
            return content(file).filter(|(known, _)| *known == path);
        }
        if self.texts.is_empty() {
            self.texts.extend(files.iter().filter_map(content));
        }
        let (path, bytes) = self.texts.get_key_value(path)?;
        Some((path, bytes))
    }
}

fn content(file: &SourceFile) -> Option<(&str, &[u8])> {
    match &file.content {
        Content::Bytes(bytes) => Some((&file.path, bytes)),
        _ => None,
    }
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

fn snippet(
    out: &mut String,
    diagnostic: &Diagnostic,
    lines: &LineIndex<'_>,
    gutter: &str,
    paint: Paint,
) {
    let start = diagnostic.start;
    // A line may be as long as the file, so that only what is shown of it is looked at.
    let line = lines.line_text(start.line).unwrap_or_default();
    let at = lines
        .line_start(start.line)
        .map_or(0, |line| start.offset.saturating_sub(line));
    let before = line.get(..at as usize).unwrap_or(line);
    let after = line.get(before.len()..).unwrap_or_default();
    let is_wide = line.chars().nth(WIDTH).is_some();
    // The window keeps the place in sight, with some of what is before it.
    let shown_before = if is_wide { WIDTH / 3 } else { WIDTH };
    let from_byte = before.char_indices().rev().take(shown_before).last();
    let left_of_place = before.get(from_byte.map_or(before.len(), |(at, _)| at)..);
    let left_of_place = left_of_place.unwrap_or_default();
    let most_after = WIDTH.saturating_sub(left_of_place.chars().count());
    let right_of_place: String = after.chars().take(most_after).collect();
    let is_cut_before = left_of_place.len() < before.len();
    let is_cut_after = right_of_place.len() < after.len();
    let window = format!("{left_of_place}{right_of_place}");
    let window = shown(&window);
    // What is shown escaped is wider than what is there.
    let width = |text: &str, most| text.chars().take(most).map(terminal::width).sum();
    let from: usize = width(left_of_place, usize::MAX);
    let length: usize = width(&right_of_place, usize::MAX);
    let to = if diagnostic.end.line == start.line {
        let wide = diagnostic.end.column.saturating_sub(start.column);
        usize::try_from(wide).map_or(length, |wide| width(&right_of_place, wide))
    } else {
        length
    };
    let before = if is_cut_before { "…" } else { "" };
    let after = if is_cut_after { "…" } else { "" };
    let bar = paint.dim("|");
    let underline = "^".repeat(to.max(1));
    let indent = " ".repeat(from + before.chars().count());
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

fn closing(out: &mut String, report: &Report, style: Style) {
    let paint = Paint::new(style.color);
    let Summary {
        files,
        errors,
        warnings,
        undecided,
        suppressed,
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
            "; {what} undecided because of an expression or an unknown connector"
        );
    }
    let excepted = excepted(report);
    if excepted > 0 {
        let _ = write!(out, "; {excepted} suppressed by exceptions");
    }
    let oldest = report.connector_lists.iter().filter_map(|list| list.days);
    if let Some(days) = oldest.max() {
        age(out, report.connector_lists.len(), days);
    }
    let known = suppressed.saturating_sub(excepted);
    if known > 0 {
        let known = count(known, "finding");
        let and = if style.suppressed {
            ""
        } else {
            " and not shown"
        };
        let _ = write!(out, "; {known} known{and}");
    }
    out.push('\n');
    passed_over(out, report);
    fixable(out, report);
    if checked == 0 && errors == 0 && !style.is_part {
        out.push_str(
            "There is no Harness pipeline, template, input set or connector here, so nothing has been checked.\n",
        );
    }
}

/// How old the oldest of the lists of connectors is.
#[cold]
fn age(out: &mut String, lists: usize, days: i32) {
    let list = if lists == 1 { "list" } else { "oldest list" };
    let days = count(usize::try_from(days).unwrap_or_default(), "day");
    let _ = write!(out, "; the {list} of connectors is {days} old");
}

/// How many findings exceptions suppress; a baseline suppresses the others.
fn excepted(report: &Report) -> usize {
    let listed = report.diagnostics.iter().filter(|d| d.exception.is_some());
    let omitted = report.omitted.iter().filter(|omitted| omitted.suppressed);
    listed.count() + omitted.map(|omitted| omitted.count).sum::<usize>()
}

/// How many findings the command can fix.
fn fixable(out: &mut String, report: &Report) {
    let counting = report.diagnostics.iter().filter(|d| d.suppressed.is_none());
    let (mut safe, mut not_safe) = (0, 0);
    for fix in counting.filter_map(|d| d.fix.as_ref()) {
        match fix.applicability {
            Applicability::Safe => safe += 1,
            Applicability::Unsafe => not_safe += 1,
        }
    }
    for omitted in &report.omitted {
        safe += omitted.safe_fixes;
        not_safe += omitted.unsafe_fixes;
    }
    let line = match (safe, not_safe) {
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

/// A text from a file as a terminal may show it.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    terminal::escaped(text)
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

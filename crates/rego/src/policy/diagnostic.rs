//! Diagnostics: problems with their files, lines and columns.

use std::fmt;

use super::Source;
use compiler::problem::{Code, Details, EMPTY_MODULE, PLACE, Problem};
use compiler::shown::Shown;
use compiler::syntax::ast::Location;
use values::Value;

/// A problem in a module or query, with its file, line and column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The kind of problem.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The path of the module; `None` for the query, and for a problem without a location.
    pub file: Option<String>,
    /// Counted from 1; `None` without a location.
    pub line: Option<usize>,
    /// Counted from 1, in code points; `None` without a location.
    pub column: Option<usize>,
    /// The source line, or the part of a long line around the location; `None` without a location.
    pub line_text: Option<String>,
    /// How many code points of the line come before `line_text`.
    pub line_from: u32,
    /// What OPA reports beside the message.
    pub details: Option<Box<Details>>,
}

impl Diagnostic {
    /// The problem as hosts read it: `{"code", "message", "file", "line", "column", "details"}`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::object([
            ("code", Value::from(self.code.name())),
            ("message", self.message.as_str().into()),
            (
                "file",
                self.file.as_deref().map_or(Value::Null, Value::from),
            ),
            ("line", self.line.map_or(Value::Null, Value::from)),
            ("column", self.column.map_or(Value::Null, Value::from)),
            (
                "details",
                self.details
                    .as_ref()
                    .map_or(Value::Null, |details| details.document.value()),
            ),
        ])
    }

    /// The problem in OPA's JSON format: `{"message", "code", "location", "details"}`.
    #[must_use]
    pub fn as_opa_writes_it(&self) -> Shown {
        let mut fields = vec![
            ("message", Shown::from(self.message.as_str())),
            ("code", self.code.name().into()),
        ];
        if let Some((line, column)) = self.place_to_opa() {
            let location = vec![
                (
                    "file",
                    Shown::from(self.file.as_deref().unwrap_or_default()),
                ),
                ("row", line.into()),
                ("col", column.into()),
            ];
            fields.push(("location", Shown::Fields(location)));
        }
        let details = self.details_to_opa();
        fields.extend(details.map(|details| ("details", details.document.clone())));
        Shown::Fields(fields)
    }

    fn is_empty_module(&self) -> bool {
        self.code == Code::Parse && self.message == EMPTY_MODULE
    }

    fn place_to_opa(&self) -> Option<(usize, usize)> {
        if self.is_empty_module() {
            return Some((0, 0));
        }
        Some((self.line?, self.column?))
    }

    fn details_to_opa(&self) -> Option<&Details> {
        self.details.as_deref().filter(|_| !self.is_empty_module())
    }

    /// The message as OPA prints it, with the location before it.
    #[must_use]
    pub fn as_opa_says_it(&self) -> String {
        let mut text = match (&self.file, self.place_to_opa()) {
            (Some(file), Some((line, _))) if !file.is_empty() => format!("{file}:{line}: "),
            (_, Some((line, column))) => format!("{line}:{column}: "),
            _ => String::new(),
        };
        text.push_str(self.code.name());
        text.push_str(": ");
        text.push_str(&self.message);
        let details = self.details_to_opa();
        for line in details.iter().flat_map(|details| &details.lines) {
            text.push_str("\n\t");
            text.push_str(line);
        }
        text
    }

    /// The diagnostic for a problem in a single module.
    #[must_use]
    pub fn in_source(problem: Problem, source: &Source) -> Self {
        diagnostic(problem, std::slice::from_ref(source), "")
    }
}

/// How many code points of a long line are shown on either side of a problem.
const SHOWN_OF_A_LINE: usize = 60;

impl Diagnostic {
    /// The problem as OPA prints it for people: the message, the source line, and a caret below the location.
    #[must_use]
    pub fn with_its_line(&self) -> String {
        let (Some(column), Some(text)) = (self.column, self.line_text.as_deref()) else {
            return self.to_string();
        };
        let line: Vec<char> = text.chars().collect();
        let at = (column - 1)
            .saturating_sub(self.line_from as usize)
            .min(line.len());
        let from = at.saturating_sub(SHOWN_OF_A_LINE);
        let to = (at + SHOWN_OF_A_LINE).min(line.len());
        let shown = |part: Option<&[char]>| {
            let part: String = part.unwrap_or_default().iter().collect();
            let between_tabs: Vec<_> = part.split('\t').map(terminal::escaped).collect();
            between_tabs.join("\t")
        };
        let before: String = shown(line.get(from..at));
        // A tab has to be equally wide in both lines.
        let indent: String = before
            .chars()
            .map(|c| if c == '\t' { c } else { ' ' })
            .collect();
        let after = shown(line.get(at..to));
        let (open, close) = (
            if from > 0 { "…" } else { "" },
            if to < line.len() { "…" } else { "" },
        );
        let space = if from > 0 { " " } else { "" };
        format!("{self}\n\t{open}{before}{after}{close}\n\t{space}{indent}^")
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}:", terminal::escaped(file))?;
        }
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "{line}:{column}: ")?;
        } else if self.file.is_some() {
            write!(f, " ")?;
        }
        write!(f, "{}: {}", self.code.name(), self.message)?;
        // The details of a parse error are the source line itself, which is already shown if it was asked for.
        let details = self.details.iter().filter(|_| self.code != Code::Parse);
        for line in details.flat_map(|details| &details.lines) {
            write!(f, "\n\t{line}")?;
        }
        Ok(())
    }
}

/// The diagnostic for a problem in one of these modules or in the query.
#[must_use]
pub fn diagnostic(problem: Problem, sources: &[Source], query: &str) -> Diagnostic {
    Locator::new(sources, query).diagnostic(problem)
}

/// The diagnostics for problems in modules or in the query.
pub(super) fn diagnostics(
    problems: Vec<Problem>,
    sources: &[Source],
    query: &str,
) -> Vec<Diagnostic> {
    let mut locator = Locator::new(sources, query);
    let problems = problems.into_iter();
    problems
        .map(|problem| locator.diagnostic(problem))
        .collect()
}

/// Finds lines and columns in modules and in a query. It continues from the location that it found last, so that many
/// problems in a large source don't each take a search from its start.
pub(super) struct Locator<'s> {
    sources: &'s [Source],
    query: &'s str,
    last: Last,
}

/// The location that was found last.
#[derive(Clone, Copy, Default)]
struct Last {
    module: u32,
    /// Its offset in the source, in bytes.
    offset: usize,
    line_start: usize,
    /// Both are counted from 1.
    line: usize,
    column: usize,
}

impl<'s> Locator<'s> {
    pub(super) fn new(sources: &'s [Source], query: &'s str) -> Self {
        Self {
            sources,
            query,
            last: Last::default(),
        }
    }

    fn text(&self, at: Location) -> &'s str {
        let source = self.sources.get(at.module as usize);
        source.map_or(self.query, |source| source.text.as_str())
    }

    fn position(&mut self, at: Location) -> Last {
        let text = self.text(at);
        let mut offset = (at.start as usize).min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let mut last = self.last;
        if last.line == 0 || last.module != at.module || last.offset > offset {
            last = Last {
                module: at.module,
                line: 1,
                column: 1,
                ..Last::default()
            };
        }
        let between = text.get(last.offset..offset).unwrap_or_default();
        match between.rfind('\n') {
            Some(end) => {
                last.line += between.matches('\n').count();
                last.line_start = last.offset + end + 1;
                let before = text.get(last.line_start..offset).unwrap_or_default();
                last.column = before.chars().count() + 1;
            }
            None => last.column += between.chars().count(),
        }
        last.offset = offset;
        self.last = last;
        last
    }

    pub(super) fn diagnostic(&mut self, problem: Problem) -> Diagnostic {
        let Problem {
            code,
            at,
            mut message,
            places,
            mut details,
        } = problem;
        for at in places {
            let Last { line, column, .. } = self.position(at);
            let place = match self.sources.get(at.module as usize) {
                Some(source) => format!("{}:{line}", source.path),
                None => format!("{line}:{column}"),
            };
            message = message.replacen(PLACE, &place, 1);
        }
        let Some(at) = at else {
            return Diagnostic {
                code,
                message,
                file: None,
                line: None,
                column: None,
                line_text: None,
                line_from: 0,
                details,
            };
        };
        let text = self.text(at);
        let found = self.position(at);
        let (line, mut column) = (found.line, found.column);
        // OPA reports the last character for a problem at the end of the source.
        if code == Code::Parse && at.start == at.end && at.start as usize == text.len() {
            column = (column - 1).max(1);
        }
        if code == Code::Parse && details.is_none() {
            details = Some(Box::new(line_of(text, at.start as usize)));
        }
        // Empty details only say that OPA reports none.
        let details = details.filter(|details| !details.lines.is_empty());
        let (line_text, line_from) = shown_line(text, found);
        Diagnostic {
            code,
            message,
            file: self
                .sources
                .get(at.module as usize)
                .map(|source| source.path.clone()),
            line: Some(line),
            column: Some(column),
            line_text,
            line_from,
            details,
        }
    }
}

/// From how many bytes on a line is too long to be shown in full.
const LONG_LINE: usize = 1 << 10;

/// The line of a location, or the part of a long line around it, and how many code points come before that part.
fn shown_line(text: &str, found: Last) -> (Option<String>, u32) {
    let line = text.get(found.line_start..).unwrap_or_default();
    let line = line.split('\n').next().unwrap_or_default();
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.len() <= LONG_LINE {
        // There is no line after the last line break.
        let is_there = !line.is_empty() || found.line_start < text.len();
        return (is_there.then(|| line.to_owned()), 0);
    }
    let (before, after) = line
        .split_at_checked(found.offset - found.line_start)
        .unwrap_or((line, ""));
    let near: Vec<char> = before.chars().rev().take(SHOWN_OF_A_LINE + 1).collect();
    let from = found.column - 1 - near.len().min(found.column - 1);
    let near = near.into_iter().rev();
    let shown = near.chain(after.chars().take(SHOWN_OF_A_LINE + 1));
    (
        Some(shown.collect()),
        u32::try_from(from).unwrap_or(u32::MAX),
    )
}

/// The line of a location, as OPA's parser reports it (`newParserErrorDetail`): if the location is in white space,
/// the line of the last character before that.
fn line_of(text: &str, at: usize) -> Details {
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or_default();
    let is_end = |byte: u8| matches!(byte, b'\r' | b'\n');
    // OPA treats each byte as a character.
    let is_space = |byte: u8| matches!(byte, b'\t'..=b'\r' | b' ' | 0x85 | 0xa0);
    let mut at = at.min(bytes.len().saturating_sub(1));
    while at > 0 && is_space(byte(at)) {
        at -= 1;
    }
    let mut begin = at;
    while begin > 0 && !is_end(byte(begin)) {
        begin -= 1;
    }
    if is_end(byte(begin)) {
        begin += 1;
    }
    let mut end = at;
    while end < bytes.len() && !is_end(byte(end)) {
        end += 1;
    }
    let begin = begin.min(end);
    let line = String::from_utf8_lossy(bytes.get(begin..end).unwrap_or_default());
    let index = at.saturating_sub(begin);
    let shown = line.trim_start_matches('\t');
    let indent = index.saturating_sub(line.len() - shown.len());
    Details {
        lines: vec![shown.to_owned(), format!("{}^", " ".repeat(indent))],
        document: Shown::Fields(vec![("line", line.as_ref().into()), ("idx", index.into())]),
    }
}

/// The line and column of a location, both counted from 1.
#[must_use]
pub fn position(text: &str, at: Location) -> (usize, usize) {
    let before = text.get(..at.start as usize).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

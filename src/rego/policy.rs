//! A user's policies: from texts to answers, problems with their places.

use super::compile;
use super::eval::{Answer, Environment, Limits, Policies, Request};
use super::json::{self, JsonError, Keys};
use super::problem::{Code, PLACE, Problem};
use super::reach::Reach;
use super::syntax::ast::{At, INPUT, Module};
use super::syntax::{self, Version};
use super::value::Value;

use std::cell::RefCell;
use std::fmt;

/// A module's text, and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// What messages call it.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// How modules are compiled.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which Rego they are written in.
    pub version: Version,
    /// Whether what is of no use is refused too, as `opa check --strict` does.
    pub is_strict: bool,
    /// The base documents.
    pub data: Value,
}

/// A problem, with the place as a person finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// Its kind.
    pub code: Code,
    /// What is wrong.
    pub message: String,
    /// The module; none where it is the query, or no place at all.
    pub file: Option<String>,
    /// From 1; none where it is about no place.
    pub line: Option<usize>,
    /// From 1, in code points; none where it is about no place.
    pub column: Option<usize>,
    /// The line's text; none where it is about no place.
    pub line_text: Option<String>,
}

/// Policies, ready to be asked.
#[derive(Debug)]
pub struct Policy {
    policies: Policies,
    sources: Vec<Source>,
    version: Version,
    package: String,
    reach: Reach,
    keys: RefCell<Keys>,
}

impl Policy {
    /// Compiles modules.
    ///
    /// # Errors
    ///
    /// Everything that OPA's parser and compiler refuse at once.
    pub fn compile(mut sources: Vec<Source>, options: Options) -> Result<Self, Vec<Located>> {
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        let mut modules = Vec::new();
        let mut problems = Vec::new();
        for (i, source) in sources.iter().enumerate() {
            let index = u32::try_from(i).unwrap_or(u32::MAX);
            match syntax::parse_module(&source.text, index, options.version) {
                Ok(module) => modules.push(module),
                Err(more) => problems.extend(more),
            }
        }
        let compiled = if problems.is_empty() {
            Policies::compile(modules, options.data, options.version, options.is_strict)
        } else {
            Err(problems)
        };
        match compiled {
            Ok(policies) => Ok(Self {
                package: policies.modules().first().map_or_else(
                    || "data".to_owned(),
                    |module| syntax::shown(&module.package),
                ),
                reach: Reach::of(policies.modules()),
                policies,
                sources,
                version: options.version,
                keys: RefCell::default(),
            }),
            Err(problems) => Err(problems
                .into_iter()
                .map(|problem| located(problem, &sources, ""))
                .collect()),
        }
    }

    /// The modules as they are evaluated, with their texts.
    pub fn modules(&self) -> impl Iterator<Item = (&Source, &Module)> {
        self.sources.iter().zip(self.policies.modules())
    }

    /// The package of the first module, as a query: `data.pipeline`.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// What a query needs of an input, from JSON text in UTF-8: what the modules don't look at is left
    /// out, unless the query may look at the input itself.
    ///
    /// # Errors
    ///
    /// What is wrong first, with its place.
    pub fn input(&self, query: &str, text: &[u8]) -> Result<Value, JsonError> {
        let reach = if query.contains(INPUT) {
            Reach::WHOLE
        } else {
            &self.reach
        };
        let mut keys = self.keys.borrow_mut();
        match str::from_utf8(text) {
            Ok(text) => json::parse_reached(text, reach, &mut keys),
            // Where it is none, the sign for that is read in its place.
            Err(_) => json::parse_reached(&String::from_utf8_lossy(text), reach, &mut keys),
        }
    }

    /// Asks a query: `data.p.deny`.
    ///
    /// # Errors
    ///
    /// What OPA refuses of the query, or what ended the evaluation.
    pub fn ask(&self, query: &str, request: Request<'_>) -> Result<Answer, Vec<Located>> {
        self.policies
            .ask(query, self.version, request)
            .map_err(|problems| {
                problems
                    .into_iter()
                    .map(|problem| located(problem, &self.sources, query))
                    .collect()
            })
    }
}

/// What OPA's compiler refuses of modules that can be read, as `opa check` does, each with its place; of those
/// that are about no place, the start of the first module. The modules are numbered as the sources are.
#[must_use]
pub fn refused(
    sources: &[Source],
    modules: Vec<Module>,
    version: Version,
    is_strict: bool,
) -> Vec<(At, Located)> {
    let problems = compile::compile(modules, version, is_strict)
        .err()
        .unwrap_or_default();
    let problems = problems.into_iter();
    problems
        .map(|problem| {
            let at = problem.at.unwrap_or_default();
            (at, located(problem, sources, ""))
        })
        .collect()
}

impl Located {
    /// The problem for a host: `{"code", "message", "file", "line", "column"}`.
    #[must_use]
    pub fn document(&self) -> Value {
        Value::object([
            ("code", Value::from(self.code.name())),
            ("message", self.message.as_str().into()),
            (
                "file",
                self.file.as_deref().map_or(Value::Null, Value::from),
            ),
            ("line", self.line.map_or(Value::Null, Value::from)),
            ("column", self.column.map_or(Value::Null, Value::from)),
        ])
    }
}

/// How much of a long line is shown to either side of a problem, in code points.
const SHOWN_OF_A_LINE: usize = 60;

impl Located {
    /// The problem as OPA shows it to a person: below it the line, and a caret below the place.
    #[must_use]
    pub fn with_its_line(&self) -> String {
        let (Some(column), Some(text)) = (self.column, self.line_text.as_deref()) else {
            return self.to_string();
        };
        // What a terminal would take for a command is shown as a sign of its own.
        let printable = |c: char| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        };
        let line: Vec<char> = text.chars().map(printable).collect();
        let at = (column - 1).min(line.len());
        let from = at.saturating_sub(SHOWN_OF_A_LINE);
        let to = (at + SHOWN_OF_A_LINE).min(line.len());
        let shown = |part: Option<&[char]>| part.unwrap_or_default().iter().collect::<String>();
        let before: String = shown(line.get(from..at));
        // A tab is as wide in both lines.
        let indent: String = before
            .chars()
            .map(|c| if c == '\t' { c } else { ' ' })
            .collect();
        let behind = shown(line.get(at..to));
        let (open, close) = (
            if from > 0 { "…" } else { "" },
            if to < line.len() { "…" } else { "" },
        );
        let space = if from > 0 { " " } else { "" };
        format!("{self}\n\t{open}{before}{behind}{close}\n\t{space}{indent}^")
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:")?;
        }
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, "{line}:{column}: ")?;
        }
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

fn located(problem: Problem, sources: &[Source], query: &str) -> Located {
    let Problem {
        code,
        at,
        mut message,
        places,
    } = problem;
    for at in places {
        let source = sources.get(at.module as usize);
        let text = source.map_or(query, |source| source.text.as_str());
        let (line, column) = position(text, at);
        let place = match source {
            Some(source) => format!("{}:{line}", source.path),
            None => format!("{line}:{column}"),
        };
        message = message.replacen(PLACE, &place, 1);
    }
    let Some(at) = at else {
        return Located {
            code,
            message,
            file: None,
            line: None,
            column: None,
            line_text: None,
        };
    };
    let source = sources.get(at.module as usize);
    let text = source.map_or(query, |source| source.text.as_str());
    let (line, mut column) = position(text, at);
    // At the end of a text, OPA points at the last character.
    if code == Code::Parse && at.start == at.end && at.start as usize == text.len() {
        column = (column - 1).max(1);
    }
    Located {
        code,
        message,
        file: source.map(|source| source.path.clone()),
        line: Some(line),
        column: Some(column),
        line_text: text.lines().nth(line - 1).map(str::to_owned),
    }
}

/// Line and column of a place, from 1.
#[must_use]
pub fn position(text: &str, at: At) -> (usize, usize) {
    let before = text.get(..at.start as usize).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

/// A request that takes what is usual.
#[must_use]
pub fn request(input: Option<Value>, environment: &mut dyn Environment) -> Request<'_> {
    Request {
        input,
        environment,
        strict_builtin_errors: false,
        limits: Limits::default(),
        coverage: false,
    }
}

//! Finds code in users' policies for Harness that probably doesn't do what its author intended: the rules for all
//! Rego, and rules about the form of Harness's inputs.

mod demanded;
pub(super) mod deny;
mod entity;
mod nesting;
pub(super) mod outside;
pub(super) mod pasted;
mod reached;
mod root;
mod sbom;
#[cfg(test)]
mod tests;
mod unread;

use commands::lint::{self, Finding, Opa, Surroundings, Weight};
use compiler::syntax;
use compiler::syntax::ast::{Location, Module};
use document::LineIndex;
use rego::policy::{Diagnostic as ModuleDiagnostic, Source, position, refused};
use serde::Serialize;
use values::Version;

use crate::report::{Diagnostic, Position, Severity, Verdict, docs, text};
use crate::source::SourceFile;

/// The oldest OPA that has to read policies by default. Harness's own samples call `object.keys`, which it
/// introduced.
pub const OLDEST: Opa = Opa::new(0, 47);

/// The result of a lint.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename = "LintReport"))]
pub struct Lint {
    /// The findings, sorted by file and place.
    pub findings: Vec<LintFinding>,
    /// Why modules couldn't be read, and the errors of OPA's compiler.
    pub problems: Vec<LintFinding>,
}

/// A finding at one place of a module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct LintFinding {
    /// The rule's identity, such as `undefined-under-not`; for a problem, OPA's code for it, such as `rego_parse_error`.
    pub rule: &'static str,
    /// `warning`, or `note` if nothing has to be done; `error` for a problem.
    pub severity: Severity,
    /// What is wrong, and why.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The module's path.
    pub file: String,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
}

/// How to check modules.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The version of Rego in which they are written.
    pub version: Version,
    /// The oldest OPA that has to read them.
    pub oldest: Opa,
    /// Whether errors of OPA's compiler for all of them together are problems too, as in `opa check`.
    pub compile: Option<Compile>,
}

/// Which errors of OPA's compiler to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compile {
    /// Those that prevent an evaluation.
    Usual,
    /// Those, and unused variables and imports, as in `opa check --strict`.
    Strict,
}

impl Options {
    /// The default for a version.
    #[must_use]
    pub const fn for_version(version: Version) -> Self {
        Self {
            version,
            oldest: OLDEST,
            compile: None,
        }
    }
}

/// Checks modules that are used together.
#[must_use]
pub fn lint(sources: &[Source], options: Options) -> Lint {
    let Options {
        version,
        oldest,
        compile,
    } = options;
    let mut modules = Vec::new();
    let mut problems = Vec::new();
    for (index, source) in (0..).zip(sources) {
        match syntax::parse_module(&source.text, index, version) {
            Ok(module) => modules.push(module),
            Err(more) => problems.extend(more.into_iter().enumerate().map(|(i, problem)| {
                let at = problem.at.unwrap_or(Location {
                    module: index,
                    ..Location::default()
                });
                let (line, column) = position(&source.text, at);
                // Later problems are often consequences of the first.
                let help = (i == 0)
                    .then(|| pasted::help(&source.text, version, line, column))
                    .flatten();
                let rule = problem.code.name();
                (rule, Severity::Error, at, problem.message, help)
            })),
        }
    }
    // As in OPA, modules that can't be parsed aren't compiled either.
    if let Some(compile) = compile
        && problems.is_empty()
    {
        let refused = refused(
            sources,
            modules.clone(),
            version,
            compile == Compile::Strict,
        );
        let refused = refused.into_iter().map(|(at, problem)| {
            let rule = problem.code.name();
            let help = meets_another(&problem.message).then(|| MEETING.to_owned());
            (rule, Severity::Error, at, in_one_line(problem), help)
        });
        problems.extend(refused);
    }
    Lint {
        findings: findings(sources, &modules, oldest),
        problems: remarks(sources, problems.into_iter()),
    }
}

/// The findings in modules that could be parsed. The modules have the order of the sources.
#[must_use]
pub fn findings(sources: &[Source], modules: &[Module], oldest: Opa) -> Vec<LintFinding> {
    let around = Surroundings {
        oldest,
        is_given: &demanded::is_demanded,
    };
    let mut findings = lint::lint(modules, &around);
    for module in modules {
        if !sbom::denies(module) {
            findings.extend(deny::missing(module, modules));
        }
        findings.extend(deny::not_a_text(module));
        findings.extend(nesting::steps(module));
        findings.extend(nesting::stages(module));
        findings.extend(root::wrong(module));
        findings.extend(entity::unnamed(module));
        findings.extend(unread::rules(module, modules));
        findings.extend(outside::references(module, modules));
    }
    let findings = findings.into_iter().map(|finding| {
        let Finding {
            rule,
            weight,
            at,
            message,
            help,
        } = finding;
        let severity = match weight {
            Weight::Note => Severity::Note,
            Weight::Warning => Severity::Warning,
        };
        (rule, severity, at, message, Some(help))
    });
    remarks(sources, findings)
}

/// The message of a problem with the lines that OPA adds to it: `have: …, want: …`.
fn in_one_line(problem: ModuleDiagnostic) -> String {
    let ModuleDiagnostic {
        mut message,
        details,
        ..
    } = problem;
    let lines = details.iter().flat_map(|details| &details.lines);
    let details = lines.map(|line| line.trim()).filter(|line| *line != "^");
    for (i, line) in details.enumerate() {
        message.push_str(if i == 0 { ": " } else { ", " });
        message.push_str(line);
    }
    message
}

/// What to do if modules contradict each other.
const MEETING: &str = "keep one of them; or, if Harness evaluates these policies one by one, lint each by itself, as `check --policy` does";

/// Whether a problem is about rules with the same name, which may be in modules that Harness never evaluates
/// together.
fn meets_another(message: &str) -> bool {
    ["conflicting rules ", "multiple default rules "]
        .iter()
        .any(|start| message.starts_with(start))
}

/// A warning at a location in a module.
#[must_use]
pub fn warning(
    source: &Source,
    rule: &'static str,
    at: Location,
    message: String,
    help: String,
) -> Option<LintFinding> {
    let found = (
        rule,
        Severity::Warning,
        Location { module: 0, ..at },
        message,
        Some(help),
    );
    remarks(std::slice::from_ref(source), std::iter::once(found)).pop()
}

type Found = (&'static str, Severity, Location, String, Option<String>);

fn remarks(sources: &[Source], found: impl Iterator<Item = Found>) -> Vec<LintFinding> {
    let lines: Vec<_> = sources
        .iter()
        .map(|source| LineIndex::new(&source.text))
        .collect();
    let mut remarks: Vec<_> = found
        .filter_map(|(rule, severity, at, message, help)| {
            let module = at.module as usize;
            let (source, lines) = (sources.get(module)?, lines.get(module)?);
            Some(LintFinding {
                rule,
                severity,
                message,
                help,
                file: source.path.clone(),
                start: lines.position(at.start).into(),
                end: lines.position(at.end.max(at.start)).into(),
            })
        })
        .collect();
    sort::by(&mut remarks, |a, b| {
        let key = |remark: &LintFinding| (remark.start.offset, remark.end.offset);
        (&a.file, key(a), a.rule).cmp(&(&b.file, key(b), b.rule))
    });
    remarks.dedup();
    remarks
}

impl Lint {
    /// The findings for people, each with its source line.
    #[must_use]
    pub fn text(&self, sources: &[Source], color: bool) -> String {
        let files: Vec<_> = sources
            .iter()
            .map(|source| SourceFile::text(&source.path, &source.text))
            .collect();
        let diagnostics: Vec<_> = self
            .problems
            .iter()
            .chain(&self.findings)
            .cloned()
            .map(diagnostic)
            .collect();
        text::diagnostics(&diagnostics, &files, color)
    }
}

fn diagnostic(remark: LintFinding) -> Diagnostic {
    let is_problem = remark.severity == Severity::Error;
    Diagnostic {
        docs: (!is_problem).then(|| docs::address(&format!("docs/lint.md#{}", remark.rule))),
        rule: remark.rule.to_owned(),
        verdict: if is_problem {
            Verdict::Error
        } else {
            Verdict::Violation
        },
        severity: remark.severity,
        message: remark.message,
        entity: None,
        subject: None,
        path: Vec::new(),
        file: remark.file,
        // A module counts as a file with one document.
        document: Some(0),
        start: remark.start,
        end: remark.end,
        help: remark.help,
        fix: None,
        suppressed: None,
        exception: None,
        images: Vec::new(),
        related: Vec::new(),
    }
}

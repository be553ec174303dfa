//! Finds, runs and reports tests as `opa test` does: as OPA 0.70 for Rego v0, and as 1.22 for v1.

mod cases;
mod failure;
pub mod report;
mod selection;
#[cfg(test)]
mod tests;

use crate::coverage::Coverage;
use compiler::compile::test_rules::{SKIPPED, ground_length, test_name};
use compiler::compile::tree::{full_name, name, package};
use compiler::syntax::ast::{Location, Rule};
use rego::eval::{Environment, Limits, Request};
use rego::policy::{Diagnostic, Loading, Options, Policy, Source, position};
use values::{Value, Version, json};

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use cases::{Case, Cases};
use selection::Selection;

/// The result of a test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "TestStatus"))]
pub enum Status {
    /// It is true; with cases, each of them passes.
    Pass,
    /// It is anything else, or undefined.
    Fail,
    /// Its evaluation ended with an error.
    Error,
    /// It is named `todo_test_…`, so it isn't evaluated.
    Skip,
}

/// The result of one test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "TestResult"))]
pub struct Test {
    /// The package, such as `data.p`.
    pub package: String,
    /// The name, such as `test_x`, or `test_x#01` for the second test with that name.
    pub name: String,
    /// The path of the module.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1 in code points.
    pub column: usize,
    /// The result.
    pub status: Status,
    /// The expression that was false with the values compared, or the error.
    pub message: Option<String>,
    /// The errors, one by one.
    pub problems: Vec<TestError>,
    /// The lines that it printed.
    pub printed: Vec<String>,
    /// The cases of the test by key, if it has any (in Rego v1).
    pub cases: Cases,
    /// The duration in nanoseconds, as the host measures it.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub duration: u64,
}

/// An error in a policy or in its evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "PolicyProblem"))]
pub struct TestError {
    /// OPA's code, such as `rego_parse_error`, `rego_unsafe_var_error` or `eval_conflict_error`.
    pub code: String,
    /// The message, in OPA's words if OPA has the same error.
    pub message: String,
    /// The path of the module; `null` if the error is in a query, or has no location.
    pub file: Option<String>,
    /// The line, counted from 1; `null` if the error has no location.
    pub line: Option<usize>,
    /// The column, counted from 1 in code points; `null` if the error has no location.
    pub column: Option<usize>,
    /// What OPA adds to the message in its JSON, such as the source line, or types that don't match.
    #[cfg_attr(feature = "typescript", ts(type = "Json | null"))]
    pub details: Option<serde_json::Value>,
    /// The same for people, as lines.
    #[serde(default)]
    #[cfg_attr(feature = "typescript", ts(skip))]
    pub lines: Vec<String>,
}

/// Compiled modules whose tests can be run one by one.
#[derive(Debug)]
pub struct Runner {
    policy: Policy,
    found: Vec<Found>,
    reached: BTreeSet<Location>,
}

/// A test in the modules.
#[derive(Debug)]
struct Found {
    module: usize,
    rule: usize,
    /// The query for its value.
    query: String,
    is_skipped: bool,
    /// Whether its value is an object of cases.
    has_cases: bool,
}

/// Why no tests can be run.
#[derive(Debug)]
pub enum Refusal {
    /// The modules don't compile.
    Modules(Vec<Diagnostic>),
    /// The pattern that selects tests is invalid.
    Pattern(String),
}

impl Runner {
    /// Compiles modules and finds their tests, in source order. With a pattern, only those whose full names
    /// (`data.p.test_x`) match it.
    ///
    /// # Errors
    ///
    /// The errors that OPA reports for the modules, or for the pattern.
    pub fn compile(
        sources: Vec<Source>,
        options: Options,
        loading: Loading,
        chosen: Option<&str>,
    ) -> Result<Self, Refusal> {
        let selection = chosen.filter(|pattern| !pattern.is_empty());
        let selection = selection.map(Selection::parse).transpose();
        let mut selection = selection.map_err(Refusal::Pattern)?;
        let loading = Loading {
            for_tests: true,
            ..loading
        };
        let policy =
            Policy::compile_loaded(sources, options, &loading).map_err(Refusal::Modules)?;
        let version = policy.version();
        let mut found = Vec::new();
        for (i, (_, module)) in policy.modules().enumerate() {
            for (j, rule) in module.rules.iter().enumerate() {
                let Some((length, name)) = test_name(rule, version) else {
                    continue;
                };
                let reference = rule.head.reference.get(..length).unwrap_or_default();
                let is_chosen = match &mut selection {
                    Some(selection) => selection.matches(&full_name(module, reference)),
                    None => Ok(true),
                };
                if !is_chosen.map_err(Refusal::Pattern)? {
                    continue;
                }
                let ground = reference
                    .get(..ground_length(reference))
                    .unwrap_or_default();
                found.push(Found {
                    module: i,
                    rule: j,
                    query: full_name(module, ground),
                    is_skipped: name.starts_with(SKIPPED),
                    has_cases: version == Version::V1 && is_object(rule),
                });
            }
        }
        Ok(Self {
            policy,
            found,
            reached: BTreeSet::new(),
        })
    }

    /// The number of tests.
    #[must_use]
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there are no tests.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Runs the test with this index within the limits; `None` if there is none.
    pub fn run(
        &mut self,
        number: usize,
        limits: Limits,
        environment: &mut dyn Environment,
    ) -> Option<Test> {
        let mut test = self.unjudged(number)?;
        let found = self.found.get(number)?;
        if found.is_skipped {
            return Some(test);
        }
        let (source, module) = self.policy.modules().nth(found.module)?;
        let rule = module.rules.get(found.rule)?;
        let request = Request {
            limits,
            // A failed test is explained by what was evaluated last.
            coverage: true,
            ..rego::policy::request(None, environment)
        };
        let attempt = self.policy.attempt(&found.query, request);
        test.printed = attempt.printed;
        match attempt.rows {
            Err(problems) => {
                let problems = self.policy.diagnostics(problems, &found.query);
                let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
                test.status = Status::Error;
                test.message = Some(lines.join("\n"));
                test.problems = problems.into_iter().map(TestError::from).collect();
            }
            Ok(rows) => {
                let value = rows
                    .first()
                    .and_then(|row| row.expressions.first())
                    .map(|(value, _)| value);
                let holds = match value {
                    Some(Value::Null) => false,
                    Some(value) if found.has_cases => {
                        test.cases = Cases::new(value, &attempt.cases);
                        !test.cases.any_fails()
                    }
                    value => value == Some(&Value::Bool(true)),
                };
                test.status = if holds { Status::Pass } else { Status::Fail };
                if !holds {
                    let differed = attempt.differed.as_ref();
                    // For a test with cases, the value is only the cases, so it isn't shown.
                    let value = value.filter(|_| !found.has_cases);
                    test.message =
                        failure::message(rule, &source.text, &attempt.covered, differed, value);
                }
            }
        }
        self.reached.extend(attempt.covered);
        Some(test)
    }

    /// The test with this index, with an error that ended it from outside; `None` if there is none.
    #[must_use]
    pub fn broken(&self, number: usize, code: &str, message: &str) -> Option<Test> {
        let test = self.unjudged(number)?;
        let problem = TestError {
            code: code.to_owned(),
            message: message.to_owned(),
            file: Some(test.file.clone()),
            line: Some(test.line),
            column: Some(test.column),
            details: None,
            lines: Vec::new(),
        };
        Some(Test {
            status: Status::Error,
            message: Some(format!("{}:{}: {code}: {message}", test.file, test.line)),
            problems: vec![problem],
            ..test
        })
    }

    fn unjudged(&self, number: usize) -> Option<Test> {
        let found = self.found.get(number)?;
        let (source, module) = self.policy.modules().nth(found.module)?;
        let rule = module.rules.get(found.rule)?;
        let (length, _) = test_name(rule, self.policy.version())?;
        let (line, column) = position(&source.text, rule.at);
        Some(Test {
            package: package(module),
            name: name(rule.head.reference.get(..length)?),
            file: source.path.clone(),
            line,
            column,
            status: Status::Skip,
            message: None,
            problems: Vec::new(),
            printed: Vec::new(),
            cases: Cases::default(),
            duration: 0,
        })
    }

    /// The coverage of all tests that were run.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        Coverage::new(&self.policy, &self.reached)
    }
}

impl From<Diagnostic> for TestError {
    fn from(problem: Diagnostic) -> Self {
        let (details, lines) = problem.details.map_or((None, Vec::new()), |details| {
            let document = json::write(&details.document.value());
            (serde_json::from_str(&document).ok(), details.lines)
        });
        Self {
            code: problem.code.name().to_owned(),
            message: problem.message,
            file: problem.file,
            line: problem.line,
            column: problem.column,
            details,
            lines,
        }
    }
}

/// Whether OPA 1.22 takes a rule for one that defines an object, whose fields are the cases of a test.
fn is_object(rule: &Rule) -> bool {
    let head = &rule.head;
    if head.key.is_some() {
        return false;
    }
    let is_dynamic = ground_length(&head.reference) < head.reference.len();
    // `p["k"] := v`, which OPA parses as it did before references could have more than two parts.
    let is_field = !head.has_if
        && !head.has_contains
        && !rule.is_default
        && head.args.as_ref().is_none_or(Vec::is_empty)
        && head.reference.len() == 2;
    is_dynamic || is_field
}

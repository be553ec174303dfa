//! The tests in modules: every rule whose name begins with `test_` has to be true.

use super::coverage::Coverage;
use super::eval::{Environment, Limits, Request};
use super::policy::{Located, Policy, position};
use super::syntax::ast::{At, Rule};
use super::value::Value;

use std::collections::BTreeSet;
use std::fmt;

/// What a test came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is true.
    Pass,
    /// It isn't; with the expression that ended it, where that is known.
    Fail(Option<Failed>),
    /// Its evaluation failed.
    Error(Vec<Located>),
    /// It is named `todo_test_…`, so it isn't evaluated.
    Skip,
}

/// The expression that ended a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Its line, from 1.
    pub line: usize,
    /// Its text.
    pub text: String,
    /// What was compared and isn't equal, left and right, in Rego.
    pub compared: Option<(String, String)>,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Test {
    /// `data.p`.
    pub package: String,
    /// `test_x`.
    pub name: String,
    /// The module.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What it came to.
    pub verdict: Verdict,
    /// What it printed.
    pub printed: Vec<String>,
}

/// Tests that were run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// In the order in which they stand.
    pub tests: Vec<Test>,
    /// What they reached together.
    pub coverage: Coverage,
}

/// Runs every test of a policy's modules, each within the limits.
pub fn run(policy: &Policy, limits: Limits, environment: &mut dyn Environment) -> Suite {
    let mut tests: Vec<Test> = Vec::new();
    let mut reached = BTreeSet::new();
    for (source, module) in policy.modules() {
        let package = super::syntax::shown(&module.package);
        for rule in &module.rules {
            let name = rule.head.name().to_string();
            let is_skipped = name.starts_with("todo_test_");
            if !(name.starts_with("test_") || is_skipped) {
                continue;
            }
            // A test in several bodies is one.
            if tests
                .iter()
                .any(|test| test.package == package && test.name == name)
            {
                continue;
            }
            let (line, _) = position(&source.text, rule.at);
            let mut test = Test {
                package: package.clone(),
                name,
                file: source.path.clone(),
                line,
                verdict: Verdict::Skip,
                printed: Vec::new(),
            };
            if !is_skipped {
                let request = Request {
                    limits,
                    // What was evaluated last is what ended a test.
                    coverage: true,
                    ..super::policy::request(None, environment)
                };
                reached.extend(judge(policy, rule, &source.text, &mut test, request));
            }
            tests.push(test);
        }
    }
    Suite {
        tests,
        coverage: Coverage::of(policy, &reached),
    }
}

/// The tests as JSON for a host: `{"tests": [{"package", "name", "file", "line", "status", "message",
/// "printed"}], "coverage"}`.
#[must_use]
pub fn document(suite: &Suite) -> Value {
    let tests = suite.tests.iter().map(|test| {
        let (status, message) = match &test.verdict {
            Verdict::Pass => ("pass", Value::Null),
            Verdict::Skip => ("skip", Value::Null),
            Verdict::Fail(failed) => (
                "fail",
                failed
                    .as_ref()
                    .map_or(Value::Null, |failed| failed.to_string().into()),
            ),
            Verdict::Error(problems) => {
                let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
                ("error", lines.join("\n").into())
            }
        };
        let printed = test.printed.iter().map(|line| line.as_str().into());
        Value::object([
            ("package", Value::from(test.package.as_str())),
            ("name", test.name.as_str().into()),
            ("file", test.file.as_str().into()),
            ("line", test.line.into()),
            ("status", status.into()),
            ("message", message),
            ("printed", Value::array(printed)),
        ])
    });
    Value::object([
        ("tests", Value::array(tests)),
        ("coverage", suite.coverage.document()),
    ])
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)?;
        if let Some((left, right)) = &self.compared {
            write!(f, "\n  left:  {left}\n  right: {right}")?;
        }
        Ok(())
    }
}

/// Judges a test, and says what it reached.
fn judge(
    policy: &Policy,
    rule: &Rule,
    text: &str,
    judged: &mut Test,
    request: Request<'_>,
) -> BTreeSet<At> {
    let query = format!("{}.{}", judged.package, judged.name);
    match policy.ask(&query, request) {
        Err(problems) => {
            judged.verdict = Verdict::Error(problems);
            BTreeSet::new()
        }
        Ok(answer) => {
            judged.printed = answer.printed;
            let value = answer.rows.first().and_then(|row| row.expressions.first());
            // OPA passes whatever is neither undefined nor false.
            let holds = value.is_some_and(|(value, _)| *value != Value::Bool(false));
            judged.verdict = if holds {
                Verdict::Pass
            } else {
                let differed = answer.differed.as_ref();
                let reached = answer.covered.iter();
                // What keeps a body from being tried isn't reached itself.
                let last = reached
                    .chain(differed.map(|differed| &differed.at))
                    .filter(|at| {
                        at.module == rule.at.module
                            && **at != rule.at
                            && at.start >= rule.at.start
                            && at.end <= rule.at.end
                    })
                    .max_by_key(|at| at.start);
                Verdict::Fail(last.map(|at| {
                    Failed {
                        line: position(text, *at).0,
                        text: text
                            .get(at.start as usize..at.end as usize)
                            .unwrap_or_default()
                            .to_owned(),
                        compared: differed
                            .filter(|differed| differed.at == *at)
                            .and_then(|differed| differed.compared.as_ref())
                            .map(|(left, right)| (left.to_string(), right.to_string())),
                    }
                }))
            };
            answer.covered
        }
    }
}

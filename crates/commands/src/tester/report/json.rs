//! Reports tests for programs, in OPA's format `json`.

use serde::Serialize;
use std::collections::BTreeMap;

use super::{Status, Test};
use crate::tester::{Cases, TestError};
use builtins::encode_base64;

#[derive(Serialize)]
struct JsonTest<'t> {
    location: Location<'t>,
    package: &'t str,
    name: &'t str,
    #[serde(skip_serializing_if = "is_false")]
    fail: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Errors<'t>>,
    #[serde(skip_serializing_if = "is_false")]
    skip: bool,
    duration: u64,
    #[serde(skip_serializing_if = "String::is_empty")]
    output: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sub_results: BTreeMap<&'t str, ShownCase<'t>>,
}

#[derive(Serialize)]
struct Location<'t> {
    file: &'t str,
    row: usize,
    col: usize,
}

/// As in OPA, errors in a query are a list, and an error in an evaluation isn't.
#[derive(Serialize)]
#[serde(untagged)]
enum Errors<'t> {
    One(Error<'t>),
    Many(Vec<Error<'t>>),
}

#[derive(Serialize)]
struct Error<'t> {
    code: &'t str,
    message: &'t str,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location<'t>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<&'t serde_json::Value>,
}

#[derive(Serialize)]
struct ShownCase<'t> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'t str,
    #[serde(skip_serializing_if = "is_false")]
    fail: bool,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    sub_results: BTreeMap<&'t str, ShownCase<'t>>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The output of `opa test --format json`, without traces and without the values in tests' errors.
#[must_use]
pub fn json(tests: &[Test]) -> String {
    let shown: Vec<_> = tests.iter().map(JsonTest::new).collect();
    // This can't fail, because all keys are strings.
    let text = serde_json::to_string_pretty(&shown).unwrap_or_default();
    as_go(&text) + "\n"
}

impl<'t> JsonTest<'t> {
    fn new(test: &'t Test) -> Self {
        let mut output = test.printed.join("\n");
        if !test.printed.is_empty() {
            output.push('\n');
        }
        Self {
            location: Location {
                file: &test.file,
                row: test.line,
                col: test.column,
            },
            package: &test.package,
            name: &test.name,
            fail: test.status == Status::Fail,
            error: (test.status == Status::Error).then(|| errors(&test.problems)),
            skip: test.status == Status::Skip,
            duration: test.duration,
            output: encode_base64(output.as_bytes()),
            sub_results: cases(&test.cases),
        }
    }
}

impl<'t> Error<'t> {
    fn new(problem: &'t TestError) -> Self {
        let file = problem.file.as_deref().unwrap_or_default();
        let place = problem.line.zip(problem.column);
        Self {
            code: &problem.code,
            message: &problem.message,
            location: place.map(|(row, col)| Location { file, row, col }),
            details: problem.details.as_ref(),
        }
    }
}

fn errors(problems: &[TestError]) -> Errors<'_> {
    match problems {
        [problem] if !problem.code.starts_with("rego_") => Errors::One(Error::new(problem)),
        problems => Errors::Many(problems.iter().map(Error::new).collect()),
    }
}

fn cases(found: &Cases) -> BTreeMap<&str, ShownCase<'_>> {
    let shown = found.iter().map(|(key, case)| {
        let shown = ShownCase {
            name: &case.name,
            fail: case.fails,
            sub_results: cases(&case.cases),
        };
        (key, shown)
    });
    shown.collect()
}

/// JSON as Go writes it, with HTML characters escaped.
fn as_go(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

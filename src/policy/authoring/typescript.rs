//! The types in `pkg/src/evaluation.ts` and `pkg/src/lint-report.ts`, which are generated from these Rust types.
//! Tests check that they are current.

use commands::coverage::{CoverageCount, CoverageReport, FileCoverage, LineRange, Row};
use commands::tester::{Case, Cases, Status, Test, TestError};
use rego::eval::{Alone, Request};
use rego::policy::{Options, Policy, Source};
use values::{Value, Version, json};

use super::evaluation::{self, Evaluation, EvaluationStatus};
use super::lint::{Lint, LintFinding};
use crate::typescript::{assert_current, declaration, fields, interface, words};

#[test]
fn the_types_for_typescript_are_current() {
    assert_current(
        "pkg/src/evaluation.ts",
        "src/policy/authoring/evaluation.rs and crates/commands (coverage, tester)",
        "import type { Json } from \"./policy.js\";",
        &[
            declaration::<Evaluation>(),
            words::<EvaluationStatus>("evaluationStatuses"),
            interface::<CoverageReport>(),
            interface::<CoverageCount>(),
            interface::<FileCoverage>(),
            interface::<LineRange>(),
            interface::<Row>(),
            declaration::<TestError>(),
            declaration::<Test>(),
            declaration::<Status>(),
            declaration::<Cases>(),
            declaration::<Case>(),
        ],
    );
    assert_current(
        "pkg/src/lint-report.ts",
        "src/policy/authoring/lint",
        "import type { Position, Severity } from \"./report.js\";",
        &[declaration::<Lint>(), declaration::<LintFinding>()],
    );
}

fn keys(document: &Value) -> Vec<String> {
    let document = serde_json::from_str::<serde_json::Map<_, _>>(&json::write(document));
    let document = document.unwrap_or_default();
    document.keys().cloned().collect()
}

/// These write their JSON themselves, with numbers as they were written, so this compares the fields.
#[test]
fn documents_have_the_fields_that_their_types_have() {
    let source = Source {
        path: "p.rego".to_owned(),
        text: "package p\ndeny[x] { x := 1 / input.zero }\n".to_owned(),
    };
    let options = Options {
        version: Version::V0,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    let policy = Policy::compile(vec![source], options).unwrap();
    let input = json::parse(r#"{"zero": 0}"#).unwrap();
    let mut alone = Alone;
    let request = Request {
        strict_builtin_errors: true,
        ..rego::policy::request(Some(input), &mut alone)
    };
    let evaluation = evaluation::evaluate(&policy, request);
    assert_eq!(
        keys(&evaluation.to_value()),
        fields(&declaration::<Evaluation>())
    );
    let problem = evaluation.problems.first().unwrap();
    assert_eq!(
        keys(&problem.to_value()),
        fields(&declaration::<TestError>())
    );
}

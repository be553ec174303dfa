//! The results of tests. The tests of the workspace compare everything with real OPA.

use super::{Refusal, Runner, Status, Test, report};
use builtins::{Failure, Outcome};
use rego::eval::{Alone, Environment, Limits};
use rego::policy::{Loading, Options, Source};
use values::budget::Deadline;
use values::{Value, Version};

fn suite(version: Version, text: &str, chosen: Option<&str>) -> Runner {
    let source = Source {
        path: "p_test.rego".to_owned(),
        text: text.to_owned(),
    };
    let options = Options {
        version,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    Runner::compile(vec![source], options, Loading::default(), chosen)
        .expect("modules that compile")
}

fn run(version: Version, text: &str) -> Vec<Test> {
    let mut suite = suite(version, text, None);
    (0..suite.len())
        .filter_map(|number| suite.run(number, Limits::default(), &mut Alone))
        .collect()
}

fn outcomes(version: Version, text: &str) -> Vec<(String, Status)> {
    let tests = run(version, text).into_iter();
    tests.map(|test| (test.name, test.status)).collect()
}

fn named(outcomes: &[(String, Status)]) -> Vec<(&str, Status)> {
    outcomes
        .iter()
        .map(|(name, status)| (name.as_str(), *status))
        .collect()
}

#[test]
fn the_second_test_of_a_name_is_one_of_its_own() {
    let found = outcomes(
        Version::V0,
        "package p\ntest_a { true }\ntest_a { 1 == 2 }\ntest_b { true } { false }\n",
    );
    assert_eq!(
        named(&found),
        [
            ("test_a", Status::Pass),
            ("test_a#01", Status::Fail),
            ("test_b", Status::Pass),
            ("test_b#01", Status::Fail),
        ]
    );
}

#[test]
fn only_true_passes() {
    for value in [
        "false", "null", "0", "1", "\"\"", "\"x\"", "[]", "{}", "set()",
    ] {
        for (version, keyword) in [(Version::V0, "="), (Version::V1, ":=")] {
            let text = format!("package p\ntest_x {keyword} {value}\n");
            assert_eq!(
                outcomes(version, &text),
                [("test_x".to_owned(), Status::Fail)],
                "{text}"
            );
        }
    }
    let set = outcomes(Version::V0, "package p\ntest_x[1] { true }\n");
    assert_eq!(named(&set), [("test_x", Status::Fail)]);
}

#[test]
fn a_default_is_a_test_beside_its_rule() {
    let found = outcomes(
        Version::V1,
        "package p\ndefault test_x := false\ntest_x if true\n",
    );
    assert_eq!(
        named(&found),
        [("test_x", Status::Fail), ("test_x#01", Status::Pass)]
    );
}

#[test]
fn versions_look_for_tests_in_other_parts_of_a_name() {
    let text = "package p\nimport rego.v1\na.test_b if true\ntest_c.d if true\ntest_e[x] if some x in [1]\n";
    let found = outcomes(Version::V0, text);
    assert_eq!(named(&found), [("a.test_b", Status::Pass)]);
    let found = outcomes(Version::V1, text);
    assert_eq!(
        named(&found),
        [
            ("a.test_b", Status::Pass),
            ("test_c", Status::Fail),
            ("test_e", Status::Pass),
        ]
    );
}

#[test]
fn a_case_that_fails_is_found_though_it_has_no_value() {
    let text = r#"package p
test_sums[tc.note] if {
	some tc in [{"note": "right", "sum": 2}, {"note": "wrong", "sum": 3}, {"note": 7, "sum": 2}]
	1 + 1 == tc.sum
}
"#;
    let tests = run(Version::V1, text);
    let [only] = tests.as_slice() else {
        unreachable!("one test: {tests:?}");
    };
    assert_eq!(only.status, Status::Fail);
    let cases: Vec<_> = only
        .cases
        .iter()
        .map(|(key, case)| (key, case.fails))
        .collect();
    assert_eq!(cases, [("7", false), ("right", false), ("wrong", true)]);
    let shown = report::pretty(&tests, Version::V1, false);
    assert_eq!(
        shown,
        format!(
            "p_test.rego:2:\ndata.p.test_sums: FAIL (0s)\n  wrong: FAIL\n{}\nPASS: 2/3\nFAIL: 1/3\n",
            "-".repeat(80)
        )
    );
}

#[test]
fn what_is_skipped_is_not_evaluated() {
    let tests = run(Version::V0, "package p\ntodo_test_x { print(\"seen\") }\n");
    assert_eq!(tests.first().map(|test| test.status), Some(Status::Skip));
    assert!(tests.iter().all(|test| test.printed.is_empty()));
}

#[test]
fn tests_are_chosen_by_their_full_names() {
    let text = "package p\ntest_ab { true }\ntest_b { true }\ntest_b { true }\n";
    let count = |chosen| suite(Version::V0, text, Some(chosen)).len();
    // The second one is `data.p["test_b#01"]`.
    assert_eq!(count("^data\\.p\\.test_b"), 1);
    assert_eq!(count("test_b"), 2);
    assert_eq!(count("b$"), 2);
    assert_eq!(count("#01"), 1);
    assert_eq!(count(""), 3);
    let source = Source {
        path: "p_test.rego".to_owned(),
        text: text.to_owned(),
    };
    let options = Options {
        version: Version::V0,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    let refusal = Runner::compile(vec![source], options, Loading::default(), Some("a["));
    assert!(
        matches!(&refusal, Err(Refusal::Pattern(message)) if message == "error parsing regexp: missing closing ]: `[`"),
        "{refusal:?}"
    );
}

#[test]
fn a_test_without_end_ends_and_the_others_are_run() {
    /// A clock that is always past the deadline.
    struct Late;
    impl Environment for Late {
        fn now(&mut self) -> Result<i64, Failure> {
            Ok(0)
        }
        fn ask(&mut self, _: &str, _: &[Value]) -> Outcome {
            Ok(None)
        }
        fn deadline(&self) -> Option<Deadline> {
            Some(Deadline {
                clock: || 1.0,
                end: 0.0,
            })
        }
    }
    let text = "package p\ntest_long { a := numbers.range(1, 3000); a[_] + a[_] + a[_] == -1 }\ntest_short { true }\n";
    let mut suite = suite(Version::V0, text, None);
    let limits = Limits {
        steps: u64::MAX,
        ..Limits::default()
    };
    let long = suite.run(0, limits, &mut Late).expect("a test");
    assert_eq!(long.status, Status::Error);
    let problem = long.problems.first().expect("a problem");
    assert_eq!(problem.code, "eval_cancel_error");
    assert_eq!(problem.message, "caller cancelled query execution");
    assert_eq!(problem.line, Some(2));
    let short = suite.run(1, limits, &mut Late).expect("a test");
    assert_eq!(short.status, Status::Pass);
}

#[test]
fn what_is_shown_of_a_failure_is_bounded() {
    let text = "package p\ntest_x { a := numbers.range(1, 5000); a == [] }\n";
    let tests = run(Version::V0, text);
    let message = tests.first().and_then(|test| test.message.as_deref());
    let message = message.expect("a message");
    assert!(
        message.contains("line 2: a == []\n  left:  [1, 2, 3"),
        "{message}"
    );
    assert!(
        message.chars().count() < 2_500,
        "{} signs",
        message.chars().count()
    );
}

#[test]
fn notes_are_not_printed() {
    let tests = run(
        Version::V0,
        "package p\ntest_x { trace(\"a\"); print(\"b\"); false }\n",
    );
    assert_eq!(
        tests.first().map(|test| test.printed.clone()),
        Some(vec!["b".to_owned()])
    );
}

#[test]
fn build_servers_get_a_test_case_for_each_case() {
    let text = r#"package p
test_right if true
test_wrong if 1 == 2
test_many[note] if { some note in ["a&b", "<c>"]; note != "<c>" }
test_error if { two == 1; print("\u0007") }
two := x if { some x in [1, 2] }
todo_test_later if true
"#;
    let tests = run(Version::V1, text);
    insta::assert_snapshot!(report::junit(&tests));
}

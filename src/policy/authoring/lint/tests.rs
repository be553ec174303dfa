//! Tests each rule with a policy that it reports, and with one that does the same correctly: `tests/cases/lint`.

use std::fs;
use std::path::Path;

use super::*;

const FOLDER: &str = "tests/cases/lint";

fn source(path: &str, text: &str) -> Vec<Source> {
    vec![Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }]
}

fn rules() -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(FOLDER)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn linted(rule: &str, file: &str) -> (Lint, Vec<Source>) {
    let path = format!("{FOLDER}/{rule}/{file}");
    let text = fs::read_to_string(Path::new(&path)).unwrap();
    let sources = source(file, &text);
    let mut lint = lint(&sources, Options::for_version(Version::V0));
    // Notes of other rules, which nearly every policy has, don't count.
    lint.findings
        .retain(|finding| finding.rule == rule || finding.severity != Severity::Note);
    (lint, sources)
}

fn rules_of(text: &str, version: Version, oldest: Opa) -> Vec<&'static str> {
    let options = Options {
        oldest,
        ..Options::for_version(version)
    };
    let lint = lint(&source("p.rego", text), options);
    lint.problems
        .iter()
        .chain(&lint.findings)
        .map(|remark| remark.rule)
        .collect()
}

#[test]
fn the_wrong_policy_of_a_rule_is_found_and_the_right_one_not() {
    for rule in rules() {
        let (wrong, sources) = linted(&rule, "wrong.rego");
        assert!(wrong.problems.is_empty(), "{rule}: {:?}", wrong.problems);
        let mut found: Vec<_> = wrong.findings.iter().map(|finding| finding.rule).collect();
        found.dedup();
        assert_eq!(found, [rule.as_str()], "{rule}: {:#?}", wrong.findings);
        insta::assert_snapshot!(rule.as_str(), wrong.text(&sources, false));
        let (right, _) = linted(&rule, "right.rego");
        assert!(right.problems.is_empty(), "{rule}: {:?}", right.problems);
        assert!(right.findings.is_empty(), "{rule}: {:#?}", right.findings);
    }
}

#[test]
fn a_policy_about_sboms_denies_by_its_lists() {
    let by_lists = |package: &str| {
        format!(
            "package {package}\n\ndeny_list_violations[found] {{\n\tfound := input[_].packageName\n\tfound == \"log4j\"\n}}\n"
        )
    };
    let oldest = Options::for_version(Version::V0).oldest;
    let warnings = |package| {
        let mut rules = rules_of(&by_lists(package), Version::V0, oldest);
        rules.retain(|rule| matches!(*rule, "never-fails" | "unread-rule"));
        rules
    };
    assert_eq!(warnings("sbom"), [] as [&str; 0]);
    assert_eq!(warnings("pipeline"), ["never-fails", "unread-rule"]);
}

#[test]
fn the_page_explains_every_rule_and_no_other() {
    let page = fs::read_to_string("docs/lint.md").unwrap();
    let mut explained: Vec<_> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .filter(|title| title.contains('-'))
        .collect();
    explained.sort_unstable();
    assert_eq!(explained, rules());
}

#[test]
fn what_is_no_rego_is_a_problem_with_its_source_line() {
    let sources = source("p.rego", "package p\n\ndeny[msg] {\n\tmsg := \"é\" +\n}\n");
    let lint = lint(&sources, Options::for_version(Version::V0));
    assert!(lint.findings.is_empty());
    insta::assert_snapshot!(lint.text(&sources, false));
}

#[test]
fn what_a_function_has_and_wants_is_in_the_message() {
    let options = Options {
        compile: Some(Compile::Usual),
        ..Options::for_version(Version::V0)
    };
    let text = "package pipeline\ndeny[\"no\"] { startswith(1, input.x) }";
    let problems = lint(&source("p.rego", text), options).problems;
    assert_eq!(
        problems[0].message,
        "startswith: invalid argument(s): have: (number, any), want: (search: string, base: string, result: boolean)"
    );
}

#[test]
fn policies_that_contradict_each_other_may_be_apart_in_harness() {
    let mut sources = source(
        "a.rego",
        "package pipeline\nmost(x) = 1 { x }\ndeny { most(1) }",
    );
    sources.extend(source(
        "b.rego",
        "package pipeline\nmost[x] { x = 1 }\ndeny { most[1] }",
    ));
    let options = Options {
        compile: Some(Compile::Usual),
        ..Options::for_version(Version::V0)
    };
    let problems = lint(&sources, options).problems;
    let [problem] = problems.as_slice() else {
        panic!("{problems:?}");
    };
    assert_eq!(
        problem.message,
        "conflicting rules data.pipeline.most found"
    );
    assert!(
        problem
            .help
            .as_deref()
            .unwrap_or_default()
            .contains("each by itself")
    );
}

#[test]
fn steps_of_a_template_are_found_in_the_template() {
    let text = "package template\ndeny[\"no\"] { input.template.spec.execution.steps[_].step.type == \"Run\" }";
    let lint = lint(&source("p.rego", text), Options::for_version(Version::V0));
    let found = lint
        .findings
        .iter()
        .find(|finding| finding.rule == "misses-nested-steps");
    assert!(
        found
            .unwrap()
            .help
            .as_deref()
            .unwrap()
            .contains("walk(input.template, ")
    );
}

#[test]
fn an_older_opa_reads_less() {
    let text =
        "package p\nimport future.keywords.every\ndeny[\"a\"] { every x in input.xs { x > 1 } }";
    let found = |oldest| rules_of(text, Version::V0, oldest);
    assert_eq!(found(Opa::new(0, 38)), ["older-syntax"]);
    assert_eq!(found(Opa::new(0, 37)), ["newer-syntax", "older-syntax"]);
}

#[test]
fn rego_v1_without_an_import_is_newer_syntax() {
    let text = "package p\ndeny contains \"a\" if input.x";
    assert_eq!(rules_of(text, Version::V1, OLDEST), ["newer-syntax"]);
    assert!(rules_of(text, Version::V1, Opa::new(1, 0)).is_empty());
}

#[test]
fn a_module_that_another_one_uses_need_not_deny() {
    let mut sources = source(
        "lib.rego",
        "package lib\nimport future.keywords.if\nf(x) if x",
    );
    assert_eq!(
        lint(&sources, Options::for_version(Version::V0))
            .findings
            .len(),
        1
    );
    sources.extend(source(
        "p.rego",
        "package p\nimport future.keywords.if\ndeny = true if data.lib.f(input.x)",
    ));
    let lint = lint(&sources, Options::for_version(Version::V0));
    let rules: Vec<_> = lint.findings.iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, ["outside-module"]);
}

#[test]
fn what_only_the_newest_opa_reads_is_told() {
    let before = |minor| Opa::new(1, minor);
    let cases = [
        ("p := $\"{input.x}\"", 12),
        ("import future.keywords.not\n\np if not { input.x }", 17),
        ("import future.keywords.and\n\np if input.x and input.y", 20),
        ("import future.keywords.or\n\np if input.x or input.y", 20),
        ("import rego.v2\n\np if input.x or input.y", 22),
    ];
    for (text, first) in cases {
        let text = format!("package p\n\n{text}\n");
        let at = |oldest| rules_of(&text, Version::V1, oldest);
        let is_reported = |oldest| at(oldest).contains(&"newer-syntax");
        assert!(
            is_reported(before(first - 1)),
            "{text}: {:?}",
            at(before(first - 1))
        );
        assert!(
            !is_reported(before(first)),
            "{text}: {:?}",
            at(before(first))
        );
    }
}

#[test]
fn a_not_with_a_body_takes_what_is_undefined() {
    let policy = |import: &str| {
        format!(
            "package pipeline\n\n{import}\ndeny contains \"a\" if not contains(input.pipeline.tags.team, \"a\")\n"
        )
    };
    let plain = rules_of(&policy(""), Version::V1, Opa::new(1, 22));
    assert!(plain.contains(&"undefined-under-not"), "{plain:?}");
    let text = policy("import future.keywords.not\n");
    let with_body = rules_of(&text, Version::V1, Opa::new(1, 22));
    assert!(!with_body.contains(&"undefined-under-not"), "{with_body:?}");
}

#[test]
fn what_the_compiler_refuses_is_a_problem_where_it_is_asked_for() {
    let mut sources = source(
        "a.rego",
        "package a\n\nimport data.b\n\ndeny { b.f(1, 2, 3) }",
    );
    sources.extend(source("b.rego", "package b\n\nf(x) = y { y := x; z := 1 }"));
    let found = |compile| {
        let options = Options {
            compile,
            ..Options::for_version(Version::V0)
        };
        let lint = lint(&sources, options);
        let problems = lint.problems.into_iter();
        let shown = problems.map(|problem| {
            let Position { line, column, .. } = problem.start;
            format!(
                "{}:{line}:{column}: {}: {}",
                problem.file, problem.rule, problem.message
            )
        });
        shown.collect::<Vec<_>>()
    };
    assert!(found(None).is_empty());
    let too_many = "a.rego:5:8: rego_type_error: function data.b.f has arity 1, got 3 arguments";
    assert_eq!(found(Some(Compile::Usual)), [too_many]);
    let unused = "b.rego:3:20: rego_compile_error: assigned var z unused";
    assert_eq!(found(Some(Compile::Strict)), [unused]);
}

#[test]
fn stages_and_steps_are_also_found_through_variables() {
    let missed = |body: &str| {
        let text = format!(
            "package pipeline\n\nimport future.keywords\n\ndeny[\"no\"] {{\n\t{body}\n}}\n"
        );
        let mut found = rules_of(&text, Version::V0, OLDEST);
        found.retain(|rule| rule.starts_with("misses-"));
        found
    };
    let (stages, steps) = ("misses-parallel-stages", "misses-nested-steps");
    for (body, rules) in [
        (
            "s := input.pipeline.stages[_]; s.stage.type == \"Custom\"",
            vec![stages],
        ),
        (
            "some s in input.pipeline.stages; s.stage.type == \"Custom\"",
            vec![stages],
        ),
        (
            "some _, s in input.pipeline.stages; s.stage.type == \"Custom\"",
            vec![stages],
        ),
        (
            "every s in input.pipeline.stages { s.stage.type != \"Approval\" }",
            vec![stages],
        ),
        (
            "count({s.stage | some s in input.pipeline.stages}) > 9",
            vec![stages],
        ),
        (
            "all := input.pipeline.stages; s := all[_]; s.stage.type == \"Custom\"",
            vec![stages],
        ),
        (
            "some s in input.pipeline.stages; some t in s.stage.spec.execution.steps; t.step.type == \"Run\"",
            vec![stages, steps],
        ),
        (
            "some s in input.pipeline.stages; p := s.parallel[_]; p.stage.type == s.stage.type",
            vec![],
        ),
        ("s := input.other.stages[_].name; s == \"x\"", vec![]),
    ] {
        let mut found = missed(body);
        found.sort_by_key(|rule| *rule != stages);
        assert_eq!(found, rules, "{body}");
    }
}

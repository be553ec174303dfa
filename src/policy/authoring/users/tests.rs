//! Which of a user's modules are policies, what each is compiled with, and what is refused.

use super::{PolicyEntity, UserModule, UserPolicies};
use crate::report::Severity;
use crate::{Config, Guard, SourceFile};
use values::Version;

fn module(path: &str, text: &str) -> UserModule {
    UserModule {
        path: path.to_owned(),
        text: text.to_owned(),
        version: Version::V0,
        entity: None,
        severity: Severity::Error,
        is_searched: true,
        broken: None,
    }
}

fn modules(texts: &[(&str, &str)]) -> Vec<UserModule> {
    texts
        .iter()
        .map(|(path, text)| module(path, text))
        .collect()
}

/// The findings of policies about a pipeline with the stage `build`, and the remarks on the policies.
fn said(modules: Vec<UserModule>) -> (Vec<String>, Vec<String>) {
    let policies = UserPolicies::compile(modules).unwrap();
    let guard = Guard::new(Config::default()).unwrap();
    let guard = guard.with_policies(policies, None, None);
    let text = "pipeline: {identifier: p, stages: [{stage: {identifier: build, type: Custom}}]}";
    let report = guard.check(&[SourceFile::text("p.yaml", text)]);
    let found = report.diagnostics.iter();
    let found = found.map(|found| format!("{}: {}", found.rule, found.message));
    let remarks = guard.policy_remarks().iter();
    let remarks = remarks.map(|remark| format!("{}: {}", remark.file, remark.rule));
    (found.collect(), remarks.collect())
}

fn refused(modules: Vec<UserModule>) -> Vec<String> {
    let problems = UserPolicies::compile(modules).unwrap_err();
    problems.iter().map(ToString::to_string).collect()
}

const HELPER: &str = "package pipeline\nis_custom(stage) { stage.type == \"Custom\" }";
const LIBRARY: &str = "package lib.names\nof(stage) = name { name := stage.identifier }";

#[test]
fn a_policy_uses_libraries_of_its_package_and_of_others() {
    let (found, remarks) = said(modules(&[
        ("lib/names.rego", LIBRARY),
        (
            "lib/names_test.rego",
            "package lib.names\ntest_of { of({\"identifier\": 1}) == 1 }",
        ),
        (
            "pipeline.rego",
            "package pipeline\nimport data.lib.names\ndeny[msg] { stage := input.pipeline.stages[_].stage; is_custom(stage); msg := names.of(stage) }",
        ),
        ("stages.rego", HELPER),
    ]));
    assert_eq!(found, ["pipeline.rego: build"]);
    assert!(remarks.is_empty(), "{remarks:?}");
}

#[test]
fn a_library_may_have_tests_in_it() {
    let lib = "package lib\nbad { input.pipeline.identifier == \"p\" }\ntest_bad { bad with input as {} }";
    let policy = "package pipeline\ndeny[\"named badly\"] { data.lib.bad }";
    let (found, _) = said(modules(&[("lib.rego", lib), ("p.rego", policy)]));
    assert_eq!(found, ["p.rego: named badly"]);
}

#[test]
fn a_policy_that_is_named_may_be_called_like_a_test() {
    let deny = "package pipeline\ndeny[\"always\"] { input.pipeline }";
    let mut named = module("owner_test.rego", deny);
    assert_eq!(said(vec![named.clone()]).0, [""; 0]);
    named.is_searched = false;
    assert_eq!(said(vec![named]).0, ["owner_test.rego: always"]);
}

#[test]
fn policies_that_are_one_weigh_and_are_about_what_each_says() {
    let a = "package pipeline\ndeny[\"a says\"] { helper(1) }";
    let b = "package pipeline\nhelper(x) { x == 1 }\ndeny[\"b says\"] { true }";
    let mut both = modules(&[("a.rego", a), ("b.rego", b)]);
    both[0].severity = Severity::Warning;
    let policies = UserPolicies::compile(both.clone()).unwrap().policies;
    let weights: Vec<_> = policies.iter().map(|policy| policy.severity).collect();
    assert_eq!(weights, [Severity::Error]);
    both[0].entity = Some("pipeline".to_owned());
    assert_eq!(said(both.clone()).0, ["a.rego: a says", "a.rego: b says"]);
    both[1].entity = Some("template".to_owned());
    let problems = refused(both);
    assert!(
        problems[0].contains("this module and `b.rego` are one policy"),
        "{problems:?}"
    );
}

/// Anybody's words may be in a message, so an exception for a place only covers findings that are certainly about it.
#[test]
fn an_exception_for_a_place_holds_only_where_a_message_surely_means_it() {
    let config = "exceptionsRequire: []\nexceptions: [{rule: p.rego, subject: \"*step 'unit'\"}]";
    let text = "pipeline: {identifier: p, stages: [{stage: {identifier: build, steps: [{step: {identifier: unit}}]}}]}";
    for (message, is_excepted) in [
        ("step 'unit' has no timeout", true),
        ("image evil/unit:1 is not allowed", false),
    ] {
        let policy = format!("package pipeline\ndeny[\"{message}\"] {{ true }}");
        let policies = UserPolicies::compile(modules(&[("p.rego", &policy)])).unwrap();
        let guard = Guard::new(Config::parse(None, config, None).unwrap()).unwrap();
        let report = guard
            .with_policies(policies, None, None)
            .check(&[SourceFile::text("p.yaml", text)]);
        let found = report
            .diagnostics
            .iter()
            .find(|found| found.rule == "p.rego");
        assert_eq!(
            found.unwrap().suppressed.is_some(),
            is_excepted,
            "{message}"
        );
    }
}

#[test]
fn policies_of_one_package_are_each_by_themselves() {
    // Harness never evaluates them together; compiled as one, they would contradict each other.
    let policy = |most: u32| {
        format!(
            "package pipeline\nmost = {most}\ndefault is_long = false\nis_long {{ count(input.pipeline.stages) > most }}\ndeny[msg] {{ is_long; msg := sprintf(\"more than %d\", [most]) }}"
        )
    };
    let (found, _) = said(modules(&[("a.rego", &policy(0)), ("b.rego", &policy(5))]));
    assert_eq!(found, ["a.rego: more than 0"]);
}

#[test]
fn policies_that_use_each_others_rules_are_one() {
    let (found, _) = said(modules(&[
        (
            "a.rego",
            "package pipeline\ndeny[msg] { stage_count > 0; msg := \"a\" }",
        ),
        (
            "b.rego",
            "package pipeline\nstage_count = count(input.pipeline.stages)\ndeny[msg] { stage_count > 0; msg := \"b\" }",
        ),
        ("c.rego", "package pipeline\ndeny[\"c\"]"),
    ]));
    assert_eq!(found, ["a.rego: a", "a.rego: b", "c.rego: c"]);
}

#[test]
fn one_policy_may_be_about_several_entities() {
    let about = |entity: &str| UserModule {
        entity: Some(entity.to_owned()),
        is_searched: false,
        broken: None,
        ..module("all.rego", "package all\ndeny[\"no\"]")
    };
    let policies = vec![about("pipeline"), about("template")];
    assert_eq!(said(policies).0, ["all.rego: no"]);
    assert_eq!(
        UserPolicies::compile(vec![about("pipeline"), about("template")])
            .unwrap()
            .policies
            .len(),
        2
    );
    assert_eq!(
        refused(vec![about("trigger")]),
        [format!(
            "all.rego:1:1: rego_compile_error: `trigger` isn't an entity that files hold; those are {}",
            PolicyEntity::names_in_files()
        )]
    );
}

#[test]
fn a_policy_that_broke_the_module_is_not_read_again_and_the_others_are() {
    let broken = UserModule {
        broken: Some("internal error".to_owned()),
        ..module("broken.rego", "# about\npackage acme.connector\n\n((((")
    };
    let good = module("good.rego", "package pipeline\ndeny[\"no\"]");
    let compiled = UserPolicies::compile(vec![broken, good]).unwrap();
    let said: Vec<_> = compiled
        .policies
        .iter()
        .map(|policy| (policy.path(), policy.entity().name, policy.policy.is_ok()))
        .collect();
    assert_eq!(
        said,
        [
            ("broken.rego", "connector", false),
            ("good.rego", "pipeline", true)
        ]
    );
}

#[test]
fn a_policy_that_cannot_be_evaluated_is_named() {
    let broken = UserModule {
        broken: Some("internal error".to_owned()),
        ..module("rules/broken.rego", "package pipeline")
    };
    let (found, _) = said(vec![broken]);
    assert_eq!(
        found,
        ["policy: the policy `rules/broken.rego` could not be evaluated: internal error"]
    );
}

#[test]
fn what_is_named_outranks_what_a_folder_holds() {
    let named = UserModule {
        severity: Severity::Warning,
        is_searched: false,
        broken: None,
        ..module("a.rego", "package pipeline\ndeny[\"no\"]")
    };
    let policies = vec![module("a.rego", "package pipeline\ndeny[\"no\"]"), named];
    let compiled = UserPolicies::compile(policies).unwrap();
    let severities: Vec<_> = compiled
        .policies
        .iter()
        .map(|policy| policy.severity)
        .collect();
    assert_eq!(severities, [Severity::Warning]);
}

#[test]
fn a_policy_of_which_nothing_says_what_it_is_about_is_refused_with_what_it_reads() {
    let found = refused(modules(&[(
        "owners.rego",
        "# who\npackage owners\nimport input.entity as connector\ndeny[\"no\"] { connector.spec; input.metadata.user; not input.metadata.type }",
    )]));
    assert_eq!(
        found,
        [
            "owners.rego:2:1: rego_compile_error: the package `owners` names no entity, but this policy reads `input.entity`, as a policy about `connector` does: if it is about that, write `owners.rego,entity=connector`, or `entity: connector` in the configuration"
        ]
    );
}

#[test]
fn a_policy_about_what_no_file_holds_is_said_in_a_folder_and_refused_by_name() {
    let text = "package feature_flags\ndeny[\"no\"] { not input.flag.name }";
    let (found, remarks) = said(modules(&[("flags.rego", text)]));
    assert!(found.is_empty());
    assert_eq!(remarks, ["flags.rego: not-checked"]);
    let named = UserModule {
        is_searched: false,
        broken: None,
        ..module("flags.rego", text)
    };
    assert!(refused(vec![named])[0].contains("the package `feature_flags` names no entity"));
}

#[test]
fn what_is_wrong_with_any_module_is_said() {
    let found = refused(modules(&[
        (
            "a.rego",
            "package pipeline\ndeny[msg] { msg := missing(1) }",
        ),
        ("b.rego", "package unused.library\nf(x) = y"),
        ("c.rego", "package pipeline\ndeny {"),
    ]));
    assert_eq!(found.len(), 1, "{found:?}");
    let found = refused(modules(&[
        (
            "a.rego",
            "package pipeline\ndeny[msg] { msg := missing(1) }",
        ),
        ("b.rego", "package unused.library\nf(x) = y"),
    ]));
    let files: Vec<_> = found.iter().map(|problem| &problem[..6]).collect();
    assert_eq!(files, ["a.rego", "b.rego"], "{found:?}");
}

#[test]
fn what_can_never_fail_is_said_beside_what_can() {
    let (_, remarks) = said(modules(&[
        ("allow.rego", "package pipeline\nallow = true"),
        ("deny.rego", "package pipeline\ndeny[\"no\"]"),
        (
            "deny_test.rego",
            "package pipeline\ntest_deny { deny[\"no\"] }",
        ),
    ]));
    assert_eq!(remarks, ["allow.rego: never-fails"]);
}

#[test]
fn only_what_may_deny_can_fail() {
    let remarks = |rules: &str| {
        said(modules(&[(
            "p.rego",
            &format!("package pipeline\n{rules}"),
        )]))
        .1
    };
    let never = [
        "deny(x) = true { x }",
        "default deny = false",
        "default deny = []",
        "deny = false",
        "deny = \"\"",
        "deny = set() { input.pipeline }",
        "default deny = false\ndeny = false { input.pipeline } else = {} { true }",
    ];
    for rules in never {
        assert_eq!(remarks(rules), ["p.rego: never-fails"], "{rules}");
    }
    let may = [
        "default deny = true",
        "default deny = \"no\"",
        "deny { input.pipeline }",
        "deny = x { x := input.pipeline.name }",
        "deny = false { input.pipeline } else = true { true }",
        "default deny = false\ndeny = [\"no\"] { input.pipeline }",
    ];
    for rules in may {
        assert_eq!(remarks(rules), [] as [&str; 0], "{rules}");
    }
}

#[test]
fn versions_do_not_mix() {
    let v1 = UserModule {
        version: Version::V1,
        ..module("v1.rego", "package pipeline\ndeny contains \"new\" if true")
    };
    let mut all = modules(&[("v0.rego", "package pipeline\ndeny[\"old\"] { true }")]);
    all.push(v1);
    assert_eq!(said(all).0, ["v0.rego: old", "v1.rego: new"]);
}

//! Evaluations that end early are in the report.

use std::fmt::Write as _;

use super::{Budget, Guard};
use crate::policy::{Config, Facts};
use crate::report::{Severity, Status, Verdict};
use crate::source::{ReadFile, SourceFile};

fn guard_with(base: usize) -> Guard {
    let mut guard = Guard::new(Config::default()).unwrap();
    guard.budget = Budget {
        base,
        ..Budget::NONE
    };
    guard
}

fn count(facts: &Facts, key: &str) -> usize {
    facts.to_json().unwrap()[key].as_object().unwrap().len()
}

#[test]
fn a_pipeline_that_takes_too_long_is_an_error_and_the_rest_is_checked() {
    let long = "pipeline: {identifier: long, stages: [{stage: {spec: {execution: {steps: [\
        {step: {spec: {image: a}}}, {step: {spec: {image: b}}}]}}}}]}";
    let files = [
        SourceFile::text("long.yaml", long),
        SourceFile::text("short.yaml", "pipeline: {identifier: short}"),
    ];
    let report = guard_with(1_500).check(&files);
    let [diagnostic] = report.diagnostics.as_slice() else {
        panic!("{:?}", report.diagnostics);
    };
    assert_eq!(
        (diagnostic.rule.as_str(), diagnostic.verdict),
        ("limit", Verdict::Error)
    );
    assert!(
        diagnostic.message.contains("after 1500 instructions"),
        "{}",
        diagnostic.message
    );
    let statuses: Vec<_> = report
        .files
        .iter()
        .map(|file| file.documents[0].status)
        .collect();
    assert_eq!(statuses, [Status::Error, Status::Pass]);
    assert_eq!(report.exit_code(Severity::Error), 4);
}

#[test]
fn where_not_even_the_connectors_can_be_known_every_file_says_so() {
    let connector = "connector: {identifier: c, type: DockerRegistry, spec: {}}";
    let files = [
        SourceFile::text("a.yaml", connector),
        SourceFile::text("b.yaml", "pipeline: {identifier: p}"),
    ];
    let report = guard_with(10).check(&files);
    let rules: Vec<_> = report
        .diagnostics
        .iter()
        .map(|d| (d.file.as_str(), d.rule.as_str()))
        .collect();
    assert_eq!(rules, [("a.yaml", "limit"), ("b.yaml", "limit")]);
    assert_ne!(report.exit_code(Severity::Error), 0);
}

#[test]
fn what_thousands_of_connectors_say_together_takes_no_more_of_each() {
    let files: Vec<_> = (0..3_000)
        .map(|i| {
            let content = format!("identifier: c{i}, type: DockerRegistry, spec: {{dockerRegistryUrl: https://r{i}.example}}");
            SourceFile::text(format!("{i}.yaml"), format!("connector: {{{content}}}"))
        })
        .collect();
    let guard = Guard::new(Config::default()).unwrap();
    let sources: Vec<_> = files
        .iter()
        .map(|file| ReadFile::read(file, guard.max_file_bytes))
        .collect();
    let facts = guard.facts(&sources).unwrap();
    assert_eq!(count(&facts, "connectors"), 3_000);
}

#[test]
fn a_list_of_thousands_of_connectors_and_scopes_is_read() {
    let mut list = "scopes:\n".to_owned();
    for i in 0..1_000 {
        let _ = writeln!(list, "  - default/p{i}");
    }
    list.push_str("connectors:\n");
    for i in 0..10_000 {
        let project = i % 1_000;
        let _ = writeln!(
            list,
            "  - {{identifier: c{i}, orgIdentifier: default, projectIdentifier: p{project}, type: Aws}}"
        );
    }
    let file = SourceFile::text("list.yaml", list).connector_list();
    let guard = Guard::new(Config::default()).unwrap();
    let facts = guard
        .facts(&[ReadFile::read(&file, guard.max_file_bytes)])
        .unwrap();
    assert_eq!(count(&facts, "scopes"), 1_000);
    assert_eq!(count(&facts, "connectors"), 40_000);
}

#[test]
fn what_needs_more_than_its_share_draws_on_a_reserve_of_all_files() {
    // Each of these needs more than one share, and less than two.
    let long = "pipeline: {stages: [{stage: {spec: {execution: {steps: [\
        {step: {spec: {image: a}}}, {step: {spec: {image: b}}}]}}}}]}";
    let files: Vec<_> = (0..4)
        .map(|i| SourceFile::text(format!("{i}.yaml"), long))
        .collect();
    let limited = |reserve| {
        let mut guard = guard_with(1_100);
        guard.budget.reserve = reserve;
        let report = guard.check(&files);
        let limits = report.diagnostics.iter().filter(|d| d.rule == "limit");
        limits.map(|d| d.file.clone()).collect::<Vec<_>>()
    };
    assert_eq!(limited(0), ["0.yaml", "1.yaml", "2.yaml", "3.yaml"]);
    assert_eq!(limited(1_000), ["1.yaml", "2.yaml", "3.yaml"]);
    assert!(limited(1_000_000).is_empty());
}

#[test]
fn a_number_is_no_mapping_and_no_string_however_it_is_spelled() {
    let rules = |text: &str| {
        let guard = Guard::new(Config::default()).unwrap();
        let report = guard.check(&[SourceFile::text("p.yaml", text)]);
        let found = report.diagnostics.iter();
        found
            .map(|d| (d.rule.clone(), d.severity))
            .collect::<Vec<_>>()
    };
    for number in [
        "15",
        "1.10",
        "1e3",
        "0x10",
        "TRUE",
        "12345678901234567890123",
    ] {
        for infrastructure in [
            "{type: KubernetesDirect, spec: N}",
            "{type: VM, spec: {spec: N}}",
        ] {
            let infrastructure = infrastructure.replace('N', number);
            let text = format!(
                "pipeline: {{stages: [{{stage: {{spec: {{infrastructure: {infrastructure}}}}}}}]}}"
            );
            let missing = ("harness-image-connector".into(), Severity::Error);
            assert_eq!(rules(&text), [missing], "{text}");
        }
        let text = format!(
            "connector: {{identifier: harnessImage, type: DockerRegistry, spec: {number}}}"
        );
        let missing = ("harness-image-registry".into(), Severity::Error);
        assert_eq!(
            rules(&text),
            [missing.clone(), missing.clone(), missing],
            "{text}"
        );
    }
}

#[test]
fn many_combinations_at_many_places_of_a_small_file_are_judged() {
    let list = |name: &str, count: usize| {
        let items: Vec<_> = (0..count).map(|i| format!("{name}{i}")).collect();
        items.join(", ")
    };
    let step = "{run: {container: '<+matrix.z>:<+matrix.y>'}}";
    let text = format!(
        "pipeline: {{stages: [{{strategy: {{matrix: {{y: [{}], z: [{}]}}}}, steps: [{}]}}]}}",
        list("t", 20),
        list("r.example/v", 12),
        vec![step; 30].join(", ")
    );
    let guard = Guard::new(Config::default()).unwrap();
    let report = guard.check(&[SourceFile::text("p.yaml", text)]);
    assert_eq!((report.summary.errors, report.summary.undecided), (0, 30));
}

#[test]
fn a_value_without_an_end_is_cut_as_the_policies_cut_it() {
    let name = "é".repeat(1_250);
    let text = format!(
        "connector: {{identifier: harnessImage, type: DockerRegistry, spec: {{providerType: {name}}}}}"
    );
    let report = Guard::new(Config::default())
        .unwrap()
        .check(&[SourceFile::text("c.yaml", text)]);
    let quoted = document::quoted(&name, '`');
    let message = format!("`spec.providerType` is {quoted}, but the specification says `Other`");
    assert!(
        report.diagnostics.iter().any(|d| d.message == message),
        "{:?}",
        report.diagnostics
    );
}

#[test]
fn a_configuration_may_declare_thousands_of_connectors() {
    let connectors: Vec<_> = (0..3_000)
        .map(|i| format!("  account.c{i}: {{url: https://r{i}.example}}\n"))
        .collect();
    let config =
        Config::parse(None, &format!("connectors:\n{}", connectors.concat()), None).unwrap();
    let guard = Guard::new(config).unwrap();
    assert_eq!(count(&guard.facts_alone, "declared"), 3_000);
}

#[test]
fn where_exceptions_are_not_compared_to_the_end_each_finding_counts() {
    let exception =
        "  - {rule: no-docker-hub, image: '*a*b*c*d*', until: 2027-03-01, reason: why}\n";
    let config = format!("exceptions:\n{}", exception.repeat(1_000));
    let mut guard = Guard::new(Config::parse(None, &config, None).unwrap()).unwrap();
    guard = guard.with_today("2026-11-27".parse().unwrap());
    let steps: Vec<_> = (0..20)
        .map(|i| format!("{{step: {{spec: {{image: 'abcd{i}'}}}}}}"))
        .collect();
    let steps = steps.join(", ");
    let text =
        format!("pipeline: {{stages: [{{stage: {{spec: {{execution: {{steps: [{steps}]}}}}}}}}]}}");
    let files = [SourceFile::text("p.yaml", text)];
    let ample = guard.check(&files);
    assert_eq!(
        (ample.summary.errors, ample.summary.suppressed),
        (0, 20),
        "{:?}",
        ample
            .diagnostics
            .iter()
            .find(|d| d.verdict == Verdict::Error)
    );
    (guard.budget.reserve, guard.budget.facts) = (0, 0);
    let report = guard.check(&files);
    assert_eq!((report.summary.errors, report.summary.suppressed), (21, 0));
    // It isn't known which exceptions are of use.
    assert_eq!(report.summary.warnings, 0);
    assert!(
        report
            .diagnostics
            .iter()
            .any(|d| d.rule == "limit" && d.verdict == Verdict::Error)
    );
    assert_eq!(report.files[0].documents[0].status, Status::Error);
}

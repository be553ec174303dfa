//! What registries say about images, after the host has asked them, in the inventory and in a check.

use harness_image_guard::inventory::{
    Existence, Verification, Verified, csv, markdown, mermaid, text,
};
use harness_image_guard::report::{Severity, Verdict};
use harness_image_guard::{Config, Date, Guard, SourceFile};

const PIPELINE: &str = "pipeline:
  identifier: p
  stages:
    - stage:
        identifier: s
        type: CI
        spec:
          execution:
            steps:
              - step: {identifier: a, type: Run, spec: {image: \"r.example/a:1\"}}
              - step: {identifier: b, type: Run, spec: {image: \"r.example/b:1\"}}
              - step: {identifier: c, type: Run, spec: {image: \"r.example/c:<+input>\"}}
              - step: {identifier: d, type: Run, spec: {image: \"r.example/d:1\"}}
";

fn verified() -> Verified {
    let said = |verdict, reason: Option<&str>| Verification {
        verdict,
        digest: None,
        platforms: None,
        reason: reason.map(str::to_owned),
    };
    let there = Verification {
        digest: Some("sha256:1".to_owned()),
        platforms: Some(vec!["linux/amd64".to_owned()]),
        ..said(Existence::There, None)
    };
    Verified::from([
        ("r.example/a:1".to_owned(), there),
        (
            "r.example/b:1".to_owned(),
            said(Existence::Missing, Some("=1, \"| <b>")),
        ),
        (
            "r.example/d:1".to_owned(),
            said(Existence::Unknown, Some("silence")),
        ),
    ])
}

fn guard(config: &str) -> Guard {
    let config = Config::parse(None, config, None).unwrap();
    let guard = Guard::new(config).unwrap().with_verified(verified());
    guard.with_today("2027-01-01".parse::<Date>().unwrap())
}

fn found(config: &str, pipeline: &str) -> Vec<(Verdict, Severity, u32, bool)> {
    let report = guard(config).check(&[SourceFile::text("p.yaml", pipeline)]);
    let ours = report
        .diagnostics
        .iter()
        .filter(|each| each.rule == "image-exists");
    let told = ours.map(|each| {
        (
            each.verdict,
            each.severity,
            each.start.line,
            each.suppressed.is_some(),
        )
    });
    told.collect()
}

#[test]
fn what_is_not_there_is_a_finding_and_what_is_there_is_none() {
    assert_eq!(
        found("", PIPELINE),
        [
            (Verdict::Violation, Severity::Error, 11, false),
            (Verdict::Undecided, Severity::Note, 12, false),
            (Verdict::Error, Severity::Error, 13, false),
        ]
    );
}

#[test]
fn what_could_not_be_asked_ends_in_the_exit_code_of_what_could_not_be_read() {
    let files = [SourceFile::text("p.yaml", PIPELINE)];
    let guard = guard("rules: {image-exists: {severity: note}}");
    assert_eq!(guard.check(&files).exit_code(Severity::Error), 4);
    let unasked = Guard::new(Config::default()).unwrap();
    assert_eq!(unasked.check(&files).exit_code(Severity::Error), 0);
}

#[test]
fn the_configuration_and_exceptions_count_but_not_for_what_is_unknown() {
    assert_eq!(found("rules: {image-exists: off}", PIPELINE), []);
    let excepted = found(
        "exceptions: [{rule: image-exists, until: 2027-03-01, reason: x}]",
        PIPELINE,
    );
    let suppressed: Vec<_> = excepted
        .iter()
        .map(|(_, _, _, suppressed)| *suppressed)
        .collect();
    assert_eq!(suppressed, [true, true, false]);
    let image = found(
        "exceptions: [{rule: image-exists, image: \"*/b:1\", until: 2027-03-01, reason: x}]",
        PIPELINE,
    );
    let suppressed: Vec<_> = image
        .iter()
        .map(|(_, _, _, suppressed)| *suppressed)
        .collect();
    assert_eq!(suppressed, [true, false, false]);
}

#[test]
fn an_exception_for_it_is_of_use_only_where_registries_were_asked() {
    let comment = "{image: \"r.example/a:1\"}} # harness-image-guard: ignore[image-exists] until 2027-03-01 -- x";
    let pipeline = PIPELINE.replacen("{image: \"r.example/a:1\"}}", comment, 1);
    let files = [SourceFile::text("p.yaml", pipeline)];
    let unused = |guard: &Guard| {
        let report = guard.check(&files);
        report
            .diagnostics
            .iter()
            .filter(|each| each.rule == "unused-exception")
            .count()
    };
    assert_eq!(unused(&guard("")), 1);
    assert_eq!(unused(&Guard::new(Config::default()).unwrap()), 0);
}

#[test]
fn the_inventory_has_a_column_of_it_in_every_format() {
    let images = guard("").images(&[SourceFile::text("p.yaml", PIPELINE)]);
    insta::assert_snapshot!("verified_text", text::render(&images, false));
    insta::assert_snapshot!("verified_csv", csv::render(&images));
    insta::assert_snapshot!("verified_markdown", markdown::render(&images));
    insta::assert_snapshot!("verified_mermaid", mermaid::render(&images));
}

//! The report as a contract: whole reports as JSON, and what holds for all of them.

use std::fs;
use std::path::Path;

use harness_image_guard::report::{Report, Severity, json, text};
use harness_image_guard::{Config, Guard, SourceFile};
use serde_json::Value;

/// A small project in which every status and every verdict occurs.
fn project() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/fixtures/project");
    let mut files: Vec<_> = [
        "pipelines/orders.yaml",
        "broken.yaml",
        "connectors/mirror.yaml",
        "pipelines/v1.yaml",
        "pipelines/trigger.yaml",
        ".harness/unknown.yaml",
        "connectors/harness-image.yaml",
    ]
    .iter()
    .map(|path| SourceFile::bytes(*path, fs::read(folder.join(path)).unwrap()))
    .collect();
    files.push(SourceFile::unreadable("gone.yaml", "no such file"));
    files.push(SourceFile::text("empty.yaml", ""));
    files
}

fn check(files: &[SourceFile]) -> Report {
    Guard::new(Config::default()).unwrap().check(files)
}

#[test]
fn a_small_project() {
    insta::assert_snapshot!(json::render(&check(&project())));
}

#[test]
fn a_small_project_for_a_person() {
    let files = project();
    insta::assert_snapshot!(text::render(&check(&files), &files, false));
}

#[test]
fn nothing_to_check() {
    let report = check(&[]);
    insta::assert_snapshot!(json::render(&report));
    assert_eq!(report.exit_code(Severity::Error), 3);
}

/// The bytes are the same every time, in any order of the files.
#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut files = project();
    let guard = Guard::new(Config::default()).unwrap();
    let expected = json::render(&guard.check(&files));
    for _ in 0..files.len() {
        files.rotate_left(1);
        assert_eq!(json::render(&guard.check(&files)), expected);
        files.swap(0, 3);
        assert_eq!(json::render(&guard.check(&files)), expected);
    }
}

#[test]
fn diagnostics_are_sorted_by_file_offset_and_rule() {
    let report = check(&project());
    assert!(report.diagnostics.len() > 5);
    assert!(report.diagnostics.is_sorted_by_key(|d| (
        d.file.clone(),
        d.start.offset,
        d.end.offset,
        d.rule.clone()
    )));
    assert!(report.files.is_sorted_by_key(|file| file.path.clone()));
}

/// An optional field is `null`, and never missing; a path consists of strings and numbers.
#[test]
fn every_field_is_there() {
    let report = json::render(&check(&project()));
    let report: Value = serde_json::from_str(&report).unwrap();
    let keys = |value: &Value| {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys.join(" ")
    };
    assert_eq!(
        keys(&report),
        "connectorLists diagnostics files omitted schemaVersion summary"
    );
    assert_eq!(report["schemaVersion"], 1);
    assert_eq!(
        keys(&report["summary"]),
        "documents errors files suppressed undecided warnings"
    );
    for diagnostic in report["diagnostics"].as_array().unwrap() {
        assert_eq!(
            keys(diagnostic),
            "docs document end entity exception file fix help images message path related rule severity start subject suppressed verdict"
        );
        assert_eq!(keys(&diagnostic["start"]), "column line offset");
        assert_eq!(keys(&diagnostic["end"]), "column line offset");
        let path = diagnostic["path"].as_array().unwrap();
        assert!(path.iter().all(|step| step.is_string() || step.is_u64()));
    }
    for file in report["files"].as_array().unwrap() {
        assert_eq!(keys(file), "documents path");
        for document in file["documents"].as_array().unwrap() {
            assert_eq!(keys(document), "entity identifier index reason status");
        }
    }
}

/// The summary counts what the report lists.
#[test]
fn the_summary_counts() {
    let files = project();
    let report = check(&files);
    let count = |severity| {
        let all = report.diagnostics.iter();
        all.filter(|d| d.severity == severity).count()
    };
    assert_eq!(report.summary.files, files.len());
    assert_eq!(report.summary.errors, count(Severity::Error));
    assert_eq!(report.summary.warnings, count(Severity::Warning));
    assert_eq!(report.summary.undecided, count(Severity::Note));
    assert_eq!(report.summary.suppressed, 0);
}

/// The exit code for a single file, by threshold.
#[test]
fn exit_codes() {
    let codes = |path: &str, text: &str| {
        let report = check(&[SourceFile::text(path, text)]);
        [Severity::Error, Severity::Warning, Severity::Note].map(|from| report.exit_code(from))
    };
    let image = |spec: &str| {
        format!(
            "pipeline: {{stages: [stage: {{spec: {{execution: {{steps: [step: {{spec: {{{spec}}}}}]}}}}}}]}}"
        )
    };
    let cases = [
        ("right", image("image: r.example/a"), [0, 0, 0]),
        ("error", image("image: maven"), [1, 1, 1]),
        (
            "warning",
            image("image: maven, connectorRef: dockerhub"),
            [0, 1, 1],
        ),
        ("undecided", image("image: <+input>"), [0, 0, 1]),
        ("syntax", "pipeline: [".to_owned(), [4, 4, 4]),
        ("other", "a: 1".to_owned(), [3, 3, 3]),
        ("kind", "trigger: {}".to_owned(), [3, 3, 3]),
        ("empty", String::new(), [3, 3, 3]),
        (
            "template",
            "template: {identifier: a}".to_owned(),
            [1, 1, 1],
        ),
        ("lookalike", "template: {}".to_owned(), [3, 3, 3]),
    ];
    for (name, text, expected) in cases {
        assert_eq!(codes("a.yaml", &text), expected, "{name}");
    }
    assert_eq!(codes(".harness/a.yaml", "a: 1"), [1, 1, 1]);
}

/// The exit code for several files is that of the worst.
#[test]
fn exit_codes_of_several_files() {
    let bad = SourceFile::text(
        "bad.yaml",
        "pipeline: {stages: [stage: {spec: {execution: {steps: [step: {spec: {image: maven}}]}}}]}",
    );
    let good = SourceFile::text("good.yaml", "pipeline: {stages: []}");
    let other = SourceFile::text("other.yaml", "a: 1");
    let gone = SourceFile::unreadable("gone.yaml", "permission denied");
    let code = |files: &[&SourceFile]| {
        let files: Vec<_> = files.iter().copied().cloned().collect();
        check(&files).exit_code(Severity::Error)
    };
    assert_eq!(code(&[&good, &other]), 0);
    assert_eq!(code(&[&other, &bad, &good]), 1);
    assert_eq!(code(&[&bad, &gone, &good]), 4);
    assert_eq!(code(&[&other, &gone]), 4);
}

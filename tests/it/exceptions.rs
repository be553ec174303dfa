//! Exceptions: what a comment or an entry in the configuration covers, and that everything else counts.

use std::time::{Duration, Instant};

use harness_image_guard::report::page::{Shows, Style};
use harness_image_guard::report::{Diagnostic, ExceptionKind, Report, Severity, Status, text};
use harness_image_guard::{Config, Guard, SourceFile};

const TODAY: &str = "2026-11-27";

const SUPPRESSED: Style = Style {
    suppressed: true,
    color: false,
    verbose: false,
    is_part: false,
    shows: Shows::All,
};

/// An ignore comment for a rule, in force.
const HUB: &str =
    "# harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- the mirror comes in March";

fn guard(config: &str) -> Guard {
    let config = Config::parse(Some("guard.yaml"), config, None).unwrap();
    let guard = Guard::new(config).unwrap();
    guard.with_today(TODAY.parse().unwrap())
}

fn check_by(config: &str, text: &str) -> Report {
    guard(config).check(&[SourceFile::text("p.yaml", text)])
}

fn check(text: &str) -> Report {
    check_by("", text)
}

/// The findings that count, as `line rule`, and those that don't, as `(line rule)`.
fn said(report: &Report) -> Vec<String> {
    let shown = |d: &Diagnostic| {
        let shown = format!("{} {}", d.start.line, d.rule);
        if d.suppressed.is_some() {
            format!("({shown})")
        } else {
            shown
        }
    };
    report.diagnostics.iter().map(shown).collect()
}

/// A pipeline with two steps that pull from Docker Hub, on lines 9 and 14 if nothing is inserted.
fn pipeline(before: &str, first: &str, middle: &str, second: &str) -> String {
    format!(
        "\
pipeline:
  identifier: p
  stages:
    - stage:
        identifier: s
        spec:
          execution:
            steps:
{before}              - step:
                  identifier: a
                  spec:
                    image: node:1{first}
{middle}              - step:
                  identifier: b
                  spec:
                    image: node:2{second}
"
    )
}

#[test]
fn a_comment_at_the_end_of_a_line_covers_that_line() {
    let report = check(&pipeline("", &format!(" {HUB}"), "", ""));
    assert_eq!(said(&report), ["(12 no-docker-hub)", "16 no-docker-hub"]);
    assert_eq!((report.summary.errors, report.summary.suppressed), (1, 1));
    assert_eq!(report.files[0].documents[0].status, Status::Fail);
    let covered = report.diagnostics[0].exception.as_ref().unwrap();
    assert_eq!(
        (covered.kind, covered.file.as_str(), covered.line),
        (ExceptionKind::Comment, "p.yaml", 12)
    );
    assert_eq!(covered.until.as_deref(), Some("2027-03-01"));
    assert_eq!(covered.reason.as_deref(), Some("the mirror comes in March"));
    assert_eq!(
        report.diagnostics[0].suppressed.as_deref(),
        Some("by the comment in line 12, until 2027-03-01: the mirror comes in March")
    );
}

#[test]
fn a_check_that_passes_by_exceptions_alone_says_how_many() {
    let text = pipeline("", &format!(" {HUB}"), "", &format!(" {HUB}"));
    let report = check(&text);
    assert_eq!(report.exit_code(Severity::Error), 0);
    assert_eq!(report.files[0].documents[0].status, Status::Pass);
    let files = [SourceFile::text("p.yaml", text)];
    assert_eq!(
        text::render(&report, &files, false),
        "0 errors and 0 warnings in 1 file (1 document checked); 2 suppressed by exceptions\n"
    );
    insta::assert_snapshot!(text::styled(&report, &files, SUPPRESSED));
}

#[test]
fn what_exceptions_suppress_stays_so_where_a_report_is_counted_again() {
    let more =
        [1, 2, 3].map(|i| format!("              - step: {{spec: {{image: 'node:{i}'}}}} {HUB}\n"));
    let text = pipeline(&more.concat(), "", "", &format!(" {HUB}"));
    let files = [SourceFile::text("p.yaml", text)];
    for most in [1, 100] {
        let report = guard("").with_max_findings(most).check(&files);
        assert_eq!((report.summary.errors, report.summary.suppressed), (1, 4));
        assert_eq!(report.clone().recounted(), report);
        let mut known = report;
        for diagnostic in &mut known.diagnostics {
            let why = || "in the baseline".to_owned();
            diagnostic.suppressed.get_or_insert_with(why);
        }
        let known = known.recounted();
        assert_eq!((known.summary.errors, known.summary.suppressed), (0, 5));
        assert_eq!(known.exit_code(Severity::Note), 0);
        assert_eq!(known.files[0].documents[0].status, Status::Pass);
        assert_eq!(
            text::render(&known, &files, false),
            "0 errors and 0 warnings in 1 file (1 document checked); 4 suppressed by exceptions; 1 finding in the baseline, not shown\n"
        );
        let shown = text::styled(&known, &files, SUPPRESSED);
        assert!(
            shown.contains("\n   = suppressed: in the baseline\n"),
            "{shown}"
        );
        assert!(
            shown.ends_with("; 4 suppressed by exceptions; 1 finding in the baseline\n"),
            "{shown}"
        );
    }
}

#[test]
fn a_comment_above_a_line_covers_that_line_and_what_its_key_holds() {
    let above = |indent: usize| format!("{}{HUB}\n", " ".repeat(indent));
    // Above an item, it covers the whole item, and nothing else.
    let first = check(&pipeline(&above(14), "", "", ""));
    assert_eq!(said(&first), ["(13 no-docker-hub)", "17 no-docker-hub"]);
    let second = check(&pipeline("", "", &above(14), ""));
    assert_eq!(said(&second), ["12 no-docker-hub", "(17 no-docker-hub)"]);
    // It may be indented in any way, with other comments after it.
    let elsewhere = check(&pipeline("", "", &format!("{HUB}\n  # another\n"), ""));
    assert_eq!(said(&elsewhere), ["12 no-docker-hub", "(18 no-docker-hub)"]);
    // Above the key of a sequence or mapping, it covers everything in it.
    for key in [
        "            steps:",
        "          execution:",
        "        spec:",
        "    - stage:",
        "  stages:",
        "pipeline:",
    ] {
        let text = pipeline("", "", "", "").replacen(key, &format!("{HUB}\n{key}"), 1);
        assert_eq!(
            said(&check(&text)),
            ["(13 no-docker-hub)", "(17 no-docker-hub)"],
            "{key}"
        );
    }
    // Above the line itself.
    let line = pipeline("", "", "", "").replace(
        "                    image: node:2",
        &format!("{HUB}\n                    image: node:2"),
    );
    assert_eq!(
        said(&check(&line)),
        ["12 no-docker-hub", "(17 no-docker-hub)"]
    );
    // Above a key next to it.
    let beside = pipeline("", "", "", "").replace(
        "                  identifier: b",
        &format!("{HUB}\n                  identifier: b"),
    );
    assert_eq!(
        said(&check(&beside)),
        [
            "12 no-docker-hub",
            "14 unused-exception",
            "17 no-docker-hub"
        ]
    );
    // With an empty line between them.
    let apart = check(&pipeline("", "", &format!("{HUB}\n\n"), ""));
    assert_eq!(
        said(&apart),
        [
            "12 no-docker-hub",
            "13 unused-exception",
            "18 no-docker-hub"
        ]
    );
}

#[test]
fn a_comment_at_the_end_of_a_keys_line_does_not_cover_what_the_key_holds() {
    let text = pipeline("", "", "", "").replace(
        "          execution:",
        &format!("          execution: {HUB}"),
    );
    let report = check(&text);
    assert_eq!(
        said(&report),
        ["7 unused-exception", "12 no-docker-hub", "16 no-docker-hub"]
    );
    assert!(
        report.diagnostics[0]
            .help
            .as_ref()
            .unwrap()
            .contains("covers only that line")
    );
}

#[test]
fn what_is_missing_is_covered_at_the_key_where_it_is_reported() {
    let text = "\
pipeline:
  stages:
    - stage:
        spec:
          # harness-image-guard: ignore[harness-image-connector] until 2027-03-01 -- the delegate has its own
          infrastructure:
            type: KubernetesDirect
            spec: {connectorRef: account.k8s}
";
    assert_eq!(said(&check(text)), ["(8 harness-image-connector)"]);
}

#[test]
fn a_rule_is_covered_only_where_it_is_named() {
    let named = |rules: &str| {
        let comment = format!(" # harness-image-guard: ignore[{rules}] until 2027-03-01 -- why");
        said(&check(&pipeline("", &comment, "", "")))
    };
    assert_eq!(
        named("harness-image-connector"),
        [
            "12 no-docker-hub",
            "12 unused-exception",
            "16 no-docker-hub"
        ]
    );
    // Of several rules, those without findings are reported.
    assert_eq!(
        named("duplicate-key, no-docker-hub"),
        [
            "(12 no-docker-hub)",
            "12 unused-exception",
            "16 no-docker-hub"
        ]
    );
    // A policy that doesn't run may or may not find something.
    assert_eq!(
        named("no-docker-hub,policies/mine.rego"),
        ["(12 no-docker-hub)", "16 no-docker-hub"]
    );
}

#[test]
fn a_repeated_key_can_be_excepted() {
    let text = "pipeline:\n  identifier: a\n  identifier: b # harness-image-guard: ignore[duplicate-key] until 2027-03-01 -- generated\n";
    assert_eq!(said(&check(text)), ["(3 duplicate-key)"]);
}

#[test]
fn a_malformed_comment_is_an_error_at_its_place_and_suppresses_nothing() {
    for comment in [
        "# harness-image-guard: ignore[no-dockerhub] until 2027-03-01 -- why",
        "# harness-image-guard: ignore until 2027-03-01 -- why",
        "# harness-image-guard: ignore[no-docker-hub] -- why",
        "# harness-image-guard: ignore[no-docker-hub] until 2027-02-30 -- why",
        "# harness-image-guard: ignore[no-docker-hub] until 2027-03-01",
        "# harness-image-guard: ignore[no-docker-hub until 2027-03-01 -- why",
        "# harness-image-guard: allow[no-docker-hub] until 2027-03-01 -- why",
        "# harness-image-guard: ignore[syntax] until 2027-03-01 -- why",
    ] {
        let report = check(&pipeline("", &format!(" {comment}"), "", ""));
        assert_eq!(
            said(&report),
            ["12 no-docker-hub", "12 wrong-exception", "16 no-docker-hub"],
            "{comment}"
        );
        let wrong = &report.diagnostics[1];
        assert_eq!((wrong.severity, wrong.start.column), (Severity::Error, 35));
        assert!(
            wrong
                .help
                .as_ref()
                .unwrap()
                .contains("ignore[RULE] until YYYY-MM-DD -- REASON")
        );
    }
    // Such a comment alone fails the check.
    let clean = "pipeline:\n  identifier: a # harness-image-guard: ignore\n";
    let report = check(clean);
    assert_eq!(
        (said(&report), report.exit_code(Severity::Error)),
        (vec!["2 wrong-exception".to_owned()], 1)
    );
    assert_eq!(report.files[0].documents[0].status, Status::Fail);
}

#[test]
fn an_exception_holds_to_the_end_of_its_day_and_then_is_an_error() {
    let until = |day: &str| {
        let comment = format!(" # harness-image-guard: ignore[no-docker-hub] until {day} -- why");
        said(&check(&pipeline("", &comment, "", "")))
    };
    assert_eq!(
        until("2026-11-27"),
        ["(12 no-docker-hub)", "16 no-docker-hub"]
    );
    assert_eq!(
        until("2026-11-26"),
        [
            "12 no-docker-hub",
            "12 expired-exception",
            "16 no-docker-hub"
        ]
    );
    // Without a clock, no date counts as being in the future.
    let text = pipeline("", &format!(" {HUB}"), "", "");
    let report = Guard::new(Config::default())
        .unwrap()
        .check(&[SourceFile::text("p.yaml", text)]);
    assert_eq!(report.summary.suppressed, 0);
}

#[test]
fn one_that_suppresses_nothing_is_a_warning() {
    let report = check(&format!("pipeline:\n  identifier: a {HUB}\n"));
    assert_eq!(said(&report), ["2 unused-exception"]);
    assert_eq!(
        (report.summary.warnings, report.exit_code(Severity::Error)),
        (1, 0)
    );
    // One of two exceptions for the same finding is unused.
    let twice = check(&pipeline(
        &format!("              {HUB}\n"),
        &format!(" {HUB}"),
        "",
        "",
    ));
    assert_eq!(
        said(&twice),
        [
            "9 unused-exception",
            "(13 no-docker-hub)",
            "17 no-docker-hub"
        ]
    );
}

#[test]
fn a_rule_that_does_not_run_says_nothing_of_its_exceptions() {
    let text = pipeline("", &format!(" {HUB}"), "", "");
    assert!(said(&check_by("rules: {no-docker-hub: off}", &text)).is_empty());
    let config = Config::default()
        .with_rules(&["duplicate-key".to_owned()])
        .unwrap();
    let guard = Guard::new(config)
        .unwrap()
        .with_today(TODAY.parse().unwrap());
    assert!(said(&guard.check(&[SourceFile::text("p.yaml", text)])).is_empty());
}

#[test]
fn where_no_comment_counts_everything_is_reported() {
    let text = pipeline("", &format!(" {HUB}"), "", " # harness-image-guard: ignore");
    let report = guard("")
        .without_comment_exceptions()
        .check(&[SourceFile::text("p.yaml", text)]);
    assert_eq!(said(&report), ["12 no-docker-hub", "16 no-docker-hub"]);
}

#[test]
fn what_could_not_be_checked_can_not_be_excepted() {
    let deep = "parallel: [".repeat(30) + &"]".repeat(30);
    let text = format!("{HUB}\npipeline:\n  stages: [{deep}]\n");
    let report = check_by(
        "exceptionsRequire: []",
        &text.replace("[no-docker-hub]", ""),
    );
    assert!(
        said(&report).contains(&"3 too-deep".to_owned()),
        "{:?}",
        said(&report)
    );
    assert_eq!(report.exit_code(Severity::Error), 4);
}

// Where comments are.

#[test]
fn text_that_looks_like_a_comment_is_none() {
    let block = pipeline("", "", "", "").replace(
        "identifier: b",
        &format!("command: |\n                      {HUB}\n                      true"),
    );
    let block = block.replace("                    image: node:2\n", &format!("                    script: |\n                      {HUB}\n                    image: node:2\n"));
    assert_eq!(
        said(&check(&block)),
        ["12 no-docker-hub", "20 no-docker-hub"]
    );
    let quoted = pipeline("", "", "", "").replace("node:2", &format!("\"node:2 {HUB}\""));
    assert_eq!(
        said(&check(&quoted)),
        ["12 no-docker-hub", "16 no-docker-hub"]
    );
    let json = r##"{"pipeline": {"identifier": "# harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- a", "stages": [{"stage": {"spec": {"execution": {"steps": [{"step": {"spec": {"image": "node"}}}]}}}}]}}"##;
    let report = guard("").check(&[SourceFile::text("p.json", json)]);
    assert_eq!(said(&report), ["1 no-docker-hub"]);
}

#[test]
fn line_breaks_and_tabs_do_not_matter() {
    let windows = pipeline(
        &format!("              {HUB}\n"),
        "",
        "",
        &format!("\t{HUB}"),
    )
    .replace('\n', "\r\n");
    assert_eq!(
        said(&check(&windows)),
        ["(13 no-docker-hub)", "(17 no-docker-hub)"]
    );
    let marked = format!("\u{feff}{}", pipeline("", &format!("\t{HUB}\t"), "", ""));
    assert_eq!(
        said(&check(&marked)),
        ["(12 no-docker-hub)", "16 no-docker-hub"]
    );
}

#[test]
fn flow_sequences_and_mappings_are_covered_by_line_and_by_item() {
    let text = format!(
        "\
pipeline:
  stages:
    - stage:
        spec:
          execution:
            steps: [
              {{step: {{spec: {{image: node:1}}}}}}, {HUB}
              {HUB}
              {{step: {{identifier: x,
                spec: {{image: node:2}}}}}},
              {{step: {{spec: {{image: node:3}}}}}},
            ] {HUB}
"
    );
    assert_eq!(
        said(&check(&text)),
        [
            "(7 no-docker-hub)",
            "(10 no-docker-hub)",
            "11 no-docker-hub",
            "12 unused-exception"
        ]
    );
    let one_line = format!(
        "pipeline: {{stages: [{{stage: {{spec: {{execution: {{steps: [{{step: {{spec: {{image: a}}}}}}, {{step: {{spec: {{image: b}}}}}}]}}}}}}}}]}} {HUB}\n"
    );
    assert_eq!(
        said(&check(&one_line)),
        ["(1 no-docker-hub)", "(1 no-docker-hub)"]
    );
}

#[test]
fn items_begin_after_their_dash_whatever_is_between() {
    for item in [
        "- &x\n                step:",
        "- !!map\n                step:",
        "- &x !!map # why\n                step:",
        "-\n                step:",
        "-  step:",
    ] {
        let text = pipeline("", "", &format!("              {HUB}\n"), "").replacen(
            "- step:\n                  identifier: b",
            &format!("{item}\n                  identifier: b"),
            1,
        );
        let found = said(&check(&text));
        let covered = found.iter().filter(|said| said.starts_with('('));
        assert_eq!((covered.count(), found.len()), (1, 2), "{item}: {found:?}");
    }
    let nested = format!(
        "pipeline:\n  stages:\n    {HUB}\n    - parallel:\n        - stage: {{spec: {{execution: {{steps: [step: {{spec: {{image: a}}}}]}}}}}}\n    - stage: {{spec: {{execution: {{steps: [step: {{spec: {{image: b}}}}]}}}}}}\n"
    );
    assert_eq!(
        said(&check(&nested)),
        ["(5 no-docker-hub)", "6 no-docker-hub"]
    );
}

#[test]
fn an_alias_is_covered_at_its_anchor_or_above_its_key() {
    let text = |at_anchor: &str, above_use: &str| {
        format!(
            "\
pipeline:
  stages:
    - stage:
        spec: &spec
          execution:
            steps:
              - step: {{spec: {{image: node}}}}{at_anchor}
    - stage:
{above_use}        spec: *spec
"
        )
    };
    // Both uses are reported at the place of the text.
    assert_eq!(
        said(&check(&text("", ""))),
        ["7 no-docker-hub", "7 no-docker-hub"]
    );
    assert_eq!(
        said(&check(&text(&format!(" {HUB}"), ""))),
        ["(7 no-docker-hub)", "(7 no-docker-hub)"]
    );
    // Above the key of one use, it only covers that use.
    let report = check(&text("", &format!("        {HUB}\n")));
    assert_eq!(said(&report), ["7 no-docker-hub", "(7 no-docker-hub)"]);
    // A use without a key of its own is covered at the place of the text.
    let item = format!(
        "pipeline:\n  stages:\n    - &s\n      stage: {{spec: {{execution: {{steps: [step: {{spec: {{image: node}}}}]}}}}}}\n    {HUB}\n    - *s\n"
    );
    assert_eq!(
        said(&check(&item)),
        ["4 no-docker-hub", "4 no-docker-hub", "5 unused-exception"]
    );
}

#[test]
fn each_document_of_a_file_has_its_own_comments() {
    let first = pipeline("", &format!(" {HUB}"), "", "");
    let text = format!(
        "{first}---\nkind: Foreign # harness-image-guard: nonsense\n---\n{HUB}\n{first}---\n- [\n---\npipeline: {{identifier: x}} {HUB}\n"
    );
    let report = check(&text);
    let found: Vec<_> = report
        .diagnostics
        .iter()
        .map(|d| (d.rule.as_str(), d.document.unwrap(), d.suppressed.is_some()))
        .collect();
    assert_eq!(
        found,
        [
            ("no-docker-hub", 0, true),
            ("no-docker-hub", 0, false),
            ("no-docker-hub", 2, true),
            ("no-docker-hub", 2, true),
            ("syntax", 3, false),
            ("unused-exception", 4, false),
        ]
    );
    assert_eq!(report.files[0].documents[1].status, Status::NotApplicable);
}

#[test]
fn a_comment_where_nothing_is_judged_is_an_ordinary_one() {
    for (path, text) in [
        (
            "harness-image-guard.yaml",
            "preset: gar # harness-image-guard: nonsense\n",
        ),
        (
            ".github/workflows/a.yaml",
            "jobs: {} # harness-image-guard: runs here\n",
        ),
        ("empty.yaml", "# harness-image-guard: nothing\n"),
        (
            "pod.yaml",
            "apiVersion: v1\nkind: Pod # harness-image-guard: ignore\n",
        ),
        (
            "service.yaml",
            "service: {identifier: a} # harness-image-guard: ignore\n",
        ),
    ] {
        let report = guard("").check(&[SourceFile::text(path, text)]);
        assert!(report.diagnostics.is_empty(), "{path}: {:?}", said(&report));
    }
}

#[test]
fn connectors_of_a_list_have_comments_too() {
    let list = "connectors:\n  # harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- why\n  - identifier: hub\n    type: DockerRegistry\n    url: https://index.docker.io/v2/\n  - identifier: hub2\n    type: DockerRegistry\n    url: https://index.docker.io/v2/\n";
    let report = guard("").check(&[SourceFile::text("list.yaml", list).connector_list()]);
    assert_eq!(said(&report), ["(5 no-docker-hub)", "8 no-docker-hub"]);
}

#[test]
fn an_input_set_in_a_trigger_is_covered_above_its_key() {
    let text = format!(
        "trigger:\n  identifier: t\n  {HUB}\n  inputYaml: |\n    pipeline:\n      stages:\n        - stage: {{spec: {{execution: {{steps: [step: {{spec: {{image: index.docker.io/a}}}}]}}}}}}\n"
    );
    assert_eq!(said(&check(&text)), ["(7 no-docker-hub)"]);
}

#[test]
fn what_is_suppressed_is_not_fixed() {
    let stage = |comment: &str| {
        format!(
            "pipeline:\n  stages:\n    - stage:\n        spec:\n          infrastructure:\n            type: KubernetesDirect\n            spec:\n              harnessImageConnectorRef: account.other{comment}\n"
        )
    };
    let comment = " # harness-image-guard: ignore[harness-image-connector] until 2027-03-01 -- why";
    let fixed = |text: String| {
        guard("").fix(
            &[SourceFile::text("p.yaml", text)],
            harness_image_guard::report::Applicability::Unsafe,
        )
    };
    assert_eq!(fixed(stage("")).files.len(), 1);
    let left = fixed(stage(comment));
    assert_eq!((left.files.len(), left.report.summary.suppressed), (0, 1));
    let text = text::render(&left.report, &[], false);
    assert!(!text.contains("fixable"), "{text}");
}

#[test]
fn what_is_suppressed_is_counted_though_not_listed_and_hides_nothing() {
    let step = |i: usize, comment: &str| {
        format!("              - step: {{identifier: s{i}, spec: {{image: node}}}}{comment}\n")
    };
    let steps: String = (0..10)
        .map(|i| step(i, if i < 7 { HUB } else { "" }).replace("}#", "} #"))
        .collect();
    let head = pipeline("", "", "", "");
    let head = head.split("              - step").next().unwrap();
    let guard = guard("").with_max_findings(2);
    let report = guard.check(&[SourceFile::text("p.yaml", format!("{head}{steps}"))]);
    assert_eq!((report.summary.errors, report.summary.suppressed), (3, 7));
    assert_eq!(
        said(&report)
            .iter()
            .filter(|said| !said.starts_with('('))
            .count(),
        2
    );
    let omitted: Vec<_> = report
        .omitted
        .iter()
        .map(|it| (it.suppressed, it.count))
        .collect();
    assert_eq!(omitted, [(false, 1), (true, 5)]);
    let shown = text::render(&report, &[], false);
    assert!(
        shown.contains("1 more in p.yaml") && !shown.contains("5 more"),
        "{shown}"
    );
}

// Attempts to break it.

fn takes_at_most(seconds: u64, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    assert!(
        start.elapsed() < Duration::from_secs(seconds),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn very_many_comments_take_no_more_time_than_so_many_lines() {
    let head = "pipeline:\n  stages:\n    - stage:\n        spec:\n          execution:\n            steps:\n";
    let step = "              - step: {spec: {image: node}}";
    let wrong = "              # harness-image-guard: ignore[\n";
    let many = 100_000;
    for (name, text) in [
        (
            "above one line",
            format!(
                "{head}{}{step}\n",
                format!("              {HUB}\n").repeat(many)
            ),
        ),
        (
            "each on its line",
            format!("{head}{}", format!("{step} {HUB}\n").repeat(500)),
        ),
        (
            "each above its item",
            format!(
                "{head}{}",
                format!("              {HUB}\n{step}\n").repeat(500)
            ),
        ),
        ("malformed", format!("{head}{}{step}\n", wrong.repeat(many))),
        (
            "apart from each other",
            format!("{head}{step}\n{}", format!("{HUB}\n\n").repeat(many)),
        ),
    ] {
        takes_at_most(300, || {
            let report = check(&text);
            let kinds = ["no-docker-hub", "unused-exception", "wrong-exception"];
            for kind in kinds {
                assert!(
                    report.diagnostics.iter().filter(|d| d.rule == kind).count() <= 10_000,
                    "{name}"
                );
            }
        });
    }
}

#[test]
fn a_comment_of_any_length_says_little() {
    let long = "x".repeat(2_000_000);
    for comment in [
        format!("# harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- {long}"),
        format!("# harness-image-guard: ignore[{long}] until 2027-03-01 -- why"),
        format!("# harness-image-guard: {long}"),
        format!("# harness-image-guard: ignore[no-docker-hub] until {long} -- why"),
    ] {
        let report = check(&pipeline("", &format!(" {comment}"), "", ""));
        for diagnostic in &report.diagnostics {
            assert!(diagnostic.message.len() < 1_000);
            assert!(
                diagnostic
                    .suppressed
                    .as_ref()
                    .is_none_or(|why| why.len() < 1_000)
            );
        }
    }
}

#[test]
fn a_reason_acts_on_no_terminal() {
    let reason = "a\u{202e}b\u{85}c ::error::d";
    let text = pipeline(
        "",
        &format!(" # harness-image-guard: ignore[no-docker-hub] until 2027-03-01 -- {reason}"),
        "",
        "",
    );
    let report = check(&text);
    let shown = text::styled(&report, &[SourceFile::text("p.yaml", text)], SUPPRESSED);
    assert!(shown.contains(r"a\u{202e}b"), "{shown}");
    assert!(!shown.contains('\u{202e}'), "{shown}");
}

// Exceptions in the configuration.

fn excepting(fields: &str) -> String {
    format!("exceptions: [{{{fields}, until: 2027-03-01, reason: why}}]")
}

#[test]
fn the_configuration_excepts_by_rule_path_subject_and_image() {
    let text = pipeline("", "", "", "");
    let both = ["(12 no-docker-hub)", "(16 no-docker-hub)"];
    let first = ["(12 no-docker-hub)", "16 no-docker-hub"];
    for (fields, expected) in [
        ("rule: no-docker-hub", both),
        ("rule: no-docker-hub, path: p.yaml", both),
        ("rule: no-docker-hub, path: \"*.yaml\"", both),
        ("rule: no-docker-hub, path: \"**\"", both),
        ("rule: no-docker-hub, image: \"node:*\"", both),
        ("rule: no-docker-hub, image: NODE:1", first),
        ("rule: no-docker-hub, subject: \"*step 'a'\"", first),
        ("rule: no-docker-hub, subject: \"*stage 's'*\"", both),
        (
            "rule: no-docker-hub, subject: \"*stage 's'*\", image: \"*:1\", path: p.yaml",
            first,
        ),
    ] {
        let report = check_by(&excepting(fields), &text);
        assert_eq!(said(&report), expected, "{fields}");
    }
    for fields in [
        "rule: harness-image-connector",
        "rule: no-docker-hub, path: legacy",
        "rule: no-docker-hub, image: node",
        "rule: no-docker-hub, subject: \"step 'a'\"",
    ] {
        let report = check_by(&excepting(fields), &text);
        assert_eq!(
            said(&report),
            ["1 unused-exception", "12 no-docker-hub", "16 no-docker-hub"],
            "{fields}"
        );
        let unused = &report.diagnostics[0];
        assert_eq!(
            (unused.file.as_str(), unused.severity, unused.start.column),
            ("guard.yaml", Severity::Warning, 14)
        );
    }
    let covered = check_by(&excepting("rule: no-docker-hub"), &text);
    let covered = covered.diagnostics[0].clone();
    assert_eq!(
        covered.suppressed.as_deref(),
        Some("by guard.yaml:1, until 2027-03-01: why")
    );
    assert_eq!(
        covered.exception.unwrap().kind,
        ExceptionKind::Configuration
    );
}

#[test]
fn images_that_an_expression_can_be_and_numbers_are_named_as_they_are_written() {
    let steps = "pipeline: {variables: [{name: i, value: 'node:22'}], stages: [{stage: {spec: {execution: {steps: [\n{step: {spec: {image: <+pipeline.variables.i>}}},\n{step: {spec: {image: 1.10}}}]}}}}]}";
    assert_eq!(
        said(&check_by(
            &excepting("rule: no-docker-hub, image: 'node:*'"),
            steps
        )),
        ["(2 no-docker-hub)", "3 no-docker-hub"]
    );
    assert_eq!(
        said(&check_by(
            &excepting("rule: no-docker-hub, image: '1.10'"),
            steps
        )),
        ["2 no-docker-hub", "(3 no-docker-hub)"]
    );
    let other = "pipeline: {stages: [{stage: {spec: {execution: {steps: [{step: {spec: {image: 'node:22', connectorRef: account.harnessImage}}}]}}}}]}";
    assert_eq!(
        said(&check_by(
            &excepting("rule: harness-images-only, image: 'node:*'"),
            other
        )),
        ["(1 harness-images-only)"]
    );
}

#[test]
fn repeated_keys_are_excepted_by_the_configuration_too() {
    let text = "pipeline:\n  identifier: a\n  identifier: b\n";
    assert_eq!(
        said(&check_by(
            &excepting("rule: duplicate-key, path: p.yaml"),
            text
        )),
        ["(3 duplicate-key)"]
    );
}

#[test]
fn a_path_is_that_from_the_configurations_folder() {
    let file = |path: &str, configured: &str| {
        SourceFile::text(path, pipeline("", "", "", "")).configured(configured)
    };
    let guard = guard(&excepting("rule: no-docker-hub, path: legacy"));
    let report = guard.check(&[
        file("../legacy/a.yaml", "legacy/a.yaml"),
        file("legacy/a.yaml", "sub/legacy/a.yaml"),
    ]);
    let suppressed: Vec<_> = report
        .diagnostics
        .iter()
        .filter(|d| d.suppressed.is_some())
        .map(|d| d.file.as_str())
        .collect();
    assert_eq!(suppressed, ["../legacy/a.yaml"; 2]);
}

#[test]
fn an_exception_of_the_configuration_expires() {
    let text = pipeline("", "", "", "");
    let config = "exceptions:\n  - {rule: no-docker-hub, until: 2026-11-26, reason: why}\n";
    let report = check_by(config, &text);
    assert_eq!(
        said(&report),
        [
            "2 expired-exception",
            "12 no-docker-hub",
            "16 no-docker-hub"
        ]
    );
    assert_eq!(report.diagnostics[0].severity, Severity::Error);
    assert_eq!(report.summary.suppressed, 0);
    // The rule doesn't run, and no file is Harness's, so nothing is reported.
    assert!(
        said(&check_by(
            &format!("{config}rules: {{no-docker-hub: off}}"),
            &text
        ))
        .is_empty()
    );
    assert!(said(&check_by(config, "a: 1")).is_empty());
}

#[test]
fn where_only_some_files_are_checked_nobody_knows_what_is_unused() {
    let config = excepting("rule: no-docker-hub, path: other.yaml");
    let files = [SourceFile::text("p.yaml", pipeline("", "", "", ""))];
    assert_eq!(guard(&config).check(&files).summary.warnings, 1);
    assert_eq!(guard(&config).of_part().check(&files).summary.warnings, 0);
}

#[test]
fn several_exceptions_about_one_finding_are_all_used_and_a_comment_goes_before() {
    let config = "exceptions:\n  - {rule: no-docker-hub, until: 2027-03-01, reason: all}\n  - {rule: no-docker-hub, image: 'node:1', until: 2027-03-01, reason: one}\n";
    let report = check_by(config, &pipeline("", &format!(" {HUB}"), "", ""));
    assert_eq!(said(&report), ["(12 no-docker-hub)", "(16 no-docker-hub)"]);
    let kinds: Vec<_> = report
        .diagnostics
        .iter()
        .map(|d| d.exception.as_ref().unwrap().kind)
        .collect();
    assert_eq!(
        kinds,
        [ExceptionKind::Comment, ExceptionKind::Configuration]
    );
}

#[test]
fn the_configuration_alone_says_what_an_exception_has_to_say() {
    let bare = pipeline("", " # harness-image-guard: ignore", "", "");
    assert_eq!(
        said(&check_by("exceptionsRequire: []", &bare)),
        ["(12 no-docker-hub)", "16 no-docker-hub"]
    );
    let strict = Config::parse(None, "exceptionsRequire: []", None)
        .unwrap()
        .without_exceptions(None);
    let report = Guard::new(strict)
        .unwrap()
        .check(&[SourceFile::text("p.yaml", bare)]);
    assert_eq!(
        said(&report),
        ["12 no-docker-hub", "12 wrong-exception", "16 no-docker-hub"]
    );
    let lax = "exceptionsRequire: [rule]\nexceptions: [{rule: no-docker-hub}]";
    assert_eq!(
        check_by(lax, &pipeline("", "", "", "")).summary.suppressed,
        2
    );
}

#[test]
fn mistakes_in_exceptions_are_named_with_their_place() {
    let config = "\
exceptions:
  - {rule: no-dockerhub, until: 2027-03-01, reason: why}
  - {rule: syntax, until: 2027-03-01, reason: why}
  - {path: legacy, until: 2027-03-01, reason: why}
  - {rule: no-docker-hub, reason: why}
  - {rule: no-docker-hub, until: 2027-03-01}
  - {rule: no-docker-hub, until: 2027-03-01, reason: ' '}
  - {rule: no-docker-hub, until: 2027-02-30, reason: why}
  - {rule: no-docker-hub, until: soon, reason: why}
  - {rule: no-docker-hub, until: 2027, reason: why}
  - {rule: no-docker-hub, image: '*a*b*c*d*e*', until: 2027-03-01, reason: why}
  - {rule: no-docker-hub, file: a, until: 2027-03-01, reason: why}
  - no-docker-hub
  - {}
exceptionsRequire: [rule, date]
";
    let error = Config::parse(Some("guard.yaml"), config, None).unwrap_err();
    insta::assert_snapshot!(error.to_string());
    let bare = Config::parse(None, "exceptions: [{rule: no-docker-hub}, {path: a}]", None);
    let error = bare.unwrap_err().to_string();
    for lacking in [
        "`exceptions[0]` has no date (`until: 2027-03-01`) and no `reason`",
        "`exceptions[1]` has no `rule`, no date (`until: 2027-03-01`) and no `reason`",
    ] {
        assert!(error.contains(lacking), "{error}");
    }
    let about_nothing = "exceptionsRequire: []\nexceptions: [{reason: why}]";
    let error = Config::parse(None, about_nothing, None)
        .unwrap_err()
        .to_string();
    assert!(error.contains("doesn't say what it covers"), "{error}");
    let many = format!(
        "exceptions:\n{}",
        "  - {rule: no-docker-hub, until: 2027-03-01, reason: why}\n".repeat(1_001)
    );
    let error = Config::parse(None, &many, None).unwrap_err().to_string();
    assert!(error.contains("at most 1000"), "{error}");
}

#[test]
fn an_exception_for_one_image_covers_no_other_one_of_the_place() {
    let pipeline = |images: &str, container: &str| {
        format!(
            "version: 1\npipeline: {{stages: [{{steps: [{{strategy: {{matrix: {{image: [{images}]}}}}, run: {{container: \"{container}\"}}}}]}}]}}\n"
        )
    };
    let excepted = |star: &str, text: &str| {
        let config = format!(
            "exceptions: [{{rule: no-docker-hub, image: \"{star}\", until: 2027-06-01, reason: the mirror comes}}]\n"
        );
        let report = check_by(&config, text);
        let hub = report
            .diagnostics
            .iter()
            .filter(|d| d.rule == "no-docker-hub");
        hub.map(|d| d.suppressed.is_some()).collect::<Vec<_>>()
    };
    let two = pipeline("\"bitnami/redis:7\", \"evil/miner:1\"", "<+matrix.image>");
    assert_eq!(excepted("bitnami/*", &two), [false]);
    assert_eq!(excepted("evil/*", &two), [false]);
    assert_eq!(excepted("*/*", &two), [true]);
    let alike = pipeline(
        "\"bitnami/redis:7\", \"bitnami/redis:8\", \"r.example/a\"",
        "<+matrix.image>",
    );
    assert_eq!(excepted("bitnami/*", &alike), [true]);
    let input = pipeline("a", "<+input>.allowedValues(bitnami/redis:7,evil/miner:1)");
    assert_eq!(excepted("bitnami/*", &input), [false]);
}

//! Invalid or hostile input: each has a clear message, a location and an exit code, and affects nothing else.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use harness_image_guard::report::{Diagnostic, Report, Severity, Status, Verdict, text};
use harness_image_guard::{Config, DEFAULT_MAX_FILE_BYTES, Guard, SourceFile};

const BROKEN_RULE: &str = "stage: {spec: {execution: {steps: [step: {spec: {image: maven}}]}}}";

fn check(files: &[SourceFile]) -> Report {
    Guard::new(Config::default()).unwrap().check(files)
}

fn check_text(text: &str) -> Report {
    check(&[SourceFile::text("a.yaml", text)])
}

fn check_bytes(bytes: &[u8]) -> Report {
    check(&[SourceFile::bytes("a.yaml", bytes.to_vec())])
}

fn statuses(report: &Report) -> Vec<Status> {
    let documents = report.files.iter().flat_map(|file| &file.documents);
    documents.map(|document| document.status).collect()
}

/// The only diagnostic in the report, as `rule line:column message`.
fn only(report: &Report) -> String {
    assert_eq!(report.diagnostics.len(), 1, "{report:?}");
    line(&report.diagnostics[0])
}

fn line(diagnostic: &Diagnostic) -> String {
    let Diagnostic {
        rule,
        message,
        start,
        ..
    } = diagnostic;
    format!("{rule} {}:{} {message}", start.line, start.column)
}

fn took(check: impl FnOnce() -> Report) -> (Report, Duration) {
    let start = Instant::now();
    let report = check();
    (report, start.elapsed())
}

#[test]
fn many_broken_documents_take_no_longer_each() {
    let (report, time) = took(|| check_text(&"---\n{\n".repeat(20_000)));
    assert_eq!(report.diagnostics.len(), 20_000);
    assert!(time < Duration::from_secs(10), "{time:?}");
}

#[test]
fn nothing_in_the_file() {
    for text in [
        "",
        "\n\n",
        "  ",
        "# only\n# comments\n",
        "\u{feff}",
        "\u{feff}# comment",
    ] {
        let report = check_text(text);
        assert_eq!(report.diagnostics, [], "{text:?}");
        assert_eq!(statuses(&report), [], "{text:?}");
        assert_eq!(report.files.len(), 1, "{text:?}");
        assert_eq!(report.exit_code(Severity::Error), 3, "{text:?}");
    }
}

#[test]
fn nothing_in_a_file_of_harness_s_folder() {
    for text in ["", "# only a comment\n", "---\n", "~"] {
        let report = check(&[SourceFile::text(".harness/a.yaml", text)]);
        assert!(report.diagnostics.is_empty(), "{text}");
        assert_eq!(report.exit_code(Severity::Error), 3, "{text}");
    }
}

#[test]
fn no_mapping_in_the_document() {
    for text in [
        "just a text",
        "5",
        "null",
        "- a\n- b\n",
        "[]",
        "{}",
        "---\n...\n",
        "\"\"",
    ] {
        let report = check_text(text);
        assert_eq!(report.diagnostics, [], "{text:?}");
        assert_eq!(statuses(&report), [Status::NotApplicable], "{text:?}");
        assert_eq!(report.exit_code(Severity::Error), 3, "{text:?}");
        let files = [SourceFile::text("a.yaml", text)];
        let shown = text::render(&check(&files), &files, false);
        assert!(shown.contains("nothing has been checked"), "{shown}");
    }
}

#[test]
fn no_mapping_in_harness_s_folder() {
    for text in ["just a text", "- a\n- b\n", "[]", "{}"] {
        let report = check(&[SourceFile::text(".harness/a.yaml", text)]);
        assert_eq!(
            only(&report),
            "unknown-entity 1:1 cannot determine which Harness entity this is, so it has not been checked",
        );
        assert_eq!(statuses(&report), [Status::Error]);
        assert_eq!(report.exit_code(Severity::Error), 1);
    }
}

#[test]
fn a_pipeline_without_its_root_key() {
    for (text, is_one) in [
        (
            "  tags: {}\n  stages:\n    - stage: {type: CI, spec: {}}\n",
            true,
        ),
        ("stages: [{name: a, steps: [{run: make}]}]\n", true),
        ("stages: [build, test]\n", false),
        ("stages: [{stage: build, jobs: []}]\n", false),
    ] {
        let report = check(&[SourceFile::text(".harness/a.yaml", text)]);
        let help = report.diagnostics[0].help.as_deref().unwrap_or_default();
        let says_so = help.starts_with("`stages` belongs under `pipeline`: write `pipeline:`");
        assert_eq!(says_so, is_one, "{text}{help}");
    }
}

#[test]
fn bytes_that_are_no_text() {
    let cases: [(&[u8], usize); 3] = [
        (b"pipeline:\n  name: \xff\xfe\n", 18),
        (b"pipeline: {} # \xc3", 15),
        (b"a\xed\xa0\x80b", 1),
    ];
    for (bytes, offset) in cases {
        let report = check_bytes(bytes);
        assert_eq!(
            only(&report),
            format!(
                "unreadable 1:1 the file can't be read: it is not UTF-8 text: the byte at offset {offset} belongs to no character"
            ),
        );
        assert_eq!(report.diagnostics[0].document, None);
        assert_eq!(report.diagnostics[0].verdict, Verdict::Error);
        assert_eq!(statuses(&report), []);
        assert_eq!(report.exit_code(Severity::Error), 4);
    }
}

#[test]
fn a_null_character() {
    for (text, place) in [
        ("pipeline:\n  name: a\0b\n", "2:10"),
        ("\0", "1:1"),
        ("pipeline: {}\n\0", "2:1"),
    ] {
        let report = check_text(text);
        let said = only(&report);
        assert!(
            said.starts_with(&format!("syntax {place} ")),
            "{text:?}: {said}"
        );
        assert!(said.contains("U+0000"), "{text:?}: {said}");
        assert_eq!(report.exit_code(Severity::Error), 4, "{text:?}");
    }
}

#[test]
fn a_file_that_could_not_be_read() {
    let report = check(&[
        SourceFile::unreadable("a.yaml", "permission denied"),
        SourceFile::text("b.yaml", format!("pipeline: {{stages: [{BROKEN_RULE}]}}")),
    ]);
    let lines: Vec<_> = report.diagnostics.iter().map(line).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(
        lines[0],
        "unreadable 1:1 the file can't be read: permission denied"
    );
    assert!(lines[1].starts_with("no-docker-hub 1:77 "), "{lines:?}");
    assert_eq!(report.exit_code(Severity::Error), 4);
}

#[test]
fn a_file_of_twenty_megabytes() {
    let mut bytes = b"pipeline: {} # ".to_vec();
    bytes.resize(20 * 1024 * 1024, b'x');
    let (report, time) = took(|| check_bytes(&bytes));
    assert_eq!(
        only(&report),
        "limit 1:1 the file has more than 16777216 bytes, so it has not been read"
    );
    assert_eq!(report.exit_code(Severity::Error), 4);
    assert!(time < Duration::from_secs(1), "{time:?}");

    bytes.truncate(DEFAULT_MAX_FILE_BYTES);
    assert_eq!(check_bytes(&bytes).diagnostics, []);
    let guard = Guard::new(Config::default())
        .unwrap()
        .with_max_file_bytes(100);
    let report = guard.check(&[SourceFile::bytes("a.yaml", bytes)]);
    assert!(only(&report).contains("more than 100 bytes"));
}

#[test]
fn ten_thousand_levels() {
    let mut block = String::new();
    // Ten thousand levels, each a space deeper, would make too large a file.
    for level in 0..5_000 {
        let _ = writeln!(block, "{:level$}a:", "");
    }
    let sequence = "- ".repeat(10_000);
    let flow = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let open = "[".repeat(10_000);
    let mapping = format!("{}1{}", "{a: ".repeat(10_000), "}".repeat(10_000));
    let json = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    for text in [block, sequence, flow, open, mapping, json] {
        let start: String = text.chars().take(8).collect();
        let (report, time) = took(|| check_text(&text));
        let said = only(&report);
        assert!(said.starts_with("too-deep "), "{start}: {said}");
        assert!(
            said.ends_with("mappings and sequences are nested more than 200 levels deep"),
            "{start}: {said}"
        );
        assert_eq!(report.exit_code(Severity::Error), 4, "{start}");
        assert_eq!(statuses(&report), [Status::Error], "{start}");
        // A limit for a debug build on a busy machine; it takes milliseconds.
        assert!(time < Duration::from_secs(5), "{start}: {time:?}");
    }
}

#[test]
fn two_hundred_levels_are_read() {
    let text = format!("pipeline: {}{}", "[".repeat(199), "]".repeat(199));
    let report = check_text(&text);
    assert_eq!(report.diagnostics, []);
    let text = format!("pipeline: {}{}", "[".repeat(200), "]".repeat(200));
    assert!(only(&check_text(&text)).starts_with("too-deep 1:210 "));
}

/// Each anchor contains the previous one ten times.
fn bomb(open: char, close: char, key: bool) -> String {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..30 {
        let items: Vec<_> = (0..10)
            .map(|i| {
                let key = if key {
                    format!("k{i}: ")
                } else {
                    String::new()
                };
                format!("{key}*a{}", level - 1)
            })
            .collect();
        let _ = writeln!(
            text,
            "a{level}: &a{level} {open}{}{close}",
            items.join(", ")
        );
    }
    text.push_str("pipeline: {stages: *a29}\n");
    text
}

#[test]
fn alias_bombs() {
    for text in [bomb('[', ']', false), bomb('{', '}', true)] {
        let (report, time) = took(|| check_text(&text));
        let said = only(&report);
        assert!(
            said.starts_with("limit ")
                && said
                    .ends_with("the aliases in this file would expand to more than 200000 nodes"),
            "{said}"
        );
        assert_eq!(statuses(&report), [Status::Error]);
        assert_eq!(report.exit_code(Severity::Error), 4);
        assert!(time < Duration::from_secs(1), "{time:?}");
    }
}

#[test]
fn a_bomb_of_long_texts() {
    let mut text = format!("a: &a {}\nb:\n", "x".repeat(100_000));
    for _ in 0..10_000 {
        text.push_str("  - *a\n");
    }
    let (report, time) = took(|| check_text(&text));
    assert!(only(&report).starts_with("limit "), "{report:?}");
    assert!(time < Duration::from_secs(2), "{time:?}");
}

#[test]
fn many_merges() {
    let mut text = String::from("a0: &a0 {x: 1}\n");
    for level in 1..400 {
        let _ = writeln!(
            text,
            "a{level}: &a{level} {{<<: [*a{0}, *a{0}], k{level}: 1}}",
            level - 1
        );
    }
    let (report, time) = took(|| check_text(&text));
    assert!(time < Duration::from_secs(2), "{time:?}");
    assert!(report.diagnostics.len() <= 1, "{report:?}");
}

#[test]
fn an_alias_of_itself() {
    for (text, place) in [
        ("pipeline: &a\n  stages: *a\n", "2:11"),
        ("pipeline: &a [*a]\n", "1:15"),
        ("pipeline: &a {<<: *a}\n", "1:19"),
    ] {
        let report = check_text(text);
        let said = only(&report);
        assert!(said.starts_with(&format!("syntax {place} ")), "{said}");
        assert!(said.contains("`*a`"), "{said}");
        assert_eq!(report.exit_code(Severity::Error), 4);
    }
}

#[test]
fn an_alias_of_nothing() {
    let report = check_text("pipeline:\n  stages: *nowhere\n");
    let said = only(&report);
    assert!(
        said.starts_with("syntax 2:11 ") && said.contains("nowhere"),
        "{said}"
    );
    assert_eq!(report.exit_code(Severity::Error), 4);
}

#[test]
fn syntax_errors() {
    let cases = [
        ("pipeline: [", "1:11"),
        ("pipeline: {a: 1", "1:11"),
        ("pipeline: \"a", "1:11"),
        ("pipeline:\n\tname: a\n", "2:2"),
        ("pipeline:\n  a: b: c\n", "2:7"),
        ("pipeline: ]\n", "1:11"),
        ("pipeline: [a}\n", "1:11"),
        ("pipeline:\n  a: 1\n b: 2\n", "3:2"),
        ("pipeline: @a\n", "1:11"),
        ("pipeline: \"\\q\"\n", "1:12"),
    ];
    for (text, place) in cases {
        let report = check_text(text);
        let said = only(&report);
        assert!(
            said.starts_with(&format!("syntax {place} ")),
            "{text:?}: {said}"
        );
        assert_eq!(statuses(&report), [Status::Error], "{text:?}");
        assert_eq!(report.exit_code(Severity::Error), 4, "{text:?}");
    }
}

/// A syntax error affects its own document, and no other one in the same or in another file.
#[test]
fn the_other_documents_are_checked() {
    let broken = "pipeline: {stages: [\n";
    let whole = format!("pipeline: {{stages: [{BROKEN_RULE}]}}\n");
    let text = format!("{whole}---\n{broken}---\n{whole}---\na: 'b\n---\n{whole}");
    let report = check(&[
        SourceFile::text("a.yaml", text),
        SourceFile::text("b.yaml", whole.as_str()),
    ]);
    let found: Vec<_> = report
        .diagnostics
        .iter()
        .map(|d| (d.file.as_str(), d.document, d.rule.as_str(), d.start.line))
        .collect();
    assert_eq!(
        found,
        [
            ("a.yaml", Some(0), "no-docker-hub", 1),
            ("a.yaml", Some(1), "syntax", 3),
            ("a.yaml", Some(2), "no-docker-hub", 5),
            ("a.yaml", Some(3), "syntax", 7),
            ("a.yaml", Some(4), "no-docker-hub", 9),
            ("b.yaml", Some(0), "no-docker-hub", 1),
        ]
    );
    assert_eq!(report.exit_code(Severity::Error), 4);
}

/// A connector that can't be parsed doesn't count as a valid one.
#[test]
fn a_broken_connector_excuses_nothing() {
    let report = check(&[
        SourceFile::text(
            "a.yaml",
            "connector: {identifier: harnessImage, type: DockerRegistry",
        ),
        SourceFile::text(
            "b.yaml",
            "pipeline: {stages: [stage: {spec: {infrastructure: {type: VM}}}]}",
        ),
    ]);
    let rules: Vec<_> = report.diagnostics.iter().map(|d| d.rule.as_str()).collect();
    assert_eq!(rules, ["syntax", "harness-image-connector"]);
}

/// The last of equal keys counts, and the others are warnings.
#[test]
fn repeated_keys() {
    let report =
        check_text("pipeline:\n  stages: 1\n  identifier: a\n  stages: []\n  identifier: b\n");
    let lines: Vec<_> = report.diagnostics.iter().map(line).collect();
    assert_eq!(
        lines,
        [
            "duplicate-key 4:3 the key `stages` is in this mapping already, and only the last one counts",
            "duplicate-key 5:3 the key `identifier` is in this mapping already, and only the last one counts",
        ]
    );
    assert_eq!(
        report.files[0].documents[0].identifier.as_deref(),
        Some("b")
    );
    assert_eq!(report.exit_code(Severity::Error), 0);
    assert_eq!(report.exit_code(Severity::Warning), 1);
    assert_eq!(report.summary.warnings, 2);
}

#[test]
fn a_repeated_root_key() {
    let report = check_text(&format!(
        "pipeline: {{stages: [{BROKEN_RULE}]}}\npipeline: {{stages: []}}\n"
    ));
    assert!(only(&report).starts_with("duplicate-key 2:1 the key `pipeline` "));
}

/// A large pipeline is checked completely.
#[test]
fn five_thousand_steps() {
    let mut text = String::from(
        "pipeline:\n  stages:\n    - stage:\n        spec:\n          execution:\n            steps:\n",
    );
    for step in 0..5_000 {
        let _ = writeln!(
            text,
            "              - step: {{identifier: s{step}, spec: {{image: app{step}}}}}"
        );
    }
    let report = check_text(&text);
    assert_eq!(report.diagnostics.len(), 5_000);
    assert!(report.diagnostics.iter().all(|d| d.rule == "no-docker-hub"));
    assert_eq!(report.diagnostics[4_999].start.line, 5_006);
    assert_eq!(statuses(&report), [Status::Fail]);
}

/// Values of the wrong kind wherever the policies look. None makes them fail.
#[test]
fn wrong_kinds_everywhere() {
    let odd = [
        "null", "5", "true", "''", "text", "<+input>", "[]", "{}", "[[]]", "[null]", "[{}]",
        "[1, a]", "{a: 1}",
    ];
    let shapes = [
        "pipeline: @",
        "pipeline: {stages: @}",
        "pipeline: {stages: [@]}",
        "pipeline: {stages: [{stage: @}]}",
        "pipeline: {stages: [{parallel: @}]}",
        "pipeline: {stages: [{group: @, runtime: @, steps: @, rollback: @}]}",
        "pipeline: {stages: [{steps: [{run: @, background: {container: @}, run-test: {container: {image: @, connector: @, registry: @}}}]}]}",
        "pipeline: {stages: [{stage: {type: @, spec: @}}]}",
        "pipeline: {stages: [{stage: {template: @}}], template: {templateInputs: @}}",
        "pipeline: {stages: [{stage: {type: Pipeline, spec: {inputs: @}}}]}",
        "pipeline: {stages: [{stage: {spec: {infrastructure: {type: @, spec: @, useFromStage: @, provisioner: @}, runtime: @, environment: @, serviceDependencies: @, dependencies: [@], execution: @}}}]}",
        "pipeline: {stages: [{stage: {spec: {infrastructure: {type: VM, spec: {spec: @}}, runtime: {type: Docker, spec: @}, execution: {steps: @, rollbackSteps: [@]}}}}]}",
        "pipeline: {stages: [{stage: {spec: {execution: {steps: [{step: @, stepGroup: @, insert: @, parallel: @}]}}}}]}",
        "pipeline: {stages: [{stage: {spec: {execution: {steps: [{step: {type: @, spec: @}}, {step: {spec: {image: @, connectorRef: @, baseImageConnectorRefs: @, infrastructure: @}}}, {stepGroup: {stepGroupInfra: @, steps: @}}]}}}}]}",
        "template: {type: @, spec: @}",
        "template: {type: Step, spec: @}",
        "template: {type: Stage, spec: {spec: @}}",
        "template: {type: StepGroup, spec: {steps: @, stepGroupInfra: @}}",
        "template: {type: Pipeline, spec: {stages: @, template: @}}",
        "inputSet: {pipeline: @}",
        "connector: {identifier: @, type: @, spec: @, orgIdentifier: @, projectIdentifier: @}",
        "connector: {identifier: harnessImage, type: DockerRegistry, spec: {dockerRegistryUrl: @, providerType: @, auth: @}}",
        "connector: {identifier: harnessImage, type: @, orgIdentifier: @, spec: {auth: {type: @}}}",
    ];
    let mut files = Vec::new();
    for (i, shape) in shapes.iter().enumerate() {
        for (j, value) in odd.iter().enumerate() {
            files.push(SourceFile::text(
                format!("{i:02}-{j:02}.yaml"),
                shape.replace('@', value),
            ));
        }
    }
    // All together, so that the connectors meet; and each alone.
    let together = check(&files);
    let guard = Guard::new(Config::default()).unwrap();
    let alone: Vec<_> = files
        .iter()
        .flat_map(|file| guard.check(std::slice::from_ref(file)).diagnostics)
        .collect();
    for diagnostic in together.diagnostics.iter().chain(&alone) {
        let file = files
            .iter()
            .find(|file| file.path == diagnostic.file)
            .unwrap();
        let sound = !["policy", "limit", "syntax", "unreadable", "too-deep"]
            .contains(&diagnostic.rule.as_str());
        assert!(sound, "{diagnostic:?} of {file:?}");
    }
    assert_eq!(together.files.len(), files.len());
}

/// A trigger's input set is a string. An error in it has its line, and something that isn't an input set is an error,
/// and never a pass.
#[test]
fn what_is_wrong_in_a_trigger_s_input_set() {
    for (input_yaml, expected) in [
        (
            "|\n    pipeline:\n      stages: [\n",
            "syntax 4:15 the input set in `inputYaml` can't be read: this `[` is never closed",
        ),
        (
            "\"pipeline: [\\n\"",
            "syntax 2:14 the input set in `inputYaml` can't be read: this `[` is never closed",
        ),
        (
            "|\n    pipeline: {}\n    ---\n    pipeline: {}\n",
            "unknown-entity 4:5 `inputYaml` has more than one document, so it has not been checked",
        ),
        (
            "|\n    stages: []\n",
            "unknown-entity 3:5 `inputYaml` is not an input set (a `pipeline` or an `inputSet`), so it has not been checked",
        ),
        (
            "<+trigger.payload>",
            "unknown-entity 2:14 `inputYaml` is not an input set (a `pipeline` or an `inputSet`), so it has not been checked",
        ),
        (
            "[pipeline]",
            "unknown-entity 2:14 `inputYaml` is not an input set (a `pipeline` or an `inputSet`), so it has not been checked",
        ),
    ] {
        let report = check_text(&format!(
            "trigger:\n  inputYaml: {input_yaml}\n  identifier: t\n"
        ));
        assert_eq!(only(&report), expected);
        let [diagnostic] = report.diagnostics.as_slice() else {
            unreachable!()
        };
        assert_eq!(diagnostic.subject.as_deref(), Some("trigger 't'"));
        let path: Vec<_> = diagnostic
            .path
            .iter()
            .map(|step| format!("{step:?}"))
            .collect();
        assert_eq!(path, ["Key(\"trigger\")", "Key(\"inputYaml\")"]);
        assert_eq!(statuses(&report), [Status::Error]);
        assert_ne!(report.exit_code(Severity::Error), 0);
    }
}

#[test]
fn a_trigger_without_an_input_set() {
    for input_yaml in ["", "''", "~", "|\n    # nothing\n", "'---'"] {
        let report = check_text(&format!(
            "trigger:\n  identifier: t\n  inputYaml: {input_yaml}\n"
        ));
        assert_eq!(report.diagnostics, [], "{input_yaml}");
        assert_eq!(statuses(&report), [Status::NotApplicable], "{input_yaml}");
    }
}

/// All triggers of a file together may copy no more for aliases than any other file.
#[test]
fn a_file_of_triggers_that_copy_without_end() {
    let mut bomb = String::from("    x: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for level in 1..5 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        let _ = writeln!(bomb, "    x{level}: &a{level} [{list}]");
    }
    let one = format!("---\ntrigger:\n  identifier: t\n  inputYaml: |\n    pipeline: {{}}\n{bomb}");
    let (report, time) = took(|| check_text(&one.repeat(50)));
    let limits = report.diagnostics.iter().filter(|d| d.rule == "limit");
    assert!(limits.count() >= 48, "{:?}", report.summary);
    assert!(time < Duration::from_secs(20), "{time:?}");
}

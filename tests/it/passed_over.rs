//! Files of other tools that a search finds: what can't be parsed is passed over and counted, except for what may be
//! Harness's.

use harness_image_guard::report::page::Style;
use harness_image_guard::report::{Report, Severity, Status, text};
use harness_image_guard::{Config, Guard, SourceFile};

const HELM: &str = "metadata:\n  name: {{ include \"a.fullname\" . }}\n  {{- toYaml .Values.x }}\n";

fn check(files: &[SourceFile]) -> Report {
    Guard::new(Config::default()).unwrap().check(files)
}

/// The outcome for a file: the reasons of its documents, or the rules of its errors.
fn outcome(file: SourceFile) -> Vec<String> {
    let report = check(&[file]);
    let errors = report.diagnostics.iter().map(|d| d.rule.clone());
    let documents = report.files[0].documents.iter();
    let reasons = documents.filter_map(|document| document.reason.clone());
    errors.chain(reasons).collect()
}

#[test]
fn a_template_is_passed_over_only_where_nobody_meant_it() {
    let searched = |path: &str, text: &str| outcome(SourceFile::text(path, text).searched());
    let passed_over = ["not YAML: likely a Helm or Go template"];
    assert_eq!(searched("templates/a.yaml", HELM), passed_over);
    // A file that the user named, one in Harness's folder, and one with a line that begins with a root key.
    assert_eq!(
        outcome(SourceFile::text("templates/a.yaml", HELM)),
        ["syntax"]
    );
    assert_eq!(searched(".harness/a.yaml", HELM), ["syntax"]);
    assert_eq!(searched("sub\\.harness\\a.yaml", HELM), ["syntax"]);
    for key in ["pipeline", "template", "connector", "inputSet", "agent"] {
        let text = format!("# a\n{key}:\n  - b: [\n");
        assert_eq!(searched("a.yaml", &text), ["syntax"], "{key}");
    }
}

#[test]
fn the_other_documents_of_a_file_that_is_passed_over_are_looked_at() {
    let text =
        format!("apiVersion: v1\nkind: Service\n---\n{HELM}---\ninputSet : {{pipeline: {{}}}}\n");
    let report = check(&[SourceFile::text("a.yaml", text).searched()]);
    let statuses: Vec<_> = report.files[0]
        .documents
        .iter()
        .map(|document| (document.status, document.reason.as_deref()))
        .collect();
    assert_eq!(
        statuses,
        [
            (
                Status::NotApplicable,
                Some("a Kubernetes resource (Service)")
            ),
            (
                Status::NotApplicable,
                Some("not YAML: likely a Helm or Go template")
            ),
            (Status::Pass, None),
        ]
    );
}

#[test]
fn the_catalogue_of_a_developer_portal_is_told_from_kubernetes() {
    for (version, what) in [
        ("backstage.io/v1alpha1", "an entity of a developer portal"),
        (
            "scaffolder.backstage.io/v1beta3",
            "an entity of a developer portal",
        ),
        ("harness.io/v1", "an entity of a developer portal"),
        ("argoproj.io/v1alpha1", "a Kubernetes resource"),
        ("v1", "a Kubernetes resource"),
    ] {
        let text = format!("apiVersion: {version}\nkind: Workflow\ntemplate: {{metadata: {{}}}}\n");
        let report = check(&[SourceFile::text(".harness/a.yaml", text)]);
        let reason = report.files[0].documents[0].reason.as_deref();
        assert_eq!(reason, Some(&*format!("{what} (Workflow)")), "{version}");
    }
}

/// Harness's guide for step templates asks for this file beside the versions of a template.
#[test]
fn the_versions_of_a_template_are_no_entity() {
    let versions = "stable: 1.0.0\nversions:\n  prod1: 1.0.0\nicon-name: slack\nmetadata:\n  category: [step]\n";
    let report = check(&[SourceFile::text(".harness/slack/config.yaml", versions)]);
    assert_eq!(report.diagnostics, []);
    let reason = report.files[0].documents[0].reason.as_deref();
    assert_eq!(
        reason,
        Some("the versions of a template (`stable`, `versions`)")
    );
    for other in [
        "stable: 1.0.0\n",
        "stable: 1.0.0\nversions: [1.0.0]\n",
        "stable: 1.0.0\nversions: {}\nstages: []\n",
    ] {
        let file = SourceFile::text(".harness/slack/config.yaml", other);
        assert_eq!(outcome(file), ["unknown-entity"], "{other}");
    }
}

#[test]
fn what_has_the_shape_of_an_entity_is_judged_whatever_is_beside_it() {
    let step = "step: {type: Run, spec: {image: 'node:22'}}";
    let pipeline = format!(
        "pipeline: {{stages: [{{stage: {{spec: {{execution: {{steps: [{{{step}}}]}}}}}}}}]}}\n"
    );
    for beside in [
        "apiVersion: v1\nkind: Pod\n",
        "apiVersion:\nkind:\n",
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nsecret: {}\n",
        "kind: pipeline\ntype: docker\n",
        "kind: x\nspec: {}\ntrigger: {branch: main}\n",
    ] {
        let report = check(&[SourceFile::text("a.yaml", format!("{beside}{pipeline}"))]);
        let rules = report.diagnostics.iter().map(|found| &*found.rule);
        assert_eq!(rules.collect::<Vec<_>>(), ["no-docker-hub"], "{beside}");
    }
}

#[test]
fn a_pipeline_that_a_comment_would_hide_is_an_error_wherever_it_is_found() {
    let text = "# note\u{2028}pipeline: {identifier: a, stages: []}\n";
    let report = check(&[SourceFile::text("ci/p.yaml", text).searched()]);
    assert_eq!(report.diagnostics[0].rule, "syntax");
    assert_eq!(report.exit_code(Severity::Error), 4);
}

/// Other YAML readers may accept what is refused here.
#[test]
fn a_pipeline_that_is_refused_is_an_error_however_its_key_is_written() {
    let deep = format!("\"pipeline\": {}x{}\n", "[".repeat(300), "]".repeat(300));
    let copies = (1..20).fold("a0: &a0 [x, x]\n".to_owned(), |text, i| {
        let before = i - 1;
        format!("{text}a{i}: &a{i} [*a{before}, *a{before}, *a{before}, *a{before}]\n")
    });
    let copies = format!("'pipeline' :\n  identifier: a\n{copies}");
    let hidden = "? pipeline\n# note\u{2028}: {identifier: a, stages: []}\n";
    for (text, rule) in [(&*deep, "too-deep"), (&copies, "limit"), (hidden, "syntax")] {
        let file = SourceFile::text("ci/p.yaml", text).searched();
        assert_eq!(outcome(file), [rule], "{text}");
        let other = text.replace("pipeline", "pipelines");
        let file = SourceFile::text("ci/p.yaml", other).searched();
        assert_eq!(outcome(file), ["not YAML"], "{text}");
    }
}

/// In JSON, keys are known unless an escape may spell one.
#[test]
fn json_with_a_line_separator_in_a_key_is_passed_over() {
    for (escape, expected) in [("\\t\\\"\\u000b", "not YAML"), ("\\u0070", "syntax")] {
        let text = format!("{{\"log\": {{\"a\u{85}\": \"{escape}\"}}}}\n");
        let file = SourceFile::text("data/0530.json", text).searched();
        assert_eq!(outcome(file), [expected], "{escape}");
    }
}

#[test]
fn what_no_rule_is_about_is_known_by_its_key_alone() {
    for text in ["overlayInputSet: x\n", "secret:\n", "trigger: [1]\n"] {
        let report = check(&[SourceFile::text(".harness/a.yaml", text)]);
        assert_eq!(report.diagnostics, [], "{text}");
        let document = &report.files[0].documents[0];
        assert_eq!(document.status, Status::NotApplicable, "{text}");
    }
    assert_eq!(
        outcome(SourceFile::text(".harness/a.yaml", "pipeline: x\n")),
        ["unknown-entity"]
    );
}

#[test]
fn harness_s_own_file_of_feature_flags_is_known() {
    let text = "featureFlags:\n  - flag: {name: dark, identifier: dark}\n";
    let report = check(&[SourceFile::text(".harness/flags.yaml", text)]);
    let document = &report.files[0].documents[0];
    assert_eq!(document.status, Status::NotApplicable);
    assert_eq!(report.diagnostics, []);
}

#[test]
fn drones_trigger_is_not_harness_s() {
    let text = "kind: pipeline\ntype: docker\ntrigger: {branch: main}\n";
    let report = check(&[SourceFile::text(".harness/a.yaml", text)]);
    let reason = report.files[0].documents[0].reason.as_deref();
    assert_eq!(reason, Some("a file of Drone's (`kind: pipeline`)"));
}

#[test]
fn a_pipeline_beside_what_cant_be_parsed_makes_that_an_error() {
    let text = format!("pipeline: {{identifier: a}}\n---\n{HELM}");
    let report = check(&[SourceFile::text("a.yaml", text).searched()]);
    assert_eq!(report.diagnostics[0].rule, "syntax");
    assert_eq!(report.exit_code(Severity::Error), 4);
}

#[test]
fn bytes_that_are_no_utf8_and_files_that_are_too_large() {
    let wide = |text: &str| -> Vec<u8> {
        let units = "\u{FEFF}".encode_utf16().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let pipeline = "pipeline:\n  identifier: a\n";
    for (bytes, named, searched) in [
        (wide(pipeline), "unreadable", "unreadable"),
        (wide("a: 1\n"), "unreadable", "UTF-16 text"),
        (b"caf\xe9: 1\n".to_vec(), "unreadable", "not UTF-8 text"),
        (
            b"pipeline:\n  name: caf\xe9\n".to_vec(),
            "unreadable",
            "unreadable",
        ),
        (vec![b'#'; 300], "limit", "limit"),
    ] {
        let guard = Guard::new(Config::default())
            .unwrap()
            .with_max_file_bytes(200);
        let said = |file: SourceFile| {
            let report = guard.check(&[file]);
            let rule = report.diagnostics.first().map(|d| d.rule.clone());
            rule.or_else(|| report.files[0].documents[0].reason.clone())
        };
        let file = SourceFile::bytes("a.yaml", bytes);
        assert_eq!(said(file.clone()).as_deref(), Some(named));
        assert_eq!(said(file.searched()).as_deref(), Some(searched));
    }
    // The help says what to do.
    let report = check(&[SourceFile::bytes("a.yaml", wide(pipeline))]);
    let diagnostic = &report.diagnostics[0];
    assert!(diagnostic.message.contains("UTF-16"), "{diagnostic:?}");
    assert!(
        diagnostic
            .help
            .as_deref()
            .unwrap()
            .contains("iconv -f UTF-16 -t UTF-8")
    );
    assert_eq!(report.exit_code(Severity::Error), 4);
}

#[test]
fn a_link_to_nothing_and_what_may_not_be_read() {
    let missing = SourceFile::missing("a.yaml", "no such file or directory");
    assert_eq!(outcome(missing.clone()), ["unreadable"]);
    assert_eq!(
        outcome(missing.searched()),
        ["a link to a file that isn't there"]
    );
    let in_harness = SourceFile::missing(".harness/a.yaml", "no such file or directory");
    assert_eq!(outcome(in_harness.searched()), ["unreadable"]);
    // It isn't known what the file contains.
    let forbidden = SourceFile::unreadable("a.yaml", "permission denied").searched();
    assert_eq!(outcome(forbidden), ["unreadable"]);
}

#[test]
fn terraform_isn_t_read() {
    for path in ["main.tf", "infra/MAIN.TF", "a.tf.json", "prod.tfvars"] {
        let report = check(&[SourceFile::text(path, "resource \"a\" \"b\" {}\n")]);
        assert_eq!(report.diagnostics.len(), 1, "{path}");
        assert!(report.diagnostics[0].message.contains("this is Terraform"));
        assert!(report.diagnostics[0].help.is_some());
        assert_eq!(report.exit_code(Severity::Error), 4);
    }
    assert_eq!(
        outcome(SourceFile::text("a.tf.json", "{}").searched()),
        ["not a Harness entity"]
    );
}

#[test]
fn the_summary_counts_in_one_line_what_the_longer_text_lists() {
    let files = [
        SourceFile::text("a.yaml", HELM).searched(),
        SourceFile::text("b.yaml", HELM).searched(),
        SourceFile::text("c.json", "{\n  // x\n  \"a\": 1,\n}\n").searched(),
        SourceFile::text("d.yaml", "{% if x %}\n").searched(),
        SourceFile::text("e.yaml", "").searched(),
        SourceFile::text("f.yaml", "apiVersion: v1\nkind: Pod\n---\non: push\n").searched(),
        SourceFile::text("g.yaml", "pipeline: {identifier: a}\n").searched(),
    ];
    let report = check(&files);
    assert_eq!(report.exit_code(Severity::Error), 0);
    insta::assert_snapshot!("short", text::render(&report, &files, false));
    let verbose = Style {
        verbose: true,
        ..Style::default()
    };
    insta::assert_snapshot!("verbose", text::styled(&report, &files, verbose));
}

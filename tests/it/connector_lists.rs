//! Lists of the connectors that exist only in the account (`connectorFiles`).

use harness_image_guard::report::{Report, Status, Verdict, text};
use harness_image_guard::{Config, Guard, SourceFile};

const PIPELINE: &str = "\
pipeline:
  identifier: build
  orgIdentifier: default
  projectIdentifier: shop
  stages:
    - stage:
        identifier: test
        type: CI
        spec:
          execution:
            steps:
              - step: {identifier: a, type: Run, spec: {connectorRef: account.corp, image: 'node:22'}}
              - step: {identifier: b, type: Run, spec: {connectorRef: team, image: 'node:22'}}
";

const LIST: &str = "\
madeAt: 2026-11-27T04:00:00Z
connectors:
  - {identifier: corp, type: DockerRegistry, url: https://r.example/team, providerType: Other, auth: Anonymous}
  - {identifier: team, orgIdentifier: default, projectIdentifier: shop, type: DockerRegistry, url: https://index.docker.io/v1/}
";

fn check(config: &str, files: &[SourceFile]) -> Report {
    let config = Config::parse(None, config, None).unwrap();
    Guard::new(config).unwrap().check(files)
}

fn list(text: &str) -> SourceFile {
    SourceFile::text("harness-connectors.yaml", text).connector_list()
}

fn found(report: &Report) -> Vec<String> {
    report
        .diagnostics
        .iter()
        .map(|it| format!("{}:{} {} {:?}", it.file, it.start.line, it.rule, it.verdict))
        .collect()
}

#[test]
fn a_list_decides_what_no_file_does() {
    let pipeline = SourceFile::text("p.yaml", PIPELINE);
    let without = check("", std::slice::from_ref(&pipeline));
    assert_eq!(without.summary.undecided, 2);
    let report = check("", &[pipeline, list(LIST)]);
    assert_eq!(
        found(&report),
        [
            "harness-connectors.yaml:4 no-docker-hub Violation",
            "p.yaml:13 no-docker-hub Violation",
        ]
    );
}

#[test]
fn a_list_is_judged_at_its_own_places_and_not_fixed() {
    let text = "\
connectors:
  - identifier: corp
    type: DockerRegistry
    url: https://r.example/team
  - identifier: harnessImage
    type: DockerRegistry
    url: https://us-docker.pkg.dev/gar-prod-setup/harness-public
    auth: UsernamePassword
";
    let files = [list(text)];
    let report = check("preset: app-harness", &files);
    insta::assert_snapshot!(text::render(&report, &files, false));
    assert!(report.diagnostics.iter().all(|it| it.fix.is_none()));
    let paths: Vec<_> = report
        .diagnostics
        .iter()
        .map(|it| serde_json::to_string(&it.path).unwrap())
        .collect();
    assert_eq!(
        paths,
        [
            r#"["connectors",1,"providerType"]"#,
            r#"["connectors",1,"url"]"#,
            r#"["connectors",1,"auth"]"#,
        ]
    );
}

#[test]
fn a_file_outranks_a_list_and_the_configuration_outranks_both() {
    let file = SourceFile::text(
        "team.yaml",
        "connector: {identifier: team, orgIdentifier: default, projectIdentifier: shop, type: DockerRegistry, spec: {dockerRegistryUrl: https://r.example/x, providerType: Other, auth: {type: Anonymous}}}",
    );
    let pipeline = SourceFile::text("p.yaml", PIPELINE);
    let files = [pipeline, list(LIST), file];
    let report = check("", &files);
    assert_eq!(found(&report), Vec::<String>::new());
    let listed = report
        .files
        .iter()
        .find(|it| it.path == "harness-connectors.yaml");
    let statuses: Vec<_> = listed
        .unwrap()
        .documents
        .iter()
        .map(|it| it.status)
        .collect();
    assert_eq!(statuses, [Status::Pass, Status::NotApplicable]);
    let report = check("connectors: {account.corp: {type: Aws}}", &files);
    assert_eq!(found(&report), ["p.yaml:12 no-docker-hub Violation"]);
}

#[test]
fn the_harness_image_connector_may_be_in_a_list() {
    let stage = "pipeline: {identifier: p, stages: [{stage: {identifier: s, type: CI, spec: {infrastructure: {type: KubernetesDirect, spec: {connectorRef: account.k}}}}}]}";
    let pipeline = SourceFile::text("p.yaml", stage);
    let right = "connectors: [{identifier: harnessImage, type: DockerRegistry, url: https://app.harness.io/registry, providerType: Other, auth: Anonymous}]";
    let report = check("", &[pipeline.clone(), list(right)]);
    assert_eq!(found(&report), Vec::<String>::new());
    let report = check("", &[pipeline, list(&right.replace("Other", "Quay"))]);
    assert_eq!(report.summary.errors, 2);
}

#[test]
fn a_list_that_is_wrong_says_where_and_the_rest_counts() {
    let cases = [
        (
            "[]",
            1,
            "a list of connectors is a mapping with the key `connectors`",
        ),
        (
            "madeAt: x",
            1,
            "a list of connectors has the key `connectors`",
        ),
        ("connectors: {}", 1, "`connectors` has to be a sequence"),
        (
            "connector: []",
            1,
            "a list of connectors has no key `connector`",
        ),
        (
            "connectors:\n- 1",
            2,
            "a connector in a list is a mapping with `identifier` and `type`",
        ),
        (
            "connectors:\n- {type: Aws}",
            2,
            "the connector has no `identifier`, a string",
        ),
        (
            "connectors:\n- {identifier: a, uri: b}",
            2,
            "a connector in a list has no key `uri`",
        ),
        (
            "connectors:\n- {identifier: a,\n   identifier: b}",
            3,
            "the key `identifier` is in this mapping already",
        ),
        ("connectors: [", 1, ""),
    ];
    for (text, line, message) in cases {
        let report = check("", &[list(text)]);
        let [found] = report.diagnostics.as_slice() else {
            panic!("{text}: {:?}", report.diagnostics);
        };
        assert_eq!(
            (found.verdict, found.start.line),
            (Verdict::Error, line),
            "{text}"
        );
        assert!(found.message.contains(message), "{text}: {}", found.message);
        assert_eq!(
            report.exit_code(harness_image_guard::report::Severity::Error),
            4
        );
    }
    let text = format!("{LIST}  - nothing\n");
    let report = check("", &[SourceFile::text("p.yaml", PIPELINE), list(&text)]);
    assert_eq!(report.summary.undecided, 0);
    assert_eq!(report.diagnostics.len(), 3);
}

#[test]
fn a_configuration_that_names_a_list_needs_it() {
    let config = Config::parse(None, "connectorFiles: [a.yaml]", None).unwrap();
    let error = config.require_files(Some("c.yaml"), &[], &[]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "c.yaml:1:18: the list of connectors `a.yaml` is asked for, but its text isn't at hand here"
    );
    assert!(config.require_files(None, &[], &["a.yaml"]).is_ok());
}

//! Lists of the connectors that exist only in the account (`connectorFiles`).

use harness_image_guard::report::{Report, Severity, Status, Verdict, text};
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
fn a_list_decides_even_against_a_file_where_no_file_does() {
    let made_up = "connector: {identifier: team, orgIdentifier: default, projectIdentifier: shop, type: DockerRegistry, \
                   spec: {dockerRegistryUrl: 'https://r.example', providerType: Other, auth: {type: Anonymous}}}\n";
    let files = [
        SourceFile::text("c.yaml", made_up),
        SourceFile::text("p.yaml", PIPELINE),
        list(LIST),
    ];
    assert_eq!(found(&check("", &files)), [""; 0]);
    let guard = Guard::new(Config::parse(None, "", None).unwrap()).unwrap();
    assert_eq!(
        found(&guard.without_file_connectors().check(&files)),
        [
            "harness-connectors.yaml:4 no-docker-hub Violation",
            "p.yaml:13 no-docker-hub Violation",
        ]
    );
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
fn overlapping_lists_have_one_harness_image_connector_unless_they_differ() {
    let right = "{name: ours, identifier: harnessImage, type: DockerRegistry, url: https://app.harness.io/registry, providerType: Other, auth: Anonymous}";
    let other = "{identifier: harnessImage, type: DockerRegistry, url: https://app.harness.io/registry/, providerType: Other, auth: Anonymous}";
    let of = |path: &str, connector: &str| {
        SourceFile::text(path, format!("connectors: [{connector}]\n")).connector_list()
    };
    let unnamed = right.replace("name: ours, ", "");
    let report = check("", &[of("a.yaml", right), of("b.yaml", &unnamed)]);
    assert_eq!(found(&report), [""; 0]);
    let report = check("", &[of("a.yaml", right), of("b.yaml", other)]);
    assert_eq!(
        found(&report),
        ["b.yaml:1 harness-image-registry Violation"]
    );
}

#[test]
fn a_list_that_is_wrong_says_where_and_the_rest_counts() {
    let cases = [
        (
            "[]",
            1,
            "a list of connectors has to be a mapping with the key `connectors`",
        ),
        (
            "madeAt: x",
            1,
            "a list of connectors needs the key `connectors`",
        ),
        ("connectors: {}", 1, "`connectors` has to be a list"),
        (
            "connector: []",
            1,
            "a list of connectors can't have the key `connector`",
        ),
        (
            "connectors:\n- 1",
            2,
            "a connector in a list has to be a mapping with `identifier` and `type`",
        ),
        (
            "connectors:\n- {type: Aws}",
            2,
            "the connector needs an `identifier` that is a string",
        ),
        (
            "connectors:\n- {identifier: a, uri: b}",
            2,
            "a connector in a list can't have the key `uri`",
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
        "c.yaml:1:18: the list of connectors `a.yaml` is named here, but its content wasn't provided"
    );
    assert!(config.require_files(None, &[], &["a.yaml"]).is_ok());
}

/// The warning about a list on a day, with `connectorsMaxAge: 30d`.
fn outdated(made_at: &str, today: Option<&str>) -> Vec<String> {
    let config = Config::parse(None, "connectorsMaxAge: 30d", None).unwrap();
    let mut guard = Guard::new(config).unwrap();
    if let Some(today) = today {
        guard = guard.with_today(today.parse().unwrap());
    }
    let report = guard.check(&[list(&format!("{made_at}\nconnectors: []\n"))]);
    let said = report.diagnostics.iter().map(|it| {
        assert_eq!(
            (it.severity, it.file.as_str()),
            (Severity::Warning, "harness-connectors.yaml")
        );
        format!(
            "{}:{} {}: {}",
            it.start.line, it.start.column, it.rule, it.message
        )
    });
    said.collect()
}

#[test]
fn a_list_past_its_age_is_a_warning_at_its_date() {
    let today = Some("2026-11-27");
    for right in [
        "madeAt: 2026-10-28",
        "madeAt: 2026-10-28T23:59:59Z",
        "madeAt: 2026-11-27T04:00:00+14:00",
        "madeAt: 2026-11-28",
    ] {
        assert_eq!(outdated(right, today), Vec::<String>::new(), "{right}");
    }
    for (made_at, today, said) in [
        (
            "madeAt: 2026-10-27",
            today,
            "1:9 outdated-connectors: this list of connectors is 31 days old, but `connectorsMaxAge` allows only 30",
        ),
        (
            "madeAt: 2026-11-29",
            today,
            "1:9 outdated-connectors: this list of connectors is dated 2 days in the future",
        ),
        (
            "madeAt: yesterday",
            today,
            "1:9 outdated-connectors: this list of connectors has `madeAt: yesterday`, which isn't a date or time",
        ),
        (
            "madeAt:",
            today,
            "1:8 outdated-connectors: this list of connectors doesn't say when it was made",
        ),
        (
            "",
            today,
            "2:1 outdated-connectors: this list of connectors doesn't say when it was made",
        ),
        (
            "madeAt: 2026-10-27",
            None,
            "1:9 outdated-connectors: the age of this list of connectors is unknown without today's date",
        ),
    ] {
        assert_eq!(outdated(made_at, today), [said], "{made_at}");
    }
}

#[test]
fn the_report_says_how_old_lists_are_and_warns_of_none_unasked() {
    let guard = Guard::new(Config::default()).unwrap();
    let guard = guard.with_today("2026-11-27".parse().unwrap());
    let one = list("madeAt: 2025-11-27T04:00:00Z\nconnectors: []\n");
    let report = guard.check(std::slice::from_ref(&one));
    assert_eq!(report.diagnostics, []);
    assert!(
        text::render(&report, std::slice::from_ref(&one), false)
            .contains("; the list of connectors is 365 days old\n")
    );
    let other =
        SourceFile::text("other.yaml", "madeAt: 2026-11-26\nconnectors: []\n").connector_list();
    let dateless = SourceFile::text("z.yaml", "connectors: []\n").connector_list();
    let files = [one, other, dateless];
    let report = guard.check(&files);
    let lists: Vec<_> = report
        .connector_lists
        .iter()
        .map(|it| (it.file.as_str(), it.made_at.as_deref(), it.days))
        .collect();
    assert_eq!(
        lists,
        [
            (
                "harness-connectors.yaml",
                Some("2025-11-27T04:00:00Z"),
                Some(365)
            ),
            ("other.yaml", Some("2026-11-26"), Some(1)),
            ("z.yaml", None, None),
        ]
    );
    assert!(
        text::render(&report, &files, false)
            .contains("; the oldest list of connectors is 365 days old\n")
    );
}

#[test]
fn delegates_of_a_listed_connector_are_compared_at_its_fields() {
    let text = "\
connectors:
  - identifier: harnessImage
    type: DockerRegistry
    url: https://app.harness.io/registry
    providerType: Other
    auth: Anonymous
    delegateSelectors: [eu]
    executeOnDelegate: false
";
    let config = "harnessImage: {delegateSelectors: [us], executeOnDelegate: true}";
    assert_eq!(
        found(&check(config, &[list(text)])),
        [
            "harness-connectors.yaml:7 harness-image-registry Violation",
            "harness-connectors.yaml:8 harness-image-registry Violation",
        ]
    );
    for right in [
        "",
        "harnessImage: {delegateSelectors: [eu], executeOnDelegate: false}",
    ] {
        assert_eq!(found(&check(right, &[list(text)])), Vec::<String>::new());
    }
}

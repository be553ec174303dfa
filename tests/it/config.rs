//! The configuration: every key changes a verdict, and every mistake is reported with its location.

use harness_image_guard::report::{Report, Severity, Status};
use harness_image_guard::{Config, Guard, SourceFile};

fn step(spec: &str) -> SourceFile {
    let text = format!(
        "pipeline: {{stages: [stage: {{spec: {{execution: {{steps: [step: {{spec: {{{spec}}}}}]}}}}}}]}}"
    );
    SourceFile::text("pipeline.yaml", text)
}

fn stage(infrastructure: &str) -> SourceFile {
    let text =
        format!("pipeline: {{stages: [stage: {{spec: {{infrastructure: {infrastructure}}}}}]}}");
    SourceFile::text("pipeline.yaml", text)
}

fn connector(url: &str, provider: &str, auth: &str) -> SourceFile {
    let text = format!(
        "connector: {{identifier: harnessImage, type: DockerRegistry, spec: {{dockerRegistryUrl: \"{url}\", providerType: {provider}, auth: {{type: {auth}}}}}}}"
    );
    SourceFile::text("connector.yaml", text)
}

fn check(config: &str, files: &[SourceFile]) -> Report {
    let config = Config::parse(None, config, None).unwrap();
    Guard::new(config).unwrap().check(files)
}

/// The findings, as `severity rule`.
fn found(config: &str, files: &[SourceFile]) -> Vec<String> {
    let report = check(config, files);
    let all = report.diagnostics.iter();
    all.map(|d| format!("{} {}", d.severity, d.rule)).collect()
}

const SPECIFIED: &str = "https://app.harness.io/registry";
const CONNECTOR: &str = "error harness-image-connector";
const REGISTRY: &str = "error harness-image-registry";
const HUB: &str = "error no-docker-hub";

#[test]
fn preset() {
    let file = [connector(
        "https://public.ecr.aws/harness",
        "Other",
        "Anonymous",
    )];
    assert_eq!(found("", &file), [REGISTRY]);
    assert_eq!(found("preset: app-harness", &file), [REGISTRY]);
    assert_eq!(found("preset: gar", &file), [REGISTRY]);
    assert_eq!(found("preset: ecr", &file), [""; 0]);
    let file = [connector(
        "https://us-docker.pkg.dev/gar-prod-setup/harness-public",
        "Other",
        "Anonymous",
    )];
    assert_eq!(found("preset: gar", &file), [""; 0]);
}

#[test]
fn preset_of_the_command_line() {
    let file = [connector(
        "https://public.ecr.aws/harness",
        "Other",
        "Anonymous",
    )];
    let with = |text: &str, preset: &str| {
        let config = Config::parse(None, text, Some(preset)).unwrap();
        Guard::new(config).unwrap().check(&file).diagnostics.len()
    };
    assert_eq!(with("", "ecr"), 0);
    assert_eq!(with("", "gar"), 1);
    assert_eq!(with("preset: gar", "ecr"), 0);
    assert_eq!(
        with("harnessImage: {url: https://public.ecr.aws/harness}", "gar"),
        0
    );
}

#[test]
fn harness_image() {
    let url = [connector("https://r.example/harness", "Other", "Anonymous")];
    assert_eq!(found("", &url), [REGISTRY]);
    assert_eq!(
        found("harnessImage: {url: https://r.example/harness}", &url),
        [""; 0]
    );
    let provider = [connector(SPECIFIED, "Harbor", "Anonymous")];
    assert_eq!(found("", &provider), [REGISTRY]);
    assert_eq!(
        found("harnessImage: {providerType: Harbor}", &provider),
        [""; 0]
    );
    let auth = [connector(SPECIFIED, "Other", "UsernamePassword")];
    assert_eq!(found("", &auth), [REGISTRY]);
    assert_eq!(
        found("harnessImage: {auth: UsernamePassword}", &auth),
        [""; 0]
    );
    let all = [connector("http://r.example", "Quay", "UsernamePassword")];
    assert_eq!(found("", &all), [REGISTRY; 3]);
    assert_eq!(
        found(
            "harnessImage: {url: http://r.example, providerType: Quay, auth: UsernamePassword}",
            &all
        ),
        [""; 0]
    );
}

#[test]
fn delegates() {
    let with = |delegates: &str| {
        [SourceFile::text(
            "connector.yaml",
            format!(
                "connector: {{identifier: harnessImage, type: DockerRegistry, spec: {{dockerRegistryUrl: \"{SPECIFIED}\", providerType: Other, auth: {{type: Anonymous}}, {delegates}}}}}"
            ),
        )]
    };
    for (config, delegates, is_found) in [
        (
            "",
            "delegateSelectors: [eu], executeOnDelegate: false",
            false,
        ),
        (
            "harnessImage: {delegateSelectors: [eu]}",
            "delegateSelectors: [eu]",
            false,
        ),
        ("harnessImage: {delegateSelectors: [eu]}", "", true),
        (
            "harnessImage: {delegateSelectors: []}",
            "delegateSelectors: [eu]",
            true,
        ),
        ("harnessImage: {executeOnDelegate: true}", "", false),
        (
            "harnessImage: {executeOnDelegate: true}",
            "executeOnDelegate: false",
            true,
        ),
        ("harnessImage: {executeOnDelegate: false}", "", true),
    ] {
        let expected: &[&str] = if is_found { &[REGISTRY] } else { &[] };
        assert_eq!(
            found(config, &with(delegates)),
            expected,
            "{config} {delegates}"
        );
    }
    // Without its delegates, it isn't the connector for which stages need no override.
    let stage = stage("{type: KubernetesDirect, spec: {connectorRef: account.k}}");
    let files = [stage, with("").into_iter().next().unwrap()];
    assert_eq!(found("", &files), [""; 0]);
    assert_eq!(
        found("harnessImage: {delegateSelectors: [eu]}", &files),
        [REGISTRY, CONNECTOR]
    );
}

#[test]
fn credentials() {
    let config =
        "harnessImage: {auth: UsernamePassword, usernameRef: account.a, passwordRef: account.b}";
    let file = [connector(SPECIFIED, "Other", "UsernamePassword")];
    assert_eq!(found(config, &file), [""; 0]);
}

#[test]
fn required_connector() {
    let right = [stage(
        "{type: KubernetesDirect, spec: {harnessImageConnectorRef: account.harnessImage}}",
    )];
    let other = [stage(
        "{type: KubernetesDirect, spec: {harnessImageConnectorRef: org.images}}",
    )];
    assert_eq!(found("", &right), [""; 0]);
    assert_eq!(found("", &other), [CONNECTOR]);
    assert_eq!(found("requiredConnector: org.images", &right), [CONNECTOR]);
    assert_eq!(found("requiredConnector: org.images", &other), [""; 0]);
    assert_eq!(found("requiredConnector: ' org.images '", &other), [""; 0]);
    let image = [step("image: maven, connectorRef: org.images")];
    assert_eq!(found("", &image), ["note no-docker-hub"]);
    assert_eq!(found("requiredConnector: org.images", &image), [""; 0]);
}

#[test]
fn stage_override() {
    let silent = stage("{type: KubernetesDirect}");
    let alone = [silent.clone()];
    let beside = [silent, connector(SPECIFIED, "Other", "Anonymous")];
    for (config, expected) in [
        ("", [1, 0]),
        ("stageOverride: auto", [1, 0]),
        ("stageOverride: required", [1, 1]),
        ("stageOverride: optional", [0, 0]),
    ] {
        let counts = [found(config, &alone).len(), found(config, &beside).len()];
        assert_eq!(counts, expected, "{config}");
    }
}

#[test]
fn trusted_connectors() {
    let image = [step("image: maven, connectorRef: account.corp_images")];
    assert_eq!(found("", &image), ["note no-docker-hub"]);
    assert_eq!(
        found("trustedConnectors: [account.corp_*]", &image),
        [""; 0]
    );
    assert_eq!(
        found("trustedConnectors: ['*x*', 'ACCOUNT.CORP*']", &image),
        [""; 0]
    );
    assert_eq!(
        found("trustedConnectors: [corp_*]", &image),
        ["note no-docker-hub"]
    );
    let computed = [step("image: <+input>, connectorRef: account.corp_images")];
    assert_eq!(found("", &computed), ["note no-docker-hub"]);
    assert_eq!(
        found("trustedConnectors: [account.corp_*]", &computed),
        [""; 0]
    );
}

#[test]
fn docker_hub_connectors() {
    let image = [step("image: maven, connectorRef: account.public")];
    assert_eq!(found("", &image), ["note no-docker-hub"]);
    assert_eq!(
        found("dockerHubConnectors: ['*public*']", &image),
        ["warning no-docker-hub"]
    );
    let named = [step("image: maven, connectorRef: account.dockerhub")];
    assert_eq!(found("", &named), ["warning no-docker-hub"]);
    assert_eq!(
        found("dockerHubConnectors: []", &named),
        ["note no-docker-hub"]
    );
}

#[test]
fn connectors() {
    let image = [step("image: maven, connectorRef: account.corp")];
    assert_eq!(found("", &image), ["note no-docker-hub"]);
    for (declared, expected) in [
        ("{type: DockerRegistry, url: https://r.example}", &[][..]),
        ("{type: DockerRegistry, url: https://docker.io}", &[HUB][..]),
        ("{type: Gcp}", &[HUB][..]),
        ("{type: DockerRegistry}", &["note no-docker-hub"][..]),
        ("{}", &["note no-docker-hub"][..]),
    ] {
        let config = format!("connectors: {{account.corp: {declared}}}");
        assert_eq!(found(&config, &image), expected, "{declared}");
    }
}

/// The new text of the only fix in a file.
fn fix(config: &str, files: &[SourceFile]) -> Option<String> {
    let report = check(config, files);
    let fix = report.diagnostics.iter().find_map(|d| d.fix.as_ref())?;
    Some(fix.edits[0].text.clone())
}

#[test]
fn default_connector() {
    let image = [step("image: maven")];
    assert_eq!(fix("", &image), None);
    assert_eq!(
        fix("defaultConnector: account.corp", &image).as_deref(),
        Some(", connectorRef: account.corp")
    );
    // A default connector counts as trusted everywhere.
    let named = [step("image: maven, connectorRef: account.dockerhub")];
    assert_eq!(found("", &named), ["warning no-docker-hub"]);
    assert_eq!(
        found("defaultConnector: account.dockerhub", &named),
        [""; 0]
    );
}

#[test]
fn mirrors() {
    let image = [step("image: docker.io/maven")];
    // Harness's own registry doesn't have this image.
    assert_eq!(fix("", &image), None);
    let own = "harnessImage: {url: \"https://r.example\"}";
    assert_eq!(fix(own, &image).as_deref(), Some("maven"));
    for (mirrors, expected) in [
        ("{docker.io/library: r.example/hub}", "r.example/hub/maven"),
        (
            "{docker.io: localhost:5000}",
            "localhost:5000/library/maven",
        ),
        ("{docker.io/other: r.example}", "maven"),
    ] {
        let config = format!("{{mirrors: {mirrors}, {own}}}");
        assert_eq!(fix(&config, &image).as_deref(), Some(expected), "{mirrors}");
    }
}

#[test]
fn rules_off() {
    let hub = [step("image: maven")];
    assert_eq!(found("rules: {no-docker-hub: off}", &hub), [""; 0]);
    assert_eq!(found("rules: {harness-image-connector: off}", &hub), [HUB]);
    let silent = [stage("{type: VM}")];
    assert_eq!(
        found("rules: {harness-image-connector: off}", &silent),
        [""; 0]
    );
    let wrong = [connector(SPECIFIED, "Quay", "Anonymous")];
    assert_eq!(
        found("rules: {harness-image-registry: off}", &wrong),
        [""; 0]
    );
    let twice = [SourceFile::text(
        "a.yaml",
        "pipeline: {stages: [], a: 1, a: 2}",
    )];
    assert_eq!(found("", &twice), ["warning duplicate-key"]);
    assert_eq!(found("rules: {duplicate-key: off}", &twice), [""; 0]);
    // A rule that is off affects no document either.
    let report = check("rules: {no-docker-hub: off}", &hub);
    assert_eq!(report.files[0].documents[0].status, Status::Pass);
}

/// A connector can't break a rule that is off, so next to it, a stage needs no override.
#[test]
fn registry_rule_off_and_auto() {
    let files = [
        stage("{type: KubernetesDirect}"),
        connector(SPECIFIED, "Quay", "Anonymous"),
    ];
    assert_eq!(found("", &files), [REGISTRY, CONNECTOR]);
    assert_eq!(
        found("rules: {harness-image-registry: off}", &files),
        [""; 0]
    );
}

#[test]
fn rules_severity() {
    let hub = [step("image: maven")];
    for severity in ["error", "warning", "note"] {
        let expected = [format!("{severity} no-docker-hub")];
        assert_eq!(
            found(&format!("rules: {{no-docker-hub: {severity}}}"), &hub),
            expected
        );
        let long = format!("rules: {{no-docker-hub: {{severity: {severity}}}}}");
        assert_eq!(found(&long, &hub), expected);
    }
    let silent = [stage("{type: VM}")];
    assert_eq!(
        found("rules: {harness-image-connector: warning}", &silent),
        ["warning harness-image-connector"]
    );
    let wrong = [connector(SPECIFIED, "Quay", "Anonymous")];
    assert_eq!(
        found("rules: {harness-image-registry: note}", &wrong),
        ["note harness-image-registry"]
    );
    let twice = [SourceFile::text(
        "a.yaml",
        "pipeline: {stages: [], a: 1, a: 2}",
    )];
    assert_eq!(
        found("rules: {duplicate-key: error}", &twice),
        ["error duplicate-key"]
    );
}

/// A finding that the semantics make a warning stays one.
#[test]
fn rules_severity_of_a_warning() {
    let named = [step("image: maven, connectorRef: account.dockerhub")];
    assert_eq!(
        found("rules: {no-docker-hub: error}", &named),
        ["warning no-docker-hub"]
    );
}

#[test]
fn rules_undecided() {
    let computed = [step("image: <+input>")];
    assert_eq!(found("", &computed), ["note no-docker-hub"]);
    for severity in ["error", "warning", "note"] {
        let config = format!("rules: {{no-docker-hub: {{undecided: {severity}}}}}");
        let report = check(&config, &computed);
        assert_eq!(report.diagnostics[0].severity.to_string(), severity);
        assert_eq!(report.files[0].documents[0].status, Status::Undecided);
        assert_eq!(report.summary.undecided, 1);
        assert_eq!(
            report.exit_code(Severity::Error),
            u8::from(severity == "error")
        );
    }
    // The severity of violations doesn't affect undecided findings.
    assert_eq!(
        found("rules: {no-docker-hub: error}", &computed),
        ["note no-docker-hub"]
    );
    let both = "rules: {no-docker-hub: {severity: note, undecided: warning}}";
    assert_eq!(found(both, &computed), ["warning no-docker-hub"]);
    assert_eq!(found(both, &[step("image: maven")]), ["note no-docker-hub"]);
    let stage = [stage("<+input>")];
    let config = "rules: {harness-image-connector: {undecided: error}}";
    assert_eq!(found(config, &stage), [CONNECTOR]);
}

#[test]
fn exclude() {
    let config = Config::parse(
        None,
        "exclude: ['legacy/**', '*.json', ./old/one.yaml, gone]",
        None,
    )
    .unwrap();
    for path in [
        "legacy/a.yaml",
        "legacy/b/c.yaml",
        "a.json",
        "old/one.yaml",
        "gone",
        "gone/a.yaml",
    ] {
        assert!(config.excludes(path), "{path}");
    }
    for path in [
        "a.yaml",
        "x/legacy/a.yaml",
        "legacy.yaml",
        "old/two.yaml",
        "gone.yaml",
        "x/a.json",
    ] {
        assert!(!config.excludes(path), "{path}");
    }
    assert!(!Config::default().excludes("legacy/a.yaml"));
}

#[test]
fn nothing_configured() {
    let hub = [
        step("image: maven"),
        connector(SPECIFIED, "Quay", "Anonymous"),
    ];
    let expected = found("", &hub);
    for config in [
        "\n",
        "# a comment\n",
        "---\n",
        "null",
        "{}",
        "preset:\nharnessImage:\nrequiredConnector:\nstageOverride:\ntrustedConnectors:\ndockerHubConnectors:\nconnectors:\nrules:\nexclude:\n",
        "harnessImage: {url: null, providerType: null, auth: null}",
        "rules: {no-docker-hub: null, harness-image-registry: {severity: null, undecided: null}}",
        "\u{feff}{\"preset\": \"app-harness\"}",
    ] {
        assert_eq!(found(config, &hub), expected, "{config:?}");
    }
}

/// All problems in a configuration, one per line.
fn problems(text: &str) -> String {
    let error = Config::parse(Some("harness-image-guard.yaml"), text, None)
        .expect_err("the configuration is taken for a right one");
    error.to_string()
}

#[test]
fn mistakes() {
    let cases = [
        "preest: gar",
        "Preset: gar",
        "stageoverride: auto",
        "something: 1",
        "preset: gcr",
        "preset: [gar]",
        "preset: 5",
        "harnessImage: account.harnessImage",
        "harnessImage: {dockerRegistryUrl: https://r.example}",
        "harnessImage:\n  url: r.example/harness",
        "harnessImage: {url: 5}",
        "harnessImage: {provider: Other}",
        "harnessImage: {providerType: dockerhub}",
        "harnessImage: {auth: anonymous}",
        "harnessImage: {auth: {type: Anonymous}}",
        "harnessImage: {delegateSelectors: eu}",
        "harnessImage: {delegateSelectors: [1]}",
        "harnessImage: {executeOnDelegate: 'yes'}",
        "harnessImage: {auth: UsernamePassword, username: robot, passwordRef: hunter2}",
        "harnessImage: {auth: UsernamePassword, username: robot, passwordRef: org.password}",
        "harnessImage: {auth: UsernamePassword, username: robot, usernameRef: account.a, passwordRef: account.b}",
        "harnessImage: {auth: UsernamePassword, passwordRef: account.b}",
        "harnessImage: {auth: UsernamePassword, username: robot}",
        "harnessImage: {username: robot, passwordRef: account.b}",
        "harnessImage: {auth: Anonymous, usernameRef: account.a, passwordRef: account.b}",
        "connectorsMaxAge: 30",
        "connectorsMaxAge: 30 days",
        "connectorsMaxAge: -1d",
        "connectorsMaxAge: +1d",
        "connectorsMaxAge: 36501d",
        "connectorsMaxAge: 99999999999w",
        "connectorsMaxAge: d",
        "connectorsMaxAge: ''",
        "connectorsMaxAge: 1é",
        "requiredConnector: [account.harnessImage]",
        "stageOverride: requierd",
        "stageOverride: true",
        "trustedConnectors: account.corp",
        "trustedConnectors:\n  - account.corp\n  - 5",
        "trustedConnectors: ['a*b*c*d*e*f*g']",
        "dockerHubConnectors: {a: b}",
        "connectors: [account.corp]",
        "connectors: {account.corp: DockerRegistry}",
        "connectors:\n  account.corp:\n    type: DockerRegistry\n    Url: https://r.example",
        "connectors: {account.corp: {type: [Gcp]}}",
        "connectors:\n  account.corp: {type: Gcp}\n  ' account.corp': {type: Aws}",
        "rules: off",
        "rules: {no-dockerhub: off}",
        "rules: {image: off}",
        "rules: {no-docker-hub: fatal}",
        "rules: {no-docker-hub: false}",
        "rules: {no-docker-hub: {severity: warn}}",
        "rules: {no-docker-hub: {severity: off}}",
        "rules: {no-docker-hub: {level: error}}",
        "rules: {no-docker-hub: {undecided: [error]}}",
        "policies: a.rego",
        "policies: [5]",
        "policies: [' ']",
        "policies: [{entity: pipeline}]",
        "policies:\n  - {file: a.rego, entity: pipelin}",
        "policies:\n  - {file: a.rego, severty: note}",
        "policies:\n  - {file: a.rego, regoVersion: 2}",
        "policies:\n  - {file: a.rego, regoVersion: '1'}",
        "metadata: [user]",
        "exclude: legacy",
        "exclude: [1]",
        "preset: gar\npreset: ecr",
        "- preset: gar",
        "gar",
        "preset: [",
        "preset: gar\n---\nrules: {}",
        "preset: gar\n---\nrules: [",
        "größe: 1\npréset: gar",
        "defaultConnector: [account.corp]",
        "defaultConnector: ${CORP}",
        "mirrors: [r.example]",
        "mirrors: {docker.io/: r.example, library: r.example}",
        "mirrors: {docker.io: hub, docker.io/a: 'https://r.example', docker.io/b: 'r.example/<+x>'}",
    ];
    let mut text = String::new();
    for case in cases {
        text.push_str(case);
        text.push('\n');
        for problem in problems(case).lines() {
            text.push_str("    ");
            text.push_str(problem);
            text.push('\n');
        }
        text.push('\n');
    }
    insta::assert_snapshot!(text);
}

/// All problems at once, in source order, with lines and columns.
#[test]
fn policies() {
    let text = "policies:\n  - a.rego\n  - {file: b.rego, entity: connector, severity: note, regoVersion: 1}\n";
    let config = Config::parse(None, text, None).unwrap();
    let named: Vec<_> = config.policies().iter().collect();
    assert_eq!(
        (named[0].path.as_str(), named[0].severity),
        ("a.rego", None)
    );
    assert_eq!(named[1].entity.as_deref(), Some("connector"));
    assert_eq!(named[1].severity, Some(Severity::Note));
    assert_eq!(
        (named[0].rego_version, named[1].rego_version),
        (None, Some(1))
    );

    config
        .require_files(None, &["b.rego", "a.rego"], &[])
        .unwrap();
    let error = config
        .require_files(Some("c.yaml"), &["b.rego"], &[])
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "c.yaml:2:5: the policy `a.rego` is named here, but its content wasn't provided"
    );
}

/// A named folder includes the files in it, but nothing whose name only begins like it.
#[test]
fn folders_of_policies() {
    let config = Config::parse(None, "policies: [rules/, other]", None).unwrap();
    let missing = |given: &[&str]| {
        let error = config.require_files(None, given, &[]).err();
        error.map_or(0, |error| error.problems.len())
    };
    assert_eq!(missing(&["rules/a.rego", "other/deeper/b.rego"]), 0);
    assert_eq!(missing(&["rules", "others/b.rego"]), 2);
    let here = Config::parse(None, "policies: [./]", None).unwrap();
    assert!(here.require_files(None, &["a.rego"], &[]).is_ok());
    assert!(here.require_files(None, &[], &[]).is_err());
    assert_eq!(missing(&["rules.rego", "other"]), 1);
}

#[cfg(feature = "authoring")]
#[test]
fn metadata() {
    let config = Config::parse(None, "metadata: {user: {name: Ada}, roles: []}", None).unwrap();
    let metadata = config.metadata().map(|value| values::json::write(&value));
    assert_eq!(
        metadata.as_deref(),
        Some(r#"{"roles":[],"user":{"name":"Ada"}}"#)
    );
    assert_eq!(Config::default().metadata(), None);
}

#[test]
fn several_mistakes() {
    let text = "rules:\n  no-docker-hub:\n    severity: severe\n  no-such-rule: off\ntrusted: []\nstageOverride: never\n";
    let error = Config::parse(None, text, Some("gra")).unwrap_err();
    let places: Vec<_> = error
        .problems
        .iter()
        .map(|problem| {
            (
                problem.position.line,
                problem.position.column,
                problem.position.offset,
            )
        })
        .collect();
    assert_eq!(
        places,
        [(1, 1, 0), (3, 15, 38), (4, 3, 47), (5, 1, 65), (6, 16, 92)]
    );
    assert!(
        error.problems[0].message.contains("did you mean `gar`"),
        "{error}"
    );
    assert_eq!(error.path, None);
    assert!(
        error.to_string().starts_with("configuration:1:1: "),
        "{error}"
    );
}

#[test]
fn a_string_longer_than_any_name_is_a_mistake_but_for_metadata() {
    let long = "c".repeat(501);
    let most = "c".repeat(500);
    for config in [
        format!("requiredConnector: {long}"),
        format!("trustedConnectors: [a, {long}]"),
        format!("connectors: {{{long}: {{url: https://r.example}}}}"),
        format!("mirrors: {{docker.io/library: r.example/{long}}}"),
        format!("{long}: 1"),
    ] {
        let error = Config::parse(None, &config, None).unwrap_err();
        let [problem] = error.problems.as_slice() else {
            panic!("{error}");
        };
        assert!(problem.message.contains("at most 500"), "{error}");
        assert!(!problem.message.contains(&most), "{error}");
    }
    for config in [
        format!("requiredConnector: {most}"),
        format!("metadata: {{note: {long}}}"),
    ] {
        Config::parse(None, &config, None).unwrap();
    }
}

/// An empty text isn't even parsed.
#[test]
fn an_empty_configuration_is_one_that_says_nothing() {
    let parsed = |text| format!("{:?}", Config::parse(Some("c.yaml"), text, None).unwrap());
    assert_eq!(parsed(""), parsed("# Nothing yet.\n"));
}

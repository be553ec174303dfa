//! Fixes: what they write, and what holds after each of them.

pub mod property;

use std::fs;
use std::path::Path;

use harness_image_guard::fix::diff;
use harness_image_guard::report::Applicability;
use harness_image_guard::{Config, Content, Guard, SourceFile};

use self::property::assert_fixes_hold;
use crate::folder::files_if_any;

/// Without a default connector and mirrors, there are no unsafe fixes.
const CONFIG: &str =
    "{defaultConnector: account.corp, mirrors: {docker.io/library: r.example/dockerhub}}";

/// `account.harnessImage` leads to a registry that may have any images.
const OWN_REGISTRY: &str = "harnessImage: {url: \"https://r.example/mirror\"}";

fn guard(config: &str) -> Guard {
    Guard::new(Config::parse(None, config, None).unwrap()).unwrap()
}

/// A text after fixing it.
fn fixed(config: &str, text: &str, applicability: Applicability) -> String {
    let files = [SourceFile::text("a.yaml", text)];
    let mut fixed = guard(config).fix(&files, applicability);
    fixed
        .files
        .pop()
        .map_or_else(|| text.to_owned(), |file| file.text)
}

/// Checks a stage with an infrastructure after its fix.
fn assert_safe(infrastructure: &str, expected: &str) {
    let stage = |text: &str| {
        let text = text.replace('\n', "\n          ");
        format!("pipeline:\n  stages:\n    - stage:\n        spec:\n          {text}\n")
    };
    assert_eq!(
        fixed("", &stage(infrastructure), Applicability::Safe),
        stage(expected)
    );
}

/// Checks a step after all its fixes.
fn assert_unsafe(config: &str, spec: &str, expected: &str) {
    let step = |text: &str| {
        let text = text.replace('\n', "\n              ");
        format!(
            "pipeline:\n  stages:\n  - stage:\n      spec:\n        execution:\n          steps:\n          - step:\n              {text}\n"
        )
    };
    assert_eq!(
        fixed(config, &step(spec), Applicability::Unsafe),
        step(expected)
    );
    if spec != expected {
        assert_eq!(fixed(config, &step(spec), Applicability::Safe), step(spec));
    }
}

#[test]
fn a_wrong_reference_becomes_the_required_one_in_its_quotes() {
    let infrastructure = |reference: &str| {
        format!(
            "infrastructure: # here\n  type: KubernetesDirect\n  spec:\n    harnessImageConnectorRef: {reference}\n    namespace: x"
        )
    };
    for (written, expected) in [
        ("account.other", "account.harnessImage"),
        ("account.other   # why", "account.harnessImage   # why"),
        ("'account.other'", "'account.harnessImage'"),
        ("\"account.other\"", "\"account.harnessImage\""),
        ("1", "account.harnessImage"),
        ("&unused account.other", "&unused account.harnessImage"),
        ("account.\n      other", "account.harnessImage"),
        ("|\n      account.other", "account.harnessImage"),
        (">-\n      account.other\n", "account.harnessImage\n"),
        ("\n      account.other", "\n      account.harnessImage"),
        // These stay as they are: a comment would be lost, or a tag may mean something else.
        (
            "| # why\n      account.other",
            "| # why\n      account.other",
        ),
        ("!!str account.other", "!!str account.other"),
    ] {
        assert_safe(&infrastructure(written), &infrastructure(expected));
    }
}

#[test]
fn a_missing_reference_stands_beside_its_siblings() {
    for (written, expected) in [
        (
            "infrastructure:\n  type: KubernetesDirect\n  spec:\n    namespace: x # why\n    # the end\nplatform: {}",
            "infrastructure:\n  type: KubernetesDirect\n  spec:\n    namespace: x # why\n    harnessImageConnectorRef: account.harnessImage\n    # the end\nplatform: {}",
        ),
        (
            "infrastructure:\n    type: VM\n    spec:\n        type: Pool",
            "infrastructure:\n    type: VM\n    spec:\n        type: Pool\n        spec:\n          harnessImageConnectorRef: account.harnessImage",
        ),
        (
            "infrastructure:\n  type: VM",
            "infrastructure:\n  type: VM\n  spec:\n    spec:\n      harnessImageConnectorRef: account.harnessImage",
        ),
        (
            "infrastructure:\n  type: KubernetesDirect\n  spec:   # nothing\n\nplatform: {}",
            "infrastructure:\n  type: KubernetesDirect\n  spec:   # nothing\n    harnessImageConnectorRef: account.harnessImage\n\nplatform: {}",
        ),
        (
            "infrastructure:\n  type: KubernetesDirect\n  spec: ~",
            "infrastructure:\n  type: KubernetesDirect\n  spec: {harnessImageConnectorRef: account.harnessImage}",
        ),
        (
            "infrastructure:\n  type: KubernetesDirect\n  spec: {}",
            "infrastructure:\n  type: KubernetesDirect\n  spec: {harnessImageConnectorRef: account.harnessImage}",
        ),
        (
            "infrastructure:\n  type: KubernetesDirect\n  spec:\n    harnessImageConnectorRef:  # to do",
            "infrastructure:\n  type: KubernetesDirect\n  spec:\n    harnessImageConnectorRef: account.harnessImage  # to do",
        ),
        (
            "infrastructure:\n  type: KubernetesDirect\n  spec:\n    harnessImageConnectorRef: ''",
            "infrastructure:\n  type: KubernetesDirect\n  spec:\n    harnessImageConnectorRef: 'account.harnessImage'",
        ),
        (
            "infrastructure: {type: KubernetesDirect, spec: {namespace: x}}",
            "infrastructure: {type: KubernetesDirect, spec: {namespace: x, harnessImageConnectorRef: account.harnessImage}}",
        ),
        (
            "infrastructure: {type: KubernetesDirect, spec: }",
            "infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: account.harnessImage} }",
        ),
        (
            "infrastructure: {type: KubernetesDirect}",
            "infrastructure: {type: KubernetesDirect, spec: {harnessImageConnectorRef: account.harnessImage}}",
        ),
        (
            "infrastructure: {\n  \"type\": \"KubernetesDirect\",\n  \"spec\": {\n    \"namespace\": \"x\",\n  }\n}",
            "infrastructure: {\n  \"type\": \"KubernetesDirect\",\n  \"spec\": {\n    \"namespace\": \"x\",\n    \"harnessImageConnectorRef\": \"account.harnessImage\",\n  }\n}",
        ),
        (
            "infrastructure:\n  \"type\": KubernetesDirect\n  \"spec\":\n    \"namespace\": x",
            "infrastructure:\n  \"type\": KubernetesDirect\n  \"spec\":\n    \"namespace\": x\n    \"harnessImageConnectorRef\": \"account.harnessImage\"",
        ),
    ] {
        assert_safe(written, expected);
    }
}

#[test]
fn where_there_is_a_doubt_nothing_changes() {
    for written in [
        // An alias repeats the mapping or the value.
        "infrastructure: &x\n  type: KubernetesDirect\n  spec: {}\nruntime: *x",
        "infrastructure:\n  type: KubernetesDirect\n  spec:\n    namespace: &x account.other\n    harnessImageConnectorRef: *x",
        "infrastructure:\n  type: KubernetesDirect\n  spec:\n    harnessImageConnectorRef: &x account.other\n    namespace: *x",
        // A merged mapping.
        "variables: &x {harnessImageConnectorRef: account.other}\ninfrastructure:\n  type: KubernetesDirect\n  spec:\n    <<: *x",
        // Equal keys.
        "infrastructure:\n  type: KubernetesDirect\n  spec: {}\n  spec:\n    namespace: x",
        // What follows may belong to the text of the block scalar.
        "infrastructure:\n  type: KubernetesDirect\n  spec:\n    text: |+\n      a\n\n\nplatform: {}",
        "infrastructure:\n  type: KubernetesDirect\n  spec:\n    text: |\n      a\n        \nplatform: {}",
        "infrastructure:\n  type: KubernetesDirect\n  spec: !tag",
        "infrastructure:\n  type: KubernetesDirect\n  spec: {<<: {a: b}}",
        "infrastructure:\n  type: KubernetesDirect\n  spec: 7",
    ] {
        assert_safe(written, written);
    }
}

#[test]
fn a_key_is_put_in_beside_what_is_merged_in() {
    assert_safe(
        "variables: &x {namespace: x}\ninfrastructure:\n  type: KubernetesDirect\n  spec:\n    <<: *x",
        "variables: &x {namespace: x}\ninfrastructure:\n  type: KubernetesDirect\n  spec:\n    <<: *x\n    harnessImageConnectorRef: account.harnessImage",
    );
}

#[test]
fn line_breaks_stay_what_they_are() {
    let text = "pipeline:\r\n  stages:\r\n    - stage:\r\n        spec:\r\n          runtime:\r\n            type: Docker\r\n            spec:\r\n              a: 1";
    let expected =
        format!("{text}\r\n              harnessImageConnectorRef: account.harnessImage");
    assert_eq!(fixed("", text, Applicability::Safe), expected);
}

#[test]
fn json_stays_json() {
    for text in [
        "{\"pipeline\":{\"stages\":[{\"stage\":{\"spec\":{\"runtime\":{\"type\":\"Docker\",\"spec\":{\"a\":1}},\"execution\":{\"steps\":[{\"step\":{\"spec\":{\"image\":\"maven\"}}},{\"step\":{\"spec\":{\"image\":\"docker.io/maven\",\"connectorRef\":null}}}]}}}}]}}",
        "{\n\t\"pipeline\": {\n\t\t\"stages\": [\n\t\t\t{\n\t\t\t\t\"stage\": {\n\t\t\t\t\t\"spec\": {\n\t\t\t\t\t\t\"runtime\": {\n\t\t\t\t\t\t\t\"type\": \"Docker\",\n\t\t\t\t\t\t\t\"spec\": {}\n\t\t\t\t\t\t}\n\t\t\t\t\t}\n\t\t\t\t}\n\t\t\t},\n\t\t\t{\n\t\t\t\t\"id\": \"v1\",\n\t\t\t\t\"runtime\": {\n\t\t\t\t\t\"kubernetes\": {\n\t\t\t\t\t\t\"namespace\": \"x\"\n\t\t\t\t\t}\n\t\t\t\t},\n\t\t\t\t\"steps\": [\n\t\t\t\t\t{\n\t\t\t\t\t\t\"run\": {\n\t\t\t\t\t\t\t\"container\": \"maven\"\n\t\t\t\t\t\t}\n\t\t\t\t\t}\n\t\t\t\t]\n\t\t\t}\n\t\t]\n\t}\n}\n",
    ] {
        let mended = fixed(CONFIG, text, Applicability::Unsafe);
        assert_ne!(mended, text);
        insta::assert_snapshot!(mended);
        serde_json::from_str::<serde_json::Value>(&mended).expect("JSON");
        assert!(
            guard(CONFIG)
                .check(&[SourceFile::text("a.json", mended)])
                .diagnostics
                .is_empty()
        );
    }
}

#[test]
fn a_connector_gets_the_fields_of_the_preset() {
    let connector = |spec: &str| {
        format!("connector:\n  identifier: harnessImage\n  type: DockerRegistry\n{spec}")
    };
    let all = "  spec:\n    dockerRegistryUrl: https://app.harness.io/registry\n    providerType: Other\n    auth:\n      type: Anonymous\n";
    for (written, expected) in [
        (
            "  spec:\n    dockerRegistryUrl: https://index.docker.io/v2/ # old\n    providerType: \"DockerHub\"\n    auth:\n      type: UsernamePassword\n      spec:\n        username: x\n        passwordRef: y\n    executeOnDelegate: true\n",
            "  spec:\n    dockerRegistryUrl: https://app.harness.io/registry # old\n    providerType: \"Other\"\n    auth:\n      type: Anonymous\n    executeOnDelegate: true\n",
        ),
        (
            "  spec: {dockerRegistryUrl: \"https://r.example\", auth: {type: UsernamePassword, spec: {username: x}}}\n",
            "  spec: {dockerRegistryUrl: \"https://app.harness.io/registry\", auth: {type: Anonymous}, providerType: Other}\n",
        ),
        ("", ""),
        (all, all),
    ] {
        // A registry and credentials aren't removed without asking.
        let safe = fixed("", &connector(written), Applicability::Safe);
        for kept in [
            "https://index.docker.io/v2/",
            "https://r.example",
            "username: x",
        ] {
            assert_eq!(safe.contains(kept), written.contains(kept), "{safe}");
        }
        let mended = fixed("", &connector(written), Applicability::Unsafe);
        if !expected.is_empty() {
            assert_eq!(mended, connector(expected));
        }
        let report = guard("").check(&[SourceFile::text("a.yaml", mended)]);
        assert_eq!(report.diagnostics, [], "{written}");
    }
}

/// Harness refuses `Anonymous` with credentials, and anything else without.
#[test]
fn authentication_is_not_made_up() {
    let text = "connector:\n  identifier: harnessImage\n  type: DockerRegistry\n  spec:\n    dockerRegistryUrl: https://app.harness.io/registry\n    providerType: Other\n    auth:\n      type: Anonymous\n";
    let config = "harnessImage: {auth: UsernamePassword}";
    assert_eq!(fixed(config, text, Applicability::Unsafe), text);
    let with_credentials = format!("{text}      spec:\n        username: x\n");
    assert_eq!(
        fixed(config, &with_credentials, Applicability::Unsafe),
        with_credentials.replace("Anonymous", "UsernamePassword")
    );
}

#[test]
fn what_decides_more_than_one_field_is_left_to_a_person() {
    for text in [
        "connector: {identifier: harnessimage, type: DockerRegistry, spec: {dockerRegistryUrl: https://app.harness.io/registry, providerType: Other, auth: {type: Anonymous}}}",
        "connector: {identifier: harnessImage, type: Gcp}",
        "connector: {identifier: harnessImage, projectIdentifier: x, type: DockerRegistry, spec: {dockerRegistryUrl: https://app.harness.io/registry, providerType: Other, auth: {type: Anonymous}}}",
        "connector: {identifier: other, type: DockerRegistry, spec: {dockerRegistryUrl: https://docker.io}}",
    ] {
        assert_eq!(fixed(CONFIG, text, Applicability::Unsafe), text);
    }
}

#[test]
fn an_image_without_a_connector_gets_the_default_one() {
    let config = "defaultConnector: account.corp";
    assert_unsafe(
        config,
        "spec:\n  image: maven # tools\n  command: |\n    # build\n    mvn\n# next",
        "spec:\n  image: maven # tools\n  command: |\n    # build\n    mvn\n  connectorRef: account.corp\n# next",
    );
    assert_unsafe(
        config,
        "spec: {image: 3}",
        "spec: {image: 3, connectorRef: account.corp}",
    );
    assert_unsafe(
        config,
        "spec:\n  connectorRef: \"\"\n  image: maven",
        "spec:\n  connectorRef: \"account.corp\"\n  image: maven",
    );
    // Without the setting, or if the connector is known to lead to Docker Hub, there is no fix.
    assert_unsafe("", "spec: {image: maven}", "spec: {image: maven}");
    assert_unsafe(
        "{defaultConnector: account.hub, connectors: {account.hub: {type: DockerRegistry, url: https://docker.io}}}",
        "spec: {image: maven}",
        "spec: {image: maven}",
    );
    // Another connector would be somebody's decision.
    assert_unsafe(
        config,
        "spec: {image: maven, connectorRef: account.dockerhub}",
        "spec: {image: maven, connectorRef: account.dockerhub}",
    );
}

#[test]
fn a_host_of_docker_hub_makes_room_for_a_mirror_or_the_connector() {
    let mirrors = "mirrors: {docker.io/library: r.example/hub, docker.io/library/maven: r.example/java/, docker.io: s.example:5000}";
    for (image, expected) in [
        (
            "docker.io/nginx:1@sha256:0a",
            "r.example/hub/nginx:1@sha256:0a",
        ),
        ("docker.io/library/nginx", "r.example/hub/nginx"),
        ("'docker.io/maven:3'", "'r.example/java:3'"),
        ("docker.io/mavenx:3", "r.example/hub/mavenx:3"),
        ("registry-1.docker.io/a/b:<+x>", "s.example:5000/a/b:<+x>"),
        ("docker.io/nginx:<+x>", "r.example/hub/nginx:<+x>"),
        // The rest may be anything.
        ("docker.io/<+input>", "docker.io/<+input>"),
        ("docker.io/r.example/a", "docker.io/r.example/a"),
    ] {
        let spec = |image: &str| format!("spec:\n  image: {image}");
        assert_unsafe(mirrors, &spec(image), &spec(expected));
    }
    // The required connector if there is no mirror, or the default one if there is; but Harness's own registry
    // doesn't have this image.
    let spec = "spec:\n  image: docker.io/a/b:1";
    assert_unsafe("", spec, spec);
    assert_unsafe(
        OWN_REGISTRY,
        spec,
        "spec:\n  image: a/b:1\n  connectorRef: account.harnessImage",
    );
    assert_unsafe(
        CONFIG,
        spec,
        "spec:\n  image: a/b:1\n  connectorRef: account.corp",
    );
    // A connector that adds its registry to the name stays.
    for connector in ["account.corp", "account.mirror"] {
        let config = "{defaultConnector: account.corp, mirrors: {docker.io: r.example/hub}, connectors: {account.mirror: {type: DockerRegistry, url: https://m.example}}}";
        assert_unsafe(
            config,
            &format!("spec: {{image: docker.io/a, connectorRef: {connector}}}"),
            &format!("spec: {{image: a, connectorRef: {connector}}}"),
        );
    }
    let through_harness = "spec: {image: docker.io/a, connectorRef: account.harnessImage}";
    assert_unsafe("", through_harness, through_harness);
    assert_unsafe(
        OWN_REGISTRY,
        through_harness,
        "spec: {image: a, connectorRef: account.harnessImage}",
    );
}

/// According to their schema, these have no connector.
#[test]
fn what_takes_no_connector_gets_none() {
    for spec in [
        "type: IACMTerraformPlugin\nspec:\n  image: team/terraform:1",
        "type: Action\nspec:\n  uses: docker://alpine:3",
    ] {
        assert_unsafe(CONFIG, spec, spec);
    }
}

#[test]
fn containers_of_the_v1_syntax_get_a_connector_too() {
    let step = |container: &str| {
        format!(
            "pipeline:\n  stages:\n  - steps:\n    - run:\n        container: {container}\n        script: mvn\n"
        )
    };
    for (written, expected) in [
        ("maven:3", "{connector: account.corp, image: maven:3}"),
        (
            "'maven:3' # why",
            "{connector: 'account.corp', image: 'maven:3'} # why",
        ),
        ("{image: maven}", "{image: maven, connector: account.corp}"),
        ("docker.io/a/b", "{connector: account.corp, image: a/b}"),
        ("docker.io/maven", "r.example/dockerhub/maven"),
    ] {
        assert_eq!(
            fixed(CONFIG, &step(written), Applicability::Unsafe),
            step(expected)
        );
    }
}

/// The inputs of a template may have no place for a connector.
#[test]
fn fragments_get_no_new_connector() {
    let inputs = |image: &str| {
        format!(
            "inputSet:\n  pipeline:\n    stages:\n    - stage:\n        spec:\n          execution:\n            steps:\n            - step: {{spec: {{image: {image}}}}}\n"
        )
    };
    assert_eq!(
        fixed("", &inputs("docker.io/a/b"), Applicability::Unsafe),
        inputs("docker.io/a/b")
    );
    assert_eq!(
        fixed(CONFIG, &inputs("docker.io/maven"), Applicability::Unsafe),
        inputs("r.example/dockerhub/maven")
    );
}

#[test]
fn an_alias_is_mended_where_it_changes_nothing_else() {
    let text = "pipeline:\n  variables: &v\n    a: 1\n  stages:\n  - stage:\n      spec:\n        runtime:\n          type: Docker\n          spec: *v\n";
    assert_eq!(fixed("", text, Applicability::Safe), text);
}

#[test]
fn one_file_at_two_places_is_left_alone() {
    let text = "connector: {identifier: harnessImage, type: DockerRegistry, spec: {}}";
    let files = [
        SourceFile::text("a.yaml", text),
        SourceFile::text("a.yaml", text),
    ];
    assert!(
        guard("")
            .fix(&files, Applicability::Unsafe)
            .files
            .is_empty()
    );
}

#[test]
fn the_report_of_fixing_is_the_report_of_the_fixed_files() {
    let files = sources(Path::new("examples"));
    let guard = guard(CONFIG);
    let fixed = guard.fix(&files, Applicability::Unsafe);
    assert!(!fixed.files.is_empty());
    let mended: Vec<_> = files
        .iter()
        .map(|file| {
            let new = fixed.files.iter().find(|new| new.path == file.path);
            new.map_or_else(
                || file.clone(),
                |new| SourceFile::text(&new.path, &new.text),
            )
        })
        .collect();
    assert_eq!(guard.check(&mended), fixed.report);
}

#[test]
fn the_diff_of_files_is_that_of_each_that_is_fixed() {
    let files = sources(Path::new("examples"));
    let guard = guard(CONFIG);
    let fixed = guard.fix(&files, Applicability::Unsafe);
    let expected: String = fixed
        .files
        .iter()
        .map(|new| {
            let old = files.iter().find(|file| file.path == new.path).unwrap();
            let Content::Bytes(bytes) = &old.content else {
                panic!("{} wasn't read", new.path)
            };
            diff::unified(&new.path, str::from_utf8(bytes).unwrap(), &new.text)
        })
        .collect();
    assert_eq!(guard.diff(&files, Applicability::Unsafe), expected);
}

#[test]
fn a_diff_shows_what_changed_and_three_lines_around() {
    let line = |number: usize| format!("line {number}\n");
    let old: String = (1..30).map(line).collect();
    let cases = [
        ("replaced", old.replace("line 5\n", "five\n")),
        ("inserted", old.replace("line 5\n", "line 5\nmore\n")),
        ("removed", old.replace("line 5\n", "")),
        (
            "two apart",
            old.replace("line 5\n", "five\n").replace("line 20\n", ""),
        ),
        (
            "two near",
            old.replace("line 5\n", "five\n").replace("line 12\n", ""),
        ),
        ("first", old.replacen("line 1\n", "", 1)),
        ("last", old.replace("line 29\n", "line 29")),
        ("all", "one\n".to_owned()),
        ("nothing", String::new()),
        ("the same", old.clone()),
    ];
    let mut shown = String::new();
    for (name, new) in cases {
        let diff = diff::unified("a.yaml", &old, &new);
        assert_eq!(property::patched(&old, &diff), new, "{name}: {diff}");
        assert_eq!(diff.is_empty(), old == new);
        if old != new && !["all", "nothing"].contains(&name) {
            shown = format!("{shown}{name}\n{diff}\n");
        }
    }
    insta::assert_snapshot!(shown);
    assert!(
        diff::unified("a \"b\"\n\u{e9}", "a", "b")
            .starts_with("--- \"a/a \\\"b\\\"\\012\u{e9}\"\t\n")
    );
    assert!(diff::unified("a b", "a", "b").starts_with("--- a/a b\t\n+++ b/a b\t\n"));
}

/// All available files: examples, fixtures, every case of the semantics, and published files.
#[test]
fn fixes_hold_in_every_file_at_hand() {
    let guard = guard(CONFIG);
    for folder in [
        "examples",
        "policies",
        "tests/cases/fixtures",
        "tests/cases/semantics",
        "../shared/corpus",
    ] {
        for file in sources(Path::new(folder)) {
            assert_fixes_hold(&guard, &[file]);
        }
        assert_fixes_hold(&guard, &sources(Path::new(folder)));
    }
}

fn sources(folder: &Path) -> Vec<SourceFile> {
    files_if_any(folder, &["yaml", "yml", "json"])
        .iter()
        .map(|path| SourceFile::bytes(path.to_string_lossy(), fs::read(path).unwrap()))
        .collect()
}

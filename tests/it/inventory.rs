//! The inventory: which images are pulled, from where, in every format.

use std::fs;
use std::path::Path;

use crate::folder::yaml_files;
use harness_image_guard::inventory::{Inventory, csv, json, markdown, mermaid, text};
use harness_image_guard::{Config, Guard, SourceFile};

fn images(files: &[SourceFile]) -> Inventory {
    let config = "connectors: {account.company_registry: {type: DockerRegistry, url: 'https://registry.example.com/team'}}";
    let config = Config::parse(None, config, None).unwrap();
    Guard::new(config).unwrap().images(files)
}

fn examples() -> Vec<SourceFile> {
    let read = |path: &std::path::PathBuf| {
        SourceFile::bytes(path.to_string_lossy(), fs::read(path).unwrap())
    };
    yaml_files(Path::new("examples")).iter().map(read).collect()
}

/// Names that every format has to escape.
fn strange() -> Vec<SourceFile> {
    let text = r#"
pipeline:
  identifier: 'a "b", <img src=x onerror=alert(1)>'
  stages:
    - stage:
        identifier: "one\ntwo | `three` [link](https://r.example) \e[31m;#"
        spec:
          serviceDependencies:
            - {type: Service, spec: {image: 'postgres:16'}}
          execution:
            steps:
              - step: {identifier: '=1+1', spec: {image: '<+input>', connectorRef: '{{x}}'}}
              - step: {spec: {image: 'r.example/*a*_b_'}}
    - id: v1
      steps:
        - run: {container: {image: a, registry: team}}
        - id: s
          run: {container: 'R.example:5000/a@sha256:0a'}
"#;
    vec![SourceFile::text("a, \"b\"|c.yaml", text)]
}

#[test]
fn the_examples_as_json() {
    insta::assert_snapshot!(json::render(&images(&examples())));
}

#[test]
fn the_examples_as_text() {
    insta::assert_snapshot!(text::render(&images(&examples()), false));
}

#[test]
fn the_examples_as_csv() {
    insta::assert_snapshot!(csv::render(&images(&examples())));
}

#[test]
fn the_examples_as_markdown() {
    insta::assert_snapshot!(markdown::render(&images(&examples())));
}

#[test]
fn the_examples_as_mermaid() {
    insta::assert_snapshot!(mermaid::render(&images(&examples())));
}

#[test]
fn strange_names_in_every_format() {
    let inventory = images(&strange());
    insta::assert_snapshot!("strange_text", text::render(&inventory, false));
    insta::assert_snapshot!("strange_csv", csv::render(&inventory));
    insta::assert_snapshot!("strange_markdown", markdown::render(&inventory));
    insta::assert_snapshot!("strange_mermaid", mermaid::render(&inventory));
}

/// A stage without steps, one whose connector is an expression, and one in the Cloud that clones.
const OWN: &str = "
pipeline:
  identifier: p
  stages:
    - stage:
        identifier: empty
        type: CI
        spec:
          infrastructure: {type: KubernetesDirect, spec: {connectorRef: k}}
    - stage:
        identifier: late
        type: CI
        spec:
          infrastructure:
            type: KubernetesDirect
            spec: {harnessImageConnectorRef: '<+input>'}
          execution:
            steps:
              - step: {identifier: s, type: Run, spec: {image: harness/ci-addon, connectorRef: account.company_registry}}
    - stage:
        identifier: cloud
        type: CI
        spec: {cloneCodebase: true, runtime: {type: Cloud, spec: {}}}
";

#[test]
fn harness_own_images_are_listed_where_they_are_asked_for() {
    let config = "connectors: {account.company_registry: {type: DockerRegistry, url: 'https://registry.example.com/team'}}";
    let guard = Guard::new(Config::parse(None, config, None).unwrap()).unwrap();
    let files = [SourceFile::text("p.yaml", OWN)];
    assert_eq!(guard.images(&files).images.len(), 1);
    let inventory = guard.all_images(&files);
    insta::assert_snapshot!("own_text", text::render(&inventory, false));
    insta::assert_snapshot!("own_csv", csv::render(&inventory));
    insta::assert_snapshot!("own_markdown", markdown::render(&inventory));
    insta::assert_snapshot!("own_mermaid", mermaid::render(&inventory));
    insta::assert_snapshot!("own_json", json::render(&inventory));
}

/// The connector in a file takes precedence over the specification.
#[test]
fn harness_own_images_come_through_the_accounts_connector() {
    let stage = "pipeline: {stages: [{stage: {spec: {infrastructure: {type: KubernetesDirect}}}}]}";
    let connector = "connector: {identifier: harnessImage, type: DockerRegistry, spec: {dockerRegistryUrl: 'https://r.example/h'}}";
    let guard = Guard::new(Config::default()).unwrap();
    let full_names = |files: &[SourceFile]| {
        let images = guard.all_images(files).images.into_iter();
        images
            .map(|image| (image.full_name.unwrap(), image.condition.is_some()))
            .collect::<Vec<_>>()
    };
    let stage = SourceFile::text("p.yaml", stage);
    let specified = "app.harness.io/registry/harness/ci-addon".to_owned();
    assert_eq!(
        full_names(std::slice::from_ref(&stage))[0],
        (specified, true)
    );
    let named = "r.example/h/harness/ci-addon".to_owned();
    let files = [stage, SourceFile::text("c.yaml", connector)];
    assert_eq!(full_names(&files)[0], (named, false));
}

#[test]
fn what_stands_in_a_file_cannot_break_out_of_a_format() {
    let inventory = images(&strange());
    let markdown = markdown::render(&inventory);
    assert!(!markdown.contains("<img"), "{markdown}");
    // A cell ends at a bar without a backslash before it.
    let bars = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(markdown.lines().all(|line| bars(line) == 7), "{markdown}");
    let mermaid = mermaid::render(&inventory);
    assert!(
        !mermaid.contains("<img") && !mermaid.contains('\u{1b}'),
        "{mermaid}"
    );
    assert!(
        mermaid
            .lines()
            .all(|line| matches!(line.matches('"').count(), 0 | 2)),
        "{mermaid}"
    );
    assert!(!text::render(&inventory, false).contains('\u{1b}'));
    // Each row has as many fields as the header, not counting commas in quoted fields.
    let csv = csv::render(&inventory);
    assert_eq!(rows(&csv).len(), inventory.images.len() + 1);
    assert!(rows(&csv).iter().all(|row| row.len() == 17), "{csv}");
    assert_eq!(rows(&csv)[1][0], "a, \"b\"|c.yaml");
}

/// The fields of a CSV text (RFC 4180).
fn rows(csv: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut characters = csv.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\r' if !quoted && characters.next_if_eq(&'\n').is_some() => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            other => field.push(other),
        }
    }
    assert!(
        row.is_empty() && field.is_empty(),
        "the last row has no end"
    );
    rows
}

#[test]
fn images_are_sorted_and_counted() {
    let mut files = examples();
    let inventory = images(&files);
    assert!(inventory.images.len() > 5);
    assert!(
        inventory
            .images
            .is_sorted_by_key(|image| (image.file.clone(), image.start.offset))
    );
    let summary = &inventory.summary;
    assert_eq!(summary.images, inventory.images.len());
    assert_eq!(
        summary.images,
        summary
            .registries
            .iter()
            .map(|each| each.images)
            .sum::<usize>()
    );
    assert!(
        summary
            .registries
            .iter()
            .rev()
            .skip(1)
            .all(|each| each.registry.is_some())
    );
    assert_eq!(
        summary.unknown,
        inventory
            .images
            .iter()
            .filter(|image| image.registry.is_none())
            .count()
    );
    for image in &inventory.images {
        assert_eq!(
            image.unknown.is_none(),
            image.full_name.is_some(),
            "{image:?}"
        );
        assert_eq!(
            image.hub,
            image.registry.as_deref() == Some("docker.io"),
            "{image:?}"
        );
    }
    files.reverse();
    assert_eq!(images(&files), inventory);
}

#[test]
fn what_cannot_be_looked_at_is_a_problem() {
    let cases = [
        (
            SourceFile::unreadable("a.yaml", "permission denied"),
            "unreadable",
        ),
        (SourceFile::text("a.yaml", "pipeline: ["), "syntax"),
        (
            SourceFile::text(".harness/a.yaml", "a: 1"),
            "unknown-entity",
        ),
        (
            SourceFile::text("a.yaml", "template: {type: Step}"),
            "unknown-entity",
        ),
        (
            SourceFile::text(
                "a.yaml",
                "template: {identifier: a}\npipeline: {stages: []}",
            ),
            "unknown-entity",
        ),
    ];
    for (file, rule) in cases {
        let good = SourceFile::text(
            "b.yaml",
            "pipeline: {stages: [steps: [run: {container: maven}]]}",
        );
        let inventory = images(&[file, good]);
        let problems: Vec<_> = inventory.problems.iter().map(|d| d.rule.as_str()).collect();
        assert_eq!(problems.last(), Some(&rule));
        assert_eq!(inventory.exit_code(), 4);
        assert_eq!(inventory.summary.images, 1);
    }
}

/// The host Docker Hub is known, whatever the value of an expression after it is.
#[test]
fn an_expression_behind_a_host_hides_no_registry() {
    for (image, registry) in [
        ("docker.io/<+x>", Some("docker.io")),
        ("docker.io/<+x>/a", Some("docker.io")),
        ("docker.io/r.example/a", Some("docker.io")),
        ("r.example/<+x>", Some("r.example")),
        ("a:<+x>", Some("docker.io")),
        ("<+x>/a", None),
    ] {
        let text = format!("template: {{type: Step, spec: {{spec: {{image: '{image}'}}}}}}");
        let images = images(&[SourceFile::text("a.yaml", text)]).images;
        assert_eq!(images.len(), 1, "{image}");
        assert_eq!(images[0].registry.as_deref(), registry, "{image}");
    }
}

#[test]
fn exit_codes() {
    for (text, expected) in [
        ("pipeline: {stages: []}", 0),
        ("template: {type: Step, spec: {spec: {image: a}}}", 0),
        ("template: {type: SecretManager}", 3),
        ("connector: {}", 3),
        ("a: 1", 3),
    ] {
        assert_eq!(
            images(&[SourceFile::text("a.yaml", text)]).exit_code(),
            expected,
            "{text}"
        );
    }
    assert_eq!(images(&[]).exit_code(), 3);
}

/// A rule's finding about an image never contradicts the inventory.
#[test]
fn the_inventory_and_the_rule_agree() {
    let guard = Guard::new(Config::default()).unwrap();
    for folder in [
        "examples",
        "tests/cases/semantics",
        "policies",
        "../shared/corpus",
    ] {
        if !Path::new(folder).is_dir() {
            continue;
        }
        for path in yaml_files(Path::new(folder)) {
            let files = [SourceFile::bytes(
                path.to_string_lossy(),
                fs::read(&path).unwrap(),
            )];
            let (inventory, report) = (guard.images(&files), guard.check(&files));
            for d in report
                .diagnostics
                .iter()
                .filter(|d| d.message.contains("anonymously"))
            {
                // A place may have several images: one for each value of an expression.
                let is_listed = inventory.images.iter().any(|image| {
                    image.path == d.path && image.document == d.document.unwrap() && image.hub
                });
                assert!(d.rule != "no-docker-hub" || is_listed, "{d:?}");
            }
            for image in inventory.images.iter().filter(|image| image.hub) {
                let said = report.diagnostics.iter().any(|d| {
                    d.rule == "no-docker-hub"
                        && d.document == Some(image.document)
                        && (d.path == image.path
                            || d.path[..d.path.len() - 1] == image.path[..image.path.len() - 1])
                });
                let is_fragment = image.path.iter().any(|step| {
                    ["templateInputs", "inputSet", "inputs", "inputYaml"]
                        .iter()
                        .any(|key| {
                            *step == harness_image_guard::report::PathStep::Key((*key).to_owned())
                        })
                });
                assert!(said || is_fragment, "nothing is said of {image:?}");
            }
        }
    }
}

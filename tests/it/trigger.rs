//! A trigger's `inputYaml`: an input set in a string, which is judged and fixed at its lines in the trigger's file.

use harness_image_guard::report::{Applicability, PathStep};
use harness_image_guard::{Config, Guard, SourceFile};

const STEP: &str = "{stages: [stage: {identifier: a, type: CI, spec: {execution: {steps: [step: {identifier: r, spec: {image: docker.io/node}}]}}}]}";

fn guard() -> Guard {
    let config = "{mirrors: {docker.io: r.example/hub}, trustedConnectors: [account.corp]}";
    Guard::new(Config::parse(None, config, None).unwrap()).unwrap()
}

fn trigger(input_yaml: &str) -> SourceFile {
    let text =
        format!("trigger:\n  identifier: nightly\n  inputYaml: {input_yaml}\n  enabled: true\n");
    SourceFile::text("trigger.yaml", text)
}

#[test]
fn a_finding_names_its_way_and_its_place() {
    let report = guard().check(&[trigger(&format!("|\n    pipeline: {STEP}\n"))]);
    let [found] = report.diagnostics.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(found.rule, "no-docker-hub");
    assert_eq!((found.start.line, found.end.line), (4, 4));
    assert_eq!(
        found.subject.as_deref(),
        Some("trigger 'nightly' › stage 'a' › step 'r'")
    );
    let key = |key: &str| PathStep::Key(key.to_owned());
    assert_eq!(
        found.path[..3],
        [key("trigger"), key("inputYaml"), key("pipeline")]
    );
    assert_eq!(
        report.files[0].documents[0].entity.as_deref(),
        Some("trigger")
    );
}

#[test]
fn images_lists_what_a_trigger_gives() {
    let inventory = guard().images(&[trigger(&format!("|\n    pipeline: {STEP}\n"))]);
    let images: Vec<_> = inventory
        .images
        .iter()
        .map(|image| {
            (
                image.entity.as_str(),
                image.image.as_str(),
                image.start.line,
            )
        })
        .collect();
    assert_eq!(images, [("trigger", "docker.io/node", 4)]);
}

#[test]
fn only_a_literal_block_is_corrected() {
    let blocks = format!(
        "|\n    # kept\n    pipeline:\n      stages:\n        - stage: {{spec: {{execution: {{steps: [step: {{spec: {{image: docker.io/node}}}}]}}}}}}\n    # {STEP}"
    );
    for (input_yaml, fixes) in [
        (blocks, 1),
        (format!("'pipeline: {STEP}'"), 0),
        (format!("\"pipeline: {STEP}\\n\""), 0),
        (format!(">\n    pipeline: {STEP}\n"), 0),
    ] {
        let file = trigger(&input_yaml);
        let fixed = guard().fix(std::slice::from_ref(&file), Applicability::Unsafe);
        let changed: Vec<_> = fixed.files.iter().map(|file| file.text.clone()).collect();
        let expected =
            trigger(&input_yaml.replacen("docker.io/node", "r.example/hub/library/node", 1));
        match (fixes, changed.as_slice()) {
            (0, []) => assert_eq!(fixed.report.diagnostics.len(), 1, "{input_yaml}"),
            (1, [text]) => {
                assert_eq!(SourceFile::text("trigger.yaml", text), expected);
                assert!(fixed.report.diagnostics.is_empty(), "{:?}", fixed.report);
            }
            _ => panic!("{input_yaml}: {changed:?} {:?}", fixed.report),
        }
    }
}

//! Configurations: a problem has a location in the text, and a configuration means the same in every layout.

use document::Span;
use harness_image_guard::export::{Target, export};
use harness_image_guard::{Config, Facts, Guard, SourceFile};

use super::reader::assert_on_edges;
use super::tree::Tree;
use crate::authoring::chance::Chance;

const KEYS: [&str; 24] = [
    "preset",
    "harnessImage",
    "url",
    "providerType",
    "auth",
    "requiredConnector",
    "stageOverride",
    "expressions",
    "trustedConnectors",
    "dockerHubConnectors",
    "defaultConnector",
    "mirrors",
    "connectors",
    "type",
    "rules",
    "no-docker-hub",
    "duplicate-key",
    "severity",
    "undecided",
    "policies",
    "file",
    "entity",
    "metadata",
    "exclude",
];

const WORDS: [&str; 22] = [
    "gar",
    "ecr",
    "app-harness",
    "https://r.example/x",
    "http://",
    "Other",
    "Anonymous",
    "account.corp",
    "account.*_x",
    "*a*b*c*d*e*",
    "******",
    "required",
    "optional",
    "auto",
    "off",
    "decide",
    "error",
    "warning",
    "DockerRegistry",
    "policies/p.rego",
    "**/{a,b}/[!c]*",
    "docker.io/library",
];

/// A small project that each rule has something to say about.
const PIPELINE: &str = "pipeline:\n  identifier: p\n  stages:\n  - stage:\n      identifier: s\n      type: CI\n      spec:\n        infrastructure: {type: KubernetesDirect, spec: {namespace: x}}\n        execution:\n          steps:\n          - step: {identifier: s, type: Run, spec: {image: 'maven:3', connectorRef: account.corp}}\n";

/// Any text.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = read(&text);
}

/// The known keys, with values that may be for other keys.
pub fn values(bytes: &[u8]) {
    let mut chance = Chance::from_bytes(bytes);
    let tree = value(&mut chance, 3, true);
    let json = tree.json();
    let expected = read(&json);
    let yaml = tree.yaml(&mut chance, true);
    let config = read(&yaml);
    match (&config, &expected) {
        (Ok(config), Ok(expected)) => assert_eq!(config.value, expected.value, "{json}\n{yaml}"),
        (Err(one), Err(other)) => assert_eq!(one, other, "{json}\n{yaml}"),
        _ => panic!("{json}: {expected:?}\n{yaml}: {config:?}"),
    }
    let Ok(config) = config else { return };
    let target = chance.one_of(&[
        Target::HarnessYaml,
        Target::Terraform,
        Target::Rego,
        Target::OpaBundle,
    ]);
    let facts = Facts::from_config(&config).expect("a configuration that was taken");
    let _ = export(&config, &facts, target, &[]);
    let guard = Guard::new(config).expect("a configuration that was taken");
    let files = [SourceFile::text("p.yaml", PIPELINE)];
    let report = guard.check(&files);
    assert_eq!(report, guard.check(&files));
}

fn value(chance: &mut Chance<'_>, depth: usize, is_mapping: bool) -> Tree {
    if !is_mapping && (depth == 0 || chance.once_in(2)) {
        return match chance.below(4) {
            0 => Tree::of_chance(chance, 1),
            _ => Tree::Text(chance.one_of(&WORDS).to_owned()),
        };
    }
    if !is_mapping && chance.once_in(3) {
        let count = chance.below(4);
        return Tree::List(
            (0..count)
                .map(|_| value(chance, depth - 1, false))
                .collect(),
        );
    }
    let count = chance.below(5);
    Tree::map(
        (0..count)
            .map(|_| {
                let key = chance.one_of(&KEYS).to_owned();
                (key, value(chance, depth.saturating_sub(1), false))
            })
            .collect(),
    )
}

/// The configuration, or the messages of its problems.
fn read(text: &str) -> Result<Config, Vec<String>> {
    let config = Config::parse(Some("c.yaml"), text, None);
    let Err(error) = config else {
        let config = config.unwrap();
        for path in ["a/b.yaml", "", "é/../x"] {
            let _ = config.excludes(path);
        }
        return Ok(config);
    };
    assert!(!error.problems.is_empty());
    assert!(!error.to_string().is_empty());
    let mut messages = Vec::new();
    for problem in error.problems {
        let at = problem.position.offset;
        assert_on_edges(text, Span::empty(at), &problem.message);
        assert!(problem.position.line >= 1 && problem.position.column >= 1);
        messages.push(problem.message);
    }
    messages.sort();
    Err(messages)
}

//! The cases to compare: files that are checked together, under one configuration.

use std::fs;
use std::path::Path;

use document::{Node, Value};
use harness_image_guard::SourceFile;
use serde_json::{Map, Value as Json, json};

use crate::folder::{files, files_if_any};

/// Files with one configuration.
pub struct Case {
    /// The name for messages.
    pub id: String,
    /// The index in `CONFIGURATIONS`.
    pub configuration: usize,
    /// The files, checked together.
    pub files: Vec<SourceFile>,
}

/// Configurations that set everything that the policies read.
pub const CONFIGURATIONS: [&str; 4] = [
    "",
    "{stageOverride: required, trustedConnectors: ['account.corp_***'], defaultConnector: account.corp_x, mirrors: {docker.io/library: r.example/hub}, rules: {no-docker-hub: {severity: warning, undecided: error}}}",
    "{stageOverride: optional, dockerHubConnectors: ['*'], defaultConnector: account.hub, mirrors: {docker.io: docker.io}, preset: gar, rules: {harness-image-registry: off}}",
    "{requiredConnector: account.mirror, harnessImage: {url: 'https://docker.io', providerType: DockerHub}, connectors: {account.other: {type: DockerRegistry, url: 'https://r.example/team/'}}}",
];

/// The file extensions of YAML.
const YAML: &[&str] = &["yaml", "yml"];

/// Folders whose files are checked alone, and together. Other people's files (`shared`) aren't part of the project,
/// so that folder may be missing.
const FOLDERS: [&str; 4] = [
    "tests/cases/fixtures",
    "examples",
    "policies",
    "../shared/corpus",
];

/// Cases that make no sense together, so that their files are only checked alone.
const LONE_FILES: &str = "tests/cases/semantics";

/// A value of each kind, as YAML.
const VALUES: [&str; 41] = [
    "null",
    "''",
    "' '",
    "0",
    "1.5",
    "true",
    "false",
    "[]",
    "['']",
    "[account.hub, 1, null]",
    "{}",
    "{a: 1}",
    "maven",
    "maven:3",
    "library/maven",
    "docker.io/library/maven",
    "Index.Docker.io:443/maven",
    "r.example:5000/maven",
    "localhost/maven",
    "/maven",
    "maven:<+x>",
    "maven:<+x>/y",
    "r.example/<+x>",
    "docker.io/<+x>",
    "<+input>",
    "' <+input> '",
    "ä<+x>/ö",
    "$VAR",
    "<IMAGE>:<TAG>",
    "a$1 < b",
    "harnessImage",
    "account.harnessImage",
    "' account.harnessImage '",
    "account.hub",
    "account.mirror",
    "account.my_DockerHub",
    "DockerRegistry",
    "Pipeline",
    "KubernetesDirect",
    "https://Index.docker.io/v1/",
    "HTTPS://app.harness.io:443/registry/",
];

/// Connectors of every kind, for all values.
const CONNECTORS: &str = "
connector: {identifier: mirror, type: DockerRegistry, spec: {dockerRegistryUrl: 'https://r.example:8443/team/'}}
---
connector: {identifier: hub, type: DockerRegistry, spec: {dockerRegistryUrl: 'https://index.docker.io/v1/'}}
---
connector: {identifier: gcp, type: Gcp}
";

/// All cases.
pub fn all() -> Vec<Case> {
    let mut cases = values_at_places();
    cases.extend(each_alone(&files_of(LONE_FILES)));
    for folder in FOLDERS {
        let files = files_of(folder);
        cases.extend(each_alone(&files));
        cases.extend((0..CONFIGURATIONS.len()).map(|configuration| Case {
            id: format!("all of {folder}, configuration {configuration}"),
            configuration,
            files: files.clone(),
        }));
    }
    cases
}

fn each_alone(files: &[SourceFile]) -> impl Iterator<Item = Case> {
    files.iter().map(|file| Case {
        id: file.path.clone(),
        configuration: 0,
        files: vec![file.clone()],
    })
}

fn files_of(folder: &str) -> Vec<SourceFile> {
    let paths = files_if_any(Path::new(folder), YAML);
    paths.iter().map(|path| read(path)).collect()
}

/// Every value at every place, without a configuration, and with one of the others in turn.
fn values_at_places() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in files(Path::new("tests/cases/opa/places"), YAML) {
        let text = fs::read_to_string(&path).expect("a text");
        let name = path.display().to_string();
        for (i, value) in VALUES.into_iter().enumerate() {
            for configuration in [0, 1 + i % (CONFIGURATIONS.len() - 1)] {
                cases.push(Case {
                    id: format!("{name} with {value}, configuration {configuration}"),
                    configuration,
                    files: vec![
                        SourceFile::text("connectors.yaml", CONNECTORS),
                        SourceFile::text(name.clone(), text.replace("VALUE", value)),
                    ],
                });
            }
        }
    }
    cases
}

fn read(path: &Path) -> SourceFile {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    SourceFile::bytes(path.display().to_string(), bytes)
}

/// A node in the form for engines whose numbers have only one spelling: a number with another spelling becomes a
/// string, so that it is shown as written. Where a mapping is expected, our module doesn't treat it as a string.
pub fn as_json(node: &Node<'_>, text: &str) -> Json {
    let written = || &text[node.span.start as usize..node.span.end as usize];
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) if written() == value.to_string() => json!(value),
        Value::Integer(value) if written() == value.to_string() => json!(value),
        Value::Float(value) if written() == value.to_string() => json!(value),
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => json!(written()),
        Value::String(value) => json!(value),
        Value::Sequence(items) => items.iter().map(|item| as_json(item, text)).collect(),
        Value::Mapping(mapping) => {
            let fields = mapping.iter();
            let fields: Map<_, _> = fields
                .map(|entry| (entry.key.clone().into_owned(), as_json(&entry.node, text)))
                .collect();
            Json::Object(fields)
        }
    }
}

//! Our rules as policies of Harness: what they say there is what the rules find here, by our own engine
//! and by OPA's.
//!
//! `examples/harness` holds what is exported without a configuration; `UPDATE_EXAMPLES=1` writes it.
#![cfg(feature = "authoring")]
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what a test relies on is said where it breaks"
)]

#[path = "opa/executables.rs"]
mod executables;
#[path = "export/findings.rs"]
mod findings;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::{env, fs, process, thread};

use harness_image_guard::export::{ExportError, ExportedFile, Target, export};
use harness_image_guard::rego;
use harness_image_guard::rego::builtins::{Failure, Outcome};
use harness_image_guard::rego::eval::Environment;
use harness_image_guard::rego::policy::{Options, Policy, Source, request};
use harness_image_guard::rego::syntax::Version;
use harness_image_guard::{Config, Guard, SourceFile};
use serde_json::{Value, json};

use findings::{Expected, Texts};

const CONFIGURATIONS: [&str; 3] = [
    "",
    "{stageOverride: optional, preset: gar, trustedConnectors: ['account.corp_*'], dockerHubConnectors: ['*hub*'], rules: {no-docker-hub: {severity: warning, undecided: error}}}",
    "{stageOverride: required, requiredConnector: account.mirror, connectors: {account.other: {type: DockerRegistry, url: 'https://r.example/team/'}, account.hub: {type: DockerRegistry, url: 'https://index.docker.io/v1/'}}, rules: {harness-image-connector: {undecided: warning}}}",
];

/// A module, and what has to come of each input.
struct Case {
    id: String,
    package: &'static str,
    module: String,
    inputs: Vec<(String, Value)>,
    expected: Vec<Texts>,
}

#[test]
fn modules_say_what_the_rules_find() {
    let cases = cases();
    let ours = thread::scope(|scope| {
        // Debug builds need more room for one level than an optimised one.
        let worker = thread::Builder::new()
            .stack_size(256 << 20)
            .spawn_scoped(scope, || cases.iter().map(ours).collect::<Vec<_>>());
        worker.expect("a thread").join().expect("no panic")
    });
    compare("our engine", &cases, &ours);
    let texts: usize = cases
        .iter()
        .flat_map(|case| &case.expected)
        .map(Texts::count)
        .sum();
    let inputs: usize = cases.iter().map(|case| case.inputs.len()).sum();
    assert!(texts > 0, "nothing is found in anything");
    eprintln!(
        "{} modules, {inputs} inputs, {texts} texts: as the rules find",
        cases.len()
    );
    for opa in executables::all() {
        let theirs: Vec<_> = cases.iter().map(|case| opas(opa, case)).collect();
        compare(&opa.display().to_string(), &cases, &theirs);
        eprintln!("the same in {}", opa.display());
    }
}

/// What our engine says.
fn ours(case: &Case) -> Vec<Texts> {
    let source = Source {
        path: case.id.clone(),
        text: case.module.clone(),
    };
    let options = Options {
        version: Version::V0,
        is_strict: true,
        data: rego::value::Value::object::<rego::value::Value>([]),
    };
    let policy = Policy::compile(vec![source], options).unwrap_or_else(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", problems.join("\n"))
    });
    let inputs = case.inputs.iter().map(|(name, input)| {
        let input = rego::json::parse(&input.to_string()).expect("JSON");
        let answer = policy.ask(policy.package(), request(Some(input), &mut Nowhere));
        let answer = answer.unwrap_or_else(|problems| panic!("{name}: {}", problems[0]));
        let text = rego::json::write(&answer.rows[0].expressions[0].0);
        said(&serde_json::from_str(&text).expect("JSON"))
    });
    inputs.collect()
}

/// Nothing that an exported module needs.
struct Nowhere;

impl Environment for Nowhere {
    fn now(&mut self) -> Result<i64, Failure> {
        Err(Failure::Refused("there is no clock".to_owned()))
    }

    fn ask(&mut self, function: &str, _arguments: &[rego::value::Value]) -> Outcome {
        Err(Failure::Refused(format!("{function} isn't answered here")))
    }
}

/// What an OPA says.
fn opas(opa: &Path, case: &Case) -> Vec<Texts> {
    let folder = env::temp_dir().join(format!("harness-image-guard-export-{}", process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let inputs: Vec<_> = case.inputs.iter().map(|(_, input)| input).collect();
    let asking = format!(
        "package asking\n\nanswers := [{{\"deny\": d, \"warn\": w}} | x := data.inputs[_]; d := data.{0}.deny with input as x; w := data.{0}.warn with input as x]\n",
        case.package
    );
    let files = [
        ("module.rego", case.module.clone()),
        ("asking.rego", asking),
        ("inputs.json", json!({"inputs": inputs}).to_string()),
    ];
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file to write");
    }
    let path = folder.display().to_string();
    let arguments = [
        "eval",
        "--format=json",
        "--data",
        &path,
        "x := data.asking.answers",
    ];
    let answer = run(opa, &[&arguments, older(opa)].concat());
    fs::remove_dir_all(&folder).expect("the folder goes");
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let answers = answer["result"][0]["bindings"]["x"].as_array();
    answers
        .expect("a list of answers")
        .iter()
        .map(said)
        .collect()
}

/// What lets an OPA read Rego as Harness does.
fn older(opa: &Path) -> &'static [&'static str] {
    if run(opa, &["version"]).contains("Version: 0.") {
        &[]
    } else {
        &["--v0-compatible"]
    }
}

fn compare(who: &str, cases: &[Case], answers: &[Vec<Texts>]) {
    let mut differences = Vec::new();
    for (case, answers) in cases.iter().zip(answers) {
        assert_eq!(
            case.inputs.len(),
            answers.len(),
            "{who} leaves inputs of {} out",
            case.id
        );
        let both = answers.iter().zip(&case.expected);
        for ((name, _), (said, expected)) in case.inputs.iter().zip(both) {
            if said != expected {
                differences.push(format!(
                    "{}, {name}: {said:#?}\ninstead of {expected:#?}",
                    case.id
                ));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{who}: {} inputs differ, such as:\n{}",
        differences.len(),
        differences
            .iter()
            .take(5)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

fn said(document: &Value) -> Texts {
    assert!(document["deny"].is_array(), "no `deny` in {document}");
    Texts {
        deny: texts(&document["deny"]),
        warn: texts(&document["warn"]),
    }
}

fn texts(value: &Value) -> BTreeSet<String> {
    let items = value.as_array().into_iter().flatten();
    items
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (i, text) in CONFIGURATIONS.into_iter().enumerate() {
        let config = Config::parse(None, text, None).expect("a configuration");
        let expected = Expected::new(config.clone());
        for file in export(&config, Target::Rego, &[]).expect("modules") {
            let module = String::from_utf8(file.content).expect("UTF-8");
            let (rule, entity) = file
                .path
                .trim_end_matches(".rego")
                .rsplit_once('_')
                .expect("a rule and an entity");
            let rule = rule.replace('_', "-");
            let key = if entity == "connector" {
                "entity"
            } else {
                entity
            };
            // Without a configuration all that there is; with others, some of everything.
            let entities: Vec<_> = expected
                .entities(entity)
                .step_by(if i == 0 { 1 } else { 5 })
                .collect();
            cases.push(Case {
                id: format!("{}, configuration {i}", file.path),
                package: ["pipeline", "template", "connector"]
                    .into_iter()
                    .find(|package| *package == entity)
                    .expect("an entity"),
                module,
                inputs: entities
                    .iter()
                    .map(|(name, content)| (name.clone(), json!({key: content})))
                    .collect(),
                expected: entities
                    .iter()
                    .map(|(name, content)| expected.of(&rule, entity, name, content))
                    .collect(),
            });
        }
    }
    cases
}

#[test]
fn examples_are_what_is_exported() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/harness");
    for (target, name) in TARGETS {
        for ExportedFile { path, content } in exported(target, &[]).expect("files") {
            let path = folder.join(name).join(path);
            if env::var_os("UPDATE_EXAMPLES").is_some() {
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(&path, &content).expect("a file to write");
            }
            let there = fs::read(&path).unwrap_or_default();
            assert!(
                there == content,
                "UPDATE_EXAMPLES=1 is due for {}",
                path.display()
            );
        }
    }
}

/// Harness's YAML would be checked with the other examples, and is tried below.
const TARGETS: [(Target, &str); 2] = [(Target::Rego, "rego"), (Target::Terraform, "terraform")];

#[test]
fn the_connector_is_right() {
    for preset in ["app-harness", "gar", "ecr"] {
        let config = Config::parse(None, "", Some(preset)).expect("a configuration");
        let files = export(&config, Target::HarnessYaml, &[]).expect("files");
        let files: Vec<_> = files
            .into_iter()
            .map(|file| SourceFile::bytes(file.path, file.content))
            .collect();
        let guard = Guard::new(config).expect("a guard");
        let report = guard.check(&files[..1]);
        assert_eq!(report.summary.documents, 1);
        assert_eq!(report.diagnostics, [], "{preset}");
    }
}

#[test]
fn a_bundle_is_loaded_by_opa() {
    let folder = env::temp_dir().join(format!("harness-image-guard-bundle-{}", process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let files = exported(Target::OpaBundle, &[]).expect("files");
    assert_eq!(
        files,
        exported(Target::OpaBundle, &[]).expect("files"),
        "the same bytes"
    );
    let path = folder.join(&files[0].path);
    fs::write(&path, &files[0].content).expect("a file to write");
    for opa in executables::all() {
        let bundle = path.display().to_string();
        let query = "x := data.harness_image_guard.no_docker_hub.connector.deny";
        let answer = run(opa, &["eval", "--bundle", &bundle, "--format=json", query]);
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert_eq!(
            answer["result"][0]["bindings"]["x"],
            json!([]),
            "{}",
            opa.display()
        );
    }
    fs::remove_dir_all(&folder).expect("the folder goes");
}

fn exported(target: Target, rules: &[&str]) -> Result<Vec<ExportedFile>, ExportError> {
    let rules: Vec<_> = rules.iter().map(|rule| (*rule).to_owned()).collect();
    export(&Config::default(), target, &rules)
}

#[test]
fn opa_accepts_the_modules_and_would_format_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/harness/rego");
    for opa in executables::all() {
        let older = older(opa);
        for ExportedFile { path, .. } in exported(Target::Rego, &[]).expect("files") {
            let path = folder.join(path).display().to_string();
            run(opa, &[&["check", "--strict", &path], older].concat());
            let difference = run(opa, &[&["fmt", "--diff", &path], older].concat());
            assert!(difference.is_empty(), "{}: {difference}", opa.display());
        }
    }
}

#[test]
fn rules_are_chosen() {
    let files = exported(Target::Rego, &["harness-image-registry"]).expect("files");
    let paths: Vec<_> = files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(paths, ["harness_image_registry_connector.rego"]);
    let unknown = exported(Target::Rego, &["no-dockerhub"]);
    assert_eq!(
        unknown,
        Err(ExportError::UnknownRule("no-dockerhub".to_owned()))
    );
    let config =
        Config::parse(None, "{rules: {no-docker-hub: off}}", None).expect("a configuration");
    let off = export(&config, Target::Rego, &["no-docker-hub".to_owned()]);
    assert_eq!(off, Err(ExportError::RuleIsOff("no-docker-hub".to_owned())));
    let others = export(&config, Target::Rego, &[]).expect("files");
    assert!(
        others
            .iter()
            .all(|file| !file.path.starts_with("no_docker_hub"))
    );
}

/// What OPA writes, where it succeeds.
fn run(opa: &Path, args: &[&str]) -> String {
    let output = Command::new(opa).args(args).output().expect("OPA starts");
    let [written, complaint] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(
        output.status.success(),
        "{} {}:\n{written}{complaint}",
        opa.display(),
        args.join(" ")
    );
    written
}

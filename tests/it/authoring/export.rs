//! Our rules as policies of Harness: their messages are those of the rules' findings here, in our own engine and in
//! OPA.
//!
//! `examples/harness` has the export without a configuration; `UPDATE_EXAMPLES=1` writes it.

mod findings;
mod harness_policy;
mod terraform;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{env, fs, process, thread};

use builtins::{Failure, Outcome};
use harness_image_guard::export::{ExportError, ExportedFile, Target, export};
use harness_image_guard::{Config, Facts, Guard, SourceFile};
use rego::eval::Environment;
use rego::policy::{Options, Policy, Source, request};
use serde_json::{Value, json};
use values::Version;

use self::findings::{Entity, Texts};
use super::opa::cases;
use super::opa::executables::{self, run};
use super::opa::reference::Reference;

/// The oldest version that the modules support, the one that Harness is known to run, one that refuses more than
/// others, and the newest.
const VERSIONS: [&str; 4] = ["v0.42.0", "v0.70.0", "v1.21.1", "v1.22.2"];

/// The folders of our own files with findings, and without.
const OURS: [&str; 4] = [
    "tests/cases/fixtures",
    "tests/cases/semantics",
    "examples",
    "policies",
];

/// How many inputs one query is about. OPA parses the module again for each query.
const INPUTS_OF_A_QUESTION: usize = 100;

/// A module, and the expected messages for each input.
struct Exported {
    id: String,
    rule: String,
    /// The entity, which is also the package.
    entity: String,
    module: String,
    inputs: Vec<(String, Value)>,
    expected: Vec<Texts>,
}

impl Exported {
    /// The key at which Harness's input has the entity.
    fn root(&self) -> &str {
        if self.entity == "connector" {
            "entity"
        } else {
            &self.entity
        }
    }
}

#[test]
fn modules_say_what_the_rules_find() {
    let modules = modules();
    let texts = modules.iter().flat_map(|module| &module.expected);
    let texts: usize = texts.map(Texts::count).sum();
    assert!(texts > 0, "nothing is found in anything");
    let inputs: usize = modules.iter().map(|module| module.inputs.len()).sum();
    let said = format!("{} modules, {inputs} inputs, {texts} texts", modules.len());
    thread::scope(|scope| {
        for version in VERSIONS {
            let (modules, said) = (&modules, &said);
            scope.spawn(move || {
                let Some(opa) = Reference::of(version) else {
                    return;
                };
                compare(version, modules, &opas(&opa, modules));
                eprintln!("{said}: the same in OPA {version}");
            });
        }
        // A debug build needs more of the stack for each level than an optimized one.
        let worker = thread::Builder::new().stack_size(256 << 20);
        let ours = worker.spawn_scoped(scope, || modules.iter().map(ours).collect::<Vec<_>>());
        let ours = ours.expect("a thread").join().expect("no panic");
        compare("our engine", &modules, &ours);
        eprintln!("{said}: the same in our engine");
    });
}

/// Without exceptions, `the_examples_are_what_is_exported` shows that the module has none of this.
#[test]
fn exceptions_are_in_the_module_and_end_on_their_day() {
    let config = "exceptions: [{rule: no-docker-hub, image: 'maven*', until: 2026-11-27, reason: why}, {rule: no-docker-hub, path: legacy, until: 2026-11-27, reason: why}]";
    let exported = modules_of(config, 0);
    let pipeline = exported
        .iter()
        .find(|it| it.id.starts_with("no_docker_hub_pipeline"));
    let mut pipeline = pipeline.expect("a module").module.clone();
    assert!(
        pipeline.contains("exceptions with a `path` in the configuration (1) don't count here")
    );
    let (exceptions, _) = pipeline
        .split_once("# An input without this entity")
        .expect("the rules after them");
    insta::assert_snapshot!(exceptions);
    let others = exported.iter().filter(|it| it.rule != "no-docker-hub");
    assert!(others.clone().count() > 0);
    for other in others {
        assert!(!other.module.contains("is_excepted"), "{}", other.id);
    }
    let step = json!({"pipeline": {"stages": [{"stage": {"spec": {"execution": {"steps": [{"step": {"spec": {"image": "maven:3"}}}]}}}}]}});
    let denied = |module: &str| {
        let exported = Exported {
            id: "p".to_owned(),
            rule: "no-docker-hub".to_owned(),
            entity: "pipeline".to_owned(),
            module: module.to_owned(),
            inputs: vec![(String::new(), step.clone())],
            expected: Vec::new(),
        };
        ours(&exported)[0].deny.len()
    };
    assert_eq!(denied(&pipeline), 0);
    pipeline = pipeline.replace("2026-11-27", "2026-11-26");
    assert_eq!(denied(&pipeline), 1);
}

#[test]
fn an_input_of_something_else_is_denied() {
    for mut exported in modules_of("", 0) {
        let root = exported.root().to_owned();
        for input in [json!({}), json!({"pipelines": {}}), json!({&root: {}})] {
            exported.inputs.push((input.to_string(), input));
        }
        let [nothing, other, empty] = ours(&exported).try_into().expect("three answers");
        let expected = format!("there is no `input.{root}`, so nothing has been checked");
        for texts in [nothing, other] {
            assert_eq!(texts.deny, BTreeSet::from([expected.clone()]));
        }
        assert!(!empty.deny.contains(&expected));
    }
}

/// The messages of our engine.
fn ours(exported: &Exported) -> Vec<Texts> {
    let source = Source {
        path: exported.id.clone(),
        text: exported.module.clone(),
    };
    let options = Options {
        version: Version::V0,
        is_strict: true,
        data: values::Value::object::<values::Value>([]),
    };
    let policy = Policy::compile(vec![source], options).unwrap_or_else(|problems| {
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", problems.join("\n"))
    });
    let inputs = exported.inputs.iter().map(|(name, input)| {
        let input = values::json::parse(&input.to_string()).expect("JSON");
        let answer = policy.ask(policy.package(), request(Some(input), &mut Nowhere));
        let answer = answer.unwrap_or_else(|problems| panic!("{name}: {}", problems[0]));
        let text = values::json::write(&answer.rows[0].expressions[0].0);
        said(&serde_json::from_str(&text).expect("JSON"))
    });
    inputs.collect()
}

/// The environment that an exported module needs: a clock.
struct Nowhere;

impl Environment for Nowhere {
    fn now(&mut self) -> Result<i64, Failure> {
        Ok(1_795_737_600_000_000_000)
    }

    fn ask(&mut self, function: &str, _arguments: &[values::Value]) -> Outcome {
        Err(Failure::Refused(format!("{function} isn't answered here")))
    }
}

/// The messages of OPA.
fn opas(opa: &Reference, modules: &[Exported]) -> Vec<Vec<Texts>> {
    let questions: Vec<Vec<_>> = modules.iter().map(questions).collect();
    let lines: Vec<_> = questions.iter().flatten().map(String::as_str).collect();
    let mut answers = opa.answers(&lines).into_iter();
    questions
        .iter()
        .map(|of_module| {
            let answers = answers.by_ref().take(of_module.len());
            answers.flat_map(|answer| answered(&answer)).collect()
        })
        .collect()
}

fn questions(exported: &Exported) -> Vec<String> {
    let asking = format!(
        "package asking\n\nanswers = [{{\"deny\": d, \"warn\": w}} | x = data.inputs[_]; d = data.{0}.deny with input as x; w = data.{0}.warn with input as x]\n",
        exported.entity
    );
    let inputs = exported.inputs.chunks(INPUTS_OF_A_QUESTION);
    let questions = inputs.map(|inputs| {
        let inputs: Vec<_> = inputs.iter().map(|(_, input)| input).collect();
        let question = json!({
            "modules": {"exported.rego": exported.module, "asking.rego": asking},
            "data": {"inputs": inputs},
            "query": "data.asking.answers",
            "strict": true,
        });
        question.to_string()
    });
    questions.collect()
}

fn answered(answer: &str) -> Vec<Texts> {
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    let answers = answer["result"][0]["expressions"][0]["value"].as_array();
    let Some(answers) = answers else {
        panic!("OPA answers {answer}")
    };
    answers.iter().map(said).collect()
}

/// The options with which OPA reads Rego as Harness does.
fn older(opa: &Path) -> &'static [&'static str] {
    if run(opa, &["version"]).contains("Version: 0.") {
        &[]
    } else {
        &["--v0-compatible"]
    }
}

fn compare(who: &str, modules: &[Exported], answers: &[Vec<Texts>]) {
    let mut differences = Vec::new();
    for (exported, answers) in modules.iter().zip(answers) {
        let Exported { id, inputs, .. } = exported;
        assert_eq!(
            inputs.len(),
            answers.len(),
            "{who} leaves inputs of {id} out"
        );
        let both = answers.iter().zip(&exported.expected);
        for ((name, _), (said, expected)) in inputs.iter().zip(both) {
            if said != expected {
                differences.push(format!("{id}, {name}: {said:#?}\ninstead of {expected:#?}"));
            }
        }
    }
    let some: Vec<_> = differences.iter().take(5).cloned().collect();
    assert!(
        differences.is_empty(),
        "{who}: {} inputs differ, such as:\n{}",
        differences.len(),
        some.join("\n")
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

/// Exceptions that are in force, and ones that aren't: one has expired, and one is about files, which Harness doesn't
/// know.
const EXCEPTING: &str = "{rules: {no-docker-hub: {undecided: error}}, exceptions: [\
    {rule: no-docker-hub, image: 'NODE*', until: 9999-12-31, reason: why}, \
    {rule: no-docker-hub, subject: \"*stage 'test' › *\", image: '*', until: 9999-12-31, reason: why}, \
    {rule: harness-image-connector, subject: \"*stage 'build'*\", until: 9999-12-31, reason: why}, \
    {rule: harness-image-registry, subject: \"connector 'harness*\", until: 9999-12-31, reason: why}, \
    {rule: no-docker-hub, image: '*', until: 2001-01-01, reason: why}, \
    {rule: no-docker-hub, path: 'nowhere/**', until: 9999-12-31, reason: why}]}";

/// The modules of every configuration, each with the entities to try with it. Without a configuration, these are all
/// of ours, and some of other people's files and of the values at places.
fn modules() -> Vec<Exported> {
    // All of them take minutes in a debug build. The number is odd, because every second file is the same.
    let every = env::var("ENTITIES_EVERY").map_or(5, |every| every.parse().expect("a number"));
    let cases = cases::all();
    let mut modules = Vec::new();
    let configurations = cases::CONFIGURATIONS.into_iter().enumerate();
    for (i, text) in configurations.chain([(0, EXCEPTING)]) {
        let config = Config::parse(None, text, None).expect("a configuration");
        let files = cases.iter().filter(|case| case.configuration == i);
        let files = files.flat_map(|case| case.files.iter().map(|file| (case.id.as_str(), file)));
        let tried = files.enumerate().filter(|(n, (_, file))| {
            n % every == 0 || i == 0 && OURS.iter().any(|folder| file.path.starts_with(folder))
        });
        let entities = Entity::all(config.clone(), tried.map(|(_, tried)| tried));
        for mut exported in modules_of(text, i) {
            let of_kind = entities
                .iter()
                .filter(|found| found.kind == exported.entity);
            for found in of_kind {
                let input = json!({exported.root(): found.content});
                exported.inputs.push((found.name.clone(), input));
                exported.expected.push(found.texts(&exported.rule));
            }
            modules.push(exported);
        }
    }
    modules
}

/// The modules of a configuration, without inputs.
fn modules_of(text: &str, configuration: usize) -> Vec<Exported> {
    let config = Config::parse(None, text, None).expect("a configuration");
    let files = export(&config, &facts(&config), Target::Rego, &[]).expect("modules");
    let modules = files.into_iter().map(|file| {
        let name = file.path.trim_end_matches(".rego");
        let (rule, entity) = name.rsplit_once('_').expect("a rule and an entity");
        Exported {
            id: format!("{name}, configuration {configuration}"),
            rule: rule.replace('_', "-"),
            entity: entity.to_owned(),
            module: String::from_utf8(file.content).expect("UTF-8"),
            inputs: Vec::new(),
            expected: Vec::new(),
        }
    });
    modules.collect()
}

#[test]
fn examples_are_what_is_exported() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/harness");
    // The modules are included. Harness's YAML would be checked with the other examples, and is tried below.
    let files = exported(Target::Terraform, &[]).expect("files");
    if env::var_os("UPDATE_EXAMPLES").is_some() {
        fs::remove_dir_all(&folder).expect("the old ones go");
        fs::create_dir_all(&folder).expect("a folder");
        for ExportedFile { path, content } in &files {
            fs::write(folder.join(path), content).expect("a file to write");
        }
    }
    let there = fs::read_dir(&folder).expect("a folder").map(|entry| {
        let path = entry.expect("an entry").path();
        let content = fs::read(&path).expect("a file");
        (path, content)
    });
    let expected = files
        .into_iter()
        .map(|file| (folder.join(file.path), file.content));
    assert!(
        there.collect::<BTreeMap<_, _>>() == expected.collect(),
        "UPDATE_EXAMPLES=1 is due for {}",
        folder.display()
    );
}

#[test]
fn the_connector_is_right() {
    for preset in ["app-harness", "gar", "ecr"] {
        let config = Config::parse(None, "", Some(preset)).expect("a configuration");
        let files = export(&config, &facts(&config), Target::HarnessYaml, &[]).expect("files");
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
    let bundle = folder.join(&files[0].path);
    fs::write(&bundle, &files[0].content).expect("a file to write");
    let input = folder.join("input.json");
    let hub = "https://index.docker.io/v1/";
    let connector = json!({"identifier": "harnessImage", "type": "DockerRegistry", "spec": {"dockerRegistryUrl": hub}});
    fs::write(&input, json!({"entity": connector}).to_string()).expect("a file to write");
    let [bundle, input] = [bundle, input].map(|path| path.display().to_string());
    for opa in executables::all() {
        let query = "x := {rule: texts | texts := data.harness_image_guard[rule].connector.deny}";
        let arguments = ["eval", "--bundle", &bundle, "--input", &input, query];
        let answer: Value = serde_json::from_str(&run(opa, &arguments)).expect("JSON");
        let texts = &answer["result"][0]["bindings"]["x"];
        let count = |rule: &str| texts[rule].as_array().map(Vec::len);
        assert_eq!(count("harness_image_registry"), Some(3), "{texts}");
        // The other rule already reports this connector.
        assert_eq!(count("no_docker_hub"), Some(0), "{texts}");
    }
    fs::remove_dir_all(&folder).expect("the folder goes");
}

fn exported(target: Target, rules: &[&str]) -> Result<Vec<ExportedFile>, ExportError> {
    let rules: Vec<_> = rules.iter().map(|rule| (*rule).to_owned()).collect();
    let config = Config::default();
    export(&config, &facts(&config), target, &rules)
}

fn facts(config: &Config) -> Facts {
    Facts::from_config(config).expect("the settings have a value")
}

#[test]
fn opa_accepts_the_modules_and_would_format_nothing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/harness");
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
    let off = export(
        &config,
        &facts(&config),
        Target::Rego,
        &["no-docker-hub".to_owned()],
    );
    assert_eq!(off, Err(ExportError::RuleIsOff("no-docker-hub".to_owned())));
    // Without a list of connectors, its findings can't be decided.
    let listed = exported(Target::Rego, &["unknown-connector"]);
    assert_eq!(
        listed,
        Err(ExportError::NeedsLists("unknown-connector".to_owned()))
    );
    let others = export(&config, &facts(&config), Target::Rego, &[]).expect("files");
    assert!(
        others
            .iter()
            .all(|file| !file.path.starts_with("no_docker_hub"))
    );
}

/// Delegates and references to secrets from a configuration.
const WHOLE: &str = "harnessImage: {url: 'https://r.example/harness', auth: UsernamePassword, usernameRef: account.pull_user, passwordRef: account.pull_password, delegateSelectors: [eu, 'b \"c\" ${d}'], executeOnDelegate: false}";

fn files_with(config: &str, target: Target) -> Vec<(String, String)> {
    let config = Config::parse(None, config, None).expect("a configuration");
    let files = export(&config, &facts(&config), target, &[]).expect("files");
    files
        .into_iter()
        .map(|file| (file.path, String::from_utf8(file.content).expect("text")))
        .collect()
}

/// Harness only warns about what a policy with the severity `warning` denies.
#[test]
fn a_rule_whose_undecided_places_are_errors_is_no_warning() {
    for (rule, severity) in [
        ("{severity: warning, undecided: error}", "error"),
        ("{severity: warning}", "warning"),
    ] {
        let config = format!("rules: {{no-docker-hub: {rule}}}");
        let config = Config::parse(None, &config, None).expect("a configuration");
        let named = ["no-docker-hub".to_owned()];
        let files = export(&config, &facts(&config), Target::Terraform, &named).expect("files");
        let text: String = files
            .into_iter()
            .filter(|file| file.path == "policies.tf")
            .map(|file| String::from_utf8(file.content).expect("text"))
            .collect();
        let expected = format!("severity   = \"{severity}\"");
        assert!(text.contains(&expected), "{rule}: {text}");
    }
}

#[test]
fn the_connector_has_delegates_and_references_to_secrets_and_no_module_has_them() {
    let yaml = files_with(WHOLE, Target::HarnessYaml);
    insta::assert_snapshot!(yaml[0].1);
    let terraform = files_with(WHOLE, Target::Terraform);
    let connector = terraform.iter().find(|(path, _)| path == "connector.tf");
    insta::assert_snapshot!(connector.expect("the connector").1);
    for (path, text) in files_with(WHOLE, Target::Rego) {
        assert!(!text.contains("pull_"), "{path} holds the name of a secret");
    }
    let named = WHOLE.replace("usernameRef: account.pull_user", "username: robot");
    let name = |target| {
        let files = files_with(&named, target);
        let lines = files.iter().flat_map(|(_, text)| text.lines());
        let mut lines = lines.filter(|line| line.contains("robot"));
        lines.next().expect("a line").trim().to_owned()
    };
    assert_eq!(name(Target::HarnessYaml), "username: \"robot\"");
    assert_eq!(name(Target::Terraform), "username     = \"robot\"");
}

#[test]
fn the_connector_that_is_exported_satisfies_the_rule_that_is_exported_with_it() {
    let yaml = files_with(WHOLE, Target::HarnessYaml).remove(0).1;
    let config = Config::parse(None, WHOLE, None).expect("a configuration");
    let report = Guard::new(config)
        .expect("a guard")
        .check(&[SourceFile::text("connector.yaml", &yaml)]);
    assert_eq!(report.diagnostics, []);
    let module = files_with(WHOLE, Target::Rego)
        .into_iter()
        .find(|(path, _)| path == "harness_image_registry_connector.rego");
    let spec = |selectors: Value| json!({"entity": {"identifier": "harnessImage", "type": "DockerRegistry", "spec": {"dockerRegistryUrl": "https://r.example/harness", "providerType": "Other", "auth": {"type": "UsernamePassword"}, "delegateSelectors": selectors, "executeOnDelegate": false}}});
    let exported = Exported {
        id: "registry".to_owned(),
        rule: "harness-image-registry".to_owned(),
        entity: "connector".to_owned(),
        module: module.expect("the module").1,
        inputs: vec![
            ("same".to_owned(), spec(json!(["b \"c\" ${d}", "eu"]))),
            ("other".to_owned(), spec(json!(["us"]))),
        ],
        expected: Vec::new(),
    };
    let denied: Vec<_> = ours(&exported)
        .iter()
        .map(|texts| texts.deny.len())
        .collect();
    assert_eq!(denied, [0, 1]);
}

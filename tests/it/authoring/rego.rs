//! Runs the Rego tests in `policies/` with our own runner, and checks what each rule's folder must have.

use std::fs;
use std::path::Path;

use commands::tester::{Runner, Status};
use rego::eval::{Alone, Limits};
use rego::policy::{Loading, Options, Source};
use rego::rvm::{self, Value};
use values::{Version, json};

use crate::folder::files;

#[test]
fn every_rego_test_passes() {
    assert_eq!(failed(policies()), [""; 0]);
}

/// Its rule comes first in the page, and its tests last.
#[test]
fn the_rule_that_contributors_are_shown_passes_its_tests() {
    let page = read(Path::new("CONTRIBUTING.md"));
    let blocks = page.split("```rego\n").skip(1);
    let blocks: Vec<_> = blocks.filter_map(|rest| rest.split("```").next()).collect();
    let [rule, _, tests] = *blocks else {
        panic!(
            "{} blocks of Rego instead of a rule, a fix and tests",
            blocks.len()
        );
    };
    let shown = [("rule.rego", rule), ("rule_test.rego", tests)].map(|(path, text)| Source {
        path: path.to_owned(),
        text: text.to_owned(),
    });
    assert_eq!(
        failed(policies().into_iter().chain(shown).collect()),
        [""; 0]
    );
}

fn policies() -> Vec<Source> {
    let paths = files(Path::new("policies"), &["rego"]).into_iter();
    paths
        .map(|path| Source {
            path: path.display().to_string(),
            text: read(&path),
        })
        .collect()
}

/// The failed tests in some modules.
fn failed(sources: Vec<Source>) -> Vec<String> {
    let options = Options {
        version: Version::V1,
        is_strict: false,
        data: json::parse(&read(Path::new("policies/data.json"))).expect("JSON"),
    };
    let runner = Runner::compile(sources, options, Loading::default(), None);
    let mut runner = runner.expect("modules that compile");
    assert!(!runner.is_empty(), "there are no Rego tests");
    (0..runner.len())
        .filter_map(|number| runner.run(number, Limits::default(), &mut Alone))
        .filter(|test| test.status != Status::Pass)
        .map(|test| format!("{}: {:?} {:?}", test.name, test.status, test.message))
        .collect()
}

#[test]
fn every_rego_test_passes_on_the_machine_that_runs_the_rules() {
    let modules: Vec<_> = files(Path::new("policies"), &["rego"])
        .into_iter()
        .map(|path| (path.display().to_string(), read(&path)))
        .collect();
    let data = data();
    let suite = rvm::Suite::compile(&modules, data).expect("modules that compile");
    assert!(
        !suite.tests().is_empty(),
        "there are no Rego tests in policies/"
    );
    let failed: Vec<_> = suite
        .tests()
        .iter()
        .filter_map(|test| match suite.passes(test) {
            Ok(true) => None,
            Ok(false) => Some(test.clone()),
            Err(error) => Some(format!("{test}: {error}")),
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn every_rule_is_tested_explained_and_shown() {
    let rules: Vec<_> = files(Path::new("policies"), &["rego"])
        .into_iter()
        .filter(|path| path.ends_with("rule.rego"))
        .collect();
    assert!(!rules.is_empty(), "there are no rules in policies/");
    let mut missing = Vec::new();
    for rule in rules {
        let folder = rule.parent().expect("a file has a folder");
        for file in ["rule.md", "rule_test.rego"] {
            if !folder.join(file).is_file() {
                missing.push(format!("{}/{file}", folder.display()));
            }
        }
        if !has_an_example(&folder.join("examples")) {
            missing.push(format!("{}/examples/*.yaml", folder.display()));
        }
    }
    assert!(missing.is_empty(), "missing:\n{}", missing.join("\n"));
}

/// The `data` document of the policies.
fn data() -> Value {
    let text = read(Path::new("policies/data.json"));
    let mut documents = document::parse(&text, &document::Limits::default());
    let document = documents.pop().expect("a document").expect("JSON");
    Value::from_node(&document.root, &text, &[])
}

fn has_an_example(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries
            .map(|entry| entry.expect("an entry").path())
            .any(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "yaml")
            })
    })
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

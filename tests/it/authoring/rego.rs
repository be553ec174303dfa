//! The Rego tests of `policies/` by our own runner, which needs no OPA, and what every rule's folder
//! has to hold.

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
    let sources = files(Path::new("policies"), &["rego"])
        .into_iter()
        .map(|path| Source {
            path: path.display().to_string(),
            text: read(&path),
        });
    let options = Options {
        version: Version::V1,
        is_strict: false,
        data: json::parse(&read(Path::new("policies/data.json"))).expect("JSON"),
    };
    let runner = Runner::compile(sources.collect(), options, Loading::default(), None);
    let mut runner = runner.expect("modules that compile");
    assert!(!runner.is_empty(), "there are no Rego tests in policies/");
    let failed: Vec<_> = (0..runner.len())
        .filter_map(|number| runner.run(number, Limits::default(), &mut Alone))
        .filter(|test| test.status != Status::Pass)
        .map(|test| format!("{}: {:?} {:?}", test.name, test.status, test.message))
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
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

//! The Rego tests of `policies/` on regorus' interpreter, which needs no OPA, and what every
//! rule's folder has to hold.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "what a test relies on is said where it breaks"
)]

// The interpreter refuses an inner variable with the name of an outer one, as OPA doesn't; lowered
// modules have none.
#[path = "../src/rego/rvm/lower.rs"]
mod lower;

use std::fs;
use std::path::{Path, PathBuf};

use regorus::{Engine, Value};

#[test]
fn every_rego_test_passes() {
    let modules = rego_files(Path::new("policies"));
    let tests: Vec<_> = modules.iter().flat_map(|path| tests_of(path)).collect();
    assert!(!tests.is_empty(), "there are no Rego tests in policies/");
    let mut engine = engine(&modules);
    let failed: Vec<_> = tests
        .iter()
        .filter_map(|test| Some(format!("{}: {}", test.name, failure(&mut engine, test)?)))
        .collect();
    assert!(
        failed.is_empty(),
        "{} of {} tests failed:\n{}",
        failed.len(),
        tests.len(),
        failed.join("\n")
    );
}

#[test]
fn every_rule_is_asked_explained_and_shown() {
    let main = read(Path::new("policies/main.rego"));
    let rules: Vec<_> = rego_files(Path::new("policies"))
        .into_iter()
        .filter(|path| path.ends_with("rule.rego"))
        .collect();
    assert!(!rules.is_empty(), "there are no rules in policies/");
    let mut missing = Vec::new();
    for rule in rules {
        let folder = rule.parent().expect("a file has a folder");
        let name = folder.file_name().expect("a rule's folder has a name");
        let name = name.to_string_lossy();
        let asked = format!(
            "\"{}\": data.harness_image_guard.rules.{name}.findings,",
            name.replace('_', "-")
        );
        if !main.contains(&asked) {
            missing.push(format!("policies/main.rego: the line `{asked}`"));
        }
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

/// One rule that has to be true.
struct Test {
    /// The file and the rule, for whoever has to mend it.
    name: String,
    /// The rule as Rego refers to it.
    rule: String,
}

/// The tests are read off the text: `opa fmt` puts every rule at the start of a line.
fn tests_of(path: &Path) -> Vec<Test> {
    let text = read(path);
    let package = text
        .lines()
        .find_map(|line| line.strip_prefix("package "))
        .expect("a module has a package");
    text.lines()
        .filter(|line| line.starts_with("test_"))
        .filter_map(|line| line.split_whitespace().next())
        .map(|rule| Test {
            name: format!("{}: {rule}", path.display()),
            rule: format!("data.{package}.{rule}"),
        })
        .collect()
}

fn engine(modules: &[PathBuf]) -> Engine {
    let mut engine = Engine::new();
    // In OPA a builtin's error is an undefined value.
    engine.set_strict_builtin_errors(false);
    for path in modules {
        let name = path.display().to_string();
        let lowered = lower::lower(&name, &read(path)).expect("a Rego module");
        engine.add_policy(name, lowered).expect("a lowered module");
    }
    let data = Value::from_json_str(&read(Path::new("policies/data.json"))).expect("JSON");
    engine.add_data(data).expect("data beside the modules");
    engine
}

/// What went wrong with a test; nothing if it passed.
fn failure(engine: &mut Engine, test: &Test) -> Option<String> {
    match engine.eval_rule(test.rule.clone()) {
        Ok(Value::Bool(true)) => None,
        Ok(Value::Undefined) => Some("it doesn't hold".to_owned()),
        Ok(value) => Some(format!("it is {value}")),
        Err(error) => Some(error.to_string()),
    }
}

fn rego_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files.extend(rego_files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rego")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

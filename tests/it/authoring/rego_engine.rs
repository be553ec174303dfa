//! Our policies in the engine for users' Rego, which has the same findings as our module for every file.

use std::fs;
use std::path::Path;
use std::thread;

use rego::eval::{Alone, Limits, Request};
use rego::policy::{Options, Policy, Source, request};
use serde_json::Value as Json;
use values::{Version, json};

use super::opa::{answers, cases};
use crate::folder::files;

#[test]
fn our_module_says_what_the_engine_of_users_says() {
    let cases = cases::all();
    let ours = answers::ours(&cases);
    assert!(!ours.is_empty(), "nothing is found in anything");
    // A debug build needs more of the stack for each level than an optimized one.
    let worker = thread::Builder::new().stack_size(256 << 20);
    let theirs = thread::scope(|scope| {
        let worker = worker.spawn_scoped(scope, || answers::of_engine(&cases, evaluate));
        worker.expect("a thread").join().expect("answers")
    });
    let differences: Vec<_> = ours.symmetric_difference(&theirs).take(20).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    eprintln!("{} findings in {} cases: alike", ours.len(), cases.len());
}

fn evaluate(input: &Json) -> Json {
    let mut sources = vec![source(Path::new("tests/cases/opa/query.rego"))];
    sources.extend(modules(Path::new("policies")));
    let data = fs::read_to_string("policies/data.json").expect("the data");
    let options = Options {
        version: Version::V1,
        is_strict: true,
        data: json::parse(&data).expect("JSON"),
    };
    let policy = Policy::compile(sources, options).expect("our policies");
    let query = "data.compare.answers";
    let input = policy
        .input(query, input.to_string().as_bytes())
        .expect("JSON");
    let mut alone = Alone;
    let limits = Limits {
        steps: u64::MAX,
        bytes: u64::MAX,
        ..Limits::default()
    };
    let request = Request {
        limits,
        ..request(Some(input), &mut alone)
    };
    let answer = policy.ask(query, request).expect("answers");
    let (answers, _) = &answer.rows[0].expressions[0];
    serde_json::from_str(&json::write(answers)).expect("JSON")
}

/// The policies without their tests.
fn modules(folder: &Path) -> Vec<Source> {
    files(folder, &["rego"])
        .iter()
        .filter(|path| !path.to_string_lossy().ends_with("_test.rego"))
        .map(|path| source(path))
        .collect()
}

fn source(path: &Path) -> Source {
    Source {
        path: path.display().to_string(),
        text: fs::read_to_string(path).expect("a module"),
    }
}

//! Our policies on regorus' own machine, which has the same findings as our module for every file.

use std::fs;
use std::path::Path;

use rego::rvm::Judge;
use serde_json::{Value as Json, json};

use super::opa::{answers, cases};
use crate::folder::files;

const FACTS: &str = "data.harness_image_guard.workspace.facts";
const REPORT: &str = "data.harness_image_guard.main.report";
const IMAGES: &str = "data.harness_image_guard.inventory.report";

#[test]
fn our_module_says_what_regorus_machine_says() {
    let cases = cases::all();
    let ours = answers::ours(&cases);
    assert!(!ours.is_empty(), "nothing is found in anything");
    let theirs = answers::of_engine(&cases, judged);
    let differences: Vec<_> = ours.symmetric_difference(&theirs).take(20).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    eprintln!("{} findings in {} cases: alike", ours.len(), cases.len());
}

/// The answers of `query.rego`, which uses `with` and so can't run on that machine.
fn judged(cases: &Json) -> Json {
    let modules: Vec<_> = files(Path::new("policies"), &["rego"])
        .into_iter()
        .map(|path| path.display().to_string())
        .filter(|path| !path.ends_with("_test.rego"))
        .map(|path| (path.clone(), fs::read_to_string(path).expect("a module")))
        .collect();
    let judge = Judge::compile(&modules, &[FACTS, REPORT, IMAGES]).expect("our policies");
    let data = fs::read_to_string("policies/data.json").expect("the data");
    let data: Json = serde_json::from_str(&data).expect("JSON");
    let evaluate = |rule, input: &Json, data: &Json| {
        let answer = judge.evaluate(rule, &input.to_string(), &data.to_string(), usize::MAX);
        answer
            .expect("an answer")
            .map(|json| serde_json::from_str::<Json>(&json).expect("JSON"))
    };
    let answer = |case: &Json| {
        let mut data = data.clone();
        data["harness_image_guard"]["config"] = case["config"].clone();
        let input = json!({"connectors": case["connectors"]});
        let facts = evaluate(FACTS, &input, &data).expect("facts");
        data["harness_image_guard"]["facts"] = facts;
        let entities = case["entities"]
            .as_array()
            .expect("a list of entities")
            .iter();
        let reports = entities.filter_map(|entity| {
            let images = evaluate(IMAGES, entity, &data)?;
            Some(json!({
                "metadata": entity["metadata"],
                "report": evaluate(REPORT, entity, &data)?,
                "images": images["images"],
                "own": images["own"],
            }))
        });
        json!({"id": case["id"], "reports": reports.collect::<Vec<_>>()})
    };
    let cases = cases.as_array().expect("a list of cases");
    cases.iter().map(answer).collect()
}

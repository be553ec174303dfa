//! Harness's own sample policies with their inputs, and with other people's entities. They aren't part of the
//! project; if they are missing, nothing is compared.

use std::fs;
use std::path::Path;

use document::Limits;
use harness_image_guard::{entity_of, input_of_document};
use serde_json::json;
use values::json;

use crate::folder::files_if_any;

const POLICIES: &str = "../shared/policies";
const ENTITIES: &str = "../shared/corpus";

/// A sample policy with an input.
pub struct Sample {
    /// The names of the policy and its input.
    pub id: String,
    /// The case in the form of the reference.
    pub text: String,
}

/// Every policy with each of its inputs, and with one in `every` of other people's entities.
pub fn cases(every: usize) -> Vec<Sample> {
    let entities = entities();
    let inputs = files_if_any(Path::new(POLICIES), &["json"]);
    let mut cases = Vec::new();
    for policy in files_if_any(Path::new(POLICIES), &["rego"]) {
        let text = fs::read_to_string(&policy).expect("a policy");
        let name = name(&policy);
        let package = text
            .lines()
            .find_map(|line| line.strip_prefix("package "))
            .expect("a package")
            .trim();
        let page = name
            .rsplit_once('-')
            .map_or(name.as_str(), |(page, _)| page);
        let its_own = inputs
            .iter()
            .filter(|input| self::name(input).starts_with(page))
            .map(|input| {
                let text = fs::read_to_string(input).expect("an input");
                (self::name(input), text)
            });
        let others = entities.iter().skip(cases.len() % every).step_by(every);
        for (input_name, input) in its_own.chain(others.cloned()) {
            let id = format!("{name} on {input_name}");
            let module = json!({ "policy.rego": text });
            let query = json!(format!("data.{package}"));
            let input = input.replace('\n', " ");
            cases.push(Sample {
                text: format!(
                    r#"{{"id":{},"modules":{module},"query":{query},"regoVersion":0,"now":1577934245000000000,"input":{input}}}"#,
                    json!(id)
                ),
                id,
            });
        }
    }
    cases
}

/// The entities as Harness wraps them.
fn entities() -> Vec<(String, String)> {
    let mut entities = Vec::new();
    for path in files_if_any(Path::new(ENTITIES), &["yaml", "yml", "json"]) {
        let bytes = fs::read(&path).expect("a file");
        let text = String::from_utf8_lossy(&bytes);
        for (i, document) in document::parse(&text, &Limits::default())
            .iter()
            .enumerate()
        {
            let Ok(document) = document else { continue };
            if entity_of(document).is_some() {
                let input = input_of_document(document, &text, None, None, None);
                entities.push((format!("{}#{i}", path.display()), json::write(&input)));
            }
        }
    }
    entities
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}

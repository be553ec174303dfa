//! The findings of our module and of OPA, each as one line of JSON.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::str;

use document::{Document, Limits, Step};
use harness_image_guard::fix::{self, Operation};
use harness_image_guard::harness::{self, Entity, EntityKind};
use harness_image_guard::report::{Diagnostic, Fix, Status};
use harness_image_guard::{Config, Content, Guard, Rule};
use serde_json::{Value as Json, json};

use super::cases::{CONFIGURATIONS, Case, as_json};

/// The findings of our module.
pub fn ours(cases: &[Case]) -> BTreeSet<String> {
    let guards = configurations().map(|config| Guard::new(config).expect("a guard"));
    let mut said = BTreeSet::new();
    for case in cases {
        let report = guards[case.configuration].check(&case.files);
        let about_entities = report
            .diagnostics
            .iter()
            .filter(|found| is_of_the_policies(found));
        said.extend(about_entities.map(|found| {
            let document = found.document.expect("a finding is about a document");
            json!({
                "case": case.id, "file": found.file, "document": document,
                "rule": found.rule, "verdict": found.verdict, "severity": found.severity,
                "path": found.path, "message": found.message, "help": found.help,
                "fix": found.fix.as_ref().map(shown_fix),
            })
            .to_string()
        }));
        let images = guards[case.configuration].all_images(&case.files).images;
        said.extend(images.iter().map(|image| {
            json!({
                "case": case.id, "file": image.file, "document": image.document, "path": image.path,
                "image": image.image, "fullName": image.full_name, "literal": image.literal, "registry": image.registry,
                "hub": image.hub, "unknown": image.unknown, "connector": image.connector,
                "connectorType": image.connector_type, "connectorUrl": image.connector_url,
                "origin": image.origin, "condition": image.condition,
            })
            .to_string()
        }));
        for file in &report.files {
            for document in &file.documents {
                let is_judged = document.entity.as_deref().is_some_and(is_judged);
                if is_judged && document.status == Status::NotApplicable {
                    said.insert(not_applicable(
                        &case.id,
                        &json!(file.path),
                        &json!(document.index),
                    ));
                }
            }
        }
    }
    said
}

/// The findings of OPA for the same values.
pub fn of_opa(opa: &Path, cases: &[Case]) -> BTreeSet<String> {
    of_engine(cases, |input| evaluate(opa, input))
}

/// The findings of an engine, which gets the cases as the input of `query.rego`, and returns its answers.
pub fn of_engine(cases: &[Case], evaluate: impl FnOnce(&Json) -> Json) -> BTreeSet<String> {
    let configs = configurations().map(|config| {
        let value = rego::rvm::Value::from_node(&config.value, "", &[]);
        serde_json::from_str::<Json>(&value.to_string()).expect("JSON")
    });
    let input: Vec<_> = cases
        .iter()
        .map(|case| as_input(case, &configs[case.configuration]))
        .collect();
    let answers = evaluate(&Json::from(input));
    let answers = answers.as_array().expect("a list of answers");
    assert_eq!(answers.len(), cases.len(), "OPA left cases out");
    let mut said = BTreeSet::new();
    for (case, answer) in cases.iter().zip(answers) {
        let reports = answer["reports"].as_array().expect("a list of reports");
        for report in reports {
            let (file, document) = (&report["metadata"]["file"], &report["metadata"]["document"]);
            if report["report"]["applicable"] == json!(false) {
                said.insert(not_applicable(&case.id, file, document));
                continue;
            }
            for (key, origin) in [("images", "file"), ("own", "harness")] {
                for image in report[key].as_array().expect("a list of images") {
                    let mut line = json!({
                        "case": case.id, "file": file, "document": document, "origin": origin,
                    });
                    let fields = line.as_object_mut().expect("an object");
                    fields.extend(image.as_object().expect("an object").clone());
                    said.insert(line.to_string());
                }
            }
            for finding in report["report"]["findings"]
                .as_array()
                .expect("a list of findings")
            {
                if let Some(severity) = severity(finding, &configs[case.configuration]) {
                    said.insert(
                        json!({
                            "case": case.id, "file": file, "document": document,
                            "rule": finding["rule"], "verdict": finding["verdict"], "severity": severity,
                            "path": finding["path"], "message": finding["message"], "help": finding["help"],
                            "fix": edited(case, file, document, &finding["fix"]),
                        })
                        .to_string(),
                    );
                }
            }
        }
    }
    said
}

fn shown_fix(fix: &Fix) -> Json {
    let edits = fix.edits.iter();
    let edits = edits.map(|edit| json!([edit.start.offset, edit.end.offset, edit.text]));
    json!({
        "applicability": fix.applicability, "title": fix.title,
        "edits": edits.collect::<Vec<_>>(),
    })
}

/// The edits that our module would make of a fix from OPA.
fn edited(case: &Case, file: &Json, document: &Json, fix: &Json) -> Json {
    let Some(patch) = fix["patch"].as_array() else {
        return Json::Null;
    };
    let operations: Vec<_> = patch.iter().map(operation).collect();
    let file = case.files.iter().find(|each| *file == json!(each.path));
    let text = text(file.expect("a file of the case"));
    let index = document.as_u64().expect("an index");
    let documents = document::parse(text, &Limits::default());
    let document = &documents[usize::try_from(index).expect("an index")];
    let document = document.as_ref().expect("a document that was judged");
    let Some(edits) = fix::edits(text, document, &operations) else {
        return Json::Null;
    };
    let edits = edits.iter();
    let edits = edits.map(|edit| json!([edit.span.start, edit.span.end, edit.text]));
    json!({
        "applicability": fix["applicability"], "title": fix["title"],
        "edits": edits.collect::<Vec<_>>(),
    })
}

fn operation(operation: &Json) -> Operation {
    let path = operation["path"].as_array().expect("a path").iter();
    let path = path
        .map(|step| match step {
            Json::String(key) => Step::Key(key.clone()),
            step => Step::Index(usize::try_from(step.as_u64().expect("an index")).expect("one")),
        })
        .collect();
    match operation["op"].as_str() {
        Some("add") => Operation::Add {
            path,
            content: content(&operation["value"]),
        },
        Some("replace") => Operation::Replace {
            path,
            content: content(&operation["value"]),
        },
        _ => Operation::Remove { path },
    }
}

fn content(value: &Json) -> fix::Content {
    match value {
        Json::Object(fields) => {
            let fields = fields.iter();
            let fields = fields.map(|(key, value)| (key.clone(), content(value)));
            fix::Content::Mapping(fields.collect())
        }
        value => fix::Content::Text(value.as_str().expect("a text").to_owned()),
    }
}

fn configurations() -> [Config; CONFIGURATIONS.len()] {
    CONFIGURATIONS.map(|text| Config::parse(None, text, None).expect("a configuration"))
}

/// Whether a diagnostic is from the policies. The parser reports errors and repeated keys, which OPA can't see.
fn is_of_the_policies(found: &Diagnostic) -> bool {
    found.entity.is_some() && found.rule != "duplicate-key"
}

/// Whether the policies judge this entity. A trigger without an input set isn't passed to them.
fn is_judged(entity: &str) -> bool {
    EntityKind::under(entity).is_some_and(|kind| kind.is_judged() && kind != EntityKind::Trigger)
}

fn not_applicable(case: &str, file: &Json, document: &Json) -> String {
    json!({"case": case, "file": file, "document": document, "status": "not applicable"})
        .to_string()
}

/// The severity of a finding, which the host adds to what the policies say; `None` if the rule is off.
fn severity(finding: &Json, config: &Json) -> Option<Json> {
    let rule = finding["rule"].as_str().expect("a finding has a rule");
    let configured = &config["rules"][rule];
    if configured == "off" {
        return None;
    }
    let first = |choices: [&Json; 2], else_branch: &str| {
        let chosen = choices.into_iter().find(|choice| choice.is_string());
        chosen.cloned().unwrap_or_else(|| json!(else_branch))
    };
    Some(match finding["verdict"].as_str() {
        Some("violation") => {
            let default =
                Rule::find(rule).map_or("error".to_owned(), |rule| rule.severity.to_string());
            first([&finding["severity"], &configured["severity"]], &default)
        }
        Some("undecided") => first([&configured["undecided"], &Json::Null], "note"),
        _ => json!("error"),
    })
}

fn as_input(case: &Case, config: &Json) -> Json {
    let (mut entities, mut connectors) = (Vec::new(), Vec::new());
    let mut files: Vec<_> = case.files.iter().collect();
    files.sort_by_key(|file| &file.path);
    for file in files {
        let text = text(file);
        for (index, document) in document::parse(text, &Limits::default()).iter().enumerate() {
            let Ok(document) = document else { continue };
            let read = harness::with_input_set(document, text, &Limits::default());
            let Ok(read) = read else { continue };
            let document = read.as_ref().unwrap_or(document);
            let Some(entity) = judged_entity(document) else {
                continue;
            };
            let kind = entity.kind;
            let content = as_json(entity.content, text);
            if kind == EntityKind::Connector {
                connectors
                    .push(json!({"file": file.path, "document": index, "connector": content}));
            }
            let mut input = json!({
                kind.key(): content,
                "metadata": {"file": file.path, "document": index},
            });
            for (key, beside) in [("version", entity.version), ("inputs", entity.inputs)] {
                if let Some(beside) = beside {
                    input[key] = as_json(beside, text);
                }
            }
            entities.push(input);
        }
    }
    json!({"id": case.id, "config": config, "connectors": connectors, "entities": entities})
}

fn judged_entity<'d, 't>(document: &'d Document<'t>) -> Option<Entity<'d, 't>> {
    let first = harness::entities(document).into_iter().next();
    first.filter(Entity::is_judged)
}

/// The text of a file as our module reads it: empty if it isn't UTF-8.
fn text(file: &harness_image_guard::SourceFile) -> &str {
    match &file.content {
        Content::Bytes(bytes) => str::from_utf8(bytes).unwrap_or_default(),
        Content::Unreadable(_) | Content::Missing(_) => "",
    }
}

fn evaluate(opa: &Path, input: &Json) -> Json {
    let mut process = Command::new(opa)
        .args(["eval", "--stdin-input", "--format=json"])
        // OPA would load the examples as data, and report a conflict of two of them.
        .args(["--ignore=*.yaml", "--ignore=*_test.rego"])
        .args(["--data=policies", "--data=tests/cases/opa/query.rego"])
        .arg("data.compare.answers")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("OPA starts");
    let mut stdin = process.stdin.take().expect("OPA reads");
    // OPA reads to the end before it writes, so neither process waits for the other.
    stdin
        .write_all(input.to_string().as_bytes())
        .expect("OPA reads");
    drop(stdin);
    let output = process.wait_with_output().expect("OPA ends");
    let answer = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "OPA doesn't answer: {answer}");
    let mut answer: Json = serde_json::from_str(&answer).expect("OPA answers in JSON");
    answer["result"][0]["expressions"][0]["value"].take()
}

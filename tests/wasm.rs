//! The module as a host sees it, in Node and in a browser.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test stops where it is wrong")]

use harness_image_guard::wasm::{WasmGuard, import_connectors, named_files};
use js_sys::{Array, JSON, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

const PIPELINE: &str = "pipeline: {identifier: p, stages: [{stage: {spec: {execution: {steps: [\
    {step: {identifier: s, type: Run, spec: {image: 'maven:3'}}}]}}}}]}";

fn js(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn get(value: &JsValue, path: &[&str]) -> JsValue {
    path.iter().fold(value.clone(), |value, key| {
        Reflect::get(&value, &(*key).into()).unwrap()
    })
}

fn text(value: &JsValue, path: &[&str]) -> String {
    get(value, path).as_string().unwrap()
}

fn file(path: &str, text: impl Into<JsValue>) -> JsValue {
    let file = js_sys::Object::new();
    Reflect::set(&file, &"path".into(), &path.into()).unwrap();
    Reflect::set(&file, &"text".into(), &text.into()).unwrap();
    file.into()
}

fn files(files: &[JsValue]) -> JsValue {
    files.iter().collect::<Array>().into()
}

#[wasm_bindgen_test]
fn a_report_is_a_plain_object() {
    let guard = WasmGuard::new(&JsValue::UNDEFINED).unwrap();
    let report = guard.check(&files(&[file("p.yaml", PIPELINE)])).unwrap();
    assert_eq!(get(&report, &["schemaVersion"]).as_f64(), Some(1.0));
    assert_eq!(
        text(&report, &["diagnostics", "0", "rule"]),
        "no-docker-hub"
    );
    assert_eq!(
        get(&report, &["diagnostics", "0", "start", "line"]).as_f64(),
        Some(1.0)
    );
    assert!(get(&report, &["diagnostics", "0", "fix"]).is_null());
    assert_eq!(
        text(&report, &["files", "0", "documents", "0", "status"]),
        "fail"
    );
}

#[wasm_bindgen_test]
fn fixes_are_made_when_they_are_asked_for() {
    let options = js("{\"config\": \"defaultConnector: account.corp\"}");
    let guard = WasmGuard::new(&options).unwrap();
    let files = files(&[file("p.yaml", PIPELINE)]);
    let safe = guard.fix(&files, &JsValue::UNDEFINED).unwrap();
    assert_eq!(get(&safe, &["files", "length"]).as_f64(), Some(0.0));
    let all = guard.fix(&files, &js("{\"unsafe\": true}")).unwrap();
    assert!(text(&all, &["files", "0", "text"]).contains("'maven:3', connectorRef: account.corp"));
    assert_eq!(get(&all, &["files", "0", "fixes"]).as_f64(), Some(1.0));
    assert_eq!(
        get(&all, &["report", "diagnostics", "length"]).as_f64(),
        Some(0.0)
    );
    let diff = guard.diff(&files, &js("{\"unsafe\": true}")).unwrap();
    let diff = diff.as_string().unwrap();
    assert!(diff.starts_with("--- a/p.yaml\n+++ b/p.yaml\n@@ -1 +1 @@\n"));
    assert!(guard.fix(&files, &js("{\"all\": true}")).is_err());
}

#[wasm_bindgen_test]
fn images_are_listed() {
    let guard = WasmGuard::new(&JsValue::UNDEFINED).unwrap();
    let files = files(&[file("p.yaml", PIPELINE)]);
    let inventory = guard.images(&files, &JsValue::FALSE).unwrap();
    assert_eq!(get(&inventory, &["schemaVersion"]).as_f64(), Some(1.0));
    assert_eq!(
        text(&inventory, &["images", "0", "fullName"]),
        "docker.io/library/maven:3"
    );
    assert!(get(&inventory, &["images", "0", "unknown"]).is_null());
}

#[wasm_bindgen_test]
fn bytes_and_text_give_the_same_report() {
    let guard = WasmGuard::new(&JsValue::UNDEFINED).unwrap();
    let bytes = Uint8Array::from(PIPELINE.as_bytes());
    let one = guard.check(&files(&[file("p.yaml", PIPELINE)])).unwrap();
    let other = guard.check(&files(&[file("p.yaml", bytes)])).unwrap();
    assert_eq!(
        JSON::stringify(&one).unwrap(),
        JSON::stringify(&other).unwrap()
    );
}

#[wasm_bindgen_test]
fn what_the_command_prints_comes_with_its_exit_code() {
    let guard = WasmGuard::new(&JsValue::UNDEFINED).unwrap();
    let options = js(r#"{"format": "text", "color": false, "failOn": "error"}"#);
    let mut answer = guard
        .run(&files(&[file("p.yaml", PIPELINE)]), &options)
        .unwrap();
    assert_eq!(answer.exit_code().unwrap().as_f64(), Some(1.0));
    let page = answer.next_page().unwrap().as_string().unwrap();
    assert!(page.contains("p.yaml:1:"));
    assert!(answer.next_page().unwrap().is_undefined());
}

#[wasm_bindgen_test]
fn the_configuration_is_in_force() {
    let guard = WasmGuard::new(&js(
        r#"{"config": "rules: {no-docker-hub: off}\nexclude: ['old/**']"}"#,
    ))
    .unwrap();
    let report = guard.check(&files(&[file("p.yaml", PIPELINE)])).unwrap();
    assert_eq!(Array::from(&get(&report, &["diagnostics"])).length(), 0);
    assert!(guard.excludes(&"old/p.yaml".into()).unwrap().is_truthy());
    assert!(guard.excludes(&"new/p.yaml".into()).unwrap().is_falsy());
}

#[wasm_bindgen_test]
fn a_wrong_configuration_is_an_error_with_its_lines() {
    let error = WasmGuard::new(&js(r#"{"config": "presett: gar", "configPath": "c.yaml"}"#))
        .err()
        .unwrap();
    assert_eq!(text(&error, &["code"]), "config");
    assert!(text(&error, &["message"]).starts_with("c.yaml:1:1: "));
    assert_eq!(get(&error, &["problems", "0", "line"]).as_f64(), Some(1.0));
}

#[wasm_bindgen_test]
fn wrong_arguments_are_errors_with_a_code() {
    let guard = WasmGuard::new(&JsValue::UNDEFINED).unwrap();
    for wrong in ["7", "[{}]", r#"[{"path": "p.yaml"}]"#] {
        let error = guard.check(&js(wrong)).err().unwrap();
        assert_eq!(text(&error, &["code"]), "usage", "{wrong}");
    }
}

#[wasm_bindgen_test]
fn a_file_that_was_not_read_is_in_the_report() {
    let guard = WasmGuard::new(&JsValue::UNDEFINED).unwrap();
    let report = guard
        .check(&js(
            r#"[{"path": "p.yaml", "unreadable": "permission denied"}]"#,
        ))
        .unwrap();
    assert_eq!(text(&report, &["diagnostics", "0", "rule"]), "unreadable");
}

#[wasm_bindgen_test]
fn what_is_not_a_string_is_refused() {
    let mut guard = WasmGuard::new(&JsValue::UNDEFINED).unwrap();
    let number = JsValue::from(42);
    assert!(guard.excludes(&number).is_err());
    assert!(guard.set_today(&number).is_err());
    assert!(named_files(&number, &JsValue::UNDEFINED).is_err());
    assert!(import_connectors(&files(&[]), &number).is_err());
}

//! `WasmSuite`: the tests in users' policies. Only the module built with `authoring` has it.
//!
//! The host runs them one by one, so that it can measure each, and knows which one broke the instance.

use commands::tester::{Refusal, Runner, Test, report};
use js_sys::Date;
use serde::Deserialize;
use serde::de::{IntoDeserializer, value};
use values::{Version, json};
use wasm_bindgen::prelude::*;

use crate::interface::rego::TestFormat;

use super::caller::Caller;
use super::policy::{ask_options, modules_of, rego_error, version};
use crate::wasm::{coded, usage};

/// Compiled tests that can be run.
#[wasm_bindgen]
pub struct WasmSuite(Runner);

#[wasm_bindgen]
impl WasmSuite {
    /// Compiles the tests in `{modules, data?, regoVersion?, moduleVersions?, strict?, rulesOverData?}` as `opa test`
    /// does: those whose full names match the pattern, or all.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `rego` and its `problems`, or `usage`, which includes an invalid pattern.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue, chosen: Option<String>) -> Result<WasmSuite, JsValue> {
        let (sources, options, loading) = modules_of(options)?;
        Runner::compile(sources, options, loading, chosen.as_deref())
            .map(Self)
            .map_err(|refusal| match refusal {
                Refusal::Modules(problems) => rego_error(&problems),
                Refusal::Pattern(message) => usage(&message),
            })
    }

    /// The number of tests.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// Runs a test for at most this many milliseconds, and returns its result as JSON. Everything else is as in
    /// `WasmPolicy.ask`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the options are invalid, or if there is no such test.
    pub fn run(
        &mut self,
        number: usize,
        timeout: Option<f64>,
        now: Option<f64>,
        options: &JsValue,
        host: &JsValue,
    ) -> Result<String, JsValue> {
        let options = ask_options(options)?;
        let end = timeout.map(|timeout| Date::now() + timeout);
        let mut caller = Caller::until(end, now, host);
        written(self.0.run(number, options.limits.read(), &mut caller))
    }

    /// The result of a test that broke the instance, as JSON.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if there is no such test.
    pub fn broken(&self, number: usize, message: &str) -> Result<String, JsValue> {
        written(self.0.broken(number, "internal_error", message))
    }

    /// The coverage of all tests, as JSON.
    pub fn coverage(&self) -> String {
        json::write(&self.0.coverage().to_value())
    }
}

/// A report of tests (a JSON list of them) in the format `pretty`, `json` or `junit`.
///
/// # Errors
///
/// An `Error` with the `code` `usage` if the format is unknown, or these aren't tests.
#[wasm_bindgen(js_name = showTests)]
pub fn show_tests(
    tests: &str,
    format: &str,
    rego_version: u8,
    verbose: bool,
) -> Result<String, JsValue> {
    let version = version(rego_version)?;
    let tests = read(tests)?;
    let format = TestFormat::deserialize(format.into_deserializer())
        .map_err(|error: value::Error| usage(&format!("the format can't be used: {error}")))?;
    Ok(match format {
        TestFormat::Pretty => report::pretty(&tests, version, verbose),
        TestFormat::Json => report::json(&tests),
        TestFormat::Junit => report::junit(&tests),
    })
}

/// OPA's message for the first failed test if coverage was asked for; `undefined` if all pass.
///
/// # Errors
///
/// An `Error` with the `code` `usage` if these aren't tests.
#[wasm_bindgen(js_name = showFailure)]
pub fn show_failure(tests: &str, rego_version: u8) -> Result<Option<String>, JsValue> {
    let version: Version = version(rego_version)?;
    Ok(report::failure(&read(tests)?, version))
}

fn read(tests: &str) -> Result<Vec<Test>, JsValue> {
    serde_json::from_str(tests).map_err(|error| usage(&format!("these aren't tests: {error}")))
}

fn written(test: Option<Test>) -> Result<String, JsValue> {
    let test = test.ok_or_else(|| usage("there is no test with that number"))?;
    serde_json::to_string(&test).map_err(|error| coded("internal", &error.to_string()))
}

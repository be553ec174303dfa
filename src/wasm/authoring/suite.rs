//! The tests in users' policies: `WasmSuite`. Only the module that is built with `authoring` has it.
//!
//! The host runs them one by one, so that it can measure each, and knows which one it was that broke
//! the instance.

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

/// Tests, found and ready to be run.
#[wasm_bindgen]
pub struct WasmSuite(Runner);

#[wasm_bindgen]
impl WasmSuite {
    /// The tests in the modules of `{modules, data?, regoVersion?, moduleVersions?, strict?, rulesOverData?}`, compiled as `opa test`
    /// compiles them: those whose full names match the pattern, or all.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `rego` and its `problems`, or `usage`, also for a pattern that isn't valid.
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

    /// How many tests there are.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// Runs one test, for so many milliseconds at most, and gives what it came to as JSON text; all else
    /// as for `WasmPolicy.ask`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` where the options can't be used, or there is no such test.
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

    /// A test that broke the instance, as JSON text.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` where there is no such test.
    pub fn broken(&self, number: usize, message: &str) -> Result<String, JsValue> {
        written(self.0.broken(number, "internal_error", message))
    }

    /// What the tests have reached together, as JSON text.
    pub fn coverage(&self) -> String {
        json::write(&self.0.coverage().to_value())
    }
}

/// Tests (a list of them as JSON text) as a report in one of the forms `pretty`, `json` and `junit`.
///
/// # Errors
///
/// An `Error` with the `code` `usage` where there is no such form, or these aren't tests.
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

/// What OPA says of the first test that doesn't pass where it was to report coverage; nothing where
/// they all do.
///
/// # Errors
///
/// An `Error` with the `code` `usage` where these aren't tests.
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

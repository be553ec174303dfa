//! `WasmPolicy`: users' Rego. Only the module built with `authoring` has it.
//!
//! Inputs and results are passed as JSON, so that numbers stay as they are written.

use commands::presentation;
use compiler::shown::Shown;
use js_sys::{Array, JSON, Reflect};
use rego::eval::{Answer, Request};
use rego::output;
use rego::policy::{Diagnostic, Loading, Options, Policy, Source};
use values::{Value, Version, json};
use wasm_bindgen::prelude::*;

use super::caller::Caller;
use crate::interface::rego::{AskModuleOptions, PolicyModuleOptions};
use crate::policy::evaluation;
use crate::wasm::{coded, from_js, usage};

pub(super) fn version(number: u8) -> Result<Version, JsValue> {
    match number {
        0 => Ok(Version::V0),
        1 => Ok(Version::V1),
        other => Err(usage(&format!(
            "`regoVersion` is {other}, but has to be 0 or 1"
        ))),
    }
}

/// Parses what Harness says about an event, from JSON or YAML.
pub(super) fn metadata_of(text: &str) -> Result<Value, JsValue> {
    match builtins::read_document(text, Version::V0) {
        Ok(metadata @ Value::Object(_)) => Ok(metadata),
        Ok(_) => Err(usage("the metadata has to be an object")),
        Err(error) => Err(usage(&format!("the metadata can't be read: {error}"))),
    }
}

/// Reads a document, JSON or YAML, as OPA reads files, and returns it as JSON.
///
/// # Errors
///
/// An `Error` with the `code` `usage` if it is neither.
#[wasm_bindgen(js_name = readDocument)]
pub fn read_document(text: &str, rego_version: u8) -> Result<String, JsValue> {
    match builtins::read_document(text, version(rego_version)?) {
        Ok(value) => Ok(json::write(&value)),
        Err(message) => Err(usage(&message)),
    }
}

/// The modules, and how to compile them.
pub(super) fn modules_of(options: &JsValue) -> Result<(Vec<Source>, Options, Loading), JsValue> {
    let options: PolicyModuleOptions = from_js(options)?;
    let version = version(options.rego_version)?;
    let data = match options.data.as_deref() {
        Some(text) => match builtins::read_document(text, version) {
            Ok(data @ Value::Object(_)) => data,
            Ok(_) => return Err(usage("the data has to be an object")),
            Err(error) => return Err(usage(&format!("the data can't be read: {error}"))),
        },
        None => Value::object::<Value>([]),
    };
    let sources = options
        .modules
        .into_iter()
        .map(|(path, text)| Source { path, text })
        .collect();
    let versions = options.module_versions.into_iter();
    let versions = versions.map(|(path, number)| Ok((path, self::version(number)?)));
    let loading = Loading {
        versions: versions.collect::<Result<_, JsValue>>()?,
        is_path_checked: !options.rules_over_data,
        for_tests: false,
        limits: options.limits.read(),
    };
    let options = Options {
        version,
        is_strict: options.strict,
        data,
    };
    Ok((sources, options, loading))
}

/// Compiled policies.
#[wasm_bindgen]
pub struct WasmPolicy(Policy);

#[wasm_bindgen]
impl WasmPolicy {
    /// Compiles `{modules: {path: text}, data?, regoVersion?, moduleVersions?, strict?, rulesOverData?}`. `data` is
    /// an object as JSON or YAML.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `rego` and its `problems`, or `usage`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<WasmPolicy, JsValue> {
        let (sources, options, loading) = modules_of(options)?;
        Policy::compile_loaded(sources, options, &loading)
            .map(Self)
            .map_err(|problems| rego_error(&problems))
    }

    /// The parts of the input that a query may read, or `evaluate` if there is no query, as JSON: `true` for all of a
    /// value, `false` for nothing, or else `[fields, others]`, for each of these keys, and for every other one.
    #[wasm_bindgen(js_name = inputUsage)]
    pub fn input_usage(&self, query: Option<String>) -> String {
        let query = query.as_deref().unwrap_or(self.0.package());
        json::write(&self.0.usage(query).to_value())
    }

    /// Evaluates a query, and returns JSON: `[rows, printed]`, where a row is `[[[value, text, row, column]],
    /// bindings]`. `input` is JSON in UTF-8, or `undefined`. `now` is the time in milliseconds since 1970.
    /// `host(function, arguments)` answers for functions that need the outside world; both arguments and the answer
    /// are JSON. These and the options may be `undefined`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `rego` and its `problems`, or `usage`.
    pub fn ask(
        &self,
        query: &str,
        input: Option<Vec<u8>>,
        now: Option<f64>,
        options: &JsValue,
        host: &JsValue,
    ) -> Result<String, JsValue> {
        let answer = self.answer(query, input, now, options, host)?;
        Ok(output::write(query, &answer))
    }

    /// Evaluates a query, and returns the result in the JSON format of `opa eval`, `{"result": […]}`, on one line,
    /// with numbers as OPA writes them.
    ///
    /// # Errors
    ///
    /// As for `ask`.
    #[wasm_bindgen(js_name = askText)]
    pub fn ask_text(
        &self,
        query: &str,
        input: Option<Vec<u8>>,
        now: Option<f64>,
        options: &JsValue,
        host: &JsValue,
    ) -> Result<String, JsValue> {
        let answer = self.answer(query, input, now, options, host)?;
        let result = match answer.rows.as_slice() {
            [] => Vec::new(),
            rows => vec![("result", presentation::result(query, rows))],
        };
        Ok(Shown::Fields(result).compact())
    }

    /// Evaluates the policy as Harness does, and returns JSON: `{"status", "deny_messages", "warn_messages",
    /// "output", "error", "printed", "problems", "coverage"}`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the input isn't JSON.
    pub fn evaluate(
        &self,
        input: Vec<u8>,
        now: Option<f64>,
        options: &JsValue,
        host: &JsValue,
    ) -> Result<String, JsValue> {
        let query = self.0.package();
        self.requested(query, Some(input), now, options, host, |request| {
            json::write(&evaluation::evaluate(&self.0, request).to_value())
        })
    }

    /// Evaluates the policy like `evaluate`, with `output` as a string of JSON on several lines, with numbers as OPA
    /// writes them.
    ///
    /// # Errors
    ///
    /// As for `evaluate`.
    #[wasm_bindgen(js_name = evaluateText)]
    pub fn evaluate_text(
        &self,
        input: Vec<u8>,
        now: Option<f64>,
        options: &JsValue,
        host: &JsValue,
    ) -> Result<String, JsValue> {
        let query = self.0.package();
        self.requested(query, Some(input), now, options, host, |request| {
            let document = evaluation::evaluate(&self.0, request).to_value();
            let Value::Object(fields) = &document else {
                return json::write(&document);
            };
            let mut fields = (**fields).clone();
            let output = fields
                .field("output")
                .map(|output| json::write_pretty(output, "  "));
            fields.insert("output".into(), output.unwrap_or_default().into());
            json::write(&fields.into())
        })
    }
}

impl WasmPolicy {
    fn answer(
        &self,
        query: &str,
        input: Option<Vec<u8>>,
        now: Option<f64>,
        options: &JsValue,
        host: &JsValue,
    ) -> Result<Answer, JsValue> {
        self.requested(query, input, now, options, host, |request| {
            self.0.ask(query, request)
        })?
        .map_err(|problems| rego_error(&problems))
    }

    /// Evaluates a query with a request whose input is JSON.
    fn requested<T>(
        &self,
        query: &str,
        input: Option<Vec<u8>>,
        now: Option<f64>,
        options: &JsValue,
        host: &JsValue,
        answer: impl FnOnce(Request<'_>) -> T,
    ) -> Result<T, JsValue> {
        let options = ask_options(options)?;
        let input = input.map(|text| self.0.input(query, &text)).transpose();
        let input = input.map_err(|error| usage(&format!("the input can't be read: {error}")))?;
        Ok(answer(Request {
            input,
            environment: &mut Caller::new(now, host),
            strict_builtin_errors: options.strict_builtin_errors,
            limits: options.limits.read(),
            coverage: options.coverage,
        }))
    }
}

pub(super) fn ask_options(options: &JsValue) -> Result<AskModuleOptions, JsValue> {
    if options.is_undefined() {
        return Ok(AskModuleOptions::default());
    }
    from_js(options)
}

/// An `Error` with the `code` `rego` and all problems.
pub(super) fn rego_error(problems: &[Diagnostic]) -> JsValue {
    let texts: Vec<_> = problems.iter().map(Diagnostic::with_its_line).collect();
    let error = coded("rego", &texts.join("\n"));
    let list = Value::array(problems.iter().map(Diagnostic::to_value));
    let list = JSON::parse(&json::write(&list)).unwrap_or_else(|_| Array::new().into());
    // A new `Error` accepts any property.
    let _ = Reflect::set(&error, &"problems".into(), &list);
    error
}

//! Users' Rego: `WasmPolicy`. Only the module that is built with `authoring` has it.
//!
//! Inputs and answers go over as JSON text, so that numbers keep the form in which they are written.

use document::{LineIndex, Position};
use js_sys::{Array, Date, Function, JSON, Reflect};
use rego::budget::Deadline;
use rego::builtins::{self, Failure, Outcome};
use rego::eval::{Answer, Environment, Request};
use rego::json;
use rego::output;
use rego::policy::{Diagnostic, Loading, Options, Policy, Source};
use rego::presentation;
use rego::shown::Shown;
use rego::syntax::Version;
use rego::value::Value;
use wasm_bindgen::prelude::*;

use super::{coded, from_js, usage};
use crate::harness::{Event, PolicyEntity};
use crate::interface::rego::{
    AskModuleOptions, GivenPolicies, InputModuleOptions, PolicyFile, PolicyModuleOptions,
};
use crate::policy::{self, evaluation};
use crate::report::Severity;
use crate::{Guard, UserModule, UserPolicies};

/// A guard with users' policies beside ours.
pub(super) fn put_into(guard: Guard, policies: GivenPolicies) -> Result<Guard, JsValue> {
    let modules = policies.files.into_iter().map(module);
    let modules = modules.collect::<Result<Vec<_>, _>>()?;
    let compiled = UserPolicies::compile_within(modules, policies.limits.read());
    let compiled = compiled.map_err(|problems| rego_error(&problems))?;
    let metadata = policies.metadata.as_deref().map(metadata_of).transpose()?;
    let metadata = metadata.or_else(|| guard.config().metadata());
    Ok(guard.with_policies(
        compiled,
        metadata,
        policies.now.and_then(|now| now.parse().ok()),
    ))
}

fn module(file: PolicyFile) -> Result<UserModule, JsValue> {
    Ok(UserModule {
        path: file.path,
        text: file.text,
        version: version(file.rego_version)?,
        entity: file.entity,
        severity: file.severity.unwrap_or(Severity::Error),
        is_searched: file.searched,
        broken: file.broken,
    })
}

pub(super) fn version(number: u8) -> Result<Version, JsValue> {
    match number {
        0 => Ok(Version::V0),
        1 => Ok(Version::V1),
        other => Err(usage(&format!(
            "the regoVersion is {other}, but has to be 0 or 1"
        ))),
    }
}

/// What Harness tells of an event, from text, JSON or YAML.
fn metadata_of(text: &str) -> Result<Value, JsValue> {
    match builtins::read_document(text, Version::V0) {
        Ok(metadata @ Value::Object(_)) => Ok(metadata),
        Ok(_) => Err(usage("the metadata has to be an object")),
        Err(error) => Err(usage(&format!("the metadata can't be read: {error}"))),
    }
}

/// What Harness would hand to a policy for the first document of a YAML or JSON text, as JSON text:
/// `null` where there is none. Without an `entity`, the document says which one it is; without an
/// `event`, it is the usual one of that entity.
///
/// # Errors
///
/// An `Error` with the `code` `usage` where that isn't YAML, there is no such entity, or Harness doesn't
/// ask about it on that event.
#[wasm_bindgen(js_name = policyInput)]
pub fn policy_input(text: &str, options: &JsValue) -> Result<String, JsValue> {
    let options: InputModuleOptions = from_js(options)?;
    let entity = options.entity.as_deref().map(policy_entity).transpose()?;
    let event = options.event.as_deref().map(policy_event).transpose()?;
    let metadata = options.metadata.as_deref().map(metadata_of).transpose()?;
    let input = match document::parse(text, &document::Limits::default())
        .into_iter()
        .next()
    {
        None => Value::Null,
        Some(Ok(document)) => {
            let entity = entity.or_else(|| policy::entity_of(&document));
            if let (Some(entity), Some(event)) = (entity, event) {
                require_event(entity, event)?;
            }
            policy::input_of_document(&document, text, entity, event, metadata.as_ref())
        }
        Some(Err(fault)) => {
            let Position { line, column, .. } = LineIndex::new(text).position(fault.span.start);
            let place = format!("line {line}, column {column}");
            return Err(usage(&format!("the file isn't an input: {place}: {fault}")));
        }
    };
    Ok(match options.indent {
        Some(indent) => json::write_pretty(&input, &indent),
        None => json::write(&input),
    })
}

/// What Harness asks of an entity, and when, is a matter of the entity.
fn require_event(entity: &PolicyEntity, event: Event) -> Result<(), JsValue> {
    if entity.events.contains(&event) {
        return Ok(());
    }
    let events: Vec<_> = entity.events.iter().map(|event| event.name()).collect();
    let elsewhere = PolicyEntity::all().find(|other| other.events == [event]);
    let help = elsewhere.map_or(String::new(), |other| {
        format!(
            "; `{}` is when it asks about a {}",
            event.name(),
            other.name
        )
    });
    Err(usage(&format!(
        "Harness asks about {} on `{}`{help}",
        entity.kind.noun(),
        events.join("`, `"),
    )))
}

fn policy_event(name: &str) -> Result<Event, JsValue> {
    Event::from_name(name).ok_or_else(|| {
        let known = Event::ALL.map(|event| format!("`{}`", event.name()));
        usage(&format!(
            "`{name}` isn't an event; these are {}",
            known.join(", ")
        ))
    })
}

pub(super) fn policy_entity(name: &str) -> Result<&'static PolicyEntity, JsValue> {
    PolicyEntity::from_name(name).ok_or_else(|| {
        usage(&format!(
            "`{name}` isn't an entity that Harness asks policies about; these are {}",
            PolicyEntity::names()
        ))
    })
}

/// A document as OPA reads it from a file, JSON or YAML, as JSON text.
///
/// # Errors
///
/// An `Error` with the `code` `usage` where it is neither.
#[wasm_bindgen(js_name = readDocument)]
pub fn read_document(text: &str, rego_version: u8) -> Result<String, JsValue> {
    match builtins::read_document(text, version(rego_version)?) {
        Ok(value) => Ok(json::write(&value)),
        Err(message) => Err(usage(&message)),
    }
}

/// The modules, and how they are compiled.
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
    /// Policies of `{modules: {path: text}, data?, regoVersion?, moduleVersions?, strict?, rulesOverData?}`;
    /// `data` is the text of an object, JSON or YAML.
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

    /// The answer to a query as JSON text, `[rows, printed]`, a row being `[[[value, text, row,
    /// column]], bindings]`. `input` is JSON text in
    /// UTF-8, or nothing where it is undefined; `now` is the time in milliseconds since 1970, and
    /// `host(function, arguments)` answers for functions that reach out, both as JSON text; these and
    /// the options may be `undefined`.
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

    /// The answer as `opa eval` writes it in JSON, `{"result": […]}`, on one line: numbers are as OPA
    /// writes them.
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

    /// Harness's answer as JSON text: `{"status", "deny_messages", "warn_messages", "output", "error",
    /// "printed", "problems", "coverage"}`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` where the input is not JSON.
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

    /// The same, with the `output` as JSON text over several lines, in which numbers are as OPA writes
    /// them.
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

    /// What becomes of a request for a query, with an input of JSON text.
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

/// The JavaScript around the module.
pub(super) struct Caller<'j> {
    /// When the evaluation has to be over, in milliseconds since 1970.
    end: Option<f64>,
    now: Option<i64>,
    host: Option<&'j Function>,
}

impl<'j> Caller<'j> {
    pub(super) fn new(now: Option<f64>, host: &'j JsValue) -> Self {
        Self::until(None, now, host)
    }

    pub(super) fn until(end: Option<f64>, now: Option<f64>, host: &'j JsValue) -> Self {
        Self {
            end,
            now: now.and_then(nanoseconds),
            host: host.dyn_ref::<Function>(),
        }
    }
}

/// The nanoseconds of milliseconds; none where 64 bits have no room for them.
#[expect(
    clippy::cast_possible_truncation,
    reason = "JavaScript counts whole ones"
)]
fn nanoseconds(milliseconds: f64) -> Option<i64> {
    if milliseconds.is_nan() {
        return None;
    }
    (milliseconds as i64).checked_mul(1_000_000)
}

impl Environment for Caller<'_> {
    fn now(&mut self) -> Result<i64, Failure> {
        self.now
            .ok_or_else(|| Failure::Refused("there is no clock: give `now`".to_owned()))
    }

    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome {
        let refused = |reason: &str| {
            Failure::Refused(format!(
                "{function} reaches out of the policy, and {reason}"
            ))
        };
        let host = self.host.ok_or_else(|| refused("no host answers it"))?;
        let arguments = json::write(&Value::array(arguments.iter().cloned()));
        let answer = host
            .call2(&JsValue::NULL, &function.into(), &arguments.into())
            .map_err(|error| refused(&format!("the host failed: {}", text_of(&error))))?;
        if answer.is_undefined() {
            return Ok(None);
        }
        let text = answer
            .as_string()
            .ok_or_else(|| refused("the host's answer is no JSON text"))?;
        json::parse(&text)
            .map(Some)
            .map_err(|_| refused("the host's answer is no JSON text"))
    }

    fn deadline(&self) -> Option<Deadline> {
        let clock = Date::now;
        self.end.map(|end| Deadline { clock, end })
    }
}

fn text_of(error: &JsValue) -> String {
    Reflect::get(error, &"message".into())
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| error.as_string())
        .unwrap_or_default()
}

/// An `Error` with `code` `rego` and everything that is wrong.
pub(super) fn rego_error(problems: &[Diagnostic]) -> JsValue {
    let texts: Vec<_> = problems.iter().map(Diagnostic::with_its_line).collect();
    let error = coded("rego", &texts.join("\n"));
    let list = Value::array(problems.iter().map(Diagnostic::to_value));
    let list = JSON::parse(&json::write(&list)).unwrap_or_else(|_| Array::new().into());
    // A fresh `Error` takes any property.
    let _ = Reflect::set(&error, &"problems".into(), &list);
    error
}

//! The JavaScript that calls the module, as the host of an evaluation. Only the module built with `authoring` has it.

use builtins::{Failure, Outcome};
use js_sys::{Date, Function, Reflect};
use rego::eval::Environment;
use values::budget::Deadline;
use values::{Value, json};
use wasm_bindgen::prelude::*;

/// The JavaScript that calls the module.
pub(super) struct Caller<'j> {
    /// When the evaluation must have ended, in milliseconds since 1970.
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

/// Milliseconds in nanoseconds; `None` if they don't fit into 64 bits.
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
                "{function} reaches outside the policy, and {reason}"
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
            .ok_or_else(|| refused("the host's answer isn't JSON"))?;
        json::parse(&text)
            .map(Some)
            .map_err(|_| refused("the host's answer isn't JSON"))
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

//! Our rules: what they are called, how they are configured, what they found.

#[cfg(feature = "authoring")]
mod about;
mod config;
#[cfg(feature = "authoring")]
pub mod evaluation;
#[cfg(feature = "authoring")]
pub mod export;
mod finding;
#[cfg(feature = "authoring")]
pub mod lint;
mod named;
mod rule;
#[cfg(feature = "authoring")]
mod user;
#[cfg(feature = "authoring")]
mod user_input;
#[cfg(feature = "authoring")]
mod users;

use std::sync::OnceLock;

use rego::rvm::value::field;
use rego::rvm::{EvaluationError, Program, Value};

pub use config::{Config, ConfigError, ConfigException, ConfigProblem};
pub use finding::{Finding, Head, Proposal, steps};
pub use named::NamedPolicy;
pub use rule::{DUPLICATE_KEY, RULES, Rule};
#[cfg(feature = "authoring")]
pub use user::UserPolicy;
#[cfg(feature = "authoring")]
pub use user_input::{entity_of, input_of, input_of_document};
#[cfg(feature = "authoring")]
pub use users::{UserModule, UserPolicies};

/// The program that the build compiled from `policies/`, loaded once: a guard is small beside it.
///
/// # Errors
///
/// Where it can't be loaded, which a build's tests would have shown.
pub fn program() -> Result<Program, EvaluationError> {
    static LOADED: OnceLock<Program> = OnceLock::new();
    if let Some(program) = LOADED.get() {
        return Ok(program.clone());
    }
    let program = Program::load(include_bytes!(concat!(env!("OUT_DIR"), "/policies.rvm")))?;
    Ok(LOADED.get_or_init(|| program).clone())
}

/// The texts of `policies/`, by their paths, without the tests.
#[cfg(feature = "authoring")]
const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));

/// The `data` document of `policies/`: the defaults of every setting, as JSON.
const DATA: &str = include_str!("../../policies/data.json");

/// The defaults of every setting, read once.
///
/// # Errors
///
/// Where they aren't JSON, which a build's tests would have shown.
pub fn defaults() -> Result<Value, EvaluationError> {
    static READ: OnceLock<Value> = OnceLock::new();
    if let Some(defaults) = READ.get() {
        return Ok(defaults.clone());
    }
    let data =
        Value::from_json_str(DATA).map_err(|error| EvaluationError::Program(error.to_string()))?;
    let ours = field(&data, "harness_image_guard").and_then(|ours| field(ours, "defaults"));
    let defaults = ours.cloned().unwrap_or(Value::Undefined);
    Ok(READ.get_or_init(|| defaults).clone())
}

/// The rule of `policies/main.rego` that judges one entity.
pub const REPORT: &str = "data.harness_image_guard.main.report";

/// The rule of `policies/inventory.rego` that lists the images of one entity.
pub const IMAGES: &str = "data.harness_image_guard.inventory.report";

/// The rule of `policies/workspace.rego` that is evaluated once for all files.
pub const FACTS: &str = "data.harness_image_guard.workspace.facts";

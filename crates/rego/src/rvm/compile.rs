//! Rego modules into one program.

use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::{PolicyModule, Value, compile_policy_with_entrypoint};

use super::lower::lower;
use super::program::Program;
use super::translate::translate;

/// The program of modules, given as path and text, in which these rules (`data.package.rule`) can be asked for.
///
/// # Errors
///
/// The first message of parser or compiler, with path, line and column, or what the machine lacks.
pub fn compile(modules: &[(String, String)], rules: &[&str]) -> Result<Program, String> {
    let program = assembled(&lowered(modules)?, rules, &[])?;
    translate(&program)
}

/// The modules in the form in which regorus means what OPA means.
pub(super) fn lowered(modules: &[(String, String)]) -> Result<Vec<PolicyModule>, String> {
    let modules = modules.iter();
    modules
        .map(|(path, text)| Ok(module(path, lower(path, text)?)))
        .collect()
}

/// A module as regorus takes it.
pub(super) fn module(path: &str, text: impl Into<Arc<str>>) -> PolicyModule {
    PolicyModule {
        id: path.into(),
        content: text.into(),
    }
}

/// What regorus makes of lowered modules, in which a host answers these functions.
pub(super) fn assembled(
    lowered: &[PolicyModule],
    rules: &[&str],
    answered: &[(&str, usize)],
) -> Result<Arc<regorus::rvm::Program>, String> {
    let first = *rules.first().ok_or("no rule is asked for")?;
    let policy = compile_policy_with_entrypoint(Value::new_object(), lowered, first.into())
        .map_err(|error| error.to_string())?;
    Compiler::compile_from_policy_with_host_await(&policy, rules, answered)
        .map_err(|error| error.to_string())
}

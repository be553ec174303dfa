//! Compiles Rego modules into one program.

use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::{PolicyModule, Value, compile_policy_with_entrypoint};

use super::lower::lower;
use super::program::Program;
use super::translate::translate;

/// Compiles modules, given as path and text, into a program that has these rules (`data.package.rule`) as entry
/// points.
///
/// # Errors
///
/// The first message of the parser or compiler, with path, line and column, or what the machine doesn't support.
pub fn compile(modules: &[(String, String)], rules: &[&str]) -> Result<Program, String> {
    let program = assembled(&lowered(modules)?, rules, &[])?;
    translate(&program)
}

/// The modules in a form that means the same to regorus as to OPA.
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

/// Compiles lowered modules with regorus. A host answers the calls of these functions.
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

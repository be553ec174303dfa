//! Rego modules into one program for regorus' virtual machine.

use std::sync::Arc;

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::program::{Program, RuleType};
use regorus::{PolicyModule, Value, compile_policy_with_entrypoint};

use super::lower::lower;

/// The serialised program of modules, given as path and text, in which these rules
/// (`data.package.rule`) can be asked for.
///
/// # Errors
///
/// The first message of parser or compiler, with path, line and column.
pub fn compile(modules: &[(String, String)], rules: &[&str]) -> Result<Vec<u8>, String> {
    let mut lowered = Vec::new();
    for (path, text) in modules {
        lowered.push(PolicyModule {
            id: path.as_str().into(),
            content: lower(path, text)?.into(),
        });
    }
    assembled(&lowered, rules, &[])?.serialize_binary()
}

/// The program of lowered modules, in which a host answers these functions.
pub(super) fn assembled(
    lowered: &[PolicyModule],
    rules: &[&str],
    answered: &[(&str, usize)],
) -> Result<Program, String> {
    let first = *rules.first().ok_or("no rule is asked for")?;
    let policy = compile_policy_with_entrypoint(Value::new_object(), lowered, first.into())
        .map_err(|error| error.to_string())?;
    let program = Compiler::compile_from_policy_with_host_await(&policy, rules, answered)
        .map_err(|error| error.to_string())?;
    // The lowered text is nobody's text: without it and its positions the program is half as large.
    let mut program = Arc::unwrap_or_clone(program);
    program.sources.clear();
    program.instruction_spans.clear();
    // A call copies what is known of the rule, and names are the larger part of it.
    for rule in &mut program.rule_infos {
        rule.name.clear();
        if let Some(function) = &mut rule.function_info {
            function.param_names.clear();
        }
        // An `else` matters to rules that gather: others end at the first body that holds anyhow.
        if rule.rule_type == RuleType::Complete {
            rule.else_bodies.clear();
        }
        if rule.destructuring_blocks.iter().all(Option::is_none) {
            rule.destructuring_blocks.clear();
        }
    }
    Ok(program)
}

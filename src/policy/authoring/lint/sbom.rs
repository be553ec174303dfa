//! Policies about SBOMs, which deny by other rules than `deny`.
//!
//! Source: Harness's sample policies for SBOMs ("Allow list", "Deny list"), which have no `deny`, and its page on
//! writing them, which forbids to change their rules.

use compiler::syntax::ast::{Module, path_name};

/// Whether Harness reads the rule with this name of a module when it enforces a policy about SBOMs.
pub fn reads(module: &Module, rule: &str) -> bool {
    path_name(&module.package).as_deref() == Some("data.sbom")
        && matches!(rule, "deny_list_violations" | "allow_list_violations")
}

/// Whether a module has such a rule.
pub fn denies(module: &Module) -> bool {
    module
        .rules
        .iter()
        .any(|rule| reads(module, &rule.head.name()))
}

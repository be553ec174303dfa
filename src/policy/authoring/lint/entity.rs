//! `no-entity`: policies that don't say which entity they are about.

use commands::lint::{Finding, Weight};
use compiler::syntax::ast::{Module, Term};

use crate::policy::authoring::about;

/// Finds a policy whose package names no entity, although what it reads shows which one it is about.
pub fn unnamed(module: &Module) -> Option<Finding> {
    let denies = |name: &str| module.rules.iter().any(|rule| &*rule.head.name() == name);
    if !denies("deny") && !denies("warn") || about::by_package(module).is_some() {
        return None;
    }
    let (entity, reads) = about::by_input(module)?;
    let package: Vec<_> = module
        .package
        .iter()
        .filter_map(Term::as_text)
        .map(|part| &**part)
        .collect();
    Some(Finding {
        weight: Weight::Note,
        ..Finding::new(
            "no-entity",
            module.at,
            format!(
                "the package `{}` names no entity, but this policy reads `{reads}`, as a policy about `{}` does",
                package.join("."),
                entity.name
            ),
            format!(
                "call the package `{entity}`, or write `,entity={entity}` after the policy's file where a check names it",
                entity = entity.name
            ),
        )
    })
}

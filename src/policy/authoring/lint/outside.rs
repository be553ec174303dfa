//! `outside-module`: what a policy reads from `data`. Harness evaluates each module on its own, without base
//! documents.

use std::collections::HashSet;

use commands::lint::{Finding, Path, Step, Weight, paths};
use compiler::syntax::ast::{DATA, Module, path_name};

use super::deny::is_test;

/// Finds references to what other modules define, and to what no module defines.
pub fn references(module: &Module, all: &[Module]) -> Vec<Finding> {
    if is_test(module) {
        return Vec::new();
    }
    let mut met = HashSet::new();
    let mut findings = Vec::new();
    for path in module.rules.iter().flat_map(|rule| paths(rule, module)) {
        let keys = written_out(&path);
        if &*path.head != DATA || keys.is_empty() || leads_into(&keys, module) {
            continue;
        }
        // There is one finding for each rule or package.
        let owner = all.iter().find(|other| leads_into(&keys, other));
        let depth = owner.map_or(keys.len(), |owner| owner.package.len());
        let name = format!("data.{}", keys.get(..depth).unwrap_or(&keys).join("."));
        if !met.insert(name.clone()) {
            continue;
        }
        findings.push(match owner {
            Some(_) => Finding {
                weight: Weight::Note,
                ..Finding::new(
                    "outside-module",
                    path.at,
                    format!("`{name}` is in another module, but Harness evaluates each module by itself"),
                    "copy what this policy uses into it before you give it to Harness".to_owned(),
                )
            },
            None => Finding::new(
                "outside-module",
                path.at,
                format!("`{name}` is always undefined: no module defines it, and Harness has no other data"),
                "write the value into the policy, or add the module that defines it".to_owned(),
            ),
        });
    }
    findings
}

/// The keys of a path, up to the first that isn't a constant.
pub fn written_out(path: &Path) -> Vec<String> {
    let keys = path.steps.iter().map_while(|step| match step {
        Step::Key(key) => Some(key.to_string()),
        _ => None,
    });
    keys.collect()
}

/// Whether a path in `data` leads to something that a module defines.
pub fn leads_into(path: &[String], module: &Module) -> bool {
    let Some(package) = path_name(&module.package) else {
        return false;
    };
    let package: Vec<_> = package.split('.').skip(1).collect();
    let common = path.iter().zip(&package).take_while(|(a, b)| a == *b);
    let common = common.count();
    match path.get(package.len()) {
        Some(rule) if common == package.len() => {
            let mut rules = module.rules.iter();
            rules.any(|defined| *defined.head.name() == **rule)
        }
        _ => common == path.len(),
    }
}

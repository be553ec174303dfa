//! Rules that can't stand beside each other.

use super::names::Names;
use super::tree::{Tree, shown};
use crate::rego::problem::{Code, Problem};
use crate::rego::syntax::ast::{Module, Rule, Term};
use crate::rego::syntax::walk::is_ground;

/// Every conflict of rules with rules and packages.
pub fn conflicts(modules: &[Module], tree: &Tree, names: &Names) -> Vec<Problem> {
    let mut problems = Vec::new();
    for at in tree.below(0) {
        let Some(node) = tree.node(at) else { continue };
        let rules: Vec<(&Module, &Rule)> = node
            .rules
            .iter()
            .filter_map(|id| {
                let module = modules.get(id.module)?;
                Some((module, module.rules.get(id.rule)?))
            })
            .collect();
        let Some((module, first)) = rules.first().copied() else {
            continue;
        };
        let written = |name: &str| {
            let name = name.into();
            names.shown(&name).unwrap_or(name).to_string()
        };
        let last = rules.last().copied().unwrap_or((module, first));
        let name = shown(last.0, last.1, written);
        let is_whole = |rule: &Rule| rule.head.reference.iter().skip(1).all(is_ground);
        let mut below = Vec::new();
        if rules.iter().any(|(_, rule)| is_whole(rule)) && !node.children.is_empty() {
            for at in tree.below(at).into_iter().skip(1) {
                for id in tree.node(at).into_iter().flat_map(|node| &node.rules) {
                    if let Some(module) = modules.get(id.module)
                        && let Some(rule) = module.rules.get(id.rule)
                    {
                        below.push(shown(module, rule, written));
                    }
                }
            }
            below.sort();
            below.dedup();
        }
        let sets = rules.iter().filter(|(_, rule)| rule.head.is_set()).count();
        let arity = |rule: &Rule| rule.head.args.as_ref().map_or(0, Vec::len);
        let complete = rules
            .iter()
            .filter(|(_, rule)| !rule.head.is_set() && is_whole(rule))
            .count();
        let defaults = rules.iter().filter(|(_, rule)| rule.is_default).count();
        let message = if !below.is_empty() {
            format!("rule {name} conflicts with [{}]", below.join(" "))
        } else if (sets > 0 && sets < rules.len())
            || rules.iter().any(|(_, rule)| arity(rule) != arity(first))
            || (complete > 0 && complete < rules.len())
        {
            format!("conflicting rules {name} found")
        } else if defaults > 1 {
            format!("multiple default rules {name} found")
        } else {
            continue;
        };
        problems.push(Problem::new(Code::Type, first.at, message));
    }
    problems.extend(with_packages(modules, tree));
    problems
}

fn with_packages(modules: &[Module], tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (i, module) in modules.iter().enumerate() {
        for rule in &module.rules {
            if !rule
                .head
                .reference
                .iter()
                .skip(1)
                .all(|part| part.as_value().is_some())
            {
                continue;
            }
            let place = super::tree::place(module, rule);
            let packages = tree
                .find(&place)
                .and_then(|at| tree.node(at))
                .map(|node| &node.packages);
            for other in packages.into_iter().flatten().filter(|other| **other != i) {
                if let Some(other) = modules.get(*other) {
                    let message = format!(
                        "package {} conflicts with rule {}",
                        package_name(other),
                        crate::rego::syntax::shown(&rule.head.reference),
                    );
                    problems.push(Problem::new(Code::Type, module.at, message));
                }
            }
        }
    }
    problems
}

fn package_name(module: &Module) -> String {
    let names: Vec<_> = module
        .package
        .iter()
        .skip(1)
        .filter_map(Term::as_text)
        .map(|text| &**text)
        .collect();
    names.join(".")
}

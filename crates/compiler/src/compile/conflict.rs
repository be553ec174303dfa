//! Finds rules that conflict with each other or with base documents.

use std::fmt::Write as _;

use super::names::Names;
use super::tree::{Tree, shown};
use crate::problem::{Code, PLACE, Problem};
use crate::syntax::ast::{Location, Module, Rule, Term};
use crate::syntax::visit::is_ground;
use values::{Value, Version};

/// All conflicts between rules, and between rules and packages.
pub(super) fn conflicts(
    modules: &[Module],
    tree: &Tree,
    names: &Names,
    version: Version,
) -> Vec<Problem> {
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
        let written = |name: &str| names.shown_or_wildcard(&name.into()).to_string();
        let last = rules.last().copied().unwrap_or((module, first));
        let name = shown(last.0, last.1, written);
        let is_whole = |rule: &Rule| rule.head.reference.iter().skip(1).all(is_ground);
        let mut below = Vec::new();
        if rules.iter().any(|(_, rule)| is_whole(rule)) && !node.children.is_empty() {
            below = rules_below(modules, tree, at, |_| true, written);
            sort::by(&mut below, Ord::cmp);
            below.dedup_by(|(one, _), (other, _)| one == other);
        }
        // OPA 1.22 refuses functions below a reference with variables, and a set next to an object of sets.
        let is_dynamic = rules.iter().any(|(_, rule)| !is_whole(rule));
        if version == Version::V1 && below.is_empty() && is_dynamic {
            below = rules_below(modules, tree, at, |rule| rule.head.is_function(), written);
        }
        let count =
            |counts: &dyn Fn(&Rule) -> bool| rules.iter().filter(|(_, rule)| counts(rule)).count();
        let sets = count(&|rule| rule.head.is_set());
        let whole_sets = count(&|rule| rule.head.is_set() && is_whole(rule));
        let complete = count(&|rule| !rule.head.is_set() && is_whole(rule));
        let arity = |rule: &Rule| rule.head.args.as_ref().map_or(0, Vec::len);
        let defaults: Vec<_> = rules.iter().filter(|(_, rule)| rule.is_default).collect();
        let is_mixed = (sets > 0 && sets < rules.len())
            || rules.iter().any(|(_, rule)| arity(rule) != arity(first))
            || (complete > 0 && complete < rules.len())
            || (version == Version::V1 && whole_sets > 0 && whole_sets < sets);
        problems.push(if !below.is_empty() {
            with_rules_below(first, &name, below, version)
        } else if is_mixed {
            Problem::new(
                Code::Type,
                first.at,
                format!("conflicting rules {name} found"),
            )
        } else if let [(module, default), _, ..] = defaults.as_slice() {
            let message = format!("multiple default rules {name} found");
            match version {
                Version::V0 => Problem::new(Code::Type, default.at, message),
                Version::V1 => {
                    let places: Vec<_> = defaults.iter().map(|(_, rule)| rule.at).collect();
                    let shown = vec![PLACE.to_string(); places.len()].join(", ");
                    Problem::new(Code::Type, module.at, format!("{message} at {shown}"))
                        .with_places(places)
                }
            }
        } else {
            continue;
        });
    }
    problems.extend(with_packages(modules, tree));
    problems
}

/// The rules that have the path of a base document, or of something in it or above it. OPA's commands refuse them
/// (`ast.CheckPathConflicts` with `storage.NonEmpty`).
pub(super) fn with_documents(modules: &[Module], tree: &Tree, data: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut open = vec![(0, Some(data), String::new())];
    while let Some((at, there, path)) = open.pop() {
        let Some(node) = tree.node(at) else { continue };
        if let Some(id) = node.rules.first() {
            let rule = modules
                .get(id.module)
                .and_then(|module| module.rules.get(id.rule));
            if let (Some(_), Some(rule)) = (there, rule) {
                let message = format!("conflicting rule for data path {path} found");
                problems.push(Problem::new(Code::Compile, rule.at, message));
                continue;
            }
        }
        for (key, child) in &node.children {
            // No document has a key that isn't a string.
            let Some(name) = key.as_str() else { continue };
            let below = match there {
                Some(Value::Object(object)) => object.get(key),
                // A value that isn't an object leaves no room for anything below it.
                blocked => blocked,
            };
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}/{name}")
            };
            open.push((*child, below, path));
        }
    }
    problems
}

/// The rules below a node that count as conflicts, by name.
fn rules_below(
    modules: &[Module],
    tree: &Tree,
    at: usize,
    counts: impl Fn(&Rule) -> bool,
    written: impl Fn(&str) -> String + Copy,
) -> Vec<(String, Location)> {
    let nodes = tree.below(at).into_iter().skip(1);
    let ids = nodes
        .filter_map(|at| tree.node(at))
        .flat_map(|node| &node.rules);
    ids.filter_map(|id| {
        let module = modules.get(id.module)?;
        let rule = module.rules.get(id.rule)?;
        counts(rule).then(|| (shown(module, rule, written), rule.at))
    })
    .collect()
}

/// The conflict of a complete rule with rules below it. OPA 1.22 reports their locations.
fn with_rules_below(
    rule: &Rule,
    name: &str,
    below: Vec<(String, Location)>,
    version: Version,
) -> Problem {
    if version == Version::V1 {
        let mut message = format!("rule {name} conflicts with:");
        for (name, _) in &below {
            let _ = write!(message, "\n  rule {name} at {PLACE}");
        }
        let places = below.into_iter().map(|(_, at)| at).collect();
        return Problem::new(Code::Type, rule.at, message).with_places(places);
    }
    let names: Vec<_> = below.into_iter().map(|(name, _)| name).collect();
    let message = format!("rule {name} conflicts with [{}]", names.join(" "));
    Problem::new(Code::Type, rule.at, message)
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
                        "package {} conflicts with rule {} defined at {PLACE}",
                        package_name(other),
                        crate::syntax::shown(&rule.head.reference),
                    );
                    let problem = Problem::new(Code::Type, module.at, message);
                    problems.push(problem.with_places(vec![rule.at]));
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

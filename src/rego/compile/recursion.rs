//! Rules that depend on themselves.

use std::collections::HashMap;

use super::names::Names;
use super::tree::{RuleId, Tree, shown};
use crate::rego::problem::{Code, Problem};
use crate::rego::syntax::ast::{DATA, Kind, Module, Rule, Term};
use crate::rego::syntax::walk::{Visitor, visit_rule};

/// A problem for each rule that depends on itself.
pub fn recursion(modules: &[Module], tree: &Tree, names: &Names) -> Vec<Problem> {
    let mut depends: HashMap<RuleId, Vec<RuleId>> = HashMap::new();
    for (i, module) in modules.iter().enumerate() {
        for (j, rule) in module.rules.iter().enumerate() {
            let mut references = References {
                tree,
                found: Vec::new(),
            };
            visit_rule(rule, &mut references);
            references.found.sort_unstable();
            references.found.dedup();
            depends.insert(RuleId { module: i, rule: j }, references.found);
        }
    }
    let written = |name: &str| {
        let name = name.into();
        names.shown(&name).unwrap_or(name).to_string()
    };
    let name = |id: RuleId| {
        let module = modules.get(id.module)?;
        Some(shown(module, module.rules.get(id.rule)?, written))
    };
    let mut rules: Vec<_> = depends.keys().copied().collect();
    rules.sort_unstable();
    let mut problems = Vec::new();
    for id in rules {
        let Some(path) = way_back(id, &depends) else {
            continue;
        };
        let Some(rule) = rule_of(modules, id) else {
            continue;
        };
        let ways: Vec<_> = path.into_iter().filter_map(name).collect();
        let message = format!(
            "rule {} is recursive: {}",
            name(id).unwrap_or_default(),
            ways.join(" -> ")
        );
        // Each of the bodies that are tried one after another says so.
        let mut next = Some(rule);
        while let Some(rule) = next {
            problems.push(Problem::new(Code::Recursion, rule.at, message.clone()));
            next = rule.otherwise.as_deref();
        }
    }
    problems
}

fn rule_of(modules: &[Module], id: RuleId) -> Option<&Rule> {
    modules.get(id.module)?.rules.get(id.rule)
}

/// The shortest way from a rule over what it depends on to itself.
fn way_back(from: RuleId, depends: &HashMap<RuleId, Vec<RuleId>>) -> Option<Vec<RuleId>> {
    let mut came_from: HashMap<RuleId, RuleId> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(id) = queue.pop_front() {
        for next in depends.get(&id).into_iter().flatten() {
            if *next == from {
                let mut way = vec![from, id];
                let mut at = id;
                while let Some(before) = came_from.get(&at) {
                    way.push(*before);
                    at = *before;
                }
                if way.last() != Some(&from) {
                    way.push(from);
                }
                way.reverse();
                if id == from {
                    way = vec![from, from];
                }
                return Some(way);
            }
            if !came_from.contains_key(next) {
                came_from.insert(*next, id);
                queue.push_back(*next);
            }
        }
    }
    None
}

struct References<'t> {
    tree: &'t Tree,
    found: Vec<RuleId>,
}

impl Visitor for References<'_> {
    fn term(&mut self, term: &Term) -> bool {
        if let Kind::Ref(parts) = &term.kind
            && parts
                .first()
                .and_then(Term::as_var)
                .is_some_and(|root| &**root == DATA)
        {
            self.found.extend(self.tree.meant_by(parts));
        }
        true
    }
}

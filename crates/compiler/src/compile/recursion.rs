//! Finds rules that depend on themselves.

use std::collections::HashMap;

use super::dependencies::Dependencies;
use super::names::Names;
use super::tree::{RuleId, shown};
use crate::problem::{Code, Problem};
use crate::syntax::ast::{Module, Rule};
use values::budget;

/// How many rules are reported at most.
const MOST: usize = 200;

/// How many rules of a cycle are named at most.
const SHOWN: usize = 64;

/// A problem for each rule that depends on itself.
pub(super) fn recursion(modules: &[Module], depends: &Dependencies, names: &Names) -> Vec<Problem> {
    let written = |name: &str| names.shown_or_wildcard(&name.into()).to_string();
    let name = |id: RuleId| {
        let module = modules.get(id.module)?;
        Some(shown(module, module.rules.get(id.rule)?, written))
    };
    let mut problems = Vec::new();
    for id in depends.circles() {
        if problems.len() >= MOST {
            break;
        }
        let Some(path) = way_back(id, depends) else {
            continue;
        };
        let Some(rule) = rule_of(modules, id) else {
            continue;
        };
        let left_out = path.len().saturating_sub(SHOWN);
        let (before, after) = (SHOWN / 2, SHOWN / 2 + left_out);
        let mut ways = Vec::new();
        for (i, id) in path.into_iter().enumerate() {
            if left_out > 0 && i == before {
                ways.push(format!("… ({left_out} more)"));
            }
            if left_out == 0 || !(before..after).contains(&i) {
                ways.extend(name(id));
            }
        }
        let message = format!(
            "rule {} is recursive: {}",
            name(id).unwrap_or_default(),
            ways.join(" -> ")
        );
        // Each `else` branch reports the problem too.
        let mut next = Some(rule);
        while let Some(rule) = next {
            problems.push(Problem::new(Code::Recursion, rule.at, message.clone()));
            next = rule.else_branch.as_deref();
        }
    }
    problems
}

fn rule_of(modules: &[Module], id: RuleId) -> Option<&Rule> {
    modules.get(id.module)?.rules.get(id.rule)
}

/// The shortest cycle of dependencies from a rule back to itself.
fn way_back(from: RuleId, depends: &Dependencies) -> Option<Vec<RuleId>> {
    let mut came_from: HashMap<RuleId, RuleId> = HashMap::new();
    let mut queue = std::collections::VecDeque::from([from]);
    while let Some(id) = queue.pop_front() {
        for next in depends.of_rule(id) {
            if !budget::step(1) {
                return None;
            }
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

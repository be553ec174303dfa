//! Which rules depend on which.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::tree::{RuleId, Tree};
use crate::rego::syntax::ast::{DATA, Kind, Module, Term};
use crate::rego::syntax::walk::{Visitor, visit_rule};

/// What each rule depends on.
#[derive(Debug)]
pub struct Dependences(BTreeMap<RuleId, Vec<RuleId>>);

impl Dependences {
    /// What the rules of modules depend on.
    pub fn of(modules: &[Module], tree: &Tree) -> Self {
        let mut all = BTreeMap::new();
        for (i, module) in modules.iter().enumerate() {
            for (j, rule) in module.rules.iter().enumerate() {
                let mut references = References {
                    tree,
                    found: Vec::new(),
                };
                visit_rule(rule, &mut references);
                references.found.sort_unstable();
                references.found.dedup();
                all.insert(RuleId { module: i, rule: j }, references.found);
            }
        }
        Self(all)
    }

    /// All rules.
    pub fn rules(&self) -> impl Iterator<Item = RuleId> {
        self.0.keys().copied()
    }

    /// What a rule depends on.
    pub fn of_rule(&self, id: RuleId) -> &[RuleId] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }

    /// All rules, each after those that it depends on.
    pub fn in_order(&self) -> Vec<RuleId> {
        let mut order = Vec::with_capacity(self.0.len());
        let mut seen = HashSet::new();
        for id in self.rules() {
            // The rules that we come from, and which of their dependences is next.
            let mut way = vec![(id, 0)];
            if !seen.insert(id) {
                continue;
            }
            while let Some((id, next)) = way.last_mut() {
                if let Some(other) = self.of_rule(*id).get(*next) {
                    *next += 1;
                    if seen.insert(*other) {
                        way.push((*other, 0));
                    }
                } else {
                    order.push(*id);
                    way.pop();
                }
            }
        }
        order
    }

    /// Which rules depend on each.
    pub fn reversed(&self) -> HashMap<RuleId, Vec<RuleId>> {
        let mut reversed: HashMap<RuleId, Vec<RuleId>> = HashMap::new();
        for (id, depends) in &self.0 {
            for other in depends {
                reversed.entry(*other).or_default().push(*id);
            }
        }
        reversed
    }
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

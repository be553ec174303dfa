//! The dependencies between rules.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::constants::Constants;
use super::tree::{RuleId, Tree};
use crate::syntax::ast::{DATA, Module, Rule, Term, TermKind};
use crate::syntax::visit::{Visitor, walk_expr, walk_term};
use values::Version;

/// The rules that each rule depends on.
#[derive(Debug)]
pub(super) struct Dependencies(BTreeMap<RuleId, Vec<RuleId>>);

impl Dependencies {
    /// Finds the dependencies of all rules. If a variable in a reference has only a few constant values, OPA 1.22
    /// knows which rules it refers to; for 0.70, it refers to all of them.
    pub(super) fn new(modules: &[Module], tree: &Tree, version: Version) -> Self {
        let mut all = BTreeMap::new();
        for (i, module) in modules.iter().enumerate() {
            for (j, rule) in module.rules.iter().enumerate() {
                let mut references = References {
                    tree,
                    known: Constants::default(),
                    found: Vec::new(),
                };
                references.of_rule(rule, version);
                sort::by(&mut references.found, Ord::cmp);
                references.found.dedup();
                all.insert(RuleId { module: i, rule: j }, references.found);
            }
        }
        Self(all)
    }

    /// All rules.
    pub(super) fn rules(&self) -> impl Iterator<Item = RuleId> {
        self.0.keys().copied()
    }

    /// The rules that may depend on themselves. They are what is left after repeatedly removing the rules that depend
    /// on none of the others, and those that none of the others depends on.
    pub(super) fn circles(&self) -> Vec<RuleId> {
        let reversed = self.reversed();
        let on_them = |id: RuleId| reversed.get(&id).map_or(&[][..], Vec::as_slice);
        let mut left: HashMap<RuleId, [usize; 2]> = self
            .rules()
            .map(|id| (id, [self.of_rule(id).len(), on_them(id).len()]))
            .collect();
        let mut ends: Vec<RuleId> = self.rules().collect();
        while let Some(id) = ends.pop() {
            if left.get(&id).is_none_or(|counts| !counts.contains(&0)) {
                continue;
            }
            left.remove(&id);
            for (others, which) in [(on_them(id), 0), (self.of_rule(id), 1)] {
                for other in others {
                    if let Some(count) =
                        left.get_mut(other).and_then(|counts| counts.get_mut(which))
                    {
                        *count = count.saturating_sub(1);
                        if *count == 0 {
                            ends.push(*other);
                        }
                    }
                }
            }
        }
        self.rules().filter(|id| left.contains_key(id)).collect()
    }

    /// The rules that a rule depends on.
    pub(super) fn of_rule(&self, id: RuleId) -> &[RuleId] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }

    /// All rules, each after those that it depends on.
    pub(super) fn in_order(&self) -> Vec<RuleId> {
        let mut order = Vec::with_capacity(self.0.len());
        let mut seen = HashSet::new();
        for id in self.rules() {
            // The rules that led here, each with the index of its next dependency.
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

    /// The rules that depend on each rule.
    pub(super) fn reversed(&self) -> HashMap<RuleId, Vec<RuleId>> {
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
    known: Constants,
    found: Vec<RuleId>,
}

impl References<'_> {
    fn of_rule(&mut self, rule: &Rule, version: Version) {
        self.known = Constants::default();
        for expr in &rule.body {
            walk_expr(expr, self);
            if version == Version::V1 {
                self.known.learn(expr);
            }
        }
        let head = &rule.head;
        let args = head.args.iter().flatten();
        for term in args
            .chain(&head.reference)
            .chain(&head.key)
            .chain(&head.value)
        {
            walk_term(term, self);
        }
        if let Some(else_branch) = &rule.else_branch {
            self.of_rule(else_branch, version);
        }
    }
}

impl Visitor for References<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Ref(parts) = &term.kind
            && parts
                .first()
                .and_then(Term::as_var)
                .is_some_and(|root| &**root == DATA)
        {
            for parts in self.known.expanded(parts) {
                self.found.extend(self.tree.meant_by(&parts));
            }
        }
        true
    }
}

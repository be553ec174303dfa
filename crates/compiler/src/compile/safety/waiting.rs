//! The expressions of a body that wait for the values of variables.

use std::collections::{BTreeSet, HashMap};

use super::outputs::{is_safe, outputs};
use super::vars::{vars, vars_around, vars_in_closures};
use super::{Known, VarSet};
use crate::compile::tree::Tree;
use crate::syntax::ast::{Body, Expr, Name};
use values::budget;

/// The expressions of a body that haven't been put in order yet.
pub(super) struct Waiting {
    /// In source order; `None` for an expression that has been moved into the body.
    expressions: Vec<Option<WaitingExpression>>,
    /// By variable, the expressions that it may affect.
    concerned: HashMap<Name, Vec<usize>>,
    /// The variables that have a value.
    safe: VarSet,
    /// Those that got it from an expression already in order.
    given: VarSet,
}

struct WaitingExpression {
    expr: Expr,
    /// The variables that it waits for.
    needs: VarSet,
    /// The variables that are shared by the bodies in it and the body around it.
    closed: VarSet,
}

impl Waiting {
    /// All expressions of a body.
    pub(super) fn new(body: &mut Body, known: &dyn Known, tree: &Tree) -> Self {
        let mut safe = VarSet::new();
        let mut body_vars = VarSet::new();
        let mut expressions = Vec::with_capacity(body.len());
        for expr in body.drain(..) {
            let mut needs = vars_around(&expr, tree);
            body_vars.extend(needs.iter().cloned());
            for name in &needs {
                if is_safe(name, known) {
                    safe.insert(name.clone());
                }
            }
            needs.retain(|name| !is_safe(name, known));
            let closed = VarSet::new();
            expressions.push(WaitingExpression {
                expr,
                needs,
                closed,
            });
        }
        let mut concerned: HashMap<Name, Vec<usize>> = HashMap::new();
        for (i, waiting) in expressions.iter_mut().enumerate() {
            waiting.closed = vars_in_closures(&waiting.expr);
            waiting
                .closed
                .retain(|name| body_vars.contains(name) && !is_safe(name, known));
            let mut all = vars(&waiting.expr);
            all.extend(waiting.needs.iter().chain(&waiting.closed).cloned());
            for name in all {
                concerned.entry(name).or_default().push(i);
            }
        }
        Self {
            expressions: expressions.into_iter().map(Some).collect(),
            concerned,
            safe,
            given: VarSet::new(),
        }
    }

    /// Moves each expression into the body as soon as its variables have values.
    pub(super) fn put_in_order(&mut self, body: &mut Body, tree: &Tree) {
        // Each round checks the expressions in source order, but only those that a new value may affect.
        let mut looked_at: BTreeSet<usize> = (0..self.expressions.len()).collect();
        let mut looked_at_next = BTreeSet::new();
        while !looked_at.is_empty() {
            while let Some(i) = looked_at.pop_first() {
                let Some((expr, found)) = self.ready(i, tree) else {
                    continue;
                };
                let concerned = found.iter().filter_map(|name| self.concerned.get(name));
                for other in concerned.flatten() {
                    if *other > i {
                        looked_at.insert(*other);
                    } else {
                        looked_at_next.insert(*other);
                    }
                }
                self.safe.extend(found.iter().cloned());
                self.given.extend(found);
                body.push(expr);
            }
            if budget::is_spent() {
                break;
            }
            looked_at = std::mem::take(&mut looked_at_next);
        }
    }

    /// Takes an expression that waits for nothing more, with the variables to which it gives values.
    fn ready(&mut self, i: usize, tree: &Tree) -> Option<(Expr, VarSet)> {
        let place = self.expressions.get_mut(i)?;
        let waiting = place.as_mut()?;
        if !budget::step(1 + waiting.needs.len() as u64) {
            return None;
        }
        let found = outputs(&waiting.expr, tree, &self.safe);
        let open: VarSet = waiting
            .closed
            .iter()
            .filter(|name| !self.given.contains(*name) && !self.safe.contains(*name))
            .cloned()
            .collect();
        if !open.is_empty() {
            if open == found {
                return None;
            }
            waiting.needs = open;
        }
        waiting
            .needs
            .retain(|name| !found.contains(name) && !self.safe.contains(name));
        if !waiting.needs.is_empty() {
            return None;
        }
        place.take().map(|waiting| (waiting.expr, found))
    }

    /// The expressions that were never ready, with the variables that they wait for.
    pub(super) fn rest(self) -> impl Iterator<Item = (Expr, VarSet)> {
        self.expressions
            .into_iter()
            .flatten()
            .map(|waiting| (waiting.expr, waiting.needs))
    }
}

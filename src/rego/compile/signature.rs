//! How many arguments functions take.

use super::tree::Tree;
use crate::rego::builtins;
use crate::rego::syntax::ast::{DATA, Kind, Module, Term};

/// The functions that can be called: the policies' own, and OPA's.
pub struct Arities<'c> {
    pub tree: &'c Tree,
    pub modules: &'c [Module],
}

impl Arities<'_> {
    /// How many arguments the function that an operator names takes; none where there is no such
    /// function.
    pub fn of(&self, operator: &Term) -> Option<usize> {
        let Kind::Ref(parts) = &operator.kind else {
            let name = operator.operator()?;
            return builtins::find(&name).map(builtins::Builtin::arity);
        };
        if let Some(name) = operator.operator()
            && let Some(builtin) = builtins::find(&name)
        {
            return Some(builtin.arity());
        }
        if parts.first()?.as_var().is_none_or(|root| &**root != DATA) {
            return None;
        }
        self.of_node(self.tree.named_by(parts)?)
    }

    /// How many arguments the rules at a node take; none where they are no functions.
    pub fn of_node(&self, node: usize) -> Option<usize> {
        let id = self.tree.node(node)?.rules.first()?;
        let rule = self.modules.get(id.module)?.rules.get(id.rule)?;
        Some(rule.head.args.as_ref().map_or(0, Vec::len)).filter(|_| rule.head.is_function())
    }
}

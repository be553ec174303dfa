//! Renames the variables in heads, after their bodies have declared them.

use std::collections::HashMap;

use crate::compile::DATA;
use crate::syntax::ast::{INPUT, Name, Term, TermKind};
use crate::syntax::visit::{VisitorMut, walk_term_mut};

/// Gives the variables of a head the names that its body gave them.
pub(super) struct Renaming<'n>(pub(super) &'n HashMap<Name, Name>);

impl VisitorMut for Renaming<'_> {
    fn visit_term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Var(name) => {
                if let Some(given) = self.0.get(name) {
                    *name = given.clone();
                }
            }
            TermKind::Ref(parts) => {
                let root = parts.first().and_then(Term::as_var);
                let is_root =
                    parts.len() == 1 && root.is_some_and(|root| matches!(&**root, DATA | INPUT));
                // A document that is used but not declared keeps its name, and stays a reference.
                let given = root.and_then(|root| self.0.get(root).filter(|given| *given != root));
                match given {
                    Some(given) if is_root => term.kind = TermKind::Var(given.clone()),
                    _ => walk_term_mut(term, self),
                }
            }
            _ => walk_term_mut(term, self),
        }
    }
}

//! Output variables: those to which an expression gives values.

use std::collections::HashMap;

use super::super::names::is_operator;
use super::super::tree::Tree;
use super::vars::{all_vars, vars_of, vars_of_call, vars_of_with};
use super::{Inner, Known, VarSet};
use crate::syntax::ast::{DATA, Expr, ExprKind, INPUT, Name, Term, TermKind};
use values::Version;

pub(super) fn outputs(expr: &Expr, tree: &Tree, safe: &dyn Known) -> VarSet {
    if expr.negated {
        return VarSet::new();
    }
    let mut needed = VarSet::new();
    for with in &expr.with {
        vars_of_with(with, &mut needed);
    }
    if !needed.iter().all(|name| safe.has(name)) {
        return VarSet::new();
    }
    let version = tree.version();
    match &expr.kind {
        ExprKind::Term(term) => {
            let mut found = VarSet::new();
            outputs_of(term, version, safe, &mut found);
            found
        }
        ExprKind::Call(call) => match call.as_slice() {
            [operator, left, right] if is_operator(operator, "eq") => {
                let is_one_way = expr.assigns && version == Version::V1;
                output_vars_of_equation(left, right, version, safe, is_one_way)
            }
            [operator, operands @ ..] => {
                let mut found = VarSet::new();
                for term in call {
                    outputs_of(term, version, safe, &mut found);
                }
                let Some(arity) = tree.arity_of(operator) else {
                    return VarSet::new();
                };
                let Some((inputs, results)) = operands.split_at_checked(arity) else {
                    return found;
                };
                if results.is_empty() {
                    return found;
                }
                let mut needed = VarSet::new();
                for input in inputs {
                    bindable(input, &mut needed);
                }
                if needed
                    .iter()
                    .any(|name| !found.contains(name) && !safe.has(name))
                {
                    return VarSet::new();
                }
                for result in results {
                    bindable(result, &mut found);
                }
                found
            }
            [] => VarSet::new(),
        },
        ExprKind::Every(every) => {
            let mut found = VarSet::new();
            outputs_of(&every.domain, version, safe, &mut found);
            found
        }
        ExprKind::Some(_) | ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => VarSet::new(),
    }
}

/// The output variables of `left = right`. If it is one way, the left side gives no values to the right side.
pub(in crate::compile) fn output_vars_of_equation(
    left: &Term,
    right: &Term,
    version: Version,
    safe: &dyn Known,
    is_one_way: bool,
) -> VarSet {
    let mut output = Inner::new(safe);
    outputs_of(left, version, safe, &mut output.own);
    outputs_of(right, version, safe, &mut output.own);
    if is_one_way {
        let hidden = all_vars(left);
        output.own.retain(|name| !hidden.contains(name));
        output.hidden = hidden;
    }
    let mut unifier = Unifier {
        version,
        safe: &output,
        unified: VarSet::new(),
        unknown: HashMap::new(),
    };
    unifier.unify(left, right);
    let given = unifier.unified;
    let mut output = output.own;
    output.extend(given);
    output.retain(|name| !safe.has(name));
    output
}

/// Adds the variables in the keys of references, to which the references give values.
pub(super) fn outputs_of(term: &Term, version: Version, safe: &dyn Known, found: &mut VarSet) {
    match &term.kind {
        TermKind::Ref(parts) => {
            if !is_safe_reference(parts, version, safe) {
                return;
            }
            for part in parts.iter().skip(1) {
                looked_up_by(part, found);
            }
            for part in parts {
                outputs_of(part, version, safe, found);
            }
        }
        TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
            for item in items {
                outputs_of(item, version, safe, found);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                outputs_of(key, version, safe, found);
                outputs_of(value, version, safe, found);
            }
        }
        TermKind::Value(_)
        | TermKind::Var(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

pub(super) fn looked_up_by(term: &Term, found: &mut VarSet) {
    match &term.kind {
        TermKind::Var(name) => {
            found.insert(name.clone());
        }
        TermKind::Ref(parts) => {
            for part in parts.iter().skip(1) {
                looked_up_by(part, found);
            }
        }
        TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
            for item in items {
                looked_up_by(item, found);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                looked_up_by(key, found);
                looked_up_by(value, found);
            }
        }
        TermKind::Value(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

pub(super) fn is_safe_reference(parts: &[Term], version: Version, safe: &dyn Known) -> bool {
    let Some(head) = parts.first() else {
        return false;
    };
    match &head.kind {
        TermKind::Var(name) => is_safe(name, safe),
        TermKind::Call(call) => is_safe_call(call, safe),
        // OPA 0.70 also waits for the variables of comprehensions in it, and for the names of functions.
        _ if version == Version::V0 => all_vars(head).iter().all(|name| is_safe(name, safe)),
        _ => {
            let mut needed = VarSet::new();
            vars_of(head, &mut needed);
            needed.iter().all(|name| is_safe(name, safe))
        }
    }
}

pub(super) fn is_safe_call(call: &[Term], safe: &dyn Known) -> bool {
    let mut needed = VarSet::new();
    vars_of_call(call, &mut needed);
    needed.iter().all(|name| is_safe(name, safe))
}

pub(super) fn is_safe(name: &Name, safe: &dyn Known) -> bool {
    safe.has(name) || matches!(&**name, DATA | INPUT)
}

/// Adds the variables of a term that get their values if it is matched with a value.
pub(in crate::compile) fn bindable(term: &Term, found: &mut VarSet) {
    match &term.kind {
        TermKind::Var(name) => {
            found.insert(name.clone());
        }
        TermKind::Ref(parts) => {
            for part in parts.iter().skip(1) {
                bindable(part, found);
            }
        }
        TermKind::Array(items) | TermKind::Call(items) => {
            for item in items {
                bindable(item, found);
            }
        }
        TermKind::Object(fields) => {
            for (_, value) in fields {
                bindable(value, found);
            }
        }
        TermKind::Value(_)
        | TermKind::Set(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

pub(super) struct Unifier<'s> {
    version: Version,
    safe: &'s dyn Known,
    unified: VarSet,
    unknown: HashMap<Name, VarSet>,
}

impl Unifier<'_> {
    fn is_safe(&self, name: &Name) -> bool {
        is_safe(name, self.safe) || self.unified.contains(name)
    }

    fn is_known(&self, term: &Term) -> bool {
        match &term.kind {
            TermKind::Ref(parts) => match parts.first().map(|head| &head.kind) {
                Some(TermKind::Var(name)) => self.is_safe(name),
                _ => is_safe_reference(parts, self.version, self.safe),
            },
            TermKind::Call(call) => is_safe_call(call, self.safe),
            _ => false,
        }
    }

    fn unify(&mut self, a: &Term, b: &Term) {
        match (&a.kind, &b.kind) {
            (TermKind::Var(x), TermKind::Var(y)) => {
                if self.is_safe(y) {
                    self.mark(x);
                } else if self.is_safe(x) {
                    self.mark(y);
                } else {
                    self.unknown.entry(x.clone()).or_default().insert(y.clone());
                    self.unknown.entry(y.clone()).or_default().insert(x.clone());
                }
            }
            (TermKind::Var(x), TermKind::Array(_) | TermKind::Object(_)) => self.unify_all(x, b),
            (TermKind::Array(_) | TermKind::Object(_), TermKind::Var(y)) => self.unify_all(y, a),
            (TermKind::Var(x), TermKind::Ref(_) | TermKind::Call(_)) if self.is_known(b) => {
                self.mark(x);
            }
            (TermKind::Ref(_) | TermKind::Call(_), TermKind::Var(y)) if self.is_known(a) => {
                self.mark(y);
            }
            (TermKind::Ref(_) | TermKind::Call(_), TermKind::Array(_) | TermKind::Object(_))
                if self.is_known(a) =>
            {
                self.mark_all(b);
            }
            (TermKind::Array(_) | TermKind::Object(_), TermKind::Ref(_) | TermKind::Call(_))
                if self.is_known(b) =>
            {
                self.mark_all(a);
            }
            // A reference or call that still needs values gives none.
            (TermKind::Var(_), TermKind::Ref(_) | TermKind::Call(_))
            | (TermKind::Ref(_) | TermKind::Call(_), TermKind::Var(_)) => {}
            (TermKind::Var(x), _) => self.mark(x),
            (_, TermKind::Var(y)) => self.mark(y),
            (TermKind::ArrayComprehension(..), TermKind::Array(_))
            | (TermKind::ObjectComprehension(..), TermKind::Object(_)) => {
                self.mark_all(b);
            }
            // As in OPA, an object on the left of a comprehension binds nothing.
            (
                TermKind::Array(_),
                TermKind::ArrayComprehension(..)
                | TermKind::SetComprehension(..)
                | TermKind::ObjectComprehension(..),
            ) => {
                self.mark_all(a);
            }
            (TermKind::Array(xs), TermKind::Array(ys)) if xs.len() == ys.len() => {
                for (x, y) in xs.iter().zip(ys) {
                    self.unify(x, y);
                }
            }
            (TermKind::Object(xs), TermKind::Object(ys)) if xs.len() == ys.len() => {
                for (key, x) in xs {
                    if let Some((_, y)) = ys.iter().find(|(other, _)| same_key(key, other)) {
                        self.unify(x, y);
                    }
                }
            }
            _ => {}
        }
    }

    fn unify_all(&mut self, name: &Name, term: &Term) {
        if self.is_safe(name) {
            return self.mark_all(term);
        }
        let mut needed = VarSet::new();
        bindable(term, &mut needed);
        needed.retain(|other| !self.is_safe(other));
        if needed.is_empty() {
            self.mark(name);
        } else {
            self.unknown.entry(name.clone()).or_default().extend(needed);
        }
    }

    fn mark_all(&mut self, term: &Term) {
        let mut found = VarSet::new();
        bindable(term, &mut found);
        for name in &found {
            self.mark(name);
        }
    }

    fn mark(&mut self, name: &Name) {
        self.unified.insert(name.clone());
        for other in self.unknown.remove(name).unwrap_or_default() {
            self.mark(&other);
        }
        let mut known = Vec::new();
        for (other, needs) in &mut self.unknown {
            if needs.remove(name) && needs.is_empty() {
                known.push(other.clone());
            }
        }
        for other in known {
            self.unknown.remove(&other);
            self.mark(&other);
        }
    }
}

/// Whether two keys of objects are known to be equal without being evaluated.
pub(in crate::compile) fn same_key(a: &Term, b: &Term) -> bool {
    match (&a.kind, &b.kind) {
        (TermKind::Value(a), TermKind::Value(b)) => a == b,
        (TermKind::Var(a), TermKind::Var(b)) => a == b,
        _ => false,
    }
}

// Ordering.

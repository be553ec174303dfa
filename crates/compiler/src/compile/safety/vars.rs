//! The variables of expressions and terms, and which of them need a value.

use std::collections::HashMap;

use super::super::names::{is_operator, operands};
use super::super::tree::Tree;
use super::VarSet;
use super::outputs::{bindable, output_vars_of_equation};
use crate::syntax::ast::{Body, DATA, Expr, ExprKind, INPUT, Name, Term, TermKind, With};
use crate::syntax::visit::{Vars, walk_body, walk_term};

/// The variables of an expression that need a value, without those in comprehensions.
pub(super) fn vars(expr: &Expr) -> VarSet {
    let mut found = VarSet::new();
    match &expr.kind {
        ExprKind::Term(term) => vars_of(term, &mut found),
        ExprKind::Call(call) => vars_of_call(call, &mut found),
        ExprKind::Some(terms) => {
            for term in terms {
                vars_of(term, &mut found);
            }
        }
        ExprKind::Every(every) => vars_of(&every.domain, &mut found),
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {}
    }
    for with in &expr.with {
        vars_of_with(with, &mut found);
    }
    found
}

/// Those, and the variables that operands of `not`, `and` and `or` without braces need from the body around them.
pub(super) fn vars_around(expr: &Expr, tree: &Tree) -> VarSet {
    let mut found = vars(expr);
    let implicit = expr.kind.operands().iter().filter(|it| !it.has_braces);
    for operand in implicit {
        found.extend(vars_needed_by(&operand.body, tree));
    }
    found
}

/// The variables that a body without braces needs from around it: those that nothing in it binds, and those that only
/// one of its expressions has. The body may have been expanded.
pub(super) fn vars_needed_by(body: &Body, tree: &Tree) -> VarSet {
    let mut counts: HashMap<Name, usize> = HashMap::new();
    for name in body.iter().flat_map(vars) {
        *counts.entry(name).or_default() += 1;
    }
    if body.len() == 1 {
        return counts.into_keys().collect();
    }
    let equations: Vec<_> = body
        .iter()
        .filter_map(|expr| operands(expr, "eq"))
        .collect();
    let mut safe: VarSet = counts.keys().cloned().collect();
    safe.extend([DATA.into(), INPUT.into()]);
    for name in equations
        .iter()
        .flat_map(|(left, right)| [left.as_var(), right.as_var()])
    {
        name.map(|name| safe.remove(name));
    }
    let mut given = VarSet::new();
    loop {
        let mut more = VarSet::new();
        for (left, right) in &equations {
            more.extend(output_vars_of_equation(
                left,
                right,
                tree.version(),
                &safe,
                false,
            ));
        }
        more.retain(|name| given.insert(name.clone()));
        if more.is_empty() {
            break;
        }
        safe.extend(more);
    }
    for expr in body {
        if let ExprKind::Call(call) = &expr.kind
            && let Some((operator, operands)) = call.split_first()
            && !is_operator(operator, "eq")
            && let Some(arity) = tree.arity_of(operator)
        {
            for result in operands.iter().skip(arity) {
                bindable(result, &mut given);
            }
        }
    }
    counts.retain(|name, count| *count == 1 || !given.contains(name));
    counts.into_keys().collect()
}

/// Adds the variables of a `with`. The target, and a function that replaces it, are names and not variables.
pub(super) fn vars_of_with(with: &With, found: &mut VarSet) {
    for term in [&with.target, &with.value] {
        if let TermKind::Ref(parts) = &term.kind {
            for part in parts.iter().skip(1) {
                vars_of(part, found);
            }
        }
    }
    if !matches!(with.value.kind, TermKind::Ref(_)) {
        vars_of(&with.value, found);
    }
}

pub(super) fn vars_of_call(call: &[Term], found: &mut VarSet) {
    // The operator is the name of a function, but an indexed one (`f[x](y)`) may contain variables.
    if let Some(TermKind::Ref(parts)) = call.first().map(|operator| &operator.kind) {
        for part in parts.iter().skip(1) {
            vars_of(part, found);
        }
    }
    for operand in call.iter().skip(1) {
        vars_of(operand, found);
    }
}

pub(super) fn vars_of(term: &Term, found: &mut VarSet) {
    match &term.kind {
        TermKind::Var(name) => {
            found.insert(name.clone());
        }
        TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
            for item in items {
                vars_of(item, found);
            }
        }
        TermKind::Call(call) => vars_of_call(call, found),
        TermKind::Object(fields) => {
            for (key, value) in fields {
                vars_of(key, found);
                vars_of(value, found);
            }
        }
        TermKind::Value(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

/// All variables of a term, including those in comprehensions.
pub(in crate::compile) fn all_vars(term: &Term) -> VarSet {
    let mut found = Vec::new();
    walk_term(
        term,
        &mut Vars {
            found: &mut found,
            closures: true,
        },
    );
    found.into_iter().collect()
}

/// The variables in the comprehensions of an expression.
pub(super) fn vars_in_closures(expr: &Expr) -> VarSet {
    let mut found = VarSet::new();
    for_closures(expr, &mut |terms, body| {
        for term in terms {
            found.extend(all_vars(term));
        }
        let mut inner = Vec::new();
        walk_body(
            body,
            &mut Vars {
                found: &mut inner,
                closures: true,
            },
        );
        found.extend(inner);
    });
    found
}

/// Calls `show` with the head terms and the body of each outermost comprehension in an expression.
pub(super) fn for_closures(expr: &Expr, show: &mut impl FnMut(&[&Term], &Body)) {
    match &expr.kind {
        ExprKind::Term(term) => closures_of(term, show),
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
            for term in terms {
                closures_of(term, show);
            }
        }
        ExprKind::Every(every) => {
            closures_of(&every.domain, show);
            show(&[], &every.body);
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands() {
                show(&[], &operand.body);
            }
        }
    }
    for with in &expr.with {
        closures_of(&with.value, show);
    }
}

pub(super) fn closures_of(term: &Term, show: &mut impl FnMut(&[&Term], &Body)) {
    match &term.kind {
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            show(&[head], body);
        }
        TermKind::ObjectComprehension(key, value, body) => show(&[key, value], body),
        TermKind::Ref(items)
        | TermKind::Array(items)
        | TermKind::Set(items)
        | TermKind::Call(items) => {
            for item in items {
                closures_of(item, show);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                closures_of(key, show);
                closures_of(value, show);
            }
        }
        TermKind::Value(_) | TermKind::Var(_) | TermKind::Template(_) => {}
    }
}

/// The variables of a term that need a value, without those in comprehensions.
pub(in crate::compile) fn needed_by(term: &Term) -> VarSet {
    let mut found = VarSet::new();
    vars_of(term, &mut found);
    found
}

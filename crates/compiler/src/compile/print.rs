//! Rewrites `print`, which also shows undefined values: each operand becomes the set of its values.

use super::names::{Names, equation};
use super::safety::{Inner, Known, learn, needed_by};
use super::tree::Tree;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{Body, Expr, ExprKind, Term, TermKind};
use crate::syntax::visit::bodies_of_expr;

/// Rewrites the calls of `print` in a body and in the comprehensions in it.
pub(super) fn rewrite(
    body: &mut Body,
    known: &dyn Known,
    tree: &Tree,
    names: &mut Names,
    problems: &mut Vec<Problem>,
) {
    let mut safe = Inner::new(known);
    for i in 0..body.len() {
        if let Some(before) = i.checked_sub(1).and_then(|i| body.get(i)) {
            learn(before, &mut safe, tree);
        }
        let Some(expr) = body.get_mut(i) else { return };
        in_closures(expr, &safe, tree, names, problems);
        let ExprKind::Call(call) = &mut expr.kind else {
            continue;
        };
        let Some((operator, operands)) = call.split_first() else {
            continue;
        };
        if operator.operator().as_deref() != Some("print") {
            continue;
        }
        for operand in operands {
            let mut needed: Vec<_> = needed_by(operand)
                .into_iter()
                .filter(|name| !safe.has(name))
                .collect();
            sort::by(&mut needed, Ord::cmp);
            for name in needed {
                if let Some(shown) = names
                    .shown(&name)
                    .filter(|_| !matches!(&*name, "data" | "input"))
                {
                    problems.push(Problem::new(
                        Code::Compile,
                        operand.at,
                        format!("var {shown} is undeclared"),
                    ));
                }
            }
        }
        let at = expr.at;
        let sets = operands
            .iter()
            .map(|operand| {
                let var = Term::new(operand.at, TermKind::Var(names.fresh()));
                let capture = Expr {
                    generated: false,
                    ..equation(operand.at, var.clone(), operand.clone())
                };
                Term::new(
                    operand.at,
                    TermKind::SetComprehension(Box::new(var), vec![capture]),
                )
            })
            .collect();
        let operator = Term::new(
            at,
            TermKind::Ref(vec![Term::var(at, "internal"), Term::text(at, "print")]),
        );
        expr.kind = ExprKind::Call(vec![operator, Term::new(at, TermKind::Array(sets))]);
    }
}

fn in_closures(
    expr: &mut Expr,
    safe: &dyn Known,
    tree: &Tree,
    names: &mut Names,
    problems: &mut Vec<Problem>,
) {
    bodies_of_expr(expr, &mut |body| rewrite(body, safe, tree, names, problems));
    if let ExprKind::Every(every) = &mut expr.kind {
        let vars = every.key.iter().chain([&every.value]);
        let mut safe = Inner::new(safe);
        safe.own.extend(vars.filter_map(Term::as_var).cloned());
        rewrite(&mut every.body, &safe, tree, names, problems);
    }
}

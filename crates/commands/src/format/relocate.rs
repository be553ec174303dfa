//! Gives a single location to everything in a term, as OPA's parser does in the bodies after `else`, and in heads
//! that are shared by several bodies.

use super::tree::{Expr, ExprKind, Loc, Part, Term, TermKind};

/// Gives a location to a term and everything in it.
pub(super) fn relocate(term: &mut Term, loc: Loc) {
    term.loc = loc;
    term.loose.is_default = false;
    match &mut term.kind {
        TermKind::Null
        | TermKind::Bool(_)
        | TermKind::Number(_)
        | TermKind::String(_)
        | TermKind::Var(_) => {}
        TermKind::Ref(terms)
        | TermKind::Array(terms)
        | TermKind::Set(terms)
        | TermKind::Call(terms) => {
            for term in terms {
                relocate(term, loc);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                relocate(key, loc);
                relocate(value, loc);
            }
        }
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            relocate(head, loc);
            for expr in body {
                relocate_expr(expr, loc);
            }
        }
        TermKind::ObjectComprehension(key, value, body) => {
            relocate(key, loc);
            relocate(value, loc);
            for expr in body {
                relocate_expr(expr, loc);
            }
        }
        TermKind::Template(template) => {
            for part in &mut template.parts {
                match part {
                    Part::Value(term) => relocate(term, loc),
                    Part::Expr(expr) => relocate_expr(expr, loc),
                }
            }
        }
    }
}

/// Gives a location to an expression and everything in it.
pub(super) fn relocate_expr(expr: &mut Expr, loc: Loc) {
    expr.loc = loc;
    expr.loose.is_default = false;
    match &mut expr.kind {
        ExprKind::Term(term) => relocate(term, loc),
        ExprKind::Call(terms) => {
            for term in terms {
                relocate(term, loc);
            }
        }
        ExprKind::Some(at, terms) => {
            *at = loc;
            for term in terms {
                relocate(term, loc);
            }
        }
        ExprKind::Every(every) => {
            every.loc = loc;
            let vars = every.key.iter_mut();
            vars.chain([&mut every.value, &mut every.domain])
                .for_each(|term| relocate(term, loc));
            every
                .body
                .iter_mut()
                .for_each(|expr| relocate_expr(expr, loc));
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands_mut() {
                for expr in &mut operand.body {
                    relocate_expr(expr, loc);
                }
            }
        }
    }
    for with in &mut expr.with {
        with.loc = loc;
        relocate(&mut with.target, loc);
        relocate(&mut with.value, loc);
    }
}

//! One location for everything, as OPA's parser gives it to the bodies behind `else`, and to heads of
//! which only the body is written anew.

use super::tree::{Expr, Kind, Loc, Part, Says, Term};

/// Gives one location to a term and everything in it.
pub(super) fn relocate(term: &mut Term, loc: Loc) {
    term.loc = loc;
    term.loose.is_default = false;
    match &mut term.kind {
        Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Var(_) => {}
        Kind::Ref(terms) | Kind::Array(terms) | Kind::Set(terms) | Kind::Call(terms) => {
            for term in terms {
                relocate(term, loc);
            }
        }
        Kind::Object(fields) => {
            for (key, value) in fields {
                relocate(key, loc);
                relocate(value, loc);
            }
        }
        Kind::ArrayOf(head, body) | Kind::SetOf(head, body) => {
            relocate(head, loc);
            for expr in body {
                relocate_expr(expr, loc);
            }
        }
        Kind::ObjectOf(key, value, body) => {
            relocate(key, loc);
            relocate(value, loc);
            for expr in body {
                relocate_expr(expr, loc);
            }
        }
        Kind::Template(template) => {
            for part in &mut template.parts {
                match part {
                    Part::Value(term) => relocate(term, loc),
                    Part::Expr(expr) => relocate_expr(expr, loc),
                }
            }
        }
    }
}

/// The same for an expression.
pub(super) fn relocate_expr(expr: &mut Expr, loc: Loc) {
    expr.loc = loc;
    expr.loose.is_default = false;
    match &mut expr.says {
        Says::Term(term) => relocate(term, loc),
        Says::Call(terms) => {
            for term in terms {
                relocate(term, loc);
            }
        }
        Says::Some(at, terms) => {
            *at = loc;
            for term in terms {
                relocate(term, loc);
            }
        }
        Says::Every(every) => {
            every.loc = loc;
            let vars = every.key.iter_mut();
            vars.chain([&mut every.value, &mut every.domain])
                .for_each(|term| relocate(term, loc));
            every
                .body
                .iter_mut()
                .for_each(|expr| relocate_expr(expr, loc));
        }
        Says::Not(_) | Says::And(_) | Says::Or(_) => {
            for operand in expr.says.operands_mut() {
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

//! `print` shows what is undefined too: each of its operands becomes the set of its values.

use super::names::{Names, equation};
use super::safety::{VarSet, given_by, needed_by};
use super::tree::Tree;
use crate::rego::problem::{Code, Problem};
use crate::rego::syntax::ast::{Body, Expr, Kind, Says, Term};

/// Rewrites the calls of `print` in a body and the closures in it.
pub fn rewrite(
    body: &mut Body,
    known: &VarSet,
    tree: &Tree,
    names: &mut Names,
    problems: &mut Vec<Problem>,
) {
    for i in 0..body.len() {
        let (before, rest) = body.split_at_mut(i);
        let Some(expr) = rest.first_mut() else { return };
        let mut safe = given_by(before, known, tree);
        safe.extend(known.iter().cloned());
        in_closures(expr, &safe, tree, names, problems);
        let Says::Call(call) = &mut expr.says else {
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
                .filter(|name| !safe.contains(name))
                .collect();
            needed.sort();
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
                let var = Term::new(operand.at, Kind::Var(names.fresh()));
                let capture = Expr {
                    generated: false,
                    ..equation(operand.at, var.clone(), operand.clone())
                };
                Term::new(operand.at, Kind::SetOf(Box::new(var), vec![capture]))
            })
            .collect();
        let operator = Term::new(
            at,
            Kind::Ref(vec![Term::var(at, "internal"), Term::text(at, "print")]),
        );
        expr.says = Says::Call(vec![operator, Term::new(at, Kind::Array(sets))]);
    }
}

fn in_closures(
    expr: &mut Expr,
    safe: &VarSet,
    tree: &Tree,
    names: &mut Names,
    problems: &mut Vec<Problem>,
) {
    match &mut expr.says {
        Says::Term(term) => in_term(term, safe, tree, names, problems),
        Says::Call(terms) | Says::Some(terms) => {
            for term in terms {
                in_term(term, safe, tree, names, problems);
            }
        }
        Says::Every(every) => {
            in_term(&mut every.domain, safe, tree, names, problems);
            let mut safe = safe.clone();
            safe.extend(
                every
                    .key
                    .iter()
                    .chain([&every.value])
                    .filter_map(Term::as_var)
                    .cloned(),
            );
            rewrite(&mut every.body, &safe, tree, names, problems);
        }
    }
}

/// The same in a term.
pub fn in_term(
    term: &mut Term,
    safe: &VarSet,
    tree: &Tree,
    names: &mut Names,
    problems: &mut Vec<Problem>,
) {
    match &mut term.kind {
        Kind::Value(_) | Kind::Var(_) => {}
        Kind::Ref(items) | Kind::Array(items) | Kind::Set(items) | Kind::Call(items) => {
            for item in items {
                in_term(item, safe, tree, names, problems);
            }
        }
        Kind::Object(fields) => {
            for (key, value) in fields {
                in_term(key, safe, tree, names, problems);
                in_term(value, safe, tree, names, problems);
            }
        }
        Kind::ArrayOf(_, body) | Kind::SetOf(_, body) | Kind::ObjectOf(_, _, body) => {
            rewrite(body, safe, tree, names, problems);
        }
    }
}

//! `deprecated-builtin` and `newer-builtin`: calls of functions that some versions of OPA don't have.

use std::collections::HashSet;

use builtins::since;
use compiler::syntax::ast::{Expr, ExprKind, Location, Module, Name, Term, TermKind};
use compiler::syntax::visit::{Visitor, walk_rule};

use super::{Finding, Opa};

/// Functions that Rego v1 refuses, with what to write instead.
const DEPRECATED: &[(&str, &str)] = &[
    ("all", "`every x in xs { x == true }`"),
    ("any", "`true in xs`"),
    ("cast_array", "`[x | some x in xs]`, or `is_array`"),
    ("cast_boolean", "`is_boolean`"),
    ("cast_null", "`is_null`"),
    ("cast_object", "`is_object`"),
    ("cast_set", "`{x | some x in xs}`, or `is_set`"),
    ("cast_string", "`is_string`"),
    ("net.cidr_overlap", "`net.cidr_contains`"),
    ("re_match", "`regex.match`, with the same arguments"),
    ("set_diff", "`a - b`"),
];

/// Finds calls of deprecated functions.
pub(super) fn deprecated(module: &Module) -> Vec<Finding> {
    calls(module)
        .into_iter()
        .filter_map(|(name, at)| {
            let (_, better) = DEPRECATED.iter().find(|(known, _)| *known == name)?;
            Some(Finding::new(
                "deprecated-builtin",
                at,
                format!("`{name}` is deprecated, and Rego v1 refuses it"),
                format!("write {better}"),
            ))
        })
        .collect()
}

/// Finds calls of functions that are newer than a version of OPA.
pub(super) fn newer(module: &Module, oldest: Opa) -> Vec<Finding> {
    calls(module)
        .into_iter()
        .filter_map(|(name, at)| {
            let first: Opa = since(&name)?.parse().ok()?;
            (first > oldest).then(|| {
                Finding::new(
                    "newer-builtin",
                    at,
                    format!("OPA before {first} doesn't know `{name}`, and refuses the policy"),
                    format!("do without it, or make sure that no OPA before {first} reads this"),
                )
            })
        })
        .collect()
}

/// The names of the functions that are called, with their locations, without the module's own functions.
fn calls(module: &Module) -> Vec<(String, Location)> {
    let mut calls = Calls {
        own: module.rules.iter().map(|rule| rule.head.name()).collect(),
        found: Vec::new(),
    };
    for rule in &module.rules {
        walk_rule(rule, &mut calls);
    }
    calls.found
}

struct Calls {
    own: HashSet<Name>,
    found: Vec<(String, Location)>,
}

impl Calls {
    fn call(&mut self, call: &[Term]) {
        if let Some(operator) = call.first()
            && let Some(name) = operator.operator()
            && !name.starts_with("internal.")
            && let Some(head) = name.split('.').next()
            && !self.own.contains(head)
        {
            self.found.push((name, operator.at));
        }
    }
}

impl Visitor for Calls {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Call(call) = &term.kind {
            self.call(call);
        }
        true
    }

    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::Call(call) = &expr.kind {
            self.call(call);
        }
    }
}

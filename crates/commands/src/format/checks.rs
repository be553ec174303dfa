//! The checks for Rego v1 that OPA makes before it formats a module.

use compiler::compile;
use compiler::problem::{Code, Problem};
use compiler::syntax::ast::{Expr, ExprKind, Location, Module, Rule, Term, TermKind};
use compiler::syntax::is_keyword_v1;
use compiler::syntax::visit::{Visitor, walk_body, walk_term};

/// Everything that Rego v1 refuses in a module, except for missing keywords, which the formatter adds.
pub(super) fn problems(module: &Module) -> Vec<Problem> {
    let mut problems = compile::refused_imports_and_names(module);
    let mut calls = DeprecatedCalls::default();
    for rule in &module.rules {
        calls.in_rule(rule);
    }
    problems.extend(calls.problems);
    for rule in &module.rules {
        let name = rule.head.name();
        if rule.head.reference.len() < 2 && is_keyword_v1(&name) {
            let message = format!("{name} keyword cannot be used for rule name");
            problems.push(Problem::new(Code::Parse, rule.at, message));
        }
    }
    sort::by_key(&mut problems, |problem| problem.at);
    problems.dedup();
    problems
}

#[derive(Default)]
struct DeprecatedCalls {
    problems: Vec<Problem>,
}

impl DeprecatedCalls {
    fn in_rule(&mut self, rule: &Rule) {
        let mut next = Some(rule);
        while let Some(rule) = next {
            let head = &rule.head;
            let terms = head.reference.iter().chain(head.args.iter().flatten());
            for term in terms.chain(&head.key).chain(&head.value) {
                walk_term(term, self);
            }
            walk_body(&rule.body, self);
            next = rule.else_branch.as_deref();
        }
    }

    fn check(&mut self, call: &[Term], at: impl FnOnce(&Term) -> Location) {
        if let Some(operator) = call.first()
            && let Some(name) = operator.operator()
            && builtins::is_deprecated(&name)
        {
            let message = format!("deprecated built-in function calls in expression: {name}");
            self.problems
                .push(Problem::new(Code::Type, at(operator), message));
        }
    }
}

impl Visitor for DeprecatedCalls {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Call(call) = &term.kind {
            self.check(call, |operator| operator.at);
        }
        true
    }

    fn visit_expr(&mut self, expr: &Expr) {
        if let ExprKind::Call(call) = &expr.kind {
            self.check(call, |_| expr.at);
        }
    }
}

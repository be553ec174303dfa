//! Flattens nested terms into expressions of their own, as OPA's compiler does: calls before the expressions are
//! ordered, references and comprehensions afterward. So an undefined argument fails the body wherever the call is,
//! even below `not`.

use super::names::{Names, is_operator};
use crate::syntax::ast::{Body, Expr, ExprKind, Rule, Term, TermKind, With};
use crate::syntax::visit::{VisitorMut, walk_term_mut};

/// Whether a term has parts other than values and variables.
pub(super) fn needs_evaluation(term: &Term) -> bool {
    match &term.kind {
        TermKind::Ref(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..) => true,
        TermKind::Value(_) | TermKind::Var(_) | TermKind::Template(_) => false,
        TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
            items.iter().any(needs_evaluation)
        }
        TermKind::Object(fields) => fields
            .iter()
            .any(|(key, value)| needs_evaluation(key) || needs_evaluation(value)),
    }
}

/// Flattens the terms of one compilation.
pub(super) struct Expander<'n> {
    /// Makes the names of new variables.
    pub names: &'n mut Names,
}

impl Expander<'_> {
    // Calls.

    /// Moves the calls in a rule into expressions of its body.
    pub(super) fn calls_in_rule(&mut self, rule: &mut Rule) {
        let mut after = Body::new();
        let head = &mut rule.head;
        for term in head
            .args
            .iter_mut()
            .flatten()
            .chain(&mut head.key)
            .chain(&mut head.value)
        {
            self.calls_in_term(term, &mut after);
        }
        rule.body.append(&mut after);
        self.calls_in_body(&mut rule.body);
    }

    /// Replaces everything but scalars in a head's reference by variables.
    pub(super) fn head_reference(&mut self, rule: &mut Rule) {
        for part in rule.head.reference.iter_mut().skip(1) {
            if !matches!(part.kind, TermKind::Value(_) | TermKind::Var(_)) {
                let (var, expr) = self.names.bind(part.clone());
                *part = var;
                rule.body.push(expr);
            }
        }
    }

    /// Replaces references and comprehensions in a head by variables.
    pub(super) fn references_in_head(&mut self, rule: &mut Rule) {
        let head = &mut rule.head;
        for term in head
            .key
            .iter_mut()
            .chain(&mut head.value)
            .chain(head.args.iter_mut().flatten())
        {
            if needs_evaluation(term) {
                let (var, expr) = self.names.bind(term.clone());
                *term = var;
                rule.body.push(expr);
            }
        }
    }

    /// Moves calls in expressions into expressions before them.
    pub(super) fn calls_in_body(&mut self, body: &mut Body) {
        for expr in std::mem::take(body) {
            self.calls_in_expr(expr, body);
        }
    }

    fn calls_in_expr(&mut self, mut expr: Expr, out: &mut Body) {
        for with in &mut expr.with {
            self.calls_in_term(&mut with.value, out);
        }
        let from = out.len();
        match &mut expr.kind {
            ExprKind::Term(term) => self.calls_in_term(term, out),
            ExprKind::Call(call) => {
                for operand in call.iter_mut().skip(1) {
                    self.calls_in_term(operand, out);
                }
            }
            ExprKind::Every(every) => {
                let (var, mut domain) = self.names.bind(every.domain.clone());
                every.domain = var;
                domain.with.clone_from(&expr.with);
                self.calls_in_expr(domain, out);
                self.calls_in_body(&mut every.body);
            }
            ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
                for operand in expr.kind.operands_mut() {
                    self.calls_in_body(&mut operand.body);
                }
            }
            ExprKind::Some(_) => {}
        }
        if !expr.with.is_empty() {
            for made in out.iter_mut().skip(from) {
                made.with.clone_from(&expr.with);
            }
        }
        out.push(expr);
    }

    fn calls_in_term(&mut self, term: &mut Term, out: &mut Body) {
        match &mut term.kind {
            TermKind::Value(_) | TermKind::Var(_) | TermKind::Template(_) => {}
            TermKind::Call(call) => {
                for operand in call.iter_mut().skip(1) {
                    self.calls_in_term(operand, out);
                }
                let result = Term::new(term.at, TermKind::Var(self.names.fresh()));
                let mut call = std::mem::take(call);
                call.push(result.clone());
                out.push(Expr {
                    at: term.at,
                    negated: false,
                    kind: ExprKind::Call(call),
                    with: Vec::new(),
                    generated: true,
                    assigns: false,
                });
                *term = result;
            }
            TermKind::Ref(parts) => {
                for part in parts.iter_mut() {
                    self.calls_in_term(part, out);
                }
                // A value can only be looked up in if it has a name.
                if let Some(head) = parts.first_mut()
                    && head.as_var().is_none()
                {
                    let (var, expr) = self.names.bind(head.clone());
                    *head = var;
                    out.push(expr);
                }
            }
            TermKind::Array(items) | TermKind::Set(items) => {
                for item in items {
                    self.calls_in_term(item, out);
                }
            }
            TermKind::Object(fields) => {
                for (key, value) in fields {
                    self.calls_in_term(key, out);
                    self.calls_in_term(value, out);
                }
            }
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                let mut after = Body::new();
                self.calls_in_term(head, &mut after);
                body.append(&mut after);
                self.calls_in_body(body);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                let mut after = Body::new();
                self.calls_in_term(key, &mut after);
                self.calls_in_term(value, &mut after);
                body.append(&mut after);
                self.calls_in_body(body);
            }
        }
    }

    // Comprehensions.

    /// Replaces the heads of comprehensions that need evaluation by variables of their bodies.
    pub(super) fn heads_in_body(&mut self, body: &mut Body) {
        ComprehensionHeads(self.names).visit_body(body);
    }

    /// Does the same in a term.
    pub(super) fn heads_in_term(&mut self, term: &mut Term) {
        ComprehensionHeads(self.names).visit_term(term);
    }

    // References and comprehensions in expressions.

    /// Moves references and comprehensions in expressions into expressions before them.
    pub(super) fn references_in_body(&mut self, body: &mut Body) {
        for mut expr in std::mem::take(body) {
            let with = expr.with.clone();
            let from = body.len();
            match &mut expr.kind {
                ExprKind::Call(call)
                    if call.first().is_some_and(|name| is_operator(name, "eq"))
                        && call.len() == 3 =>
                {
                    for term in call.iter_mut().skip(1) {
                        self.references_in(term, body);
                    }
                }
                ExprKind::Call(call) => {
                    for term in call.iter_mut().skip(1) {
                        self.reference(term, body);
                    }
                }
                ExprKind::Term(term) => self.references_in(term, body),
                ExprKind::Every(every) => {
                    self.reference(&mut every.domain, body);
                    self.references_in_body(&mut every.body);
                }
                ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
                    for operand in expr.kind.operands_mut() {
                        self.references_in_body(&mut operand.body);
                    }
                }
                ExprKind::Some(_) => {}
            }
            for made in body.iter_mut().skip(from) {
                made.with.clone_from(&with);
            }
            body.push(expr);
        }
    }

    /// Moves what is inside a term. The term itself may stay.
    fn references_in(&mut self, term: &mut Term, out: &mut Body) {
        match &mut term.kind {
            TermKind::Ref(parts) => {
                for part in parts.iter_mut().skip(1) {
                    self.reference(part, out);
                }
            }
            TermKind::ArrayComprehension(_, body)
            | TermKind::SetComprehension(_, body)
            | TermKind::ObjectComprehension(_, _, body) => {
                self.references_in_body(body);
            }
            _ => self.reference(term, out),
        }
    }

    fn reference(&mut self, term: &mut Term, out: &mut Body) {
        match &mut term.kind {
            TermKind::Value(_) | TermKind::Var(_) | TermKind::Template(_) => {}
            TermKind::Ref(_)
            | TermKind::ArrayComprehension(..)
            | TermKind::SetComprehension(..)
            | TermKind::ObjectComprehension(..) => {
                self.references_in(term, out);
                let (var, expr) = self.names.bind(term.clone());
                *term = var;
                out.push(expr);
            }
            TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
                for item in items {
                    self.reference(item, out);
                }
            }
            TermKind::Object(fields) => {
                for (key, value) in fields {
                    self.reference(key, out);
                    self.reference(value, out);
                }
            }
        }
    }
}

/// Moves the heads of comprehensions that need evaluation into their bodies, inner ones first.
struct ComprehensionHeads<'n>(&'n mut Names);

impl ComprehensionHeads<'_> {
    fn head(&mut self, head: &mut Term, body: &mut Body) {
        if needs_evaluation(head) {
            let (var, expr) = self.0.bind(head.clone());
            *head = var;
            body.push(expr);
        }
    }
}

impl VisitorMut for ComprehensionHeads<'_> {
    fn visit_with(&mut self, with: &mut With) {
        self.visit_term(&mut with.value);
    }

    fn visit_term(&mut self, term: &mut Term) {
        walk_term_mut(term, self);
        match &mut term.kind {
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                self.head(head, body);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                self.head(key, body);
                self.head(value, body);
            }
            _ => {}
        }
    }
}

//! Visitors of syntax trees.

use super::ast::{Body, Every, Expr, ExprKind, Name, Part, Rule, Template, Term, TermKind, With};

/// Looks at the terms of a tree.
pub trait Visitor {
    /// Looks at a term. Returns whether to visit the terms in it.
    fn visit_term(&mut self, term: &Term) -> bool;

    /// Looks at a body in a comprehension, in `every`, or of an operand of `not`, `and` or `or`. Returns whether to
    /// visit it.
    fn visit_body(&mut self, _body: &Body) -> bool {
        true
    }

    /// Looks at a template string. Returns whether to visit its parts.
    fn visit_template(&mut self, _template: &Template) -> bool {
        true
    }

    /// Looks at an expression before it is visited.
    fn visit_expr(&mut self, _expr: &Expr) {}

    /// Looks at an expression that is a call. Returns whether to visit its operator and operands.
    fn visit_call(&mut self, _call: &[Term]) -> bool {
        true
    }
}

/// Visits a term and the terms in it.
pub fn walk_term(term: &Term, visitor: &mut impl Visitor) {
    if !visitor.visit_term(term) {
        return;
    }
    match &term.kind {
        TermKind::Value(_) | TermKind::Var(_) => {}
        TermKind::Ref(items)
        | TermKind::Array(items)
        | TermKind::Set(items)
        | TermKind::Call(items) => {
            for item in items {
                walk_term(item, visitor);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                walk_term(key, visitor);
                walk_term(value, visitor);
            }
        }
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            if visitor.visit_body(body) {
                walk_term(head, visitor);
                walk_body(body, visitor);
            }
        }
        TermKind::ObjectComprehension(key, value, body) => {
            if visitor.visit_body(body) {
                walk_term(key, visitor);
                walk_term(value, visitor);
                walk_body(body, visitor);
            }
        }
        TermKind::Template(template) => {
            if visitor.visit_template(template) {
                for part in &template.parts {
                    match part {
                        Part::Value(term) => walk_term(term, visitor),
                        Part::Expr(expr) => walk_expr(expr, visitor),
                    }
                }
            }
        }
    }
}

/// Visits every term of a body.
pub fn walk_body(body: &Body, visitor: &mut impl Visitor) {
    for expr in body {
        walk_expr(expr, visitor);
    }
}

/// Visits every term of an expression.
pub fn walk_expr(expr: &Expr, visitor: &mut impl Visitor) {
    visitor.visit_expr(expr);
    match &expr.kind {
        ExprKind::Term(term) => walk_term(term, visitor),
        ExprKind::Call(terms) => {
            if visitor.visit_call(terms) {
                for term in terms {
                    walk_term(term, visitor);
                }
            }
        }
        ExprKind::Some(terms) => {
            for term in terms {
                walk_term(term, visitor);
            }
        }
        ExprKind::Every(every) => {
            let Every {
                key,
                value,
                domain,
                body,
            } = every.as_ref();
            if let Some(key) = key {
                walk_term(key, visitor);
            }
            walk_term(value, visitor);
            walk_term(domain, visitor);
            if visitor.visit_body(body) {
                walk_body(body, visitor);
            }
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands() {
                if visitor.visit_body(&operand.body) {
                    walk_body(&operand.body, visitor);
                }
            }
        }
    }
    for With { target, value, .. } in &expr.with {
        walk_term(target, visitor);
        walk_term(value, visitor);
    }
}

/// Visits every term of a rule and of its `else` branches.
pub fn walk_rule(rule: &Rule, visitor: &mut impl Visitor) {
    for term in &rule.head.reference {
        walk_term(term, visitor);
    }
    let head = &rule.head;
    for term in head
        .args
        .iter()
        .flatten()
        .chain(&head.key)
        .chain(&head.value)
    {
        walk_term(term, visitor);
    }
    walk_body(&rule.body, visitor);
    if let Some(else_branch) = &rule.else_branch {
        walk_rule(else_branch, visitor);
    }
}

/// Changes a tree. By default, each method visits what is inside; an override calls [`walk_term_mut`] or
/// [`walk_expr_mut`] to do so. It recurses as deep as the tree, which the parser limits.
pub trait VisitorMut: Sized {
    /// Visits a term.
    fn visit_term(&mut self, term: &mut Term) {
        walk_term_mut(term, self);
    }

    /// Visits an expression.
    fn visit_expr(&mut self, expr: &mut Expr) {
        walk_expr_mut(expr, self);
    }

    /// Visits the body of a comprehension, of `every`, `not`, `and` or `or`.
    fn visit_body(&mut self, body: &mut Body) {
        walk_body_mut(body, self);
    }

    /// Visits the target and the value of a `with`.
    fn visit_with(&mut self, with: &mut With) {
        self.visit_term(&mut with.target);
        self.visit_term(&mut with.value);
    }
}

/// Visits the terms in a term, in source order.
pub fn walk_term_mut(term: &mut Term, visitor: &mut impl VisitorMut) {
    match &mut term.kind {
        TermKind::Value(_) | TermKind::Var(_) => {}
        TermKind::Ref(items)
        | TermKind::Array(items)
        | TermKind::Set(items)
        | TermKind::Call(items) => walk_terms_mut(items, visitor),
        TermKind::Object(fields) => {
            for (key, value) in fields {
                visitor.visit_term(key);
                visitor.visit_term(value);
            }
        }
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            visitor.visit_term(head);
            visitor.visit_body(body);
        }
        TermKind::ObjectComprehension(key, value, body) => {
            visitor.visit_term(key);
            visitor.visit_term(value);
            visitor.visit_body(body);
        }
        TermKind::Template(template) => {
            for part in &mut template.parts {
                if let Part::Expr(expr) = part {
                    visitor.visit_expr(expr);
                }
            }
        }
    }
}

/// Visits terms.
pub fn walk_terms_mut<'t>(
    terms: impl IntoIterator<Item = &'t mut Term>,
    visitor: &mut impl VisitorMut,
) {
    for term in terms {
        visitor.visit_term(term);
    }
}

/// Visits the expressions of a body.
pub fn walk_body_mut(body: &mut Body, visitor: &mut impl VisitorMut) {
    for expr in body {
        visitor.visit_expr(expr);
    }
}

/// Visits the terms in an expression and in its `with` modifiers.
pub fn walk_expr_mut(expr: &mut Expr, visitor: &mut impl VisitorMut) {
    match &mut expr.kind {
        ExprKind::Term(term) => visitor.visit_term(term),
        ExprKind::Call(terms) | ExprKind::Some(terms) => walk_terms_mut(terms, visitor),
        ExprKind::Every(every) => {
            walk_terms_mut(&mut every.key, visitor);
            visitor.visit_term(&mut every.value);
            visitor.visit_term(&mut every.domain);
            visitor.visit_body(&mut every.body);
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands_mut() {
                visitor.visit_body(&mut operand.body);
            }
        }
    }
    walk_withs_mut(&mut expr.with, visitor);
}

/// Visits `with` modifiers.
pub fn walk_withs_mut(withs: &mut [With], visitor: &mut impl VisitorMut) {
    for with in withs {
        visitor.visit_with(with);
    }
}

/// Calls a function with the body of each outermost comprehension in a term.
pub fn bodies_of_term(term: &mut Term, call: &mut impl FnMut(&mut Body)) {
    Bodies(call).visit_term(term);
}

/// Calls a function with the body of each outermost comprehension in an expression and its `with` modifiers, and with
/// the operands of `not`, `and` and `or`. The body of `every` isn't among them, but the comprehensions in it are.
pub fn bodies_of_expr(expr: &mut Expr, call: &mut impl FnMut(&mut Body)) {
    Bodies(call).visit_expr(expr);
}

struct Bodies<'f, F>(&'f mut F);

impl<F: FnMut(&mut Body)> VisitorMut for Bodies<'_, F> {
    fn visit_term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::ArrayComprehension(_, body)
            | TermKind::SetComprehension(_, body)
            | TermKind::ObjectComprehension(_, _, body) => self.visit_body(body),
            _ => walk_term_mut(term, self),
        }
    }

    fn visit_expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            ExprKind::Every(every) => {
                self.visit_term(&mut every.domain);
                walk_withs_mut(&mut expr.with, self);
            }
            _ => walk_expr_mut(expr, self),
        }
    }

    fn visit_body(&mut self, body: &mut Body) {
        (self.0)(body);
    }

    fn visit_with(&mut self, with: &mut With) {
        self.visit_term(&mut with.value);
    }
}

/// Whether a term has no variables other than `data` and `input` at the start of references.
#[must_use]
pub fn is_ground(term: &Term) -> bool {
    match &term.kind {
        TermKind::Value(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..) => true,
        TermKind::Var(_) | TermKind::Template(_) => false,
        TermKind::Ref(parts) => parts.iter().skip(1).all(is_ground),
        TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
            items.iter().all(is_ground)
        }
        TermKind::Object(fields) => fields
            .iter()
            .all(|(key, value)| is_ground(key) && is_ground(value)),
    }
}

/// Collects the variables of terms.
pub struct Vars<'v> {
    /// The variables found, in order, with repetitions.
    pub found: &'v mut Vec<Name>,
    /// Whether to include the variables in comprehensions.
    pub closures: bool,
}

impl Visitor for Vars<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Var(name) = &term.kind {
            self.found.push(name.clone());
        }
        true
    }

    fn visit_body(&mut self, _body: &Body) -> bool {
        self.closures
    }

    fn visit_template(&mut self, _template: &Template) -> bool {
        self.closures
    }
}

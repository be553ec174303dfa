//! Going through syntax trees.

use super::ast::{Body, Every, Expr, ExprKind, Name, Part, Rule, Template, Term, TermKind, With};

/// What looks at every term of a tree.
pub trait Visitor {
    /// Looks at a term; what is in it is visited only if this says so.
    fn visit_term(&mut self, term: &Term) -> bool;

    /// Looks at a body in a comprehension, in `every`, or one that `not`, `and` or `or` joins; it is
    /// visited only if this says so.
    fn visit_body(&mut self, _body: &Body) -> bool {
        true
    }

    /// Looks at a template string; its parts are visited only if this says so.
    fn visit_template(&mut self, _template: &Template) -> bool {
        true
    }

    /// Looks at an expression before it is visited.
    fn visit_expr(&mut self, _expr: &Expr) {}
}

/// Visits a term and what is in it.
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
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
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

/// Visits every term of a rule, and of what is tried after it.
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

/// Shows the bodies of the outermost comprehensions in a term, to be changed.
pub fn bodies_of_term(term: &mut Term, show: &mut impl FnMut(&mut Body)) {
    match &mut term.kind {
        TermKind::Value(_) | TermKind::Var(_) => {}
        TermKind::Ref(items)
        | TermKind::Array(items)
        | TermKind::Set(items)
        | TermKind::Call(items) => {
            for item in items {
                bodies_of_term(item, show);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                bodies_of_term(key, show);
                bodies_of_term(value, show);
            }
        }
        TermKind::ArrayComprehension(_, body)
        | TermKind::SetComprehension(_, body)
        | TermKind::ObjectComprehension(_, _, body) => show(body),
        TermKind::Template(template) => {
            for part in &mut template.parts {
                if let Part::Expr(expr) = part {
                    bodies_of_expr(expr, show);
                }
            }
        }
    }
}

/// The same for an expression and what is replaced in it, with the bodies that `not`, `and` and `or`
/// join; the body of an `every` is no comprehension's.
pub fn bodies_of_expr(expr: &mut Expr, show: &mut impl FnMut(&mut Body)) {
    match &mut expr.kind {
        ExprKind::Term(term) => bodies_of_term(term, show),
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
            for term in terms {
                bodies_of_term(term, show);
            }
        }
        ExprKind::Every(every) => bodies_of_term(&mut every.domain, show),
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands_mut() {
                show(&mut operand.body);
            }
        }
    }
    for with in &mut expr.with {
        bodies_of_term(&mut with.value, show);
    }
}

/// Whether there is no variable in a term but `data` and `input` at the head of references.
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

/// The variables of terms, with those in comprehensions only if asked for.
pub struct Vars<'v> {
    /// What is found, in order, with repetitions.
    pub found: &'v mut Vec<Name>,
    /// Whether comprehensions are looked into.
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

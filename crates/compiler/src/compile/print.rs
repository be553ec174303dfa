//! Rewrites `print`, which also shows undefined values: each operand becomes the set of its values.

use super::names::{Names, equation, is_generated};
use super::safety::{Inner, Known, VarSet, learn, needed_by};
use super::tree::Tree;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{Body, Expr, ExprKind, Name, Term, TermKind, With};
use crate::syntax::visit::{
    Vars, VisitorMut, walk_expr, walk_expr_mut, walk_term_mut, walk_withs_mut,
};
use values::Version;

/// Rewrites the calls of `print` in the bodies of one rule or query.
pub(super) struct Prints<'p> {
    /// The variables that have a value everywhere: the arguments of a function.
    pub arguments: &'p VarSet,
    pub tree: &'p Tree,
    pub names: &'p mut Names,
    pub problems: &'p mut Vec<Problem>,
}

impl Prints<'_> {
    /// Rewrites the calls in the comprehensions of a term. As in OPA, those in a head and in what `every` goes through
    /// print no variables of the body around them.
    pub(super) fn term(&mut self, term: &mut Term) {
        let known = self.arguments;
        Closures {
            prints: self,
            known,
        }
        .visit_term(term);
    }

    /// Rewrites the calls in a body and in the comprehensions in it.
    pub(super) fn body(&mut self, body: &mut Body, known: &dyn Known) {
        let mut safe = Inner::new(known);
        let mut declared = VarSet::new();
        for i in 0..body.len() {
            if let Some(before) = i.checked_sub(1).and_then(|i| body.get(i)) {
                learn(before, &mut safe, self.tree);
                if self.tree.version() == Version::V1 {
                    declared.extend(declared_in(before));
                }
            }
            let Some(expr) = body.get_mut(i) else { return };
            self.closures(expr, &safe);
            self.call(expr, &|name| safe.has(name) || declared.contains(name));
        }
    }

    fn closures(&mut self, expr: &mut Expr, known: &dyn Known) {
        let mut inner = Inner::new(known);
        if let ExprKind::Every(every) = &mut expr.kind {
            self.term(&mut every.domain);
            let vars = every.key.iter().chain([&every.value]);
            inner.own.extend(vars.filter_map(Term::as_var).cloned());
            self.body(&mut every.body, &inner);
        }
        let mut closures = Closures {
            prints: self,
            known: &inner,
        };
        match &mut expr.kind {
            ExprKind::Every(_) => walk_withs_mut(&mut expr.with, &mut closures),
            _ => walk_expr_mut(expr, &mut closures),
        }
    }

    fn call(&mut self, expr: &mut Expr, is_known: &dyn Fn(&Name) -> bool) {
        let ExprKind::Call(call) = &mut expr.kind else {
            return;
        };
        let Some((operator, operands)) = call.split_first() else {
            return;
        };
        if operator.operator().as_deref() != Some("print") {
            return;
        }
        for operand in operands {
            self.check(operand, is_known);
        }
        let sets = operands.iter().map(|operand| self.captured(operand));
        let sets = Term::new(expr.at, TermKind::Array(sets.collect()));
        let operator = TermKind::Ref(vec![
            Term::var(expr.at, "internal"),
            Term::text(expr.at, "print"),
        ]);
        expr.kind = ExprKind::Call(vec![Term::new(expr.at, operator), sets]);
    }

    fn check(&mut self, operand: &Term, is_known: &dyn Fn(&Name) -> bool) {
        let mut needed: Vec<_> = needed_by(operand)
            .into_iter()
            .filter(|name| !is_known(name))
            .collect();
        sort::by(&mut needed, Ord::cmp);
        for name in needed {
            if let Some(shown) = self
                .names
                .shown(&name)
                .filter(|_| !matches!(&*name, "data" | "input"))
            {
                self.problems.push(Problem::new(
                    Code::Compile,
                    operand.at,
                    format!("var {shown} is undeclared"),
                ));
            }
        }
    }

    /// The set of an operand's values.
    fn captured(&mut self, operand: &Term) -> Term {
        let var = Term::new(operand.at, TermKind::Var(self.names.fresh()));
        let capture = Expr {
            generated: false,
            ..equation(operand.at, var.clone(), operand.clone())
        };
        Term::new(
            operand.at,
            TermKind::SetComprehension(Box::new(var), vec![capture]),
        )
    }
}

/// Rewrites the calls in the bodies of an expression or a term.
struct Closures<'c, 'p> {
    prints: &'c mut Prints<'p>,
    known: &'c dyn Known,
}

impl VisitorMut for Closures<'_, '_> {
    fn visit_term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                self.prints.term(head);
                self.visit_body(body);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                self.prints.term(key);
                self.prints.term(value);
                self.visit_body(body);
            }
            _ => walk_term_mut(term, self),
        }
    }

    fn visit_body(&mut self, body: &mut Body) {
        self.prints.body(body, self.known);
    }

    fn visit_with(&mut self, with: &mut With) {
        self.visit_term(&mut with.value);
    }
}

/// The declared variables of an expression, those of the bodies in it too. OPA 1.22 prints them wherever they get their
/// values.
fn declared_in(expr: &Expr) -> impl Iterator<Item = Name> {
    let mut found = Vec::new();
    let mut vars = Vars {
        found: &mut found,
        closures: true,
    };
    walk_expr(expr, &mut vars);
    found.into_iter().filter(|name| is_generated(name))
}

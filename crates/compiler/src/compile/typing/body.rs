//! The types of what a body says.

use std::collections::HashMap;
use std::rc::Rc;

use super::Types;
use super::constant;
use super::tree::TypeTree;
use super::unify::unifies;
use crate::compile::names::{Names, is_operator};
use crate::compile::tree::Tree;
use crate::problem::Problem;
use crate::syntax::ast::{Body, DATA, Expr, ExprKind, INPUT, Name, Term, TermKind};
use crate::syntax::visit::is_ground;
use crate::types::Type;
use values::{Value, budget};

/// How deep comprehensions may be nested to be checked twice, for that doubles the work.
const DEEPEST: usize = 5;

/// Checks one body after another, each with the variables of those around it.
pub(crate) struct Checker<'t> {
    pub(super) types: &'t Types,
    pub(super) names: &'t Names,
    pub(super) tree: &'t Tree,
    /// The types of variables, of each body that we are in.
    pub(super) vars: Vec<HashMap<Name, Type>>,
    /// What `with` says of the documents, the innermost last.
    pub(super) replaced: Vec<Rc<TypeTree>>,
    /// The types of the comprehensions that have been checked, by where they are kept.
    pub(super) closures: HashMap<*const Term, Type>,
    /// What the compiler's own variables mean.
    pub(super) meant: HashMap<Name, Meant<'t>>,
    /// How many comprehensions may still be checked once more.
    inner_checks: usize,
    /// Of how many types those may be made that are still to be learnt.
    room: usize,
    /// What can't be.
    pub problems: Vec<Problem>,
}

/// How many comprehensions of a rule are checked twice at the most: one in another in another, they would be
/// checked again and again.
const MOST_INNER_CHECKS: usize = 1_000;

/// How many types one is made of at the most, how deep they nest, and of how many those are made that are
/// learnt of one rule, or of all: what is larger may be anything.
pub(super) const LARGEST: usize = 2_000;
const NESTED: usize = 250;
const LEARNT: usize = 200_000;
pub(super) const OF_ALL_RULES: usize = 2_000_000;

/// A type, if it isn't too large to be kept.
pub(super) fn kept(of: Type, room: &mut usize) -> Type {
    let before = LARGEST.min(*room);
    let mut left = before;
    let fits = of.fits(&mut left, NESTED);
    budget::step((before - left) as u64 / 4);
    if fits {
        *room -= before - left;
        return of;
    }
    Type::ANY
}

/// What a variable of the compiler's own means.
#[derive(Clone, Copy)]
pub(crate) enum Meant<'t> {
    /// A term.
    Term(&'t Term),
    /// A call's result: the operator, then the operands.
    Call(&'t [Term]),
}

impl<'t> Checker<'t> {
    pub(crate) fn new(types: &'t Types, tree: &'t Tree, names: &'t Names) -> Self {
        Self {
            types,
            names,
            tree,
            vars: vec![HashMap::new()],
            replaced: Vec::new(),
            closures: HashMap::new(),
            meant: HashMap::new(),
            inner_checks: MOST_INNER_CHECKS,
            room: LEARNT,
            problems: Vec::new(),
        }
    }

    pub(super) fn is_v1(&self) -> bool {
        self.types.is_v1
    }

    pub(super) fn unifies(&self, a: &Type, b: &Type) -> bool {
        unifies(a, b, self.is_v1())
    }

    /// Says the type of a variable.
    pub(crate) fn learn(&mut self, name: &Name, of: Type) {
        let of = kept(of, &mut self.room);
        if let Some(vars) = self.vars.last_mut() {
            vars.insert(name.clone(), of);
        }
    }

    /// Checks a body, and learns the types of its variables.
    pub(crate) fn body(&mut self, body: &'t Body) {
        for expr in body {
            self.remember_what_is_meant(expr);
            let before = self.replaced.len();
            if self.is_v1() {
                self.replace(expr);
            }
            self.expr(expr);
            self.replaced.truncate(before);
        }
    }

    fn remember_what_is_meant(&mut self, expr: &'t Expr) {
        let ExprKind::Call(call) = &expr.kind else {
            return;
        };
        if !expr.generated {
            return;
        }
        if let [operator, left, right] = call.as_slice()
            && is_operator(operator, "eq")
            && let Some(name) = left.as_var()
        {
            self.meant.insert(name.clone(), Meant::Term(right));
        } else if let [call @ .., result] = call.as_slice()
            && let Some(name) = result.as_var()
        {
            self.meant.insert(name.clone(), Meant::Call(call));
        }
    }

    fn expr(&mut self, expr: &'t Expr) {
        let before = self.problems.len();
        self.check_closures(expr);
        self.check_references(expr);
        // What follows from a problem isn't another one.
        let is_explained = self.problems.len() > before;
        let found = self.check_replaced(expr).or_else(|| self.check_call(expr));
        if let Some((found, is_partial)) = found
            && !(is_explained && is_partial)
        {
            self.problems.push(found);
        }
    }

    /// While what is replaced may be of another type, so may be what depends on it.
    fn replace(&mut self, expr: &Expr) {
        let mut targets = TypeTree::default();
        let mut is_any = false;
        for with in &expr.with {
            let TermKind::Ref(parts) = &with.target.kind else {
                continue;
            };
            let Some(root) = parts.first().and_then(Term::as_var) else {
                continue;
            };
            if !matches!(&**root, DATA | INPUT) {
                continue;
            }
            let before = self.of_reference(parts).into_owned();
            let is_function = matches!(before, Type::Function { .. });
            let path: Vec<Value> = parts.iter().skip(1).map_while(constant::constant).collect();
            let full = |path: &[Value]| {
                let root = Value::from(&**root);
                std::iter::once(root)
                    .chain(path.iter().cloned())
                    .collect::<Vec<_>>()
            };
            if &**root == DATA {
                let mut relaxed = TypeTree::default();
                let mut is_relaxed = false;
                for place in self.types.relaxed(&self.tree.meant_by(parts)) {
                    if !(is_function && place == path.as_slice()) {
                        relaxed.put(&full(place), Type::ANY);
                        is_relaxed = true;
                    }
                }
                if is_relaxed {
                    self.replaced.push(Rc::new(relaxed));
                }
            }
            if !is_function {
                let value = self.infer(&with.value);
                let of = if is_ground(&with.target) && !before.is_unknown() && !value.is_unknown() {
                    before.or(value)
                } else {
                    Type::ANY
                };
                let of = if of.is_unknown() { Type::ANY } else { of };
                targets.put(&full(&path), of);
                is_any = true;
            }
        }
        if is_any {
            self.replaced.push(Rc::new(targets));
        }
    }

    /// Checks the comprehensions of an expression, and keeps their types.
    fn check_closures(&mut self, expr: &'t Expr) {
        let mut closures = Vec::new();
        closures_of(expr, &mut closures);
        for closure in closures {
            let before = self.problems.len();
            let of = self.of_closure(closure);
            if self.problems.len() == before {
                self.check_inner_closures(closure);
            }
            self.closures.insert(std::ptr::from_ref(closure), of);
        }
    }

    /// OPA also checks what is in a comprehension without what is known in it.
    fn check_inner_closures(&mut self, closure: &'t Term) {
        if self.vars.len() > DEEPEST || self.inner_checks == 0 {
            return;
        }
        self.inner_checks -= 1;
        let mut inner = Vec::new();
        match &closure.kind {
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                closures_of_term(head, &mut inner);
                closures_of_body(body, &mut inner);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                closures_of_term(key, &mut inner);
                closures_of_term(value, &mut inner);
                closures_of_body(body, &mut inner);
            }
            _ => {}
        }
        for closure in inner {
            let before = self.problems.len();
            self.of_closure(closure);
            if self.problems.len() == before {
                self.check_inner_closures(closure);
            }
        }
    }

    /// The type of a comprehension; not known where there are problems in it.
    fn of_closure(&mut self, closure: &'t Term) -> Type {
        let (TermKind::ArrayComprehension(_, body)
        | TermKind::SetComprehension(_, body)
        | TermKind::ObjectComprehension(_, _, body)) = &closure.kind
        else {
            return Type::Unknown;
        };
        let before = self.problems.len();
        self.vars.push(HashMap::new());
        self.body(body);
        let of = if self.problems.len() > before {
            Type::Unknown
        } else {
            match &closure.kind {
                TermKind::ArrayComprehension(head, _) => Type::array_of(self.infer(head)),
                TermKind::SetComprehension(head, _) => Type::Set(Box::new(self.infer(head))),
                TermKind::ObjectComprehension(key, value, _) => {
                    Type::object_of(self.infer(key), self.infer(value))
                }
                _ => Type::Unknown,
            }
        };
        self.vars.pop();
        of
    }
}

/// The outermost comprehensions of an expression.
pub(crate) fn closures_of<'t>(expr: &'t Expr, found: &mut Vec<&'t Term>) {
    match &expr.kind {
        ExprKind::Term(term) => closures_of_term(term, found),
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
            for term in terms {
                closures_of_term(term, found);
            }
        }
        ExprKind::Every(every) => {
            closures_of_term(&every.domain, found);
            closures_of_body(&every.body, found);
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands() {
                closures_of_body(&operand.body, found);
            }
        }
    }
    for with in &expr.with {
        closures_of_term(&with.value, found);
    }
}

fn closures_of_body<'t>(body: &'t Body, found: &mut Vec<&'t Term>) {
    for expr in body {
        closures_of(expr, found);
    }
}

fn closures_of_term<'t>(term: &'t Term, found: &mut Vec<&'t Term>) {
    match &term.kind {
        TermKind::Value(_) | TermKind::Var(_) | TermKind::Template(_) => {}
        TermKind::Ref(items)
        | TermKind::Array(items)
        | TermKind::Set(items)
        | TermKind::Call(items) => {
            for item in items {
                closures_of_term(item, found);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                closures_of_term(key, found);
                closures_of_term(value, found);
            }
        }
        TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..) => found.push(term),
    }
}

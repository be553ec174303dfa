//! Checks the types in bodies.

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

/// How deep a comprehension may be nested to be checked twice, because each such level doubles the work.
const DEEPEST: usize = 5;

/// Checks the types of bodies and of the bodies in them.
pub(crate) struct Checker<'t> {
    pub(super) types: &'t Types,
    pub(super) names: &'t Names,
    pub(super) tree: &'t Tree,
    /// The types of variables, by body; the innermost body is last.
    pub(super) vars: Vec<HashMap<Name, Type>>,
    /// The types of documents that a `with` or a schema replaces; the innermost replacement is last.
    pub(super) replaced: Vec<Rc<TypeTree>>,
    /// The types of the comprehensions that have been checked, by address.
    pub(super) closures: HashMap<*const Term, Type>,
    /// What each variable that the compiler made means.
    pub(super) meant: HashMap<Name, Meant<'t>>,
    /// How many comprehensions may still be checked a second time.
    inner_checks: usize,
    /// The size of all types that may still be learned.
    room: usize,
    /// The type errors.
    pub problems: Vec<Problem>,
}

/// How many comprehensions of a rule are checked a second time. Without a limit, nested ones would be checked again
/// and again.
const MOST_INNER_CHECKS: usize = 1_000;

/// Limits on types: how large a single one may be, how deep it may nest, and how large those learned in one rule, and
/// in all rules, may be together. The size of a type is the number of types that it consists of. A type beyond a
/// limit becomes `any`.
pub(super) const LARGEST: usize = 2_000;
const NESTED: usize = 250;
const LEARNT: usize = 200_000;
pub(super) const OF_ALL_RULES: usize = 2_000_000;

/// The type, or `any` if it is too large to be kept.
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

/// What a variable that the compiler made means.
#[derive(Clone, Copy)]
pub(crate) enum Meant<'t> {
    /// A term.
    Term(&'t Term),
    /// The result of a call: the operator, then the operands.
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

    /// Sets the type of a variable.
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
        // A problem that follows from another one isn't reported.
        let is_explained = self.problems.len() > before;
        let found = self.check_replaced(expr).or_else(|| self.check_call(expr));
        if let Some((found, is_partial)) = found
            && !(is_explained && is_partial)
        {
            self.problems.push(found);
        }
    }

    /// Relaxes the types of the documents that a `with` replaces, and of the rules that depend on them.
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

    /// Checks nested comprehensions once more, as OPA does: without the types known in the body around them.
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

    /// The type of a comprehension; unknown if there are type errors in it.
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

/// Adds the outermost comprehensions of an expression.
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

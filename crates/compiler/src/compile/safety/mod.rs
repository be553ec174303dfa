//! Safety: finds an order of expressions in which every variable has a value before it is needed.

mod outputs;
mod vars;
mod waiting;

use std::collections::{BTreeMap, HashSet};

use super::names::{Names, operands};
use super::tree::Tree;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{
    Body, DATA, Expr, ExprKind, Head, INPUT, Location, Name, Rule, Term, TermKind, With,
};
use crate::syntax::visit::{
    Visitor, VisitorMut, walk_expr_mut, walk_term, walk_term_mut, walk_withs_mut,
};
pub(super) use outputs::{bindable, output_vars_of_equation};
use outputs::{is_safe, outputs};
use values::Version;
pub(super) use vars::needed_by;
use vars::{all_vars, vars, vars_around};
use waiting::Waiting;

/// A set of variables.
pub(super) type VarSet = HashSet<Name>;

/// The variables that have a value.
pub(super) trait Known {
    /// Whether a variable has a value.
    fn has(&self, name: &Name) -> bool;
}

impl Known for VarSet {
    fn has(&self, name: &Name) -> bool {
        self.contains(name)
    }
}

/// The variables of a body that have a value. It refers to those of the bodies around it, instead of copying them.
pub(super) struct Inner<'k> {
    around: &'k dyn Known,
    /// Those of the body itself.
    pub own: VarSet,
    /// Those of the bodies around it that count as having no value.
    hidden: VarSet,
}

impl<'k> Inner<'k> {
    /// The variables of a new body, which has none of its own yet.
    pub(super) fn new(around: &'k dyn Known) -> Self {
        Self {
            around,
            own: VarSet::new(),
            hidden: VarSet::new(),
        }
    }
}

impl Known for Inner<'_> {
    fn has(&self, name: &Name) -> bool {
        self.own.contains(name) || !self.hidden.contains(name) && self.around.has(name)
    }
}

/// The variables of an expression that never get a value.
struct Lack {
    /// The location of the expression.
    at: Location,
    vars: VarSet,
    /// The variables that the expression assigns to.
    assigned: VarSet,
}

type Unsafe = Vec<Lack>;

/// The variables on the left of `:=`.
fn assigned_by(expr: &Expr) -> VarSet {
    match operands(expr, "eq") {
        Some((left, _)) if expr.assigns => all_vars(left),
        _ => VarSet::new(),
    }
}

/// Orders expressions so that each variable has a value before it is needed. Returns the problems if there is no such
/// order.
pub(super) fn order(body: &mut Body, known: &VarSet, tree: &Tree, names: &Names) -> Vec<Problem> {
    let mut unsafe_vars = Unsafe::new();
    order_body(body, known, tree, &mut unsafe_vars);
    problems(&unsafe_vars, names, tree.version())
}

fn order_body(body: &mut Body, known: &dyn Known, tree: &Tree, unsafe_vars: &mut Unsafe) -> bool {
    let before = unsafe_vars.len();
    let mut waiting = Waiting::new(body, known, tree);
    waiting.put_in_order(body, tree);
    order_closures(body, known, tree, unsafe_vars);
    for (expr, needs) in waiting.rest() {
        unsafe_vars.push(Lack {
            at: expr.at,
            vars: needs,
            assigned: assigned_by(&expr),
        });
        body.push(expr);
    }
    unsafe_vars.len() == before
}

/// Orders the bodies in expressions. They know the variables of the expressions before them.
fn order_closures(body: &mut Body, known: &dyn Known, tree: &Tree, unsafe_vars: &mut Unsafe) {
    let mut in_scope = Inner::new(known);
    for i in 0..body.len() {
        if let Some(last) = i.checked_sub(1).and_then(|i| body.get(i)) {
            in_scope.own.extend(vars_around(last, tree));
        }
        if let Some(expr) = body.get_mut(i) {
            let mut closures = Closures {
                at: expr.at,
                known: &in_scope,
                tree,
                unsafe_vars,
            };
            closures.visit_expr(expr);
        }
    }
}

/// Orders the bodies in one expression.
struct Closures<'c> {
    /// The location of the expression.
    at: Location,
    known: &'c dyn Known,
    tree: &'c Tree,
    unsafe_vars: &'c mut Unsafe,
}

impl Closures<'_> {
    fn comprehension(&mut self, mut heads: VarSet, body: &mut Body) {
        let in_body: VarSet = body
            .iter()
            .flat_map(|expr| vars_around(expr, self.tree))
            .collect();
        heads.retain(|name| !in_body.contains(name) && !is_safe(name, self.known));
        if !heads.is_empty() {
            self.unsafe_vars.push(Lack {
                at: self.at,
                vars: heads,
                assigned: VarSet::new(),
            });
        }
        self.visit_body(body);
    }
}

impl VisitorMut for Closures<'_> {
    fn visit_body(&mut self, body: &mut Body) {
        order_body(body, self.known, self.tree, self.unsafe_vars);
    }

    fn visit_expr(&mut self, expr: &mut Expr) {
        let ExprKind::Every(every) = &mut expr.kind else {
            return walk_expr_mut(expr, self);
        };
        self.visit_term(&mut every.domain);
        let mut known = Inner::new(self.known);
        let vars = every.key.iter().chain([&every.value]);
        known.own.extend(vars.filter_map(Term::as_var).cloned());
        order_body(&mut every.body, &known, self.tree, self.unsafe_vars);
        walk_withs_mut(&mut expr.with, self);
    }

    fn visit_term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                self.comprehension(all_vars(head), body);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                let mut heads = all_vars(key);
                heads.extend(all_vars(value));
                self.comprehension(heads, body);
            }
            _ => walk_term_mut(term, self),
        }
    }

    fn visit_with(&mut self, with: &mut With) {
        self.visit_term(&mut with.value);
    }
}

fn problems(unsafe_vars: &Unsafe, names: &Names, version: Version) -> Vec<Problem> {
    let mut places: BTreeMap<Name, Location> = BTreeMap::new();
    for lack in unsafe_vars {
        for name in &lack.vars {
            let place = places.entry(name.clone()).or_insert(lack.at);
            *place = (*place).min(lack.at);
        }
    }
    if version == Version::V1 {
        // An assigned variable only lacks a value because another one does, so that other one is reported.
        let assigned: HashSet<_> = unsafe_vars
            .iter()
            .flat_map(|lack| &lack.assigned)
            .map(|name| names.shown(name))
            .collect();
        let is_cause = |name: &Name| {
            let shown = names.shown(name);
            shown.is_some() && !assigned.contains(&shown)
        };
        if places.keys().any(is_cause) {
            places.retain(|name, _| is_cause(name));
        }
    }
    let mut sorted: Vec<_> = places.into_iter().collect();
    sort::by_key(&mut sorted, |(_, at)| *at);
    let found: Vec<_> = sorted
        .iter()
        .filter_map(|(name, at)| {
            let shown = names.shown(name)?;
            let is_newer = || version == Version::V1 && matches!(&*shown, "and" | "or" | "not");
            let hint = if matches!(&*shown, "in" | "every" | "contains" | "if") || is_newer() {
                format!(" (hint: `import future.keywords.{shown}` to import a future keyword)")
            } else {
                String::new()
            };
            Some(Problem::new(
                Code::UnsafeVar,
                *at,
                format!("var {shown} is unsafe{hint}"),
            ))
        })
        .collect();
    if !found.is_empty() {
        return found;
    }
    // If only variables of the compiler lack a value, their expressions are reported.
    let mut places: Vec<_> = unsafe_vars
        .iter()
        .filter(|lack| !lack.vars.is_empty())
        .map(|lack| lack.at)
        .collect();
    sort::by(&mut places, Ord::cmp);
    places.dedup();
    places
        .into_iter()
        .map(|at| Problem::new(Code::UnsafeVar, at, "expression is unsafe"))
        .collect()
}

/// The variables in a rule's head to which its body gives no value.
pub(super) fn check_head(rule: &Rule, names: &Names, version: Version) -> Vec<Problem> {
    let head = &rule.head;
    let mut needs = VarSet::new();
    for term in head.terms() {
        needs.extend(all_vars(term));
    }
    for expr in &rule.body {
        for name in vars(expr) {
            needs.remove(&name);
        }
    }
    for arg in head.args.iter().flatten() {
        for name in all_vars(arg) {
            needs.remove(&name);
        }
    }
    let mut needs: Vec<_> = needs
        .into_iter()
        .filter(|name| !matches!(&**name, DATA | INPUT))
        .collect();
    sort::by(&mut needs, Ord::cmp);
    let unsafe_vars = needs.iter().filter_map(|name| {
        let shown = names.shown(name)?;
        // OPA 0.70 reports the location of the rule, 1.22 that of the variable.
        let at = match version {
            Version::V0 => None,
            Version::V1 => first_place(head, name),
        };
        Some(Problem::new(
            Code::UnsafeVar,
            at.unwrap_or(rule.at),
            format!("var {shown} is unsafe"),
        ))
    });
    unsafe_vars.collect()
}

/// The first location of a variable in a head.
fn first_place(head: &Head, name: &Name) -> Option<Location> {
    struct Place<'n>(&'n Name, Option<Location>);
    impl Visitor for Place<'_> {
        fn visit_term(&mut self, term: &Term) -> bool {
            if term.as_var() == Some(self.0) {
                self.1 = self.1.or(Some(term.at));
            }
            true
        }
    }

    let mut place = Place(name, None);
    for term in head.terms() {
        walk_term(term, &mut place);
    }
    place.1
}

/// References to documents in the arguments of a function's head, which aren't allowed.
pub(super) fn documents_in_args(rule: &Rule) -> Vec<Problem> {
    struct Documents(Location, Vec<Problem>);
    impl Visitor for Documents {
        fn visit_term(&mut self, term: &Term) -> bool {
            if let TermKind::Ref(parts) = &term.kind
                && parts.len() > 1
                && let Some(root) = parts.first().and_then(Term::as_var)
                && matches!(&**root, DATA | INPUT)
            {
                let message = format!("var {root} is unsafe");
                if self.1.iter().all(|problem| problem.message != message) {
                    self.1.push(Problem::new(Code::UnsafeVar, self.0, message));
                }
            }
            // A template string is evaluated before it is compared.
            !matches!(term.kind, TermKind::Call(_))
        }
    }

    let mut documents = Documents(rule.at, Vec::new());
    for arg in rule.head.args.iter().flatten() {
        documents.0 = arg.at;
        walk_term(arg, &mut documents);
    }
    documents.1
}

/// The variables in a function's arguments.
pub(super) fn argument_vars(rule: &Rule) -> VarSet {
    rule.head.args.iter().flatten().flat_map(all_vars).collect()
}

/// Adds the variables to which one more expression gives values.
pub(super) fn learn(expr: &Expr, safe: &mut Inner<'_>, tree: &Tree) {
    let found = outputs(expr, tree, safe);
    safe.own.extend(found);
}

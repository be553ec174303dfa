//! Which variables have a value when an expression is evaluated; and the order of expressions in
//! which they all do.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::names::{Names, is_operator, operands};
use super::tree::Tree;
use crate::budget;
use crate::problem::{Code, Problem};
use crate::syntax::Version;
use crate::syntax::ast::{
    Body, DATA, Expr, ExprKind, Head, INPUT, Location, Name, Rule, Term, TermKind, With,
};
use crate::syntax::visit::{Vars, Visitor, walk_body, walk_term};

/// A set of variables.
pub(super) type VarSet = HashSet<Name>;

/// Variables that have a value.
pub(super) trait Known {
    /// Whether one has.
    fn has(&self, name: &Name) -> bool;
}

impl Known for VarSet {
    fn has(&self, name: &Name) -> bool {
        self.contains(name)
    }
}

/// The variables of a body, and those of the bodies around it: none of these is copied.
pub(super) struct Inner<'k> {
    around: &'k dyn Known,
    /// Its own.
    pub own: VarSet,
    /// Those of around that count as having none.
    hidden: VarSet,
}

impl<'k> Inner<'k> {
    /// In a body, of which nothing is known yet.
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

/// The variables of an expression that have to have a value, but for those in closures.
fn vars(expr: &Expr) -> VarSet {
    let mut found = VarSet::new();
    match &expr.kind {
        ExprKind::Term(term) => vars_of(term, &mut found),
        ExprKind::Call(call) => vars_of_call(call, &mut found),
        ExprKind::Some(terms) => {
            for term in terms {
                vars_of(term, &mut found);
            }
        }
        ExprKind::Every(every) => vars_of(&every.domain, &mut found),
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {}
    }
    for with in &expr.with {
        vars_of_with(with, &mut found);
    }
    found
}

/// The same, with those that what `not`, `and` and `or` join without braces needs from around.
fn vars_around(expr: &Expr, tree: &Tree) -> VarSet {
    let mut found = vars(expr);
    let implicit = expr.kind.operands().iter().filter(|it| !it.has_braces);
    for operand in implicit {
        found.extend(vars_needed_by(&operand.body, tree));
    }
    found
}

/// What a body without braces, expanded as it may be, doesn't give values to by itself: variables that
/// nothing in it binds, and those that stand in one of its expressions only.
fn vars_needed_by(body: &Body, tree: &Tree) -> VarSet {
    let mut counts: HashMap<Name, usize> = HashMap::new();
    for name in body.iter().flat_map(vars) {
        *counts.entry(name).or_default() += 1;
    }
    if body.len() == 1 {
        return counts.into_keys().collect();
    }
    let equations: Vec<_> = body
        .iter()
        .filter_map(|expr| operands(expr, "eq"))
        .collect();
    let mut safe: VarSet = counts.keys().cloned().collect();
    safe.extend([DATA.into(), INPUT.into()]);
    for name in equations
        .iter()
        .flat_map(|(left, right)| [left.as_var(), right.as_var()])
    {
        name.map(|name| safe.remove(name));
    }
    let mut given = VarSet::new();
    loop {
        let mut more = VarSet::new();
        for (left, right) in &equations {
            more.extend(output_vars_of_equation(left, right, &safe, false));
        }
        more.retain(|name| given.insert(name.clone()));
        if more.is_empty() {
            break;
        }
        safe.extend(more);
    }
    for expr in body {
        if let ExprKind::Call(call) = &expr.kind
            && let Some((operator, operands)) = call.split_first()
            && !is_operator(operator, "eq")
            && let Some(arity) = tree.arity_of(operator)
        {
            for result in operands.iter().skip(arity) {
                bindable(result, &mut given);
            }
        }
    }
    counts.retain(|name, count| *count == 1 || !given.contains(name));
    counts.into_keys().collect()
}

/// What is replaced, and a function by which it is replaced, are names, no variables.
fn vars_of_with(with: &With, found: &mut VarSet) {
    for term in [&with.target, &with.value] {
        if let TermKind::Ref(parts) = &term.kind {
            for part in parts.iter().skip(1) {
                vars_of(part, found);
            }
        }
    }
    if !matches!(with.value.kind, TermKind::Ref(_)) {
        vars_of(&with.value, found);
    }
}

fn vars_of_call(call: &[Term], found: &mut VarSet) {
    // The operator names a function, but an indexed one (`f[x](y)`) may hold variables.
    if let Some(TermKind::Ref(parts)) = call.first().map(|operator| &operator.kind) {
        for part in parts.iter().skip(1) {
            vars_of(part, found);
        }
    }
    for operand in call.iter().skip(1) {
        vars_of(operand, found);
    }
}

fn vars_of(term: &Term, found: &mut VarSet) {
    match &term.kind {
        TermKind::Var(name) => {
            found.insert(name.clone());
        }
        TermKind::Ref(items) | TermKind::Array(items) | TermKind::Set(items) => {
            for item in items {
                vars_of(item, found);
            }
        }
        TermKind::Call(call) => vars_of_call(call, found),
        TermKind::Object(fields) => {
            for (key, value) in fields {
                vars_of(key, found);
                vars_of(value, found);
            }
        }
        TermKind::Value(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

/// Every variable of a term, closures included.
pub(super) fn all_vars(term: &Term) -> VarSet {
    let mut found = Vec::new();
    walk_term(
        term,
        &mut Vars {
            found: &mut found,
            closures: true,
        },
    );
    found.into_iter().collect()
}

/// The variables in the closures of an expression.
fn vars_in_closures(expr: &Expr) -> VarSet {
    let mut found = VarSet::new();
    for_closures(expr, &mut |terms, body| {
        for term in terms {
            found.extend(all_vars(term));
        }
        let mut inner = Vec::new();
        walk_body(
            body,
            &mut Vars {
                found: &mut inner,
                closures: true,
            },
        );
        found.extend(inner);
    });
    found
}

/// Shows the outermost closures of an expression: the terms of their heads, and their bodies.
fn for_closures(expr: &Expr, show: &mut impl FnMut(&[&Term], &Body)) {
    match &expr.kind {
        ExprKind::Term(term) => closures_of(term, show),
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
            for term in terms {
                closures_of(term, show);
            }
        }
        ExprKind::Every(every) => {
            closures_of(&every.domain, show);
            show(&[], &every.body);
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands() {
                show(&[], &operand.body);
            }
        }
    }
    for with in &expr.with {
        closures_of(&with.value, show);
    }
}

fn closures_of(term: &Term, show: &mut impl FnMut(&[&Term], &Body)) {
    match &term.kind {
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            show(&[head], body);
        }
        TermKind::ObjectComprehension(key, value, body) => show(&[key, value], body),
        TermKind::Ref(items)
        | TermKind::Array(items)
        | TermKind::Set(items)
        | TermKind::Call(items) => {
            for item in items {
                closures_of(item, show);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                closures_of(key, show);
                closures_of(value, show);
            }
        }
        TermKind::Value(_) | TermKind::Var(_) | TermKind::Template(_) => {}
    }
}

// What an expression gives values to.

fn outputs(expr: &Expr, tree: &Tree, safe: &dyn Known) -> VarSet {
    if expr.negated {
        return VarSet::new();
    }
    let mut needed = VarSet::new();
    for with in &expr.with {
        vars_of_with(with, &mut needed);
    }
    if !needed.iter().all(|name| safe.has(name)) {
        return VarSet::new();
    }
    match &expr.kind {
        ExprKind::Term(term) => {
            let mut found = VarSet::new();
            outputs_of(term, safe, &mut found);
            found
        }
        ExprKind::Call(call) => match call.as_slice() {
            [operator, left, right] if is_operator(operator, "eq") => {
                let is_one_way = expr.assigns && tree.version() == Version::V1;
                output_vars_of_equation(left, right, safe, is_one_way)
            }
            [operator, operands @ ..] => {
                let mut found = VarSet::new();
                for term in call {
                    outputs_of(term, safe, &mut found);
                }
                let Some(arity) = tree.arity_of(operator) else {
                    return VarSet::new();
                };
                let Some((inputs, results)) = operands.split_at_checked(arity) else {
                    return found;
                };
                if results.is_empty() {
                    return found;
                }
                let mut needed = VarSet::new();
                for input in inputs {
                    bindable(input, &mut needed);
                }
                if needed
                    .iter()
                    .any(|name| !found.contains(name) && !safe.has(name))
                {
                    return VarSet::new();
                }
                for result in results {
                    bindable(result, &mut found);
                }
                found
            }
            [] => VarSet::new(),
        },
        ExprKind::Every(every) => {
            let mut found = VarSet::new();
            outputs_of(&every.domain, safe, &mut found);
            found
        }
        ExprKind::Some(_) | ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => VarSet::new(),
    }
}

/// The variables to which `left = right` gives values; if it is one way, what stands on the left gives
/// none to what stands on the right.
pub(super) fn output_vars_of_equation(
    left: &Term,
    right: &Term,
    safe: &dyn Known,
    is_one_way: bool,
) -> VarSet {
    let mut output = Inner::new(safe);
    outputs_of(left, safe, &mut output.own);
    outputs_of(right, safe, &mut output.own);
    if is_one_way {
        let hidden = all_vars(left);
        output.own.retain(|name| !hidden.contains(name));
        output.hidden = hidden;
    }
    let mut unifier = Unifier {
        safe: &output,
        unified: VarSet::new(),
        unknown: HashMap::new(),
    };
    unifier.unify(left, right);
    let given = unifier.unified;
    let mut output = output.own;
    output.extend(given);
    output.retain(|name| !safe.has(name));
    output
}

/// References give values to the variables by which they look up.
fn outputs_of(term: &Term, safe: &dyn Known, found: &mut VarSet) {
    match &term.kind {
        TermKind::Ref(parts) => {
            if !is_safe_reference(parts, safe) {
                return;
            }
            for part in parts.iter().skip(1) {
                looked_up_by(part, found);
            }
            for part in parts {
                outputs_of(part, safe, found);
            }
        }
        TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
            for item in items {
                outputs_of(item, safe, found);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                outputs_of(key, safe, found);
                outputs_of(value, safe, found);
            }
        }
        TermKind::Value(_)
        | TermKind::Var(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

fn looked_up_by(term: &Term, found: &mut VarSet) {
    match &term.kind {
        TermKind::Var(name) => {
            found.insert(name.clone());
        }
        TermKind::Ref(parts) => {
            for part in parts.iter().skip(1) {
                looked_up_by(part, found);
            }
        }
        TermKind::Array(items) | TermKind::Set(items) | TermKind::Call(items) => {
            for item in items {
                looked_up_by(item, found);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                looked_up_by(key, found);
                looked_up_by(value, found);
            }
        }
        TermKind::Value(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

fn is_safe_reference(parts: &[Term], safe: &dyn Known) -> bool {
    let Some(head) = parts.first() else {
        return false;
    };
    match &head.kind {
        TermKind::Var(name) => is_safe(name, safe),
        TermKind::Call(call) => is_safe_call(call, safe),
        _ => {
            let mut needed = VarSet::new();
            vars_of(head, &mut needed);
            needed.iter().all(|name| is_safe(name, safe))
        }
    }
}

fn is_safe_call(call: &[Term], safe: &dyn Known) -> bool {
    let mut needed = VarSet::new();
    vars_of_call(call, &mut needed);
    needed.iter().all(|name| is_safe(name, safe))
}

fn is_safe(name: &Name, safe: &dyn Known) -> bool {
    safe.has(name) || matches!(&**name, DATA | INPUT)
}

/// The variables of a term that a value may give theirs.
pub(super) fn bindable(term: &Term, found: &mut VarSet) {
    match &term.kind {
        TermKind::Var(name) => {
            found.insert(name.clone());
        }
        TermKind::Ref(parts) => {
            for part in parts.iter().skip(1) {
                bindable(part, found);
            }
        }
        TermKind::Array(items) | TermKind::Call(items) => {
            for item in items {
                bindable(item, found);
            }
        }
        TermKind::Object(fields) => {
            for (_, value) in fields {
                bindable(value, found);
            }
        }
        TermKind::Value(_)
        | TermKind::Set(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..)
        | TermKind::Template(_) => {}
    }
}

struct Unifier<'s> {
    safe: &'s dyn Known,
    unified: VarSet,
    unknown: HashMap<Name, VarSet>,
}

impl Unifier<'_> {
    fn is_safe(&self, name: &Name) -> bool {
        is_safe(name, self.safe) || self.unified.contains(name)
    }

    fn is_known(&self, term: &Term) -> bool {
        match &term.kind {
            TermKind::Ref(parts) => match parts.first().map(|head| &head.kind) {
                Some(TermKind::Var(name)) => self.is_safe(name),
                _ => is_safe_reference(parts, self.safe),
            },
            TermKind::Call(call) => is_safe_call(call, self.safe),
            _ => false,
        }
    }

    fn unify(&mut self, a: &Term, b: &Term) {
        match (&a.kind, &b.kind) {
            (TermKind::Var(x), TermKind::Var(y)) => {
                if self.is_safe(y) {
                    self.mark(x);
                } else if self.is_safe(x) {
                    self.mark(y);
                } else {
                    self.unknown.entry(x.clone()).or_default().insert(y.clone());
                    self.unknown.entry(y.clone()).or_default().insert(x.clone());
                }
            }
            (TermKind::Var(x), TermKind::Array(_) | TermKind::Object(_)) => self.unify_all(x, b),
            (TermKind::Array(_) | TermKind::Object(_), TermKind::Var(y)) => self.unify_all(y, a),
            (TermKind::Var(x), TermKind::Ref(_) | TermKind::Call(_)) if self.is_known(b) => {
                self.mark(x);
            }
            (TermKind::Ref(_) | TermKind::Call(_), TermKind::Var(y)) if self.is_known(a) => {
                self.mark(y);
            }
            (TermKind::Ref(_) | TermKind::Call(_), TermKind::Array(_) | TermKind::Object(_))
                if self.is_known(a) =>
            {
                self.mark_all(b);
            }
            (TermKind::Array(_) | TermKind::Object(_), TermKind::Ref(_) | TermKind::Call(_))
                if self.is_known(b) =>
            {
                self.mark_all(a);
            }
            // What is looked up in, or given to a function, isn't known.
            (TermKind::Var(_), TermKind::Ref(_) | TermKind::Call(_))
            | (TermKind::Ref(_) | TermKind::Call(_), TermKind::Var(_)) => {}
            (TermKind::Var(x), _) => self.mark(x),
            (_, TermKind::Var(y)) => self.mark(y),
            (TermKind::ArrayComprehension(..), TermKind::Array(_))
            | (TermKind::ObjectComprehension(..), TermKind::Object(_)) => {
                self.mark_all(b);
            }
            // As OPA has it: an object on the left of a comprehension binds nothing.
            (
                TermKind::Array(_),
                TermKind::ArrayComprehension(..)
                | TermKind::SetComprehension(..)
                | TermKind::ObjectComprehension(..),
            ) => {
                self.mark_all(a);
            }
            (TermKind::Array(xs), TermKind::Array(ys)) if xs.len() == ys.len() => {
                for (x, y) in xs.iter().zip(ys) {
                    self.unify(x, y);
                }
            }
            (TermKind::Object(xs), TermKind::Object(ys)) if xs.len() == ys.len() => {
                for (key, x) in xs {
                    if let Some((_, y)) = ys.iter().find(|(other, _)| same_key(key, other)) {
                        self.unify(x, y);
                    }
                }
            }
            _ => {}
        }
    }

    fn unify_all(&mut self, name: &Name, term: &Term) {
        if self.is_safe(name) {
            return self.mark_all(term);
        }
        let mut needed = VarSet::new();
        bindable(term, &mut needed);
        needed.retain(|other| !self.is_safe(other));
        if needed.is_empty() {
            self.mark(name);
        } else {
            self.unknown.entry(name.clone()).or_default().extend(needed);
        }
    }

    fn mark_all(&mut self, term: &Term) {
        let mut found = VarSet::new();
        bindable(term, &mut found);
        for name in &found {
            self.mark(name);
        }
    }

    fn mark(&mut self, name: &Name) {
        self.unified.insert(name.clone());
        for other in self.unknown.remove(name).unwrap_or_default() {
            self.mark(&other);
        }
        let mut known = Vec::new();
        for (other, needs) in &mut self.unknown {
            if needs.remove(name) && needs.is_empty() {
                known.push(other.clone());
            }
        }
        for other in known {
            self.unknown.remove(&other);
            self.mark(&other);
        }
    }
}

/// Whether two keys of objects are one and the same without an evaluation.
pub(super) fn same_key(a: &Term, b: &Term) -> bool {
    match (&a.kind, &b.kind) {
        (TermKind::Value(a), TermKind::Value(b)) => a == b,
        (TermKind::Var(a), TermKind::Var(b)) => a == b,
        _ => false,
    }
}

// Ordering.

/// The variables of one expression that have no value.
struct Lack {
    /// Where the expression stands.
    at: Location,
    vars: VarSet,
    /// What the expression assigns to.
    assigned: VarSet,
}

type Unsafe = Vec<Lack>;

/// What stands on the left of `:=`.
fn assigned_by(expr: &Expr) -> VarSet {
    match operands(expr, "eq") {
        Some((left, _)) if expr.assigns => all_vars(left),
        _ => VarSet::new(),
    }
}

/// Puts expressions into an order in which each variable has a value before it is needed, and checks
/// that there is one.
pub(super) fn order(body: &mut Body, known: &VarSet, tree: &Tree, names: &Names) -> Vec<Problem> {
    let mut unsafe_vars = Unsafe::new();
    order_body(body, known, tree, &mut unsafe_vars);
    problems(&unsafe_vars, names, tree.version())
}

fn order_body(body: &mut Body, known: &dyn Known, tree: &Tree, unsafe_vars: &mut Unsafe) -> bool {
    let before = unsafe_vars.len();
    let mut safe = VarSet::new();
    let mut body_vars = VarSet::new();
    let mut waiting: Vec<Option<(Expr, VarSet)>> = Vec::new();
    for expr in body.drain(..) {
        let mut needs = vars_around(&expr, tree);
        body_vars.extend(needs.iter().cloned());
        for name in &needs {
            if is_safe(name, known) {
                safe.insert(name.clone());
            }
        }
        needs.retain(|name| !is_safe(name, known));
        waiting.push(Some((expr, needs)));
    }
    let closure_vars: Vec<VarSet> = waiting
        .iter()
        .flatten()
        .map(|(expr, _)| {
            let mut closed = vars_in_closures(expr);
            closed.retain(|name| body_vars.contains(name) && !is_safe(name, known));
            closed
        })
        .collect();
    // Which expressions have to do with a variable.
    let mut concerned: HashMap<Name, Vec<usize>> = HashMap::new();
    for (i, ((expr, needs), closed)) in waiting.iter().flatten().zip(&closure_vars).enumerate() {
        let mut all = vars(expr);
        all.extend(needs.iter().chain(closed).cloned());
        for name in all {
            concerned.entry(name).or_default().push(i);
        }
    }
    // Those that the expressions in order so far have given values to.
    let mut given = VarSet::new();
    // Time and again, each expression is looked at in its order; but only where something has changed for it.
    let mut looked_at: BTreeSet<usize> = (0..waiting.len()).collect();
    let mut looked_at_next = BTreeSet::new();
    while !looked_at.is_empty() {
        while let Some(i) = looked_at.pop_first() {
            let (Some(slot), Some(closed)) = (waiting.get_mut(i), closure_vars.get(i)) else {
                continue;
            };
            let Some((expr, needs)) = slot else { continue };
            if !budget::step(1 + needs.len() as u64) {
                break;
            }
            let found = outputs(expr, tree, &safe);
            let open: VarSet = closed
                .iter()
                .filter(|name| !given.contains(*name) && !safe.contains(*name))
                .cloned()
                .collect();
            if !open.is_empty() {
                if open == found {
                    continue;
                }
                *needs = open;
            }
            needs.retain(|name| !found.contains(name) && !safe.contains(name));
            if needs.is_empty()
                && let Some((expr, _)) = slot.take()
            {
                for other in found
                    .iter()
                    .filter_map(|name| concerned.get(name))
                    .flatten()
                {
                    if *other > i {
                        looked_at.insert(*other);
                    } else {
                        looked_at_next.insert(*other);
                    }
                }
                safe.extend(found.iter().cloned());
                given.extend(found);
                body.push(expr);
            }
        }
        if budget::is_spent() {
            break;
        }
        looked_at = std::mem::take(&mut looked_at_next);
    }
    let mut in_scope = Inner::new(known);
    for i in 0..body.len() {
        if let Some(last) = i.checked_sub(1).and_then(|i| body.get(i)) {
            in_scope.own.extend(vars_around(last, tree));
        }
        if let Some(expr) = body.get_mut(i) {
            order_closures(expr, &in_scope, tree, unsafe_vars);
        }
    }
    for (expr, needs) in waiting.into_iter().flatten() {
        unsafe_vars.push(Lack {
            at: expr.at,
            vars: needs,
            assigned: assigned_by(&expr),
        });
        body.push(expr);
    }
    unsafe_vars.len() == before
}

fn order_closures(expr: &mut Expr, known: &dyn Known, tree: &Tree, unsafe_vars: &mut Unsafe) {
    let at = expr.at;
    match &mut expr.kind {
        ExprKind::Term(term) => order_in_term(term, at, known, tree, unsafe_vars),
        ExprKind::Call(terms) | ExprKind::Some(terms) => {
            for term in terms {
                order_in_term(term, at, known, tree, unsafe_vars);
            }
        }
        ExprKind::Every(every) => {
            order_in_term(&mut every.domain, at, known, tree, unsafe_vars);
            let mut known = Inner::new(known);
            known.own.extend(
                every
                    .key
                    .iter()
                    .chain([&every.value])
                    .filter_map(Term::as_var)
                    .cloned(),
            );
            order_body(&mut every.body, &known, tree, unsafe_vars);
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for operand in expr.kind.operands_mut() {
                order_body(&mut operand.body, known, tree, unsafe_vars);
            }
        }
    }
    for with in &mut expr.with {
        order_in_term(&mut with.value, at, known, tree, unsafe_vars);
    }
}

fn order_in_term(
    term: &mut Term,
    at: Location,
    known: &dyn Known,
    tree: &Tree,
    unsafe_vars: &mut Unsafe,
) {
    match &mut term.kind {
        TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
            let heads = all_vars(head);
            order_closure(heads, body, at, known, tree, unsafe_vars);
        }
        TermKind::ObjectComprehension(key, value, body) => {
            let mut heads = all_vars(key);
            heads.extend(all_vars(value));
            order_closure(heads, body, at, known, tree, unsafe_vars);
        }
        TermKind::Ref(items)
        | TermKind::Array(items)
        | TermKind::Set(items)
        | TermKind::Call(items) => {
            for item in items {
                order_in_term(item, at, known, tree, unsafe_vars);
            }
        }
        TermKind::Object(fields) => {
            for (key, value) in fields {
                order_in_term(key, at, known, tree, unsafe_vars);
                order_in_term(value, at, known, tree, unsafe_vars);
            }
        }
        TermKind::Value(_) | TermKind::Var(_) | TermKind::Template(_) => {}
    }
}

fn order_closure(
    mut heads: VarSet,
    body: &mut Body,
    at: Location,
    known: &dyn Known,
    tree: &Tree,
    unsafe_vars: &mut Unsafe,
) {
    let in_body: VarSet = body
        .iter()
        .flat_map(|expr| vars_around(expr, tree))
        .collect();
    heads.retain(|name| !in_body.contains(name) && !is_safe(name, known));
    if !heads.is_empty() {
        unsafe_vars.push(Lack {
            at,
            vars: heads,
            assigned: VarSet::new(),
        });
    }
    order_body(body, known, tree, unsafe_vars);
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
        // What is assigned to lacks a value only because another variable does, which is then the one to name.
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
    sorted.sort_by_key(|(_, at)| *at);
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
    // Only what the compiler made: then the expressions are what can be shown.
    let mut places: Vec<_> = unsafe_vars
        .iter()
        .filter(|lack| !lack.vars.is_empty())
        .map(|lack| lack.at)
        .collect();
    places.sort_unstable();
    places.dedup();
    places
        .into_iter()
        .map(|at| Problem::new(Code::UnsafeVar, at, "expression is unsafe"))
        .collect()
}

/// What a rule's head needs, and its body doesn't give.
pub(super) fn check_head(rule: &Rule, names: &Names, version: Version) -> Vec<Problem> {
    let head = &rule.head;
    let mut needs = VarSet::new();
    for term in head
        .reference
        .iter()
        .skip(1)
        .chain(&head.key)
        .chain(&head.value)
    {
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
    needs.sort();
    let unsafe_vars = needs.iter().filter_map(|name| {
        let shown = names.shown(name)?;
        // OPA 0.70 points at the rule, 1.22 at the variable.
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

/// Where a variable stands first in a head.
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
    for term in head
        .reference
        .iter()
        .skip(1)
        .chain(&head.key)
        .chain(&head.value)
    {
        walk_term(term, &mut place);
    }
    place.1
}

/// What is given to a function can't be compared with documents where its arguments stand.
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

/// The variables of a function's arguments.
pub(super) fn argument_vars(rule: &Rule) -> VarSet {
    rule.head.args.iter().flatten().flat_map(all_vars).collect()
}

/// What expressions give values to, one after another.
pub(super) fn given_by(body: &[Expr], known: &dyn Known, tree: &Tree) -> VarSet {
    let mut safe = Inner::new(known);
    for expr in body {
        learn(expr, &mut safe, tree);
    }
    safe.own
}

/// Adds what one more expression gives values to.
pub(super) fn learn(expr: &Expr, safe: &mut Inner<'_>, tree: &Tree) {
    let found = outputs(expr, tree, safe);
    safe.own.extend(found);
}

/// The variables of a term that have to have values, but for those in closures.
pub(super) fn needed_by(term: &Term) -> VarSet {
    let mut found = VarSet::new();
    vars_of(term, &mut found);
    found
}

//! Gives each local variable a unique name. `x := 1` and `some x` declare a variable, which hides those of the same
//! name further out.

mod renaming;
mod scope;

use std::collections::HashSet;

use super::names::{Names, equation, is_operator, is_wildcard, operands};
use super::resolve::declared_by;
use super::safety::{VarSet, bindable, output_vars_of_equation};
use crate::problem::{Code, Problem};
use crate::syntax::ast::{
    Body, Expr, ExprKind, Head, INPUT, Location, Name, Operand, Rule, Term, TermKind, With,
};
use crate::syntax::visit::{
    Vars, VisitorMut, walk_body, walk_expr_mut, walk_term, walk_term_mut, walk_terms_mut,
    walk_withs_mut,
};
use renaming::Renaming;
use scope::{Occurrence, Scope, Scopes};
use values::Version;

/// Renames the variables of one rule or query.
pub(super) struct Declarations<'n> {
    names: &'n mut Names,
    version: Version,
    scopes: Scopes,
    is_strict: bool,
    problems: Vec<Problem>,
    /// The problems of what is declared and not used.
    unused: Vec<Problem>,
}

/// Renames the variables of a rule and of its `else` branches. Returns the problems, and what is declared and not used.
pub(super) fn declare_in_rule(
    rule: &mut Rule,
    names: &mut Names,
    version: Version,
    is_strict: bool,
) -> (Vec<Problem>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut without_use = Vec::new();
    let mut arguments = Declarations::new(names, version, is_strict);
    let mut unused: Vec<Name> = Vec::new();
    for arg in rule.head.args.iter_mut().flatten() {
        let mut vars = Vec::new();
        walk_term(
            arg,
            &mut Vars {
                found: &mut vars,
                closures: true,
            },
        );
        unused.extend(vars.into_iter().filter(|name| !name.starts_with('$')));
        arguments.argument(arg);
    }
    problems.append(&mut arguments.problems);
    let scope = arguments.scopes.close();
    let head_at = rule.head.at;
    let mut next = Some(rule);
    let mut is_first = true;
    while let Some(rule) = next {
        let mut declarations = Declarations::new(names, version, is_strict);
        declarations.nested_in_head(&mut rule.head);
        declarations.scopes = Scopes::of(scope.clone());
        let mut used = Vec::new();
        let mut vars = Vars {
            found: &mut used,
            closures: true,
        };
        let head = &rule.head;
        for term in head.terms() {
            walk_term(term, &mut vars);
        }
        unused.retain(|name| !used.contains(name));
        declarations.body(&mut rule.body, &used);
        unused.retain(|name| declarations.scopes.count(name) <= 1);
        problems.append(&mut declarations.problems);
        without_use.append(&mut declarations.unused);
        let declared = declarations.scopes.close();
        let Head {
            reference,
            args,
            key,
            value,
            ..
        } = &mut rule.head;
        let args = args.iter_mut().flatten().filter(|_| !is_first);
        for term in reference
            .iter_mut()
            .skip(1)
            .chain(key)
            .chain(value)
            .chain(args)
        {
            Renaming(declared.names()).visit_term(term);
        }
        is_first = false;
        next = rule.else_branch.as_deref_mut();
    }
    if is_strict {
        for name in unused {
            let message =
                format!("unused argument {name}. (hint: use _ (wildcard variable) instead)");
            without_use.push(Problem::new(Code::Compile, head_at, message));
        }
    }
    (problems, without_use)
}

/// Renames the variables of a query.
pub(super) fn declare_in_query(
    body: &mut Body,
    names: &mut Names,
    version: Version,
) -> Vec<Problem> {
    let mut declarations = Declarations::new(names, version, false);
    declarations.body(body, &[]);
    let mut problems = declarations.problems;
    problems.append(&mut declarations.unused);
    problems
}

/// The variables that `some key, value in domain` would bind although the domain needs them, sorted by name. OPA 1.22
/// refuses them.
fn found_in_domain(bound: &[&Term], domain: &Term) -> Vec<Name> {
    let mut names = VarSet::new();
    for term in bound {
        bindable(term, &mut names);
    }
    // Comprehensions have variables of their own.
    let mut needed = Vec::new();
    walk_term(
        domain,
        &mut Vars {
            found: &mut needed,
            closures: false,
        },
    );
    let mut again: Vec<_> = names
        .into_iter()
        .filter(|name| needed.contains(name) && !is_wildcard(name))
        .collect();
    sort::by(&mut again, Ord::cmp);
    again
}

impl<'n> Declarations<'n> {
    fn new(names: &'n mut Names, version: Version, is_strict: bool) -> Self {
        Self {
            names,
            version,
            scopes: Scopes::of(Scope::default()),
            is_strict,
            problems: Vec::new(),
            unused: Vec::new(),
        }
    }

    fn problem(&mut self, at: Location, message: impl Into<String>) {
        self.problems.push(Problem::new(Code::Compile, at, message));
    }

    /// OPA 1.22 goes on after this, 0.70 doesn't.
    fn unused_at(&mut self, at: Location, message: String) {
        match self.version {
            Version::V0 => self.problem(at, message),
            Version::V1 => self.unused.push(Problem::new(Code::Compile, at, message)),
        }
    }

    // Scopes.

    fn insert(&mut self, name: &Name, given: Name, occurrence: Occurrence) {
        if name != &given {
            self.names.written.insert(given.clone(), name.clone());
        }
        self.scopes.insert(name, given, occurrence);
    }

    fn declare(&mut self, name: &Name, occurrence: Occurrence) -> Result<Name, String> {
        match self.scopes.occurrence(name) {
            Some(Occurrence::Seen) => return Err(format!("var {name} referenced above")),
            Some(Occurrence::Assigned) => return Err(format!("var {name} assigned above")),
            Some(Occurrence::Declared) => return Err(format!("var {name} declared above")),
            Some(Occurrence::Argument) => return Err(format!("arg {name} redeclared")),
            None => {}
        }
        let given = self.names.fresh();
        self.insert(name, given.clone(), occurrence);
        Ok(given)
    }

    // Heads.

    fn argument(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Var(name) => {
                let given = if let Some(given) = self.scopes.declared(name).cloned() {
                    self.scopes.seen(name);
                    given
                } else {
                    let given = self.names.fresh();
                    self.insert(&name.clone(), given.clone(), Occurrence::Argument);
                    given
                };
                *name = given;
            }
            TermKind::Array(items) => {
                for item in items {
                    self.argument(item);
                }
            }
            TermKind::Object(fields) => {
                for (_, value) in fields {
                    self.argument(value);
                }
            }
            TermKind::Call(_) => {
                let at = term.at;
                self.problem(at, "rule arguments cannot contain calls");
            }
            TermKind::Value(_)
            | TermKind::Ref(_)
            | TermKind::Set(_)
            | TermKind::ArrayComprehension(..)
            | TermKind::SetComprehension(..)
            | TermKind::ObjectComprehension(..)
            | TermKind::Template(_) => {}
        }
    }

    /// Renames the variables of comprehensions in a head, which come before those of the body.
    fn nested_in_head(&mut self, head: &mut Head) {
        let Head {
            reference,
            args,
            key,
            value,
            ..
        } = head;
        for term in reference
            .iter_mut()
            .skip(1)
            .chain(args.iter_mut().flatten())
            .chain(key)
            .chain(value)
        {
            Closures(self).visit_term(term);
        }
    }

    // Bodies.

    fn body(&mut self, body: &mut Body, used: &[Name]) {
        let problems = self.problems.len() + self.unused.len();
        let mut declared_where: Vec<(HashSet<Name>, Location)> = Vec::new();
        for expr in body.iter() {
            let mut names = HashSet::new();
            declared_by(expr, &mut names);
            declared_where.push((names, expr.at));
        }
        let first_at = body.first().map(|expr| expr.at).unwrap_or_default();
        let mut kept = Body::new();
        for mut expr in std::mem::take(body) {
            let stays = if is_assignment(&expr) {
                self.assignment(&mut expr);
                true
            } else {
                match &mut expr.kind {
                    ExprKind::Some(_) => self.some(&mut expr),
                    ExprKind::Every(_) => {
                        self.every(&mut expr);
                        true
                    }
                    ExprKind::Not(_) => {
                        self.not(&mut expr);
                        true
                    }
                    ExprKind::And(_) | ExprKind::Or(_) => {
                        self.joined(&mut expr);
                        true
                    }
                    _ => {
                        self.visit_expr(&mut expr);
                        true
                    }
                }
            };
            if stays {
                kept.push(expr);
            }
        }
        if kept.is_empty() {
            let kind = ExprKind::Term(Term::new(first_at, TermKind::Value(true.into())));
            kept.push(Expr {
                at: first_at,
                negated: false,
                kind,
                with: Vec::new(),
                generated: false,
                assigns: false,
            });
        }
        *body = kept;
        if self.problems.len() + self.unused.len() == problems {
            self.unused(body, used, &declared_where, first_at);
        }
    }

    fn unused(
        &mut self,
        body: &Body,
        used: &[Name],
        declared_where: &[(HashSet<Name>, Location)],
        first_at: Location,
    ) {
        let Some(scope) = self.scopes.innermost().cloned() else {
            return;
        };
        let used: HashSet<Name> = used
            .iter()
            .map(|name| self.scopes.declared(name).unwrap_or(name).clone())
            .collect();
        let place = |name: &Name| {
            let found = declared_where
                .iter()
                .find(|(names, _)| names.contains(name));
            found.map_or(first_at, |(_, at)| *at)
        };
        let mut found = Vec::new();
        walk_body(
            body,
            &mut Vars {
                found: &mut found,
                closures: true,
            },
        );
        let found: HashSet<_> = found.into_iter().collect();
        let unused = scope
            .variables()
            .filter(|(name, _, given)| !name.starts_with('$') && !used.contains(*given));
        let (mut assigned, mut declared) = (Vec::new(), Vec::new());
        for (name, occurrence, given) in unused {
            match occurrence {
                Occurrence::Assigned if self.is_strict && self.scopes.count(name) <= 1 => {
                    assigned.push((place(name), format!("assigned var {name} unused")));
                }
                Occurrence::Declared if !found.contains(given) => {
                    declared.push((place(name), format!("declared var {name} unused")));
                }
                _ => {}
            }
        }
        // OPA says nothing of the others if there are some of the first.
        let first = if assigned.is_empty() {
            declared
        } else {
            assigned
        };
        for (at, message) in first {
            self.unused_at(at, message);
        }
    }

    fn not(&mut self, expr: &mut Expr) {
        let problems = self.problems.len();
        let ExprKind::Not(operand) = &mut expr.kind else {
            return;
        };
        let has_scope = operand.has_braces;
        if has_scope {
            self.scopes.open();
            self.body(&mut operand.body, &[]);
        } else {
            self.implicit(
                &mut operand.body,
                "cannot assign vars inside negated expression",
            );
        }
        if has_scope || self.problems.len() == problems {
            self.visit_expr(expr);
        }
        if has_scope {
            self.scopes.close();
        }
    }

    /// `and` and `or`: each operand has variables of its own.
    fn joined(&mut self, expr: &mut Expr) {
        let problems = self.problems.len();
        let message = match &expr.kind {
            ExprKind::And(_) => "cannot assign vars inside implicit and operand",
            _ => "cannot assign vars inside implicit or operand",
        };
        for Operand {
            body, has_braces, ..
        } in expr.kind.operands_mut()
        {
            if *has_braces {
                self.scopes.open();
                self.body(body, &[]);
                self.scopes.close();
            } else {
                self.implicit(body, message);
            }
        }
        if self.problems.len() == problems {
            self.visit_expr(expr);
        }
    }

    /// A body without braces, which may not declare variables.
    fn implicit(&mut self, body: &mut Body, message: &str) {
        for expr in body {
            if is_call(expr, "assign") {
                self.problem(expr.at, message);
                continue;
            }
            match &expr.kind {
                ExprKind::Not(_) => self.not(expr),
                ExprKind::And(_) | ExprKind::Or(_) => self.joined(expr),
                _ => {}
            }
        }
    }

    /// A comprehension: its body declares the variables of its head.
    fn comprehension<const N: usize>(&mut self, heads: [&mut Term; N], body: &mut Body) {
        let mut used = Vec::new();
        for head in &heads {
            let mut vars = Vars {
                found: &mut used,
                closures: true,
            };
            walk_term(head, &mut vars);
        }
        self.scopes.open();
        self.body(body, &used);
        walk_terms_mut(heads, self);
        self.scopes.close();
    }

    fn assignment(&mut self, expr: &mut Expr) {
        if expr.negated {
            let at = expr.at;
            return self.problem(at, "cannot assign vars inside negated expression");
        }
        let problems = self.problems.len();
        let ExprKind::Call(call) = &mut expr.kind else {
            return;
        };
        let [operator, left, right] = call.as_mut_slice() else {
            return;
        };
        self.visit_term(right);
        for with in &mut expr.with {
            self.visit_term(&mut with.value);
        }
        self.assigned(left);
        if self.problems.len() == problems {
            operator.kind = TermKind::Ref(vec![Term::var(operator.at, "eq")]);
            expr.assigns = true;
        }
    }

    fn assigned(&mut self, term: &mut Term) {
        let at = term.at;
        match &mut term.kind {
            TermKind::Var(name) => {
                let name = name.clone();
                match self.declare(&name, Occurrence::Assigned) {
                    Ok(given) => term.kind = TermKind::Var(given),
                    Err(message) => self.problem(at, message),
                }
            }
            TermKind::Array(items) => {
                for item in items {
                    self.assigned(item);
                }
            }
            TermKind::Object(fields) => {
                for (key, value) in fields {
                    self.visit_term(key);
                    self.assigned(value);
                }
            }
            TermKind::Ref(parts) if parts.len() == 1 => {
                let root = parts.first().and_then(Term::as_var).cloned();
                if let Some(name) = root {
                    match self.declare(&name, Occurrence::Assigned) {
                        Ok(given) => term.kind = TermKind::Var(given),
                        Err(message) => self.problem(at, message),
                    }
                }
            }
            _ => {
                let message = format!("cannot assign to {}", term.type_name());
                self.problem(at, message);
            }
        }
    }

    /// Removes `some x`, and turns `some x in xs` into `x = xs[_]`.
    fn some(&mut self, expr: &mut Expr) -> bool {
        let at = expr.at;
        let ExprKind::Some(symbols) = &mut expr.kind else {
            return true;
        };
        for symbol in std::mem::take(symbols) {
            match symbol.kind {
                TermKind::Var(name) => {
                    if let Err(message) = self.declare(&name, Occurrence::Declared) {
                        self.problem(at, message);
                        return false;
                    }
                }
                TermKind::Call(call) => return self.some_in(expr, call),
                _ => {}
            }
        }
        false
    }

    fn some_in(&mut self, expr: &mut Expr, mut call: Vec<Term>) -> bool {
        let at = expr.at;
        let (Some(domain), Some(value)) = (call.pop(), call.pop()) else {
            return false;
        };
        let key = if call.len() > 1 { call.pop() } else { None };
        let key = key.unwrap_or_else(|| Term::new(at, TermKind::Var(self.names.fresh())));
        if self.version == Version::V1 {
            let again = found_in_domain(&[&key, &value], &domain);
            for name in &again {
                self.problem(at, format!("var {name} assigned before"));
            }
            if !again.is_empty() {
                return false;
            }
        }
        let mut safe = Vec::new();
        walk_term(
            &domain,
            &mut Vars {
                found: &mut safe,
                closures: true,
            },
        );
        let reference = match domain.kind {
            TermKind::Ref(mut parts) => {
                parts.push(key);
                Term::new(domain.at, TermKind::Ref(parts))
            }
            _ => Term::new(domain.at, TermKind::Ref(vec![domain, key])),
        };
        let safe: VarSet = safe.into_iter().collect();
        let outputs = output_vars_of_equation(&value, &reference, self.version, &safe, false);
        let with = std::mem::take(&mut expr.with);
        *expr = Expr {
            with,
            generated: false,
            ..equation(at, value, reference)
        };
        for name in outputs {
            if super::names::is_generated(&name) {
                continue;
            }
            if let Err(message) = self.declare(&name, Occurrence::Declared) {
                self.problem(at, message);
                return false;
            }
        }
        self.visit_expr(expr);
        true
    }

    fn every(&mut self, expr: &mut Expr) {
        let at = expr.at;
        if let ExprKind::Every(every) = &mut expr.kind {
            self.visit_term(&mut every.domain);
            self.scopes.open();
            for var in every.key.iter_mut().chain([&mut every.value]) {
                if let TermKind::Var(name) = &mut var.kind
                    && !name.starts_with('$')
                {
                    match self.declare(&name.clone(), Occurrence::Declared) {
                        Ok(given) => *name = given,
                        Err(message) => self.problem(at, message),
                    }
                }
            }
            self.body(&mut every.body, &[]);
            self.scopes.close();
        }
        for with in &mut expr.with {
            self.visit_with(with);
        }
    }
}

/// Renames variables where they are used. By then, what an expression declares has been declared.
impl VisitorMut for Declarations<'_> {
    fn visit_expr(&mut self, expr: &mut Expr) {
        match &expr.kind {
            ExprKind::Some(_) => walk_withs_mut(&mut expr.with, self),
            _ => walk_expr_mut(expr, self),
        }
    }

    fn visit_with(&mut self, with: &mut With) {
        let shadow = self.scopes.declared(&INPUT.into()).cloned();
        self.visit_term(&mut with.target);
        // `with` replaces `input` even if a local variable has that name.
        if let Some(shadow) = shadow {
            match &mut with.target.kind {
                TermKind::Var(name) if *name == shadow => {
                    with.target.kind = TermKind::Ref(vec![Term::var(with.target.at, INPUT)]);
                }
                TermKind::Ref(parts) => {
                    if let Some(head) = parts
                        .first_mut()
                        .filter(|head| head.as_var() == Some(&shadow))
                    {
                        head.kind = TermKind::Var(INPUT.into());
                    }
                }
                _ => {}
            }
        }
        self.visit_term(&mut with.value);
    }

    fn visit_term(&mut self, term: &mut Term) {
        let at = term.at;
        match &mut term.kind {
            TermKind::Var(name) => {
                if let Some(given) = self.scopes.declared(name).cloned() {
                    self.scopes.seen(&name.clone());
                    *name = given;
                } else {
                    let name = name.clone();
                    self.insert(&name, name.clone(), Occurrence::Seen);
                }
            }
            TermKind::Ref(parts) => {
                if let [root] = parts.as_slice()
                    && let Some(name) = root.as_var().cloned()
                    && matches!(&*name, super::DATA | INPUT)
                {
                    if self.scopes.is_declared(&name)
                        && let Some(given) = self.scopes.declared(&name).cloned()
                    {
                        self.scopes.seen(&name);
                        term.kind = TermKind::Var(given);
                    }
                    return;
                }
                walk_term_mut(term, self);
            }
            TermKind::Call(call) => {
                let head = call.first().and_then(|operator| match &operator.kind {
                    TermKind::Ref(parts) => parts.first()?.as_var().cloned(),
                    _ => None,
                });
                if let Some(head) = head
                    && self
                        .scopes
                        .declared(&head)
                        .is_some_and(|given| *given != head)
                {
                    let name = call.first().and_then(Term::operator).unwrap_or_default();
                    self.problem(at, format!("called function {name} shadowed"));
                }
                walk_terms_mut(call.iter_mut().skip(1), self);
            }
            TermKind::ArrayComprehension(head, body) | TermKind::SetComprehension(head, body) => {
                self.comprehension([&mut **head], body);
            }
            TermKind::ObjectComprehension(key, value, body) => {
                self.comprehension([&mut **key, &mut **value], body);
            }
            TermKind::Value(_)
            | TermKind::Array(_)
            | TermKind::Set(_)
            | TermKind::Object(_)
            | TermKind::Template(_) => walk_term_mut(term, self),
        }
    }
}

/// Renames the variables of the comprehensions and template strings in a head.
struct Closures<'d, 'n>(&'d mut Declarations<'n>);

impl VisitorMut for Closures<'_, '_> {
    fn visit_term(&mut self, term: &mut Term) {
        match &term.kind {
            TermKind::ArrayComprehension(..)
            | TermKind::SetComprehension(..)
            | TermKind::ObjectComprehension(..)
            | TermKind::Template(_) => {
                self.0.scopes = Scopes::of(Scope::default());
                self.0.visit_term(term);
            }
            _ => walk_term_mut(term, self),
        }
    }
}

fn is_call(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Call(call) if call.first().is_some_and(|operator| is_operator(operator, name)))
}

fn is_assignment(expr: &Expr) -> bool {
    is_call(expr, "assign") && operands(expr, "assign").is_some()
}

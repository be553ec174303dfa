//! Resolves the names of rules and imports to the full references that they abbreviate.

use std::collections::{HashMap, HashSet};

use super::names::operands;
use crate::problem::{Code, Problem};
use crate::syntax::ast::{
    Body, DATA, Expr, ExprKind, Head, INPUT, Location, Module, Name, Rule, Term, TermKind,
};
use crate::syntax::visit::{
    Visitor, VisitorMut, walk_expr, walk_expr_mut, walk_term, walk_term_mut, walk_terms_mut,
    walk_withs_mut,
};

/// What the names in one module refer to.
pub(super) struct Resolver<'r> {
    package: Vec<Term>,
    /// The rules of the package, from all its modules.
    rules: &'r HashSet<Name>,
    imports: HashMap<Name, Vec<Term>>,
    /// The names that are local variables, by scope; the innermost scope is last.
    ignored: Vec<HashSet<Name>>,
    used: HashSet<Name>,
}

impl<'r> Resolver<'r> {
    /// The resolver for a module whose package has these rules.
    pub(super) fn new(module: &Module, rules: &'r HashSet<Name>) -> Self {
        let mut imports = HashMap::new();
        for import in &module.imports {
            let root = import.path.first().and_then(Term::as_var);
            if let Some(name) = import.name()
                && root.is_some_and(|root| matches!(&**root, DATA | INPUT))
            {
                imports.insert(name, import.path.clone());
            }
        }
        Self {
            package: module.package.clone(),
            rules,
            imports,
            ignored: Vec::new(),
            used: HashSet::new(),
        }
    }

    /// Whether the name of a rule or import has been used.
    pub(super) fn has_used(&self, name: &Name) -> bool {
        self.used.contains(name)
    }

    /// Resolves the names in a rule and in its `else` branches.
    pub(super) fn rule(&mut self, rule: &mut Rule, problems: &mut Vec<Problem>) {
        let mut args = HashSet::new();
        for arg in rule.head.args.iter().flatten() {
            if let Some(root) = argument_names(arg, &mut args) {
                let message =
                    format!("args must not shadow {root} (use a different variable name)");
                problems.push(Problem::new(Code::Compile, rule.at, message));
                return;
            }
        }
        self.ignored.push(args);
        self.ignored.push(declared(&rule.body));
        let Head {
            reference,
            key,
            value,
            ..
        } = &mut rule.head;
        for term in reference.iter_mut().skip(1).chain(key).chain(value) {
            self.visit_term(term);
        }
        self.visit_body(&mut rule.body);
        self.ignored.clear();
        if let Some(else_branch) = &mut rule.else_branch {
            self.rule(else_branch, problems);
        }
    }

    /// Resolves the names in a query.
    pub(super) fn query(&mut self, body: &mut Body) {
        self.ignored.push(declared(body));
        self.visit_body(body);
        self.ignored.clear();
    }

    fn path(&mut self, name: &Name, at: Location) -> Option<Vec<Term>> {
        if self.ignored.iter().any(|names| names.contains(name)) {
            return None;
        }
        let mut path = match self.imports.get(name) {
            Some(path) => path.clone(),
            None if self.rules.contains(name) => self.rule_path(name),
            None => return None,
        };
        self.used.insert(name.clone());
        for part in &mut path {
            part.at = at;
        }
        Some(path)
    }

    fn rule_path(&self, name: &Name) -> Vec<Term> {
        let mut path = self.package.clone();
        path.push(Term::text(Location::default(), &**name));
        path
    }
}

impl VisitorMut for Resolver<'_> {
    fn visit_expr(&mut self, expr: &mut Expr) {
        match &mut expr.kind {
            // A declared variable isn't the name of anything else.
            ExprKind::Some(symbols) => {
                for symbol in symbols {
                    if let TermKind::Call(call) = &mut symbol.kind {
                        walk_terms_mut(call, self);
                    }
                }
                walk_withs_mut(&mut expr.with, self);
            }
            ExprKind::Every(every) => {
                let names = every.key.iter().chain([&every.value]);
                let names = names.filter_map(Term::as_var).cloned();
                self.ignored.push(names.collect());
                self.visit_term(&mut every.domain);
                self.visit_body(&mut every.body);
                self.ignored.pop();
                walk_withs_mut(&mut expr.with, self);
            }
            _ => walk_expr_mut(expr, self),
        }
    }

    fn visit_term(&mut self, term: &mut Term) {
        match &mut term.kind {
            TermKind::Var(name) => {
                if let Some(path) = self.path(name, term.at) {
                    term.kind = TermKind::Ref(path);
                }
            }
            TermKind::Ref(parts) => {
                let head = parts
                    .first()
                    .and_then(|head| Some((head.as_var()?.clone(), head.at)));
                if let Some((name, at)) = head {
                    walk_terms_mut(parts.iter_mut().skip(1), self);
                    if let Some(path) = self.path(&name, at) {
                        parts.splice(0..1, path);
                    }
                } else {
                    walk_term_mut(term, self);
                }
            }
            TermKind::ArrayComprehension(_, body)
            | TermKind::SetComprehension(_, body)
            | TermKind::ObjectComprehension(_, _, body) => {
                self.ignored.push(declared(body));
                walk_term_mut(term, self);
                self.ignored.pop();
            }
            _ => walk_term_mut(term, self),
        }
    }
}

/// Adds the variables of a function's argument. Returns the root document that is one of them, if any.
fn argument_names(term: &Term, names: &mut HashSet<Name>) -> Option<Name> {
    match &term.kind {
        TermKind::Var(name) => {
            names.insert(name.clone());
            None
        }
        TermKind::Ref(parts) => match parts.as_slice() {
            [root] => root.as_var().cloned(),
            parts => parts.iter().find_map(|part| argument_names(part, names)),
        },
        TermKind::Array(items) => items.iter().find_map(|item| argument_names(item, names)),
        TermKind::Object(fields) => fields
            .iter()
            .find_map(|(_, value)| argument_names(value, names)),
        _ => None,
    }
}

/// The variables that a body declares with `:=` or `some`, without those of comprehensions in it.
pub(super) fn declared(body: &Body) -> HashSet<Name> {
    let mut names = HashSet::new();
    for expr in body {
        declared_by(expr, &mut names);
    }
    names
}

pub(super) fn declared_by(expr: &Expr, names: &mut HashSet<Name>) {
    let mut vars = Collected { names };
    if let Some((left, _)) = operands(expr, "assign") {
        walk_term(left, &mut vars);
    }
    match &expr.kind {
        ExprKind::Some(symbols) => {
            for symbol in symbols {
                match &symbol.kind {
                    TermKind::Call(call) => {
                        let all_but_domain = call
                            .get(1..call.len().saturating_sub(1))
                            .unwrap_or_default();
                        for term in all_but_domain {
                            walk_term(term, &mut vars);
                        }
                    }
                    _ => walk_term(symbol, &mut vars),
                }
            }
        }
        ExprKind::Every(every) => {
            for expr in &every.body {
                declared_by(expr, vars.names);
            }
        }
        ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            for expr in expr
                .kind
                .operands()
                .iter()
                .flat_map(|operand| &operand.body)
            {
                declared_by(expr, vars.names);
            }
        }
        _ => {}
    }
}

struct Collected<'n> {
    names: &'n mut HashSet<Name>,
}

impl Visitor for Collected<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let Some(name) = term.as_var() {
            self.names.insert(name.clone());
        }
        true
    }
}

/// The uses of `input` and `data` as names of something else, which `import rego.v1` and strict mode refuse.
pub(super) fn shadowed_roots(module: &Module) -> Vec<Problem> {
    let mut found = Shadows {
        problems: Vec::new(),
    };
    for rule in &module.rules {
        let name = rule.head.name();
        if matches!(&*name, DATA | INPUT) {
            let message = format!("rules must not shadow {name} (use a different rule name)");
            found
                .problems
                .push(Problem::new(Code::Compile, rule.at, message));
        }
        for arg in rule.head.args.iter().flatten() {
            if let TermKind::Ref(parts) = &arg.kind
                && let [root] = parts.as_slice()
                && let Some(root) = root.as_var()
            {
                let message =
                    format!("args must not shadow {root} (use a different variable name)");
                found
                    .problems
                    .push(Problem::new(Code::Compile, arg.at, message));
            }
        }
    }
    for rule in &module.rules {
        let mut next = Some(rule);
        while let Some(rule) = next {
            found.in_body(&rule.body);
            for term in rule.head.key.iter().chain(&rule.head.value) {
                walk_term(term, &mut found);
            }
            next = rule.else_branch.as_deref();
        }
    }
    found.problems
}

struct Shadows {
    problems: Vec<Problem>,
}

impl Shadows {
    fn in_body(&mut self, body: &Body) {
        for expr in body {
            if let Some((left, _)) = operands(expr, "assign")
                && let TermKind::Ref(parts) = &left.kind
                && let [root] = parts.as_slice()
                && let Some(root) = root.as_var()
            {
                let message =
                    format!("variables must not shadow {root} (use a different variable name)");
                self.problems
                    .push(Problem::new(Code::Compile, expr.at, message));
            }
            walk_expr(expr, self);
        }
    }
}

impl Visitor for Shadows {
    fn visit_term(&mut self, _term: &Term) -> bool {
        true
    }

    fn visit_body(&mut self, body: &Body) -> bool {
        self.in_body(body);
        false
    }
}

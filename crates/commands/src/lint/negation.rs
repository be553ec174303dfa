//! `undefined-under-not`: OPA evaluates the arguments of a negated call outside the negation. If one is undefined, so
//! is the whole body, and nothing is denied.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use compiler::syntax::ast::{
    Body, DATA, Expr, ExprKind, INPUT, Module, Name, Rule, Term, TermKind,
};
use compiler::syntax::visit::{Visitor, walk_expr, walk_term};

use super::path::{Path, Paths};
use super::scope::{binding, defines, has, is_defined_rule, is_fixed, rules};
use super::{Finding, Surroundings};

const RULE: &str = "undefined-under-not";

/// Functions that make a string of their arguments, which mostly is the message of the rule itself.
const MAKES_TEXT: &[&str] = &["sprintf", "concat", "format_int", "json.marshal", "print"];

/// Finds arguments below `not` that may be undefined.
pub(super) fn undefined(module: &Module, around: &Surroundings<'_>) -> Vec<Finding> {
    let open = open_rules(module, around);
    let mut search = Search {
        module,
        around,
        open: &open,
        body: &Vec::new(),
        required: Vec::new(),
        absent: Rc::default(),
        findings: Vec::new(),
    };
    let known = absences(module);
    for rule in &module.rules {
        // A test that is undefined fails, so it needs no finding.
        if !rule.head.name().starts_with("test_") {
            search.absent = known.get(&rule.head.name()).cloned().unwrap_or_default();
            search.rule(rule);
        }
    }
    search.findings
}

struct Search<'s> {
    module: &'s Module,
    around: &'s Surroundings<'s>,
    /// The rules that are undefined if the input lacks something.
    open: &'s HashSet<Name>,
    /// The body, which shows what its variables are.
    body: &'s Body,
    /// The paths that must exist anyway for the body to hold.
    required: Vec<Path>,
    /// The paths whose absence other rules with the same name handle.
    absent: Rc<HashSet<String>>,
    findings: Vec<Finding>,
}

/// How many rules may be between a rule and the input that it depends on.
const MOST_BETWEEN: usize = 4;

/// The rules without conditions whose values may be undefined, because they depend on something that may be.
fn open_rules(module: &Module, around: &Surroundings<'_>) -> HashSet<Name> {
    let mut open = HashSet::new();
    let fixed = module.rules.iter().filter(|rule| is_fixed(rule));
    let mut fixed: Vec<_> = fixed
        .map(|rule| (rule.head.name(), demands_of(rule, module)))
        .collect();
    for _ in 0..=MOST_BETWEEN {
        let before = fixed.len();
        let mut found = Vec::new();
        fixed.retain(|(name, demands)| {
            let is_open = demands.iter().any(|path| {
                open.contains(&path.head)
                    || path.is_of_input() && !path.steps.is_empty() && !(around.is_given)(path)
            });
            if is_open {
                found.push(name.clone());
            }
            !is_open
        });
        open.extend(found);
        if fixed.len() == before {
            break;
        }
    }
    for rule in module.rules.iter().filter(|rule| rule.is_default) {
        open.remove(&rule.head.name());
    }
    open
}

/// The paths that must exist for a rule to have a value.
fn demands_of(rule: &Rule, module: &Module) -> Vec<Path> {
    let mut names = Names::of(module);
    if let Some(value) = &rule.head.value {
        walk_term(value, &mut names);
    }
    names.found()
}

/// By rule name, the paths that a rule negates on their own, as in `not input.x`. Their absence is handled there.
fn absences(module: &Module) -> HashMap<Name, Rc<HashSet<String>>> {
    let mut found: HashMap<Name, HashSet<String>> = HashMap::new();
    for Rule { head, body, .. } in &module.rules {
        let paths = body.iter().filter_map(|expr| {
            let negated = match &expr.kind {
                ExprKind::Not(operand) => match operand.body.as_slice() {
                    [only] => &only.kind,
                    _ => return None,
                },
                kind if expr.negated => kind,
                _ => return None,
            };
            match negated {
                ExprKind::Term(term) => {
                    Some(expanded(Path::from_term(term, module)?, body, module))
                }
                _ => None,
            }
        });
        // If a value on the way doesn't exist, neither does what it leads to.
        let shapes = paths.flat_map(|path| {
            let rule = path.steps.is_empty().then(|| path.head.to_string());
            path.shapes().into_iter().chain(rule)
        });
        found.entry(head.name()).or_default().extend(shapes);
    }
    found
        .into_iter()
        .map(|(name, paths)| (name, Rc::new(paths)))
        .collect()
}

/// A path in which the variable at the start is replaced by what the body or a rule binds it to.
fn expanded(path: Path, body: &Body, module: &Module) -> Path {
    let fixed = || {
        let mut rules = rules(module, &path.head).filter(|rule| is_fixed(rule));
        rules.next()?.head.value.as_ref()
    };
    let meant = binding(body, &path.head).or_else(fixed);
    let Some(mut from) = meant.and_then(|value| Path::from_term(value, module)) else {
        return path;
    };
    from.steps.extend(path.steps);
    from.at = path.at;
    from
}

impl Search<'_> {
    fn rule(&mut self, rule: &Rule) {
        let head: Vec<_> = rule.head.key.iter().chain(&rule.head.value).collect();
        self.within(&rule.body, &head);
        if let Some(else_branch) = &rule.else_branch {
            self.rule(else_branch);
        }
    }

    fn within(&mut self, body: &Body, head: &[&Term]) {
        let mut required = self.required.clone();
        for expr in body.iter().filter(|expr| !expr.negated) {
            let mut demands = Demands(Names::of(self.module));
            walk_expr(expr, &mut demands);
            required.extend(demands.0.found());
        }
        let mut inner = Search {
            module: self.module,
            around: self.around,
            open: self.open,
            body,
            required,
            absent: self.absent.clone(),
            findings: Vec::new(),
        };
        for expr in body {
            if expr.negated {
                inner.negated(expr);
            }
            walk_expr(expr, &mut inner);
        }
        for term in head {
            walk_term(term, &mut inner);
        }
        self.findings.append(&mut inner.findings);
    }

    fn negated(&mut self, expr: &Expr) {
        let mut arguments = Arguments(Paths {
            module: self.module,
            found: Vec::new(),
        });
        arguments.visit_expr(expr);
        for path in arguments.0.found {
            if self.may_be_undefined(&path) {
                self.findings.push(Finding::new(
                    RULE,
                    path.at,
                    format!("if `{path}` is undefined, so is this whole body, and nothing is denied: OPA evaluates that reference outside the `not`"),
                    help(&path),
                ));
            }
        }
    }

    fn may_be_undefined(&self, path: &Path) -> bool {
        let full = expanded(path.clone(), self.body, self.module);
        let is_absence_seen = |path: &Path| {
            let shape = path.shapes().pop();
            self.absent.contains(shape.as_deref().unwrap_or(&path.head))
        };
        if is_absence_seen(path) || is_absence_seen(&full) {
            return false;
        }
        if path.has_wildcard() || self.required.iter().any(|known| path.begins(known)) {
            return false;
        }
        if &*path.head == DATA || (self.around.is_given)(path) {
            return false;
        }
        if path.is_of_input() {
            return !path.steps.is_empty();
        }
        if let Some(value) = binding(self.body, &path.head) {
            return !path.steps.is_empty() && !has(value, &path.steps);
        }
        if defines(self.module, &path.head) {
            return self.open.contains(&path.head) || !is_defined_rule(self.module, path);
        }
        !path.steps.is_empty()
    }
}

impl Visitor for Search<'_> {
    fn visit_term(&mut self, _term: &Term) -> bool {
        true
    }

    fn visit_body(&mut self, body: &Body) -> bool {
        self.within(body, &[]);
        false
    }
}

fn help(path: &Path) -> String {
    let Some((last, rest)) = path.steps.split_last() else {
        return format!(
            "give `{path}` a default, `default {path} = …`; or move the condition to a rule of its own, and write `not` before that rule"
        );
    };
    let from = Path {
        steps: rest.to_vec(),
        ..path.clone()
    };
    let super::Step::Key(key) = last else {
        return "move the condition to a rule of its own, and write `not` before that rule"
            .to_owned();
    };
    format!(
        "write `value := object.get({from}, {key:?}, \"\")` above, with a suitable default, and use `value` here; or move the condition to a rule of its own, and write `not` before that rule"
    )
}

/// Collects the paths that must exist for an expression to hold.
struct Demands<'m>(Names<'m>);

impl Visitor for Demands<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Call(call) = &term.kind
            && let Some(name) = call.first().and_then(Term::operator)
            && MAKES_TEXT.contains(&name.as_str())
        {
            return false;
        }
        self.0.visit_term(term)
    }

    fn visit_body(&mut self, _body: &Body) -> bool {
        false
    }
}

/// Collects references and variables.
struct Names<'m>(Paths<'m>);

impl<'m> Names<'m> {
    fn of(module: &'m Module) -> Self {
        Self(Paths {
            module,
            found: Vec::new(),
        })
    }

    fn found(self) -> Vec<Path> {
        self.0.found
    }
}

impl Visitor for Names<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Var(_) = &term.kind {
            self.0.found.extend(Path::from_term(term, self.0.module));
        }
        self.0.visit_term(term)
    }

    fn visit_body(&mut self, _body: &Body) -> bool {
        false
    }
}

/// Collects what OPA moves out of a negated expression before it evaluates it.
struct Arguments<'m>(Paths<'m>);

impl Arguments<'_> {
    fn visit_expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Term(term) => self.operand(term),
            ExprKind::Call(call) => {
                let Some((operator, operands)) = call.split_first() else {
                    return;
                };
                let is_equation = matches!(
                    operator.operator().as_deref(),
                    Some("equal" | "eq" | "assign")
                );
                for operand in operands {
                    if is_equation {
                        self.operand(operand);
                    } else {
                        walk_term(operand, self);
                    }
                }
            }
            // The arguments in a `not` with a body are evaluated in the body.
            ExprKind::Some(_)
            | ExprKind::Every(_)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_) => {}
        }
    }

    /// A reference on its own stays below the `not`, but not what is in its brackets.
    fn operand(&mut self, term: &Term) {
        match &term.kind {
            TermKind::Ref(parts) => {
                for part in parts.iter().skip(1) {
                    walk_term(part, self);
                }
            }
            TermKind::Var(_) => {}
            _ => walk_term(term, self),
        }
    }
}

impl Visitor for Arguments<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        match &term.kind {
            TermKind::Ref(parts) => {
                self.0.found.extend(Path::from_term(term, self.0.module));
                for part in parts.iter().skip(1) {
                    walk_term(part, self);
                }
                false
            }
            TermKind::Call(call) => {
                for operand in call.iter().skip(1) {
                    walk_term(operand, self);
                }
                false
            }
            TermKind::Var(name) => {
                if &**name != INPUT {
                    self.0.found.extend(Path::from_term(term, self.0.module));
                }
                false
            }
            _ => true,
        }
    }

    fn visit_body(&mut self, _body: &Body) -> bool {
        false
    }
}

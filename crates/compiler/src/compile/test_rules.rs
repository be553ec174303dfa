//! What OPA's test runner adds to the compiler: tests of the same name become separate rules, and a test with several
//! cases reports which case it has come to.

use std::collections::{HashMap, HashSet};

use super::names::{is_generated, operands};
use super::tree::full_name;
use crate::syntax::ast::{Body, Expr, ExprKind, Module, Name, Rule, Term, TermKind};
use crate::syntax::visit::{Vars, Visitor, is_ground, walk_body, walk_expr, walk_term};
use values::Version;

/// The prefix of a test's name.
pub const PREFIX: &str = "test_";
/// The prefix of the name of a test that is skipped.
pub const SKIPPED: &str = "todo_test_";

/// The function by which a test reports the case that it has come to.
pub const CASE: &str = "internal.test_case";

/// Whether a name is that of a test.
#[must_use]
pub fn is_test_name(name: &str) -> bool {
    name.starts_with(PREFIX) || name.starts_with(SKIPPED)
}

/// The name of a test, and how many terms of the rule's reference lead up to it; `None` if the rule isn't a test.
///
/// OPA 0.70 looks at the last term, 1.22 at the first one that is the name of a test.
#[must_use]
pub fn test_name(rule: &Rule, version: Version) -> Option<(usize, Name)> {
    let reference = &rule.head.reference;
    match version {
        Version::V0 => {
            let name = reference.last().and_then(name_of)?;
            is_test_name(name).then(|| (reference.len(), name.clone()))
        }
        Version::V1 => {
            let ground = ground_length(reference);
            let mut named = reference.iter().take(ground).enumerate();
            named.find_map(|(i, term)| {
                let name = name_of(term).filter(|name| is_test_name(name))?;
                Some((i + 1, name.clone()))
            })
        }
    }
}

/// How many terms at the start of a reference have no variables. The first one always counts.
#[must_use]
pub fn ground_length(reference: &[Term]) -> usize {
    let rest = reference.iter().skip(1);
    1 + rest.take_while(|term| is_ground(term)).count()
}

fn name_of(term: &Term) -> Option<&Name> {
    term.as_var().or_else(|| term.as_text())
}

/// Renames each test whose name occurred before: `test_x#01`.
pub fn number_repeated_tests(modules: &mut [Module], version: Version) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for module in modules {
        for i in 0..module.rules.len() {
            let Some(rule) = module.rules.get(i) else {
                continue;
            };
            let Some((length, name)) =
                test_name(rule, version).filter(|(_, name)| name.starts_with(PREFIX))
            else {
                continue;
            };
            let count = counts
                .entry(full_name(
                    module,
                    rule.head.reference.get(..length).unwrap_or_default(),
                ))
                .or_default();
            let before = *count;
            *count += 1;
            if before == 0 {
                continue;
            }
            let Some(term) = module
                .rules
                .get_mut(i)
                .and_then(|rule| rule.head.reference.get_mut(length - 1))
            else {
                continue;
            };
            let name: Name = format!("{name}#{before:02}").into();
            term.kind = if length == 1 {
                TermKind::Var(name)
            } else {
                TermKind::Value((&*name).into())
            };
        }
    }
}

/// Lets every test that has keys after its name report its case, as soon as the keys are known.
pub fn announce_cases(modules: &mut [Module]) {
    for rule in modules.iter_mut().flat_map(|module| &mut module.rules) {
        let Some((length, name)) = test_name(rule, Version::V1) else {
            continue;
        };
        if !name.starts_with(PREFIX) || announces(&rule.body) {
            continue;
        }
        let keys = rule
            .head
            .reference
            .get(length..)
            .unwrap_or_default()
            .to_vec();
        if keys.is_empty() {
            continue;
        }
        for key in &keys {
            bring_forward(&mut rule.body, key);
        }
        let last = keys
            .iter()
            .filter_map(Term::as_var)
            .filter_map(|name| rule.body.iter().position(|expr| vars(expr).contains(name)))
            .max();
        let at = rule.head.at;
        let operator = Term::new(
            at,
            TermKind::Ref(vec![Term::var(at, "internal"), Term::text(at, "test_case")]),
        );
        let kind = ExprKind::Call(vec![operator, Term::new(at, TermKind::Array(keys))]);
        let announcement = Expr {
            at,
            negated: false,
            kind,
            with: Vec::new(),
            generated: true,
            assigns: false,
        };
        rule.body
            .insert(last.map_or(0, |last| last + 1), announcement);
    }
}

/// Moves the expression that finds a key to the first place where everything that it needs is known.
fn bring_forward(body: &mut Body, key: &Term) {
    let Some(key) = key.as_var() else { return };
    let mut i = body.len();
    while i > 0 {
        let at = i - 1;
        let to = body.get(at).and_then(|expr| {
            let (left, right) = operands(expr, "eq").filter(|_| expr.generated)?;
            if left.as_var() != Some(key) {
                return None;
            }
            let mut needed = HashSet::new();
            collect(&mut needed, |found| walk_term(right, found));
            needed.retain(|name| is_generated(name));
            if needed.is_empty() {
                return Some(0);
            }
            let earlier = body.get(..at).unwrap_or_default();
            let firsts = needed
                .iter()
                .filter_map(|name| earlier.iter().position(|expr| vars(expr).contains(name)));
            // As in OPA, something that is never known counts as known from the first expression on.
            Some(firsts.max().unwrap_or(0) + 1).filter(|to| *to <= at)
        });
        match to {
            Some(to) if to < at => {
                let expr = body.remove(at);
                body.insert(to, expr);
                // Another expression has moved here.
            }
            _ => i -= 1,
        }
    }
}

fn announces(body: &Body) -> bool {
    struct Calls(bool);
    impl Visitor for Calls {
        fn visit_term(&mut self, _term: &Term) -> bool {
            true
        }

        fn visit_expr(&mut self, expr: &Expr) {
            if let ExprKind::Call(call) = &expr.kind {
                self.0 |= call.first().and_then(Term::operator).as_deref() == Some(CASE);
            }
        }
    }
    let mut calls = Calls(false);
    walk_body(body, &mut calls);
    calls.0
}

fn vars(expr: &Expr) -> HashSet<Name> {
    let mut found = HashSet::new();
    collect(&mut found, |vars| walk_expr(expr, vars));
    found
}

fn collect(found: &mut HashSet<Name>, visit: impl FnOnce(&mut Vars)) {
    let mut names = Vec::new();
    visit(&mut Vars {
        found: &mut names,
        closures: true,
    });
    found.extend(names);
}

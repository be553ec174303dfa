//! `unread-rule`: rules that conftest reads, and Harness doesn't.
//!
//! Source: Harness's guide for authors of policies (`deny` makes a policy fail, `warn` advises); conftest's
//! documentation (`deny`, `violation` and `warn`, also with `_` and any suffix, and `exception`).

use std::collections::HashSet;

use commands::lint::{Finding, Step, Weight, paths};
use compiler::syntax::ast::{DATA, Module, Rule, Term, TermKind, path_name};
use compiler::syntax::visit::{Visitor, walk_body, walk_term};

use super::deny::is_test;
use super::sbom;

/// Finds rules that seem meant to be read from outside, but that neither Harness nor any module reads.
pub fn rules(module: &Module, all: &[Module]) -> Vec<Finding> {
    if is_test(module) {
        return Vec::new();
    }
    let mut reported = HashSet::new();
    let mut findings = Vec::new();
    for rule in &module.rules {
        let name = rule.head.name();
        if sbom::reads(module, &name) {
            continue;
        }
        let Some((weight, why, help)) = hope(&name, rule) else {
            continue;
        };
        if !reported.insert(name.clone()) || all.iter().any(|user| reads(user, module, &name)) {
            continue;
        }
        findings.push(Finding {
            rule: "unread-rule",
            weight,
            at: rule.head.at,
            message: why,
            help,
        });
    }
    findings
}

/// What the author of a rule probably expects of its name: how serious that is, what Harness does with it, and what
/// to write instead.
fn hope(name: &str, rule: &Rule) -> Option<(Weight, String, String)> {
    // conftest doesn't read functions.
    if rule.head.is_function() {
        return None;
    }
    let nothing = format!("Harness doesn't read `{name}`, so it denies nothing");
    let stem = name.split_once('_').map_or(name, |(stem, _)| stem);
    match (stem, name) {
        ("warn", "warn") => Some((
            Weight::Note,
            "`warn` only advises: it never makes a policy fail".to_owned(),
            "call it `deny` if it should fail; in a policy set, \"Warn & continue\" turns that into a warning".to_owned(),
        )),
        ("warn", _) => Some((
            Weight::Warning,
            format!("Harness doesn't read `{name}`, so it warns nobody; conftest reads it"),
            "call it `deny`, and choose \"Warn & continue\" in the policy set".to_owned(),
        )),
        ("deny", "deny") => None,
        ("deny", _) => Some((
            Weight::Warning,
            format!("{nothing}; conftest reads it"),
            "call it `deny`: a policy may have several rules of that name".to_owned(),
        )),
        ("violation", _) => Some((
            Weight::Warning,
            format!("{nothing}; conftest reads it"),
            "call it `deny`, and make each message a string: `deny[msg] { … }`".to_owned(),
        )),
        ("exception", "exception") => Some((
            Weight::Warning,
            "Harness doesn't read `exception`, so what it excepts is still denied; conftest reads it"
                .to_owned(),
            "put the condition into `deny`: `not is_excepted`".to_owned(),
        )),
        _ => match name.to_lowercase().as_str() {
            "deny" | "denied" | "denies" | "violations" => Some((
                Weight::Warning,
                nothing,
                "call it `deny`".to_owned(),
            )),
            _ => None,
        },
    }
}

/// Whether a module reads this rule of a module, which may be its own.
fn reads(user: &Module, owner: &Module, name: &str) -> bool {
    let (own, package) = (path_name(&user.package), path_name(&owner.package));
    if own == package {
        let mut names = Names(HashSet::new());
        for rule in &user.rules {
            names.rule(rule);
        }
        if names.0.contains(name) {
            return true;
        }
    }
    let Some(package) = package else { return false };
    let depth = package.split('.').count() - 1;
    user.rules.iter().any(|rule| {
        paths(rule, user).iter().any(|path| {
            let mut full = path.head.to_string();
            for step in path.steps.iter().take(depth) {
                let Step::Key(key) = step else { break };
                full.push('.');
                full.push_str(key);
            }
            &*path.head == DATA
                && full == package
                && path.key(depth).is_none_or(|rule| rule == name)
        })
    })
}

/// Collects the variables in rules, without the names of the rules themselves.
struct Names(HashSet<String>);

impl Names {
    fn rule(&mut self, rule: &Rule) {
        let head = &rule.head;
        let terms = head.args.iter().flatten();
        for term in terms.chain(&head.key).chain(&head.value) {
            walk_term(term, self);
        }
        for term in head.reference.iter().skip(1) {
            walk_term(term, self);
        }
        walk_body(&rule.body, self);
        if let Some(else_branch) = &rule.else_branch {
            self.rule(else_branch);
        }
    }
}

impl Visitor for Names {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Var(name) = &term.kind {
            self.0.insert(name.to_string());
        }
        true
    }
}

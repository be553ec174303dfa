//! `never-fails` and `not-a-text`: rules about the value of `deny`.

use commands::lint::{Finding, Step, binding, defines, paths, rules};
use compiler::syntax::ast::{Body, DATA, Module, Rule, Term, TermKind, path_name};
use values::Value;

use crate::policy::evaluation::holds;

const DENY: &str = "deny";

/// Finds a module that can't deny anything.
pub fn missing(module: &Module, all: &[Module]) -> Option<Finding> {
    let package = path_name(&module.package);
    let of_package = || {
        all.iter()
            .filter(|other| path_name(&other.package) == package)
    };
    if of_package().any(|other| rules(other, DENY).any(may_deny)) {
        return None;
    }
    if is_test(module)
        || all
            .iter()
            .any(|other| path_name(&other.package) != package && asks(other, module))
    {
        return None;
    }
    let (what, at) = match rules(module, DENY).next() {
        Some(rule) if rule.head.args.is_some() => (
            "its `deny` is a function, and Harness calls none",
            rule.head.at,
        ),
        Some(rule) if rule.is_default => ("its only `deny` is a default", rule.head.at),
        Some(rule) => ("its `deny` is always empty or `false`", rule.head.at),
        None => ("it has no `deny` rule", module.at),
    };
    let help = if defines(module, "allow") {
        "write a `deny` rule for what isn't allowed: `allow` has no effect in Harness"
    } else if defines(module, "warn") {
        "keep `warn` if the policy should only advise; otherwise rename it to `deny`"
    } else {
        "write `deny[msg] { … }` for what is wrong"
    };
    Some(Finding::new(
        "never-fails",
        at,
        format!("this policy can never fail: {what}"),
        help.to_owned(),
    ))
}

/// Whether a rule can deny something. A function can't, because it isn't a value of the package, which is what
/// Harness reads.
#[must_use]
pub fn may_deny(rule: &Rule) -> bool {
    let is_something = rule
        .head
        .value
        .as_ref()
        .is_none_or(|value| !is_nothing(value));
    let is_otherwise = rule.else_branch.as_deref().is_some_and(may_deny);
    rule.head.args.is_none() && (is_something || is_otherwise)
}

/// Whether a term is a constant that denies nothing as the value of `deny`.
fn is_nothing(term: &Term) -> bool {
    match &term.kind {
        TermKind::Value(value) => !holds(value),
        TermKind::Array(items) | TermKind::Set(items) => items.is_empty(),
        TermKind::Object(fields) => fields.is_empty(),
        TermKind::Call(call) => {
            matches!(call.as_slice(), [set] if set.operator().as_deref() == Some("set"))
        }
        _ => false,
    }
}

/// Whether a module only has tests, so that nothing else of it is evaluated.
#[must_use]
pub fn is_test(module: &Module) -> bool {
    let of_tests = path_name(&module.package).is_some_and(|package| package.ends_with("_test"));
    let mut rules = module.rules.iter().map(|rule| rule.head.name());
    let says_more = [DENY, "warn", "allow"]
        .iter()
        .any(|name| defines(module, name));
    of_tests || !says_more && rules.any(|name| name.starts_with("test_"))
}

/// Whether a module uses rules of another one.
fn asks(user: &Module, library: &Module) -> bool {
    let Some(package) = path_name(&library.package) else {
        return false;
    };
    let below = format!("{package}.");
    let leads_there = |path: &str| path == package || path.starts_with(&below);
    user.imports
        .iter()
        .any(|import| path_name(&import.path).is_some_and(|path| leads_there(&path)))
        || user.rules.iter().any(|rule| {
            paths(rule, user).iter().any(|path| {
                let mut name = path.head.to_string();
                for step in &path.steps {
                    let Step::Key(key) = step else { break };
                    name.push('.');
                    name.push_str(key);
                }
                &*path.head == DATA && leads_there(&name)
            })
        })
}

/// Finds messages that aren't strings, as far as the module shows.
pub fn not_a_text(module: &Module) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in [DENY, "warn"] {
        for rule in rules(module, name) {
            messages(rule, name, &mut findings);
        }
    }
    findings
}

fn messages(rule: &Rule, name: &str, findings: &mut Vec<Finding>) {
    let head = &rule.head;
    let mut add = |term: &Term, kind: &str| {
        findings.push(Finding::new(
            "not-a-text",
            term.at,
            format!("`{name}` gives {kind}, but a message has to be a string"),
            "write one string: `msg := sprintf(\"…\", […])`".to_owned(),
        ));
    };
    if let Some(key) = &head.key {
        if let Some(kind) = other_than_text(key, &rule.body) {
            add(key, kind);
        }
    } else if let [_, key, ..] = head.reference.as_slice() {
        findings.push(Finding::new(
            "not-a-text",
            key.at,
            format!("`{name}` is an object, but has to be a set of strings"),
            format!("write `{name}[msg] {{ … }}`, with the whole message in `msg`"),
        ));
    } else if let Some(value) = &head.value {
        let shown = resolved(value, &rule.body);
        match &shown.kind {
            TermKind::Array(items) | TermKind::Set(items) => {
                for item in items {
                    if let Some(kind) = other_than_text(item, &rule.body) {
                        add(item, kind);
                    }
                }
            }
            TermKind::ArrayComprehension(item, body) | TermKind::SetComprehension(item, body) => {
                if let Some(kind) = other_than_text(item, body) {
                    add(item, kind);
                }
            }
            TermKind::Value(Value::Bool(_)) => {}
            // A call may return what Harness expects: a boolean, or a list of messages.
            TermKind::Call(_)
                if matches!(type_of(shown), Some("a boolean" | "an array" | "a set")) => {}
            _ => {
                if let Some(kind) = type_of(shown) {
                    add(value, kind);
                }
            }
        }
    }
    if let Some(else_branch) = &rule.else_branch {
        messages(else_branch, name, findings);
    }
}

fn other_than_text(term: &Term, body: &Body) -> Option<&'static str> {
    type_of(resolved(term, body))
}

/// The term that a variable is bound to, or else the term itself.
fn resolved<'t>(term: &'t Term, body: &'t Body) -> &'t Term {
    term.as_var()
        .and_then(|name| binding(body, name))
        .unwrap_or(term)
}

/// The type of a term, if it certainly isn't a string.
fn type_of(term: &Term) -> Option<&'static str> {
    match &term.kind {
        TermKind::Value(Value::String(_) | Value::Bytes(_))
        | TermKind::Var(_)
        | TermKind::Ref(_)
        | TermKind::Template(_) => None,
        TermKind::Value(Value::Null) => Some("null"),
        TermKind::Value(Value::Bool(_)) => Some("a boolean"),
        TermKind::Value(Value::Number(_)) => Some("a number"),
        TermKind::Value(Value::Array(_))
        | TermKind::Array(_)
        | TermKind::ArrayComprehension(..) => Some("an array"),
        TermKind::Value(Value::Set(_)) | TermKind::Set(_) | TermKind::SetComprehension(..) => {
            Some("a set")
        }
        TermKind::Value(Value::Object(_))
        | TermKind::Object(_)
        | TermKind::ObjectComprehension(..) => Some("an object"),
        TermKind::Call(call) => {
            let name = call.first()?.operator()?;
            let (_, result) = builtins::find(&name)?.signature.split_once(") =>")?;
            // A result may have a name: `=> y: string`.
            let result = result.trim_start();
            let result = match result.split_once(": ") {
                Some((name, kind)) if name.chars().all(|c| c.is_alphanumeric() || c == '_') => kind,
                _ => result,
            };
            [
                ("number", "a number"),
                ("boolean", "a boolean"),
                ("array", "an array"),
                ("set", "a set"),
                ("object", "an object"),
            ]
            .into_iter()
            .find_map(|(word, kind)| result.starts_with(word).then_some(kind))
        }
    }
}

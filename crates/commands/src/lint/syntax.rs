//! `newer-syntax` and `older-syntax`: syntax that some versions of OPA can't read.

use compiler::syntax::ast::{
    Expr, ExprKind, Head, Location, Module, Rule, Term, TermKind, path_name,
};
use compiler::syntax::visit::{Visitor, walk_rule};

use super::{Finding, Opa, Weight};

/// The imports with the version of OPA that introduced them, and what older ones accept.
const IMPORTS: &[(&str, Opa, &str)] = &[
    (
        "rego.v2",
        Opa::new(1, 22),
        "import the keywords from `future.keywords`",
    ),
    (
        "future.keywords.and",
        Opa::new(1, 20),
        "write each expression on a line of its own",
    ),
    (
        "future.keywords.or",
        Opa::new(1, 20),
        "move the alternatives to a rule of its own, with one body for each",
    ),
    (
        "future.keywords.not",
        Opa::new(1, 17),
        "move the condition to a rule of its own, and write `not` before that rule",
    ),
    (
        "rego.v1",
        Opa::new(0, 59),
        "import the keywords from `future.keywords`",
    ),
    (
        "future.keywords.if",
        Opa::new(0, 42),
        "write the body without `if`",
    ),
    (
        "future.keywords.contains",
        Opa::new(0, 42),
        "write `rule[x]` instead of `rule contains x`",
    ),
    (
        "future.keywords.every",
        Opa::new(0, 38),
        "count what breaks the condition: `count([x | x := xs[_]; not right(x)]) == 0`",
    ),
    ("future.keywords.in", Opa::new(0, 34), "write `x := xs[_]`"),
    ("future.keywords", Opa::new(0, 34), "write `x := xs[_]`"),
];

/// Finds syntax that is newer than a version of OPA.
pub(super) fn newer(module: &Module, oldest: Opa) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |at: Location, what: &str, first: Opa, better: &str| {
        if first > oldest {
            findings.push(Finding::new(
                "newer-syntax",
                at,
                format!("OPA before {first} can't read {what}, and refuses the policy"),
                format!("{better}, or make sure that no OPA before {first} reads this"),
            ));
        }
    };
    let mut imports_v1 = false;
    for import in &module.imports {
        let path = path_name(&import.path).unwrap_or_default();
        imports_v1 |= path == "rego.v1";
        if let Some((name, first, better)) = IMPORTS.iter().find(|(name, ..)| *name == path) {
            add(import.at, &format!("`import {name}`"), *first, better);
        }
    }
    if module.is_v1
        && !imports_v1
        && let Some((at, word)) = module.rules.iter().find_map(keyword)
    {
        add(
            at,
            &format!("`{word}` without an import"),
            Opa::new(1, 0),
            "write `import rego.v1`, which OPA 0.59 and later read",
        );
    }
    if let Some(at) = module.rules.iter().find_map(template) {
        add(at, "template strings", Opa::new(1, 12), "use `sprintf`");
    }
    for Rule { head, .. } in &module.rules {
        if let Some((first, what)) = general(head) {
            add(head.at, what, first, "give the rule a name of one word");
        }
    }
    findings
}

/// The head of a rule, if it is more than a name and one pair of brackets.
fn general(head: &Head) -> Option<(Opa, &'static str)> {
    let after = head.reference.get(1..).unwrap_or_default();
    let (_, before) = after.split_last()?;
    if before.iter().any(|part| part.as_text().is_none()) {
        Some((Opa::new(0, 56), "variables in the name of a rule"))
    } else if !before.is_empty() || head.has_contains {
        Some((Opa::new(0, 46), "a reference as the name of a rule"))
    } else {
        None
    }
}

/// The first word in a rule that is only a keyword in Rego v1.
fn keyword(rule: &Rule) -> Option<(Location, &'static str)> {
    if rule.head.has_contains {
        return Some((rule.head.at, "contains"));
    }
    if rule.head.has_if {
        return Some((rule.head.at, "if"));
    }
    let mut keyword = Keyword(None);
    walk_rule(rule, &mut keyword);
    keyword.0
}

/// The first template string in a rule.
fn template(rule: &Rule) -> Option<Location> {
    struct First(Option<Location>);

    impl Visitor for First {
        fn visit_term(&mut self, term: &Term) -> bool {
            if matches!(term.kind, TermKind::Template(_)) {
                self.0.get_or_insert(term.at);
            }
            self.0.is_none()
        }
    }

    let mut first = First(None);
    walk_rule(rule, &mut first);
    first.0
}

struct Keyword(Option<(Location, &'static str)>);

impl Visitor for Keyword {
    fn visit_term(&mut self, _term: &Term) -> bool {
        self.0.is_none()
    }

    fn visit_expr(&mut self, expr: &Expr) {
        let found = match &expr.kind {
            ExprKind::Every(_) => "every",
            ExprKind::Some(symbols) if symbols.iter().any(|symbol| symbol.as_var().is_none()) => {
                "in"
            }
            _ => return,
        };
        self.0.get_or_insert((expr.at, found));
    }
}

/// Finds syntax that OPA 1.0 and later refuse without an option for Rego v0: one note per module.
pub(super) fn older(module: &Module) -> Vec<Finding> {
    if module.is_v1 {
        return Vec::new();
    }
    let lacks_if = |rule: &&Rule| !rule.generated_body && !rule.head.has_if && !rule.is_default;
    let lacks_contains = |rule: &&Rule| rule.head.is_set() && !rule.head.has_contains;
    let without_if = module.rules.iter().find(lacks_if);
    let without_contains = module.rules.iter().find(lacks_contains);
    let what = match (without_if, without_contains) {
        (Some(_), Some(_)) => "bodies without `if`, and `rule[x]` for `rule contains x`",
        (Some(_), None) => "bodies without `if`",
        (None, Some(_)) => "`rule[x]` for `rule contains x`",
        (None, None) => return Vec::new(),
    };
    let Some(rule) = without_if.or(without_contains) else {
        return Vec::new();
    };
    vec![Finding {
        weight: Weight::Note,
        ..Finding::new(
            "older-syntax",
            rule.head.at,
            format!("OPA 1.0 and later read this only with `--v0-compatible`: {what}"),
            "do nothing if the OPA that runs this policy reads Rego v0; otherwise write `import rego.v1`, `if` and `contains`, which OPA 0.59 and later read".to_owned(),
        )
    }]
}

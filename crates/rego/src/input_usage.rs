//! What of an input policies look at: the rest is read, and not kept.

use std::collections::BTreeMap;

use super::syntax::ast::{INPUT, Module, Term, TermKind};
use super::syntax::visit::{self, Visitor};

/// What is looked at of a value.
#[derive(Debug, Default)]
pub struct InputUsage {
    /// All of it.
    is_whole: bool,
    /// Of an object, what is under keys that are written out.
    fields: BTreeMap<Box<str>, InputUsage>,
    /// Of an object, what is under every other key; of an array, each item.
    others: Option<Box<InputUsage>>,
}

impl InputUsage {
    /// All of a value.
    pub const WHOLE: &Self = &Self {
        is_whole: true,
        fields: BTreeMap::new(),
        others: None,
    };

    /// None of a value.
    const NOTHING: &Self = &Self {
        is_whole: false,
        fields: BTreeMap::new(),
        others: None,
    };

    /// What modules look at of the input.
    #[must_use]
    pub fn from_modules(modules: &[Module]) -> Self {
        let mut usage = Self::default();
        for rule in modules.iter().flat_map(|module| &module.rules) {
            visit::walk_rule(rule, &mut usage);
        }
        usage.spread();
        usage
    }

    /// Whether nothing is looked at.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        !self.is_whole && self.fields.is_empty() && self.others.is_none()
    }

    /// What is looked at under a key.
    #[must_use]
    pub fn under(&self, key: &str) -> &Self {
        match self.fields.get(key) {
            Some(field) if !self.is_whole => field,
            _ => self.of_items(),
        }
    }

    /// What is looked at of each item of an array.
    #[must_use]
    pub fn of_items(&self) -> &Self {
        match &self.others {
            _ if self.is_whole => Self::WHOLE,
            Some(others) => others,
            None => Self::NOTHING,
        }
    }

    fn add(&mut self, path: &[Term]) {
        let Some((step, rest)) = path.split_first() else {
            self.is_whole = true;
            return;
        };
        let below = match step.as_text() {
            Some(key) => self.fields.entry(key.as_ref().into()).or_default(),
            None => self.others.get_or_insert_default(),
        };
        below.add(rest);
    }

    /// Says of each key that is written out what holds for every key.
    fn spread(&mut self) {
        if let Some(others) = &mut self.others {
            for field in self.fields.values_mut() {
                field.join(others);
            }
            others.spread();
        }
        for field in self.fields.values_mut() {
            field.spread();
        }
    }

    fn join(&mut self, other: &Self) {
        self.is_whole |= other.is_whole;
        for (key, field) in &other.fields {
            self.fields.entry(key.clone()).or_default().join(field);
        }
        if let Some(others) = &other.others {
            self.others.get_or_insert_default().join(others);
        }
    }
}

impl Visitor for InputUsage {
    fn visit_term(&mut self, term: &Term) -> bool {
        let is_input = |term: &Term| term.as_var().is_some_and(|name| &**name == INPUT);
        match &term.kind {
            TermKind::Ref(parts) if parts.first().is_some_and(is_input) => {
                let path = parts.get(1..).unwrap_or_default();
                self.add(path);
                for step in path {
                    visit::walk_term(step, self);
                }
                false
            }
            TermKind::Var(_) if is_input(term) => {
                self.is_whole = true;
                false
            }
            _ => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::InputUsage;
    use crate::json::{self, Keys};
    use crate::syntax::{Version, parse_module};

    /// What is kept of an input.
    fn kept(rules: &str, input: &str) -> String {
        let text = format!("package p\n\n{rules}\n");
        let module = parse_module(&text, 0, Version::V0).expect("a module");
        let usage = InputUsage::from_modules(&[module]);
        let value = json::parse_reached(input, &usage, &mut Keys::default(), Version::V0);
        json::write(&value.expect("JSON"))
    }

    #[test]
    fn what_no_rule_looks_at_is_not_kept() {
        let input = r#"{"a": {"b": [1, {"c": 2, "d": 3}], "e": {"f": 4}}, "g": "\u0041"}"#;
        let whole = json::write(&json::parse(input).expect("JSON"));
        let cases = [
            ("x { true }", "{}"),
            ("x { input.g }", r#"{"g":"A"}"#),
            ("x { input.a.b }", r#"{"a":{"b":[1,{"c":2,"d":3}]}}"#),
            ("x { input.a.b[_].c }", r#"{"a":{"b":[1,{"c":2}]}}"#),
            ("x { input.a.b[1].d }", r#"{"a":{"b":[1,{"d":3}]}}"#),
            ("x { input.a[y].f }", r#"{"a":{"b":[],"e":{"f":4}}}"#),
            (
                "x { input.a[y].f; input.a.b[0] }",
                r#"{"a":{"b":[1,{"c":2,"d":3}],"e":{"f":4}}}"#,
            ),
            ("x { input.a.g.h }", r#"{"a":{}}"#),
            ("x { input.g.h }", r#"{"g":"A"}"#),
            ("x { input[input.g] }", &whole),
            ("x { walk(input) }", &whole),
            ("x { y := input; y.g }", &whole),
            ("x { y := {z | z := input.g} }", r#"{"g":"A"}"#),
            ("x { false } else = input.g { true }", r#"{"g":"A"}"#),
            (
                "x[input.g] = input.a.e { true }",
                r#"{"a":{"e":{"f":4}},"g":"A"}"#,
            ),
            ("x { not input.g }", r#"{"g":"A"}"#),
            (
                "x { true with input.g as input.a.e.f }",
                r#"{"a":{"e":{"f":4}},"g":"A"}"#,
            ),
            ("f(y) = input.g { true }", r#"{"g":"A"}"#),
        ];
        for (rules, expected) in cases {
            assert_eq!(kept(rules, input), expected, "{rules}");
        }
    }

    #[test]
    fn what_is_not_kept_has_to_be_json_too() {
        for input in [r#"{"a": [1,]}"#, r#"{"a": {"b": 01}}"#, r#"{"a": "\x"}"#] {
            let theirs = json::parse(input).expect_err("no JSON");
            let ours = json::parse_reached(
                input,
                &InputUsage::default(),
                &mut Keys::default(),
                Version::V0,
            );
            assert_eq!(ours.expect_err("no JSON"), theirs, "{input}");
        }
    }
}

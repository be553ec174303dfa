//! What of an input policies look at: the rest is read, and not kept.

use std::collections::BTreeMap;

use super::syntax::ast::{INPUT, Module, Term, TermKind};
use super::syntax::visit::{self, Visitor};
use super::value::Value;

/// How many parts of values are told apart because a key is under two names, its own and that of any: without an
/// end, a few short policies would have millions.
const TOLD_APART: usize = 4096;

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
        usage.spread(&mut { TOLD_APART });
        usage
    }

    /// The same for a host that picks it from values of its own: `true` for all of a value, `false` for nothing,
    /// else `[fields, others]`, what is looked at under keys that are written out, and under every other one.
    #[must_use]
    pub fn to_value(&self) -> Value {
        if self.is_whole || self.is_nothing() {
            return self.is_whole.into();
        }
        let fields = self.fields.iter();
        let fields = Value::object(fields.map(|(key, field)| (key.as_ref(), field.to_value())));
        Value::array([fields, self.of_items().to_value()])
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

    /// Says of each key that is written out what holds for every key, while there is room; then all of a value
    /// is looked at.
    fn spread(&mut self, room: &mut usize) {
        if let Some(others) = &mut self.others {
            for field in self.fields.values_mut() {
                field.join(others, room);
            }
            others.spread(room);
        }
        for field in self.fields.values_mut() {
            field.spread(room);
        }
    }

    fn join(&mut self, other: &Self, room: &mut usize) {
        *room = room.saturating_sub(1);
        if self.is_whole || other.is_whole || *room == 0 {
            *self = Self {
                is_whole: true,
                ..Self::default()
            };
            return;
        }
        for (key, field) in &other.fields {
            self.fields
                .entry(key.clone())
                .or_default()
                .join(field, room);
        }
        if let Some(others) = &other.others {
            self.others.get_or_insert_default().join(others, room);
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

    fn usage_of(rules: &str) -> InputUsage {
        let text = format!("package p\n\n{rules}\n");
        let module = parse_module(&text, 0, Version::V0).expect("a module");
        InputUsage::from_modules(&[module])
    }

    /// What is kept of an input.
    fn kept(rules: &str, input: &str) -> String {
        let usage = usage_of(rules);
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
    fn a_host_can_pick_it_from_values_of_its_own() {
        let cases = [
            ("x { true }", "false"),
            ("x { input }", "true"),
            (
                "x { input.a.b; input.c[_] }",
                r#"[{"a":[{"b":true},false],"c":[{},true]},false]"#,
            ),
            ("x { input.a.b; input.a }", r#"[{"a":true},false]"#),
            (
                "x { input[_].a; input.b.c }",
                r#"[{"b":[{"a":true,"c":true},false]},[{"a":true},false]]"#,
            ),
        ];
        for (rules, expected) in cases {
            assert_eq!(
                json::write(&usage_of(rules).to_value()),
                expected,
                "{rules}"
            );
        }
    }

    #[test]
    fn a_few_short_rules_have_no_millions_of_parts() {
        let rules = (0..40).map(|i| {
            let (before, after) = ("[_]".repeat(i), "[_]".repeat(40 - i));
            format!("x {{ input{before}.a{after}.b{i} }}")
        });
        let rules = rules.collect::<Vec<_>>().join("\n");
        let view = json::write(&usage_of(&rules).to_value());
        assert!(view.len() < 1_000_000, "{}", view.len());
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

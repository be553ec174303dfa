//! Which parts of an input are kept for a policy that only reads some of it.

use crate::policy::{Options, Policy, Source};
use values::json::{self, Keys};
use values::{InputUsage, Value, Version};

fn policy(rules: &str) -> Policy {
    let source = Source {
        path: "p.rego".to_owned(),
        text: format!("package p\n\nimport future.keywords\n\n{rules}\n"),
    };
    let options = Options {
        version: Version::V0,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    Policy::compile(vec![source], options).expect("a policy")
}

fn view(rules: &str) -> String {
    json::write(&policy(rules).usage("data.p").to_value())
}

/// What is kept of an input.
fn kept(rules: &str, input: &str) -> String {
    let value = policy(rules).input("data.p", input.as_bytes());
    json::write(&value.expect("JSON"))
}

#[test]
fn what_no_rule_looks_at_is_not_kept() {
    let input = r#"{"a": {"b": [1, {"c": 2, "d": 3}], "e": {"f": 4}}, "g": "\u0041"}"#;
    let whole = json::write(&json::parse(input).expect("JSON"));
    let cases = [
        ("x { true }", "null"),
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
        ("x { y := input; y.g }", r#"{"g":"A"}"#),
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
        assert_eq!(view(rules), expected, "{rules}");
    }
}

#[test]
fn a_variable_for_a_part_of_the_input_is_no_more_than_what_is_looked_at_of_it() {
    let of_each = r#"[{"a":[{},[{"b":true},false]]},false]"#;
    let cases = [
        ("x { y = input.a[_]; y.b }", of_each),
        ("x { y := input.a[_]; y.b }", of_each),
        ("x { input.a[_] = y; y.b }", of_each),
        ("x { some y; z := input; y = z.a[_]; y.b }", of_each),
        ("x { some y in input.a; y.b }", of_each),
        (
            "x { z := input.a; not any(z) } any(z) { z.b }",
            r#"[{"a":true},false]"#,
        ),
        ("x { y := input.a; y.b; y }", r#"[{"a":true},false]"#),
        (
            "x { y := input.a; y.b == y.c.d }",
            r#"[{"a":[{"b":true,"c":[{"d":true},false]},false]},false]"#,
        ),
        ("x = y { y := input.a; y.b }", r#"[{"a":true},false]"#),
        (
            "x { y = input.a; y = input.b; y.c }",
            r#"[{"a":true,"b":true},false]"#,
        ),
        (
            "x { y = input.a; z := {1 | y = input.b}; y.c; z }",
            r#"[{"a":true,"b":true},false]"#,
        ),
        ("x { _ = input.a[_]; true }", r#"[{"a":[{},true]},false]"#),
        (
            "x { y := input.a; z := y.b; w := z.c; w.d == 1; y.e }",
            r#"[{"a":[{"b":[{"c":[{"d":true},false]},false],"e":true},false]},false]"#,
        ),
        (
            "x { y := input.a; input.b[y].c }",
            r#"[{"a":true,"b":[{},[{"c":true},false]]},false]"#,
        ),
        (
            "x { y := input.a; z := {input.b | y.c}; z }",
            r#"[{"a":[{"c":true},false],"b":true},false]"#,
        ),
        (
            "x { y := input.a with input.b as input.d; y.c }",
            r#"[{"a":[{"c":true},false],"b":true,"d":true},false]"#,
        ),
        (
            "f(y) { y.a; y = input.b } x { f(1) }",
            r#"[{"b":true},false]"#,
        ),
    ];
    for (rules, expected) in cases {
        assert_eq!(view(rules), expected, "{rules}");
    }
}

#[test]
fn names_of_names_of_names_are_no_deeper_than_a_stack() {
    let names = (1..5000).map(|i| format!("y{i} := y{}.a", i - 1));
    let names = names.collect::<Vec<_>>().join("; ");
    let seen = view(&format!("x {{ y0 := input.a; {names}; y4999.b }}"));
    assert!(seen.len() < 1000, "{seen}");
}

#[test]
fn a_few_short_rules_have_no_millions_of_parts() {
    let rules = (0..40).map(|i| {
        let (before, after) = ("[_]".repeat(i), "[_]".repeat(40 - i));
        format!("x {{ input{before}.a{after}.b{i} }}")
    });
    let rules = rules.collect::<Vec<_>>().join("\n");
    let view = view(&rules);
    assert!(view.len() < 1_000_000, "{}", view.len());
}

#[test]
fn what_is_not_kept_has_to_be_json_too() {
    let valid = r#"{"a": [1, -0.5e+3, {"b": "\u00e9\ud83d\ude00\n", "": []}], "c": [true, false, null, {}]} "#;
    let refusal = |text: &str, usage: &InputUsage| {
        json::parse_used(text, usage, &mut Keys::default(), Version::V1).err()
    };
    let mut refused = 0;
    for at in 0..valid.len() {
        let (before, after) = (&valid[..at], &valid[at..]);
        let rest = &after[1..];
        let mut texts = vec![before.to_owned(), format!("{before}{rest}")];
        for other in [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "0", "-", "e", "u", "x", "\n", "\u{0}", "é",
        ] {
            texts.push(format!("{before}{other}{rest}"));
            texts.push(format!("{before}{other}{after}"));
        }
        for text in texts {
            let whole = refusal(&text, InputUsage::WHOLE);
            refused += usize::from(whole.is_some());
            assert_eq!(refusal(&text, &InputUsage::default()), whole, "{text}");
        }
    }
    assert!(refused > 1000, "{refused}");
}

//! Keys, repeated keys and merge keys.

use super::{error, one, path, value};
use crate::ParseErrorKind;

#[test]
fn keys_are_their_source_text() {
    assert_eq!(
        value("1: a\nnull: b\n~: c\ntrue: d\n0x1F: e\n\"q\\n\": f\n? g\n: h\n: i\n"),
        r#"{"1":"a","null":"b","~":"c","true":"d","0x1F":"e","q\n":"f","g":"h","":"i"}"#
    );
}

#[test]
fn a_collection_is_no_key() {
    for (text, message, at) in [
        ("[a]: 1", "a sequence can't be a key", "["),
        ("? - a\n: 1", "a sequence can't be a key", "-"),
        (
            "x: {{a: 1}: 2}",
            "a mapping can't be a key: quote the whole value if `{{` is part of a string",
            "{",
        ),
        ("x: &x [1]\n*x : 1", "a sequence can't be a key", "*x"),
        ("x: &x {}\n*x : 1", "a mapping can't be a key", "*x"),
    ] {
        assert_eq!(
            error(text),
            (ParseErrorKind::Syntax, message.to_owned(), at),
            "{text}"
        );
    }
}

#[test]
fn the_last_of_equal_keys_wins() {
    let text = "x:\n- a: 1\n  b: 2\n  a: 3\n  \"a\": 4\n";
    let document = one(text);
    assert_eq!(super::json(&document.root), r#"{"x":[{"b":2,"a":4}]}"#);
    let lost: Vec<_> = document
        .repeated_keys
        .iter()
        .map(|lost| (lost.key.as_ref(), lost.span.start, lost.last.slice(text)))
        .collect();
    assert_eq!(lost, [("a", 5, "\"a\""), ("a", 19, "\"a\"")]);
    assert_eq!(document.repeated_keys[0].path(), path("x.0.a"));
    let winner = document.root.at(&path("x.0.a")).unwrap();
    assert_eq!(winner.span.slice(text), "4");
}

#[test]
fn keys_are_found_in_large_mappings() {
    let lines: Vec<_> = (0..100).map(|key| format!("k{key}: {key}")).collect();
    let text = lines.join("\n") + "\nk7: again\n";
    let document = one(&text);
    let mapping = document.root.as_mapping().unwrap();
    assert_eq!(mapping.len(), 100);
    for key in 0..100 {
        let entry = mapping.get(&format!("k{key}")).unwrap();
        let expected = if key == 7 {
            "\"again\"".to_owned()
        } else {
            key.to_string()
        };
        assert_eq!(super::json(&entry.node), expected);
    }
    assert!(mapping.get("k100").is_none());
    assert_eq!(mapping.iter().last().unwrap().key, "k7");
    assert_eq!(document.repeated_keys.len(), 1);
}

#[test]
fn own_keys_win_over_merged_ones_wherever_they_stand() {
    let base = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nl: &l [*x, *y]\n";
    for (merge, expected) in [
        ("<<: *x\n  b: 0", r#"{"b":0,"a":1}"#),
        ("b: 0\n  <<: *x", r#"{"b":0,"a":1}"#),
        ("<<: [*x, *y]", r#"{"a":1,"b":2,"c":4}"#),
        ("<<: [*y, *x]", r#"{"b":3,"c":4,"a":1}"#),
        ("<<: *l", r#"{"a":1,"b":2,"c":4}"#),
        ("<<: *y\n  <<: *x", r#"{"b":3,"c":4,"a":1}"#),
        ("<<: {a: 9, <<: *x}", r#"{"a":9,"b":2}"#),
        ("<<: []", "{}"),
        ("\"<<\": *x", r#"{"<<":{"a":1,"b":2}}"#),
        ("!!merge <<: *x", r#"{"a":1,"b":2}"#),
        ("!!merge \"<<\": *x", r#"{"a":1,"b":2}"#),
        ("!!str <<: *x", r#"{"<<":{"a":1,"b":2}}"#),
    ] {
        let text = format!("{base}z:\n  {merge}\n");
        let document = one(&text);
        assert_eq!(
            super::json(document.root.get("z").unwrap()),
            expected,
            "{merge}"
        );
        assert!(document.repeated_keys.is_empty(), "{merge}");
    }
}

#[test]
fn only_mappings_can_be_merged() {
    for (text, at) in [
        ("{<<: 3}", "3"),
        ("x: &x [1]\ny: {<<: *x}", "1"),
        ("x: &x 1\ny: {<<: *x}", "*x"),
        ("<<: [{a: 1}, [b]]", "[b]"),
        ("a:\n  <<:\nb: 1", "\n"),
    ] {
        let message = "the value of `<<` has to be a mapping or a list of mappings".to_owned();
        assert_eq!(error(text), (ParseErrorKind::Syntax, message, at), "{text}");
    }
}

#[test]
fn repeats_inside_an_alias_are_reported_once() {
    let document = one("x: &x {a: 1, a: 2}\ny: *x\nz: {<<: *x}\n");
    assert_eq!(document.repeated_keys.len(), 1);
    assert_eq!(
        super::json(&document.root),
        r#"{"x":{"a":2},"y":{"a":2},"z":{"a":2}}"#
    );
}

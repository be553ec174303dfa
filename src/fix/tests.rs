//! Covers what the integration tests can't reach: operations that no rule needs, and strings of every kind.

use document::{Limits, Node, Step, parse};

use super::scalar::{Style, scalar};
use super::{Content, Operation, apply, edits};

fn path(text: &str) -> Vec<Step> {
    text.split('.')
        .map(|step| {
            step.parse()
                .map_or_else(|_| Step::Key(step.to_owned()), Step::Index)
        })
        .collect()
}

fn edited(text: &str, operation: Operation) -> Option<String> {
    let documents = parse(text, &Limits::default());
    let edits = edits(text, documents[0].as_ref().unwrap(), &[operation])?;
    Some(apply(text, &edits))
}

fn removed(text: &str, at: &str) -> Option<String> {
    edited(text, Operation::Remove { path: path(at) })
}

fn added(text: &str, at: &str) -> Option<String> {
    let content = Content::Text("x".to_owned());
    edited(
        text,
        Operation::Add {
            path: path(at),
            content,
        },
    )
}

fn replaced(text: &str, at: &str) -> Option<String> {
    let content = Content::Text("x".to_owned());
    edited(
        text,
        Operation::Replace {
            path: path(at),
            content,
        },
    )
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "a b",
    " a",
    "a ",
    "a: b",
    "a:",
    "a #b",
    "a#b",
    "#a",
    "- a",
    "-a",
    "?",
    ":",
    "[a",
    "a]",
    "a,b",
    "{",
    "}",
    "&a",
    "*a",
    "!a",
    "|",
    ">",
    "'",
    "\"",
    "a'b",
    "a\"b",
    "\\",
    "%a",
    "@a",
    "`a",
    "null",
    "Null",
    "~",
    "true",
    "FALSE",
    "yes",
    "No",
    "on",
    "OFF",
    "y",
    "N",
    "1",
    "1.5",
    "0x1F",
    "0o7",
    "017",
    "1e3",
    "-1",
    "+1",
    ".5",
    ".inf",
    "-.INF",
    ".NaN",
    "1:30",
    "2024-01-01",
    "1_000",
    "1password/op:2",
    "---",
    "...",
    "--- a",
    "<<",
    "=",
    "a\nb",
    "a\tb",
    "\t",
    "\r\n",
    "\u{1}",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}a",
    "é",
    "日本",
    "😀",
    "maven:3@sha256:0a",
    "r.example:5000/a/b",
    "a:<+x>",
    "<+input>",
    "${X}",
    "https://a/b?c=d#e",
    "account.harnessImage",
    "a:,b",
    "a{b}",
    "x: y: z",
];

/// In every style and position, a string is read back as the same string.
#[test]
fn every_text_can_be_written() {
    for &text in TEXTS {
        for style in [Style::Plain, Style::Single, Style::Double] {
            for in_flow in [false, true] {
                let written = scalar(text, style, in_flow);
                let file = if in_flow {
                    format!("{{a: {written}, b: 1}}")
                } else {
                    format!("a: {written} # b\n")
                };
                let documents = parse(&file, &Limits::default());
                let read = documents[0]
                    .as_ref()
                    .unwrap()
                    .root
                    .get("a")
                    .and_then(Node::as_str);
                assert_eq!(read, Some(text), "{file}");
                assert!(!written.contains(['\n', '\r']), "{written:?}");
            }
        }
    }
}

/// Strings that a YAML 1.1 parser would read as something else are quoted.
#[test]
fn words_of_older_yaml_are_quoted() {
    for text in ["yes", "Off", "y", "1:30", "1_000", "017", "2024-01-01", "="] {
        assert_eq!(scalar(text, Style::Plain, false), format!("\"{text}\""));
    }
    for text in [
        "account.harnessImage",
        "maven:3",
        "1password/op:2",
        "<+input>",
        "https://r.example/a",
    ] {
        assert_eq!(scalar(text, Style::Plain, false), text);
    }
}

#[test]
fn an_entry_goes_with_its_lines() {
    for (text, at, expected) in [
        ("a: 1\nb: 2 # why\nc: 3\n", "b", Some("a: 1\nc: 3\n")),
        ("a: 1\nb: |\n  x\n\n  y\nc: 3\n", "b", Some("a: 1\nc: 3\n")),
        (
            "a: 1\r\nb:\r\n  c: 2\r\n# end\r\n",
            "b",
            Some("a: 1\r\n# end\r\n"),
        ),
        ("a: 1\nb: 2", "b", Some("a: 1")),
        ("a: 1\nb:\n", "b", Some("a: 1\n")),
        ("a: 1\nb: 2\n", "a", Some("b: 2\n")),
        ("- a: 1\n  b: 2\n", "0.b", Some("- a: 1\n")),
        ("- a: 1\n  b: 2\n", "0.a", None),
        ("a:\n  b: 1\n", "a.b", None),
        ("{a: 1, b: 2, c: 3}", "b", Some("{a: 1, c: 3}")),
        ("{a: 1, b: 2}", "a", Some("{b: 2}")),
        ("{a: 1, b: 2}", "b", Some("{a: 1}")),
        (
            "{\n  \"a\": 1,\n  \"b\": {\"c\": 2}\n}\n",
            "b",
            Some("{\n  \"a\": 1\n}\n"),
        ),
        ("{a: 1, # why\n b: 2}", "b", None),
        ("{a: 1}", "a", None),
        ("[a: 1]", "0.a", None),
        ("x: &x 1\na: *x\nb: 2\n", "x", None),
        ("x: &x 1\na: *x\nb: 2\n", "a", None),
        ("x: &x {y: 1, z: 2}\na:\n  <<: *x\n  b: 2\n", "a.y", None),
        ("a: 1\nb: 2\n", "c", None),
        ("- 1\n- 2\n", "0", None),
    ] {
        assert_eq!(
            removed(text, at).as_deref(),
            expected,
            "{text:?} without {at}"
        );
    }
}

#[test]
fn additions_that_no_rule_asks_for() {
    for (text, at, expected) in [
        ("a: 1\n", "b", Some("a: 1\nb: x\n")),
        (
            "- a: 1\n-   b: 2",
            "1.c",
            Some("- a: 1\n-   b: 2\n    c: x"),
        ),
        ("- - a: 1\n", "0.0.c", Some("- - a: 1\n    c: x\n")),
        ("? a\n: b: 1\n", "a.c", None),
        ("a: !t\n  b: 1\n", "a.c", Some("a: !t\n  b: 1\n  c: x\n")),
        ("a:\n  !t b: 1\n", "a.c", Some("a:\n  !t b: 1\n  c: x\n")),
        (
            "a:\n  !t b: 1\n  d: 2\n",
            "a.c",
            Some("a:\n  !t b: 1\n  d: 2\n  c: x\n"),
        ),
        ("--- {a: 1}\n", "b", Some("--- {a: 1, b: x}\n")),
        ("{a: 1 # one\n}", "b", Some("{a: 1, b: x # one\n}")),
        ("{a}", "b", None),
        ("z: &x 1\na: {c: *x}", "a.b", None),
        ("{ }", "b", Some("{b: x}")),
        ("[a: 1]", "0.b", None),
        ("- 1\n", "5", None),
        ("a:", "a.b.c", Some("a:\n  b:\n    c: x")),
        ("a: &x\nb: 1\n", "a.c", None),
        ("a:\n  # said\n  &x\nb: 1\n", "a.c", None),
        (
            "a:\n  b: text of\n    two lines\n",
            "a.c",
            Some("a:\n  b: text of\n    two lines\n  c: x\n"),
        ),
    ] {
        assert_eq!(added(text, at).as_deref(), expected, "{text:?} with {at}");
    }
}

#[test]
fn a_replacement_needs_something_to_replace() {
    assert_eq!(replaced("a: 1\n", "a").as_deref(), Some("a: x\n"));
    assert_eq!(replaced("- 1\n", "0").as_deref(), Some("- x\n"));
    assert_eq!(replaced("a: 1\n", "b"), None);
    assert_eq!(replaced("a: {b: 1}\n", "a"), None);
    assert_eq!(replaced("- \n- 1\n", "0"), None);
}

/// A fix is made with all its operations, or not at all.
#[test]
fn operations_that_meet_are_not_made() {
    let text = "a:\n  b: 1\n  c: 2\n";
    let documents = parse(text, &Limits::default());
    let document = documents[0].as_ref().unwrap();
    let add = |at: &str| Operation::Add {
        path: path(at),
        content: Content::Text("x".to_owned()),
    };
    assert_eq!(edits(text, document, &[add("a.d"), add("a.e")]), None);
    assert_eq!(
        edits(text, document, &[add("a.b"), add("a.c")]).map(|edits| edits.len()),
        Some(2)
    );
    assert_eq!(
        edits(
            text,
            document,
            &[add("a.b"), Operation::Remove { path: path("a") }]
        ),
        None
    );
    assert_eq!(edits(text, document, &[]), None);
}

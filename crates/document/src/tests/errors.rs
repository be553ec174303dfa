//! Documents that cannot be read.

use super::{error, read};
use crate::{Limits, ParseErrorKind, parse};

#[test]
fn faults_say_what_and_where() {
    for (text, message, at) in [
        (
            "a: b: c",
            "a `:` isn't allowed here: check the indentation, or quote the string it belongs to",
            ":",
        ),
        (
            "a: @b",
            "a value can't start with `@`: put it in quotes",
            "@",
        ),
        ("a: \"b\nc: 1\n", "this quote is never closed", "\""),
        ("a: [1, 2", "this `[` is never closed", "["),
        ("a: [1, 2}", "this `[` is closed by a `}`", "["),
        ("a: ]", "this bracket closes nothing", "]"),
        (
            "a:\n\tb: 1",
            "YAML is indented with spaces, not with tabs",
            "b",
        ),
        (
            "a: \"b\" é",
            "nothing can follow the closing quote: quote the whole value",
            "é",
        ),
        (
            "{\"a\": 1} x",
            "nothing can follow here: the document has ended, and `---` starts another",
            "x",
        ),
        (
            "a:\n  b: 1\n c: 2",
            "a key was expected here: check the indentation and the lines above",
            "c",
        ),
        (
            "- a\nb: 1",
            "a `-` was expected here: check the indentation and the lines above",
            "b",
        ),
        (
            "a: \"\\\\ \\d+\"",
            "a double-quoted string has no escape `\\d`: double the `\\` or use single quotes",
            "\\d",
        ),
        (
            "\"\\ud800\"",
            "this escape is one half of a surrogate pair",
            "\"",
        ),
        (
            "a: %b",
            "a value can't start with `%`: put it in quotes",
            "%",
        ),
    ] {
        let (kind, said, under) = error(text);
        assert_eq!(
            (kind, said.as_str()),
            (ParseErrorKind::Syntax, message),
            "{text}"
        );
        assert!(under.starts_with(at), "{text}: {under:?}");
        assert!(under.chars().count() >= 1, "{text}");
    }
}

#[test]
fn control_characters_are_refused() {
    for (text, code, at) in [
        ("a: \0", "0000", "\0"),
        ("\0", "0000", "\0"),
        ("a: x\u{1}y\nb: 1", "0001", "\u{1}"),
        ("a: \"x\u{1B}\"", "001B", "\u{1B}"),
        ("a: |\n  x\u{8}\n", "0008", "\u{8}"),
        ("a: 1 # \u{7}\n", "0007", "\u{7}"),
        ("a: 1\n# \u{7}", "0007", "\u{7}"),
        ("# \u{C}\n", "000C", "\u{C}"),
        ("a: x\u{7F}", "007F", "\u{7F}"),
        ("a: x\u{80}", "0080", "\u{80}"),
        ("\"\u{FFFE}\"", "FFFE", "\u{FFFE}"),
    ] {
        let message = format!("the character U+{code} isn't allowed here");
        assert_eq!(
            error(text),
            (ParseErrorKind::Syntax, message, at),
            "{text:?}"
        );
    }
    assert_eq!(super::value("\u{85}x ©"), "\"\\u{85}x ©\"");
}

#[test]
fn reading_goes_on_after_a_fault() {
    let text = "é: [1\n---\nb: 1\n--- ]\n---\nc: \0\n--- !!x\nd: *none\n---\ne: |\n  f\n";
    let documents = read(text);
    let sound: Vec<_> = documents.iter().map(Result::is_ok).collect();
    assert_eq!(sound, [false, true, false, false, false, true]);
    let spans: Vec<_> = documents
        .iter()
        .map(|document| match document {
            Ok(document) => document.root.span.slice(text),
            Err(error) => error.span.slice(text),
        })
        .collect();
    assert_eq!(spans, ["[", "b: 1", "]", "\0", "*none", "e: |\n  f"]);
}

#[test]
fn depth_is_bounded_in_block_and_flow() {
    let deep = |depth: usize| {
        [
            "[".repeat(depth) + &"]".repeat(depth),
            "{a: ".repeat(depth) + &"}".repeat(depth),
            "- ".repeat(depth) + "x",
            (0..depth).map(|at| " ".repeat(at) + "a:\n").collect(),
            "- ".repeat(depth / 2)
                + &"[".repeat(depth - depth / 2)
                + &"]".repeat(depth - depth / 2),
        ]
    };
    for text in deep(200) {
        assert!(read(&text)[0].is_ok(), "{text}");
    }
    for text in deep(201).iter().chain(&deep(2_000)) {
        let (kind, message, at) = error(text);
        assert_eq!(kind, ParseErrorKind::TooDeep);
        assert_eq!(
            message,
            "mappings and sequences are nested more than 200 levels deep"
        );
        assert_eq!(at.chars().count(), 1);
    }
}

#[test]
fn the_depth_is_the_callers() {
    let limits = Limits {
        depth: 1,
        ..Limits::default()
    };
    assert!(parse("a: 1", &limits)[0].is_ok());
    let text = "a:\n  b: 1";
    let error = parse(text, &limits).remove(0).unwrap_err();
    assert_eq!((error.kind, error.span.start), (ParseErrorKind::TooDeep, 5));
    let limits = Limits {
        depth: 0,
        ..Limits::default()
    };
    assert!(parse("a", &limits)[0].is_ok());
    assert!(parse("[]", &limits)[0].is_err());
}

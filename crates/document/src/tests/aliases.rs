//! Anchors and aliases.

use std::time::{Duration, Instant};

use super::{error, one, path, value};
use crate::{Limits, ParseErrorKind, parse};

#[test]
fn an_alias_is_a_copy_with_the_spans_of_the_original() {
    let text = "a: &x\n  b: \"c\"\nd: *x\n&k e: &k 1\n*k : *k\n";
    let document = one(text);
    assert_eq!(
        super::json(&document.root),
        r#"{"a":{"b":"c"},"d":{"b":"c"},"e":1,"1":1}"#
    );
    let original = document.root.at(&path("a")).unwrap();
    let copy = document.root.at(&path("d")).unwrap();
    assert_eq!(original, copy);
    // The mapping ends with the alias itself.
    assert_eq!(document.root.span.slice(text), text.trim_end());
}

#[test]
fn an_anchor_may_be_set_again() {
    assert_eq!(value("[&a 1, *a, &a 2, *a]"), "[1,1,2,2]");
}

#[test]
fn an_alias_outlives_a_repeated_key() {
    assert_eq!(value("{a: &x [1], a: 2, b: *x}"), r#"{"a":2,"b":[1]}"#);
}

#[test]
fn an_alias_needs_an_anchor_before_it() {
    let message = "the alias `*b` refers to nothing: no `&b` comes before it".to_owned();
    assert_eq!(
        error("a: [*b]\nb: &b 1"),
        (ParseErrorKind::Syntax, message, "*b")
    );
    let documents = super::read("a: &a 1\n---\nb: *a\n---\nc: 1");
    let sound: Vec<_> = documents.iter().map(Result::is_ok).collect();
    assert_eq!(sound, [true, false, true]);
}

#[test]
fn an_alias_cannot_hold_itself() {
    for text in ["a: &a [1, *a]", "a: &a {b: {c: *a}}", "a: &a\n  <<: *a\n"] {
        let message = "the alias `*a` refers to itself".to_owned();
        assert_eq!(error(text), (ParseErrorKind::Syntax, message, "*a"));
    }
}

#[test]
fn copies_are_counted_before_they_are_made() {
    let (lists, merges): (String, String) = (1..30)
        .map(|level| {
            let below = vec![format!("*a{}", level - 1); 10].join(", ");
            (
                format!("a{level}: &a{level} [{below}]\n"),
                format!("a{level}: &a{level} {{<<: [{below}]}}\n"),
            )
        })
        .unzip();
    let started = Instant::now();
    for text in [
        format!("a0: &a0 [x]\n{lists}"),
        format!("a0: &a0 {{k: x}}\n{merges}"),
    ] {
        let (kind, message, at) = error(&text);
        assert_eq!(kind, ParseErrorKind::Limit);
        assert_eq!(
            message,
            "the aliases in this file would expand to more than 200000 nodes"
        );
        assert!(at.starts_with('*'));
    }
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[test]
fn long_text_cannot_be_copied_without_end() {
    let text = format!(
        "a: &a \"{}\"\nb: [{}]",
        "x\\n".repeat(200_000),
        "*a, ".repeat(1000)
    );
    assert_eq!(error(&text).0, ParseErrorKind::Limit);
}

#[test]
fn the_count_of_copies_is_one_of_the_file() {
    let limits = Limits {
        alias_nodes: 5,
        ..Limits::default()
    };
    let kinds: Vec<_> = parse(
        "- &a [1]\n- *a\n---\n- &a [1]\n- *a\n- *a\n---\n- &a 1\n- *a",
        &limits,
    )
    .into_iter()
    .map(|document| document.map(|_| ()).map_err(|error| error.kind))
    .collect();
    assert_eq!(kinds, [Ok(()), Err(ParseErrorKind::Limit), Ok(())]);
}

#[test]
fn copies_do_not_pass_the_depth() {
    let limits = Limits {
        depth: 3,
        ..Limits::default()
    };
    assert!(parse("- &a [[1]]\n- *a", &limits)[0].is_ok());
    let text = "- &a [[1]]\n- [*a]";
    let error = parse(text, &limits).remove(0).unwrap_err();
    assert_eq!(
        (error.kind, error.span.slice(text)),
        (ParseErrorKind::TooDeep, "*a")
    );
}

#[test]
fn what_aliases_repeat_is_known() {
    let text = "a: &a x\nb: &b {c: 1}\nd: [*a, *b]\ne: &e unused\n";
    let document = one(text);
    let shared: Vec<_> = document
        .shared
        .iter()
        .map(|span| span.slice(text))
        .collect();
    assert_eq!(shared, ["x", "{c: 1}"]);
    assert!(one("a: &a 1\n").shared.is_empty());
}

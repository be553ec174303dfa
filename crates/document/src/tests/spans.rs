//! Where values and keys are.

use super::{one, path};
use crate::Span;

/// The text under the value at a path, and under its key.
fn under<'t>(text: &'t str, at: &str) -> &'t str {
    let document = one(text);
    let node = document.root.at(&path(at));
    node.expect(at).span.slice(text)
}

#[test]
fn scalars_stand_with_their_quotes() {
    let text = "a: \"é \\\" b\"\nb: 'c'\nc: plain text # no\nd: many\n  lines\ne: !!str &x 1\n";
    assert_eq!(under(text, "a"), "\"é \\\" b\"");
    assert_eq!(under(text, "b"), "'c'");
    assert_eq!(under(text, "c"), "plain text");
    assert_eq!(under(text, "d"), "many\n  lines");
    assert_eq!(under(text, "e"), "1");
}

#[test]
fn keys_stand_with_their_quotes() {
    let text = "\"é\" : 1\n? b\n: 2\n";
    let document = one(text);
    let keys: Vec<_> = document.root.as_mapping().unwrap().iter().collect();
    assert_eq!(keys[0].key_span.slice(text), "\"é\"");
    assert_eq!(keys[1].key_span.slice(text), "b");
}

#[test]
fn block_scalars_stand_with_their_indicator() {
    let text = "a: |\n  x  \n  y\n\n\nb: &a>b !t # |\n  >-2 # c | d\n    z\n# tail\nc:\n- - |+\n   v\n\nd: |\ne: |2 # x\nf: 1\n";
    assert_eq!(under(text, "a"), "|\n  x  \n  y");
    assert_eq!(under(text, "b"), ">-2 # c | d\n    z");
    assert_eq!(under(text, "c.0.0"), "|+\n   v");
    assert_eq!(under(text, "c"), "- - |+\n   v");
    assert_eq!(under(text, "d"), "|");
    assert_eq!(under(text, "e"), "|2 # x");
    assert_eq!(one(text).root.span.slice(text), text.trim_end());
    assert_eq!(under("--- |\n a\n", ""), "|\n a");
    assert_eq!(under("|\n a\r\n", ""), "|\n a");
}

#[test]
fn collections_end_with_their_last_child() {
    let text =
        "a:\n  b: 1\n  c:\n  - x\n  - y: 2\n\n# comment\nd:\n  e:\n\nf: [ 1, {g: h} ] # end\n";
    assert_eq!(under(text, "a"), "b: 1\n  c:\n  - x\n  - y: 2");
    assert_eq!(under(text, "a.c"), "- x\n  - y: 2");
    assert_eq!(under(text, "a.c.1"), "y: 2");
    assert_eq!(under(text, "d"), "e:");
    assert_eq!(under(text, "f"), "[ 1, {g: h} ]");
    assert_eq!(under(text, "f.1"), "{g: h}");
    assert_eq!(under("a: !x-y &b-c\n# - d\n- - 1\n- 2", "a"), "- - 1\n- 2");
    assert_eq!(under("a:\n-\n- 1", "a"), "-\n- 1");
    assert_eq!(under("[a: b, c]", "0"), "a: b");
    assert_eq!(under("[]", ""), "[]");
}

#[test]
fn a_value_left_out_stands_after_its_colon() {
    for (text, at, offset) in [
        ("a:", "a", 2),
        ("a:   # c\nb: 1", "a", 2),
        ("é :\n", "é", 4),
        ("{a: , b}", "a", 3),
        ("{a: , b}", "b", 7),
        ("? a\n# c: d\n:\n", "a", 12),
        ("? a\n", "a", 3),
        ("\"a\":\r\n", "a", 4),
        ("-\n- a", "0", 1),
        ("k: &k x\n*k :\n", "x", 12),
        ("--- \n", "", 3),
    ] {
        let document = one(text);
        let node = document.root.at(&path(at)).expect(text);
        assert_eq!(node.span, Span::empty(offset), "{text:?}");
    }
}

#[test]
fn a_document_stands_from_its_marker_to_the_end_of_its_value() {
    let text = "# c\na: 1 # d\n--- # e\nb: 2\n\n...\n---\n";
    let spans: Vec<_> = super::read(text)
        .into_iter()
        .map(|document| document.unwrap().span.slice(text))
        .collect();
    assert_eq!(spans, ["a: 1", "--- # e\nb: 2", "---"]);
}

#[test]
fn a_byte_order_mark_counts_in_offsets() {
    let document = one("\u{FEFF}a: 1");
    assert_eq!(document.root.span, Span::new(3, 7));
}

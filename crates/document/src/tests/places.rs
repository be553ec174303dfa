//! From paths to spans, and from spans to lines.

use super::{one, path};
use crate::{LineIndex, Location};

#[test]
fn a_path_leads_to_its_value_or_its_nearest_ancestor() {
    let text = "a:\n  b:\n  - c: 1\n    d: 2\n  - x\n  e: {}\nf: &f {g: 1}\nh:\n- <<: *f\n";
    let document = one(text);
    for (at, whole, expected) in [
        ("a.b.0.d", true, "2"),
        ("a.e", true, "{}"),
        ("a.b.0.z", false, "c"),
        ("a.b.0.c.z", false, "c"),
        ("a.b.1.z", false, "x"),
        ("a.b.2", false, "b"),
        ("a.b.z", false, "b"),
        ("a.e.z", false, "e"),
        ("a.z", false, "a"),
        ("z.y", false, "a"),
        ("0", false, "a"),
        ("h.0.g", true, "1"),
        ("h.0.z", false, "<<: *f"),
    ] {
        let location = document.root.locate(&path(at));
        assert_eq!(location.span().slice(text), expected, "{at}");
        assert_eq!(matches!(location, Location::Value(_)), whole, "{at}");
    }
    assert_eq!(one("[a, b]").root.locate(&path("x")).span().len(), 6);
    assert_eq!(one("---").root.locate(&path("x")).span().start, 3);
}

#[test]
fn lines_end_in_three_ways() {
    let text = "a\r\nbé\rc\n\nd";
    let index = LineIndex::new(text);
    assert_eq!(index.line_count(), 5);
    let lines: Vec<_> = (0..=6).map(|line| index.line_text(line)).collect();
    assert_eq!(
        lines,
        [
            None,
            Some("a"),
            Some("bé"),
            Some("c"),
            Some(""),
            Some("d"),
            None
        ]
    );
    let place = |offset| {
        let position = index.position(offset);
        (position.line, position.column, position.offset)
    };
    assert_eq!(place(0), (1, 1, 0));
    assert_eq!(place(2), (1, 3, 2));
    assert_eq!(place(3), (2, 1, 3));
    assert_eq!(place(5), (2, 2, 4), "within a code point");
    assert_eq!(place(6), (2, 3, 6));
    assert_eq!(place(7), (3, 1, 7));
    assert_eq!(place(9), (4, 1, 9));
    assert_eq!(place(10), (5, 1, 10));
    assert_eq!(place(11), (5, 2, 11));
    assert_eq!(place(999), (5, 2, 11));
    assert_eq!(index.line_start(2), Some(3));
}

#[test]
fn a_byte_order_mark_has_no_column() {
    let index = LineIndex::new("\u{FEFF}ab");
    assert_eq!(index.position(0).column, 1);
    assert_eq!(index.position(3).column, 1);
    assert_eq!(index.position(4).column, 2);
    assert_eq!(index.line_text(1), Some("ab"));
    assert_eq!(LineIndex::new("").position(0).line, 1);
}

#[test]
fn columns_are_counted_across_long_lines() {
    for long in [1023, 1024, 1025, 2048, 5000] {
        let text = format!("x\n{}", "é".repeat(long));
        let index = LineIndex::new(&text);
        for at in [0, 1, 511, 512, 1023, long] {
            let position = index.position(u32::try_from(2 + 2 * at).unwrap());
            assert_eq!(position.line, 2);
            assert_eq!(position.column as usize, at + 1, "{at} of {long}");
        }
    }
}

//! Characters that only end a line in YAML 1.1.

use crate::{Limits, ParseErrorKind, parse_alike};

/// The text at the error of the last document.
fn refused(text: &str) -> Option<&str> {
    let error = parse_alike(text, &Limits::default()).pop()?.err()?;
    assert_eq!(error.kind, ParseErrorKind::LineSeparator);
    let range = error.span.start as usize..error.span.end as usize;
    Some(text.get(range).expect("characters"))
}

#[test]
fn what_a_comment_would_hide_from_us_is_an_error() {
    for separator in ["\u{85}", "\u{2028}", "\u{2029}"] {
        for text in [
            format!("spec:\n  # note{separator}  image: node:22\n"),
            format!("spec:\n  image: r.example/x # note{separator}  image: node:22\n"),
            format!("spec:\n  text: |\n    echo{separator}  image: node:22\n"),
            format!("# note{separator}a: b\n"),
            format!("spec:\n  ? image{separator}\n  : node:22\n"),
            format!("a: b\n--- # note{separator}c: d\n"),
            format!("a: b\n# note{separator}--- {{c: d}}\n"),
        ] {
            assert_eq!(refused(&text), Some(separator), "{text:?}");
        }
    }
}

#[test]
fn where_they_change_nothing_they_are_characters_like_others() {
    for separator in ["\u{85}", "\u{2028}", "\u{2029}"] {
        for text in [
            format!("a: \"one{separator}two\"\nb: 'one{separator}two'\n"),
            format!("a: |\n  one\n  two{separator}  three\n"),
            format!("a: one # note{separator}# and more\n"),
            format!("a: one{separator}  two\n"),
            format!("{{\"a\": \"one{separator}two\"}}"),
        ] {
            assert_eq!(refused(&text), None, "{text:?}");
        }
    }
    assert_eq!(refused("a: “quoted”, café\n"), None);
}

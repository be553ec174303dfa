#![doc = include_str!("../README.md")]
//!
//! `pkg/src/inert.ts` does the same in the command; a test compares the two.

#![warn(unreachable_pub)]

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character controls how text is shown, or is invisible: control characters, line breaks, changes of the
/// direction of writing, characters without width, and tags.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The string on one line, with [`is_hidden`] characters escaped as in Rust: a line break as `\n`, the right-to-left
/// override as `\u{202e}`. A tab becomes a space.
#[must_use]
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut shown, c);
    }
    shown.into()
}

/// How many characters [`escaped`] makes of this one.
#[must_use]
pub fn width(c: char) -> usize {
    if !is_hidden(c) {
        return 1;
    }
    let mut shown = String::new();
    push(&mut shown, c);
    shown.len()
}

fn push(shown: &mut String, c: char) {
    match c {
        '\t' => shown.push(' '),
        '\n' => shown.push_str("\\n"),
        '\r' => shown.push_str("\\r"),
        c if is_hidden(c) => {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
        }
        c => shown.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped, is_hidden, width};

    #[test]
    fn what_acts_is_shown_and_everything_else_stays() {
        assert_eq!(
            escaped("a\tb\r\n::error::\u{1b}[2J\u{85}\u{202e}\u{2028}\u{200b}\u{e0041}"),
            "a b\\r\\n::error::\\u{1b}[2J\\u{85}\\u{202e}\\u{2028}\\u{200b}\\u{e0041}"
        );
        for plain in ["", "plain", "ä 日本 😀 e\u{301} ❤\u{fe0f}", "C:\\new\\run"] {
            assert_eq!(escaped(plain), plain);
        }
    }

    #[test]
    fn the_width_is_that_of_what_is_shown() {
        for c in ('\0'..='\u{ffff}').chain('\u{e0000}'..='\u{e00ff}') {
            assert_eq!(escaped(&c.to_string()).chars().count(), width(c), "{c:?}");
            assert!(!escaped(&c.to_string()).contains(is_hidden), "{c:?}");
        }
    }
}

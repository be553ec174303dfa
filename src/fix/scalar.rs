//! How a text, or a mapping in braces, is written.

use std::fmt::Write as _;

use super::operation::Content;

/// How a text is quoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// Not, where it means the same without.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`, as in JSON.
    Double,
}

impl Style {
    /// The style of a scalar as written; a block scalar's is plain.
    pub fn from_written(written: &str) -> Self {
        match written.as_bytes().first() {
            Some(b'"') => Self::Double,
            Some(b'\'') => Self::Single,
            _ => Self::Plain,
        }
    }
}

/// A text in a style, or quoted twice where the style can't say it.
pub(super) fn scalar(text: &str, style: Style, in_flow: bool) -> String {
    match style {
        Style::Plain if is_plain(text, in_flow) => text.to_owned(),
        Style::Single if !text.contains(char::is_control) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => double_quoted(text),
    }
}

/// A content on one line; mappings in braces. `compact` leaves out the spaces.
pub(super) fn inline(
    content: &Content,
    keys: Style,
    values: Style,
    compact: bool,
    in_flow: bool,
) -> String {
    match content {
        Content::Text(text) => scalar(text, values, in_flow),
        Content::Mapping(fields) => {
            let (colon, comma) = if compact { (":", ",") } else { (": ", ", ") };
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| {
                    let key = scalar(key, keys, true);
                    format!("{key}{colon}{}", inline(value, keys, values, compact, true))
                })
                .collect();
            format!("{{{}}}", fields.join(comma))
        }
    }
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            // Line breaks to YAML, and marks of the byte order.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether a text without quotes is this very text to every parser: to those of YAML 1.1 too, as
/// Harness's is, for which `on` is a boolean and `1:30` a number.
fn is_plain(text: &str, in_flow: bool) -> bool {
    let starts_well = text.chars().next().is_some_and(|first| {
        first.is_alphanumeric() || matches!(first, '/' | '.' | '_' | '<' | '$')
    });
    let breaks = text.contains(": ")
        || text.contains(" #")
        || text.ends_with([':', ' '])
        || text.contains(|c: char| {
            c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
        })
        || (in_flow && text.contains([',', '[', ']', '{', '}']));
    starts_well && !breaks && !is_word_of_yaml(text) && !is_like_a_number(text)
}

fn is_word_of_yaml(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "<<", "...",
    ];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Numbers, dates and times of YAML 1.1 and 1.2, and more than these.
fn is_like_a_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && (text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || b"+-._:xXoOtTzZ ".contains(&byte))
            || [".inf", ".nan"]
                .iter()
                .any(|word| text.eq_ignore_ascii_case(word)))
}

//! Writes strings as scalars, and mappings as flow mappings.

use std::fmt::Write as _;

use super::operation::Content;

/// The quotes of a scalar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// None, if the string means the same without.
    Plain,
    /// `'…'`
    Single,
    /// `"…"`, as in JSON.
    Double,
}

impl Style {
    /// The style of a scalar in the source. That of a block scalar is plain.
    pub fn from_written(written: &str) -> Self {
        match written.as_bytes().first() {
            Some(b'"') => Self::Double,
            Some(b'\'') => Self::Single,
            _ => Self::Plain,
        }
    }
}

/// A string in a style, or in double quotes if that style can't represent it.
pub(super) fn scalar(text: &str, style: Style, in_flow: bool) -> String {
    match style {
        Style::Plain if is_plain(text, in_flow) => text.to_owned(),
        Style::Single if !text.contains(char::is_control) => {
            format!("'{}'", text.replace('\'', "''"))
        }
        _ => double_quoted(text),
    }
}

/// A content on one line, with mappings in braces. `compact` leaves out spaces.
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
            // YAML takes these for line breaks or byte order marks.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// Whether every parser reads a string without quotes as the same string. That includes those of YAML 1.1, such as
/// Harness's, for which `on` is a boolean and `1:30` a number.
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

/// Whether it may be a number, date or time in YAML 1.1 or 1.2. It may also be true for other strings.
fn is_like_a_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && (text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || b"+-._:xXoOtTzZ ".contains(&byte))
            || [".inf", ".nan"]
                .iter()
                .any(|word| text.eq_ignore_ascii_case(word)))
}

//! What a scalar means.

use std::borrow::Cow;

use granit_parser::{ScalarStyle, Tag};

use super::Value;

/// What `!!` stands for in a tag.
const NAMESPACE: &str = "tag:yaml.org,2002:";

/// How the text of a scalar is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// By its form, as the core schema says.
    Core,
    /// As text.
    Text,
    /// As text, and `<<` as the merge key: some writers tag it `!!merge`.
    Merge,
    /// As null, if it looks like it.
    Null,
    /// As true or false, if it looks like it.
    Bool,
    /// As a whole number, if it looks like it.
    Integer,
    /// As a number, if it looks like it.
    Float,
}

impl Reading {
    /// How style and tag want a scalar read.
    pub(crate) fn from_style(style: ScalarStyle, tag: Option<&Tag>) -> Self {
        let core = tag.and_then(|tag| tag.suffix_in_namespace(NAMESPACE));
        match core.as_deref() {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Integer,
            Some("float") => Self::Float,
            Some("merge") => Self::Merge,
            // The tag `!` alone says that a plain scalar is text.
            None if style == ScalarStyle::Plain && tag.is_none_or(|tag| tag.original() != "!") => {
                Self::Core
            }
            // Of `!!binary` and the like JSON knows only the text.
            _ => Self::Text,
        }
    }

    /// The value of a text read like this. Text that does not fit the reading stays text.
    pub(crate) fn value(self, text: Cow<'_, str>) -> Value<'_> {
        let value = match self {
            Self::Text | Self::Merge => None,
            Self::Core => core(&text),
            Self::Null => null(&text),
            Self::Bool => boolean(&text),
            Self::Integer => integer(&text),
            Self::Float => float(&text),
        };
        value.unwrap_or(Value::String(text))
    }
}

/// The core schema. The first byte settles for most texts that they are nothing but text.
fn core(text: &str) -> Option<Value<'static>> {
    match text.as_bytes().first() {
        None | Some(b'~' | b'n' | b'N') => null(text),
        Some(b't' | b'T' | b'f' | b'F') => boolean(text),
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => integer(text).or_else(|| float(text)),
        Some(_) => None,
    }
}

fn null(text: &str) -> Option<Value<'static>> {
    matches!(text, "" | "~" | "null" | "Null" | "NULL").then_some(Value::Null)
}

fn boolean(text: &str) -> Option<Value<'static>> {
    match text {
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => None,
    }
}

/// A whole number: `[-+]?[0-9]+`, `0o[0-7]+` or `0x[0-9a-fA-F]+`.
fn integer(text: &str) -> Option<Value<'static>> {
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(digits, 16);
    }
    let digits = unsigned(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse()
        .map(Value::Integer)
        .ok()
        .or_else(|| finite(text))
}

/// A whole number in a base given by its prefix.
fn radix(digits: &str, base: u32) -> Option<Value<'static>> {
    // `from_str_radix` would take a sign.
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(base)) {
        return None;
    }
    if let Ok(value) = i64::from_str_radix(digits, base) {
        return Some(Value::Integer(value));
    }
    let value = digits
        .chars()
        .filter_map(|digit| digit.to_digit(base))
        .fold(0.0, |value, digit| {
            value * f64::from(base) + f64::from(digit)
        });
    value.is_finite().then_some(Value::Float(value))
}

/// A number: `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
fn float(text: &str) -> Option<Value<'static>> {
    let (whole, rest) = digits(unsigned(text));
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(rest) => digits(rest),
        None => ("", rest),
    };
    let exponent_fits = match rest.strip_prefix(['e', 'E']) {
        Some(exponent) => {
            let (power, rest) = digits(unsigned(exponent));
            !power.is_empty() && rest.is_empty()
        }
        None => rest.is_empty(),
    };
    let fits = exponent_fits && !(whole.is_empty() && fraction.is_empty());
    if fits { finite(text) } else { None }
}

/// A text in the form of a number as a float, unless it is too large for one.
fn finite(text: &str) -> Option<Value<'static>> {
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .map(Value::Float)
}

/// The text without its sign.
fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// The leading digits, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

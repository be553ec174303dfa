//! The values of scalars.

use std::borrow::Cow;

use granit_parser::{ScalarStyle, Tag};

use super::Value;

/// The meaning of `!!` in a tag.
const NAMESPACE: &str = "tag:yaml.org,2002:";

/// How to interpret the text of a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// By its form, as in the core schema.
    Core,
    /// As a string.
    Text,
    /// As a string, with `<<` as the merge key, which some authors tag with `!!merge`.
    Merge,
    /// As null, if it is written like it.
    Null,
    /// As a boolean, if it is written like one.
    Bool,
    /// As an integer, if it is written like one.
    Integer,
    /// As a number, if it is written like one.
    Float,
}

impl Reading {
    /// How to interpret a scalar with this style and tag.
    pub(crate) fn from_style(style: ScalarStyle, tag: Option<&Tag>) -> Self {
        let core = tag.and_then(|tag| tag.suffix_in_namespace(NAMESPACE));
        match core.as_deref() {
            Some("null") => Self::Null,
            Some("bool") => Self::Bool,
            Some("int") => Self::Integer,
            Some("float") => Self::Float,
            Some("merge") => Self::Merge,
            // The tag `!` alone makes a string of a plain scalar.
            None if style == ScalarStyle::Plain && tag.is_none_or(|tag| tag.original() != "!") => {
                Self::Core
            }
            // In JSON, `!!binary` and the like are strings.
            _ => Self::Text,
        }
    }

    /// The value of a scalar. If it isn't written as expected, it is a string.
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

/// The value in the core schema. For most scalars, the first byte shows that they are strings.
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

/// An integer: `[-+]?[0-9]+`, `0o[0-7]+` or `0x[0-9a-fA-F]+`.
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

/// An integer with a prefix for its base.
fn radix(digits: &str, base: u32) -> Option<Value<'static>> {
    // `from_str_radix` would accept a sign.
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

/// The number as a float, unless it is too large for one.
fn finite(text: &str) -> Option<Value<'static>> {
    text.parse()
        .ok()
        .filter(|value: &f64| value.is_finite())
        .map(Value::Float)
}

/// The number without its sign.
fn unsigned(text: &str) -> &str {
    text.strip_prefix(['+', '-']).unwrap_or(text)
}

/// The digits at the start, and the rest.
fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

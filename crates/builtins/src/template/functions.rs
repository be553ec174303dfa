//! The functions of templates, and how values are printed.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::run::Datum;
use super::token::wrong;
use crate::{Failure, Host, format};
use values::{Number, Value};

const KNOWN: [&str; 19] = [
    "and", "call", "html", "index", "slice", "js", "len", "not", "or", "print", "printf",
    "println", "urlquery", "eq", "ge", "gt", "le", "lt", "ne",
];

/// Whether there is a function with this name.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Calls a function. Its arguments are charged before anything is made of them: a function reads them, or writes them
/// again.
pub(super) fn call(host: &mut dyn Host, name: &str, args: &[Datum]) -> Result<Datum, Failure> {
    for arg in args {
        host.charge_text(length_of_text(arg).saturating_mul(growth(name)))?;
    }
    let text = |text: String| Ok(Datum::Value(text.into()));
    let truth = |truth: bool| Ok(Datum::Value(truth.into()));
    let count = args.len();
    let wanted = |least: usize, most: usize| {
        if (least..=most).contains(&count) {
            return Ok(());
        }
        let want = match most {
            usize::MAX => format!("want at least {least}"),
            _ => format!("want {least}"),
        };
        Err(wrong(&format!(
            "wrong number of args for {name}: {want} got {count}"
        )))
    };
    match name {
        "print" => text(joined(host, args, false)?),
        "println" => text(joined(host, args, true)?),
        "printf" => printf(host, args),
        "html" => text(html(&joined(host, args, false)?)),
        "js" => text(js(&joined(host, args, false)?)),
        "urlquery" => text(query(&joined(host, args, false)?)),
        "not" => {
            wanted(1, 1)?;
            truth(!args.first().is_some_and(Datum::holds))
        }
        "len" => {
            wanted(1, 1)?;
            length(args.first())
        }
        "index" => {
            wanted(1, usize::MAX)?;
            index(args)
        }
        "slice" => {
            wanted(1, usize::MAX)?;
            slice(host, args)
        }
        "eq" => {
            wanted(1, usize::MAX)?;
            let (first, others) = args
                .split_first()
                .ok_or_else(|| wrong("missing argument"))?;
            if others.is_empty() {
                return Err(called(name, "missing argument for comparison"));
            }
            for other in others {
                if equal(first, other).map_err(|why| called(name, why))? {
                    return truth(true);
                }
            }
            truth(false)
        }
        "ne" | "lt" | "le" | "gt" | "ge" => {
            wanted(2, 2)?;
            let [a, b] = args else {
                return Err(wrong("missing argument"));
            };
            let fail = |why: &str| called(name, why);
            if name == "ne" {
                return truth(!equal(a, b).map_err(fail)?);
            }
            let order = order(a, b).map_err(fail)?;
            truth(match name {
                "lt" => order == Some(Ordering::Less),
                "le" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
                "gt" => matches!(order, Some(Ordering::Greater) | None),
                _ => !matches!(order, Some(Ordering::Less)),
            })
        }
        _ => Err(called(name, "non-function")),
    }
}

/// How many bytes a string or a number has.
fn length_of_text(datum: &Datum) -> usize {
    match datum {
        Datum::Value(Value::String(text)) => text.len(),
        Datum::Value(Value::Number(number)) => number.length(),
        _ => 0,
    }
}

/// How many times as long a function may make a string.
fn growth(name: &str) -> usize {
    match name {
        "html" => 5,
        "js" => 6,
        "urlquery" => 3,
        _ => 1,
    }
}

fn called(name: &str, why: &str) -> Failure {
    wrong(&format!("error calling {name}: {why}"))
}

/// Go's name for the type of a value.
pub(super) fn type_name(datum: &Datum) -> &'static str {
    match datum {
        Datum::Missing | Datum::Value(Value::Null | Value::Set(_)) => "<nil>",
        Datum::Int(_) => "int",
        Datum::Float(_) => "float64",
        Datum::Value(value) => match value {
            Value::Bool(_) => "bool",
            Value::Number(_) => "json.Number",
            Value::String(_) | Value::Bytes(_) => "string",
            Value::Array(_) => "[]interface {}",
            _ => "map[string]interface {}",
        },
    }
}

/// Appends a value as an action prints it.
pub(super) fn print(datum: &Datum, out: &mut String) {
    match datum {
        Datum::Missing | Datum::Value(Value::Null) => out.push_str("<no value>"),
        other => out.push_str(&shown(other)),
    }
}

/// A value as Go's `fmt` prints it.
pub(super) fn shown(datum: &Datum) -> String {
    match datum {
        Datum::Missing => "<nil>".to_owned(),
        Datum::Int(int) => int.to_string(),
        Datum::Float(float) => {
            Number::from_f64(*float).map_or_else(|| float.to_string(), |number| number.to_string())
        }
        Datum::Value(value) => shown_value(value),
    }
}

fn shown_value(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("<nil>"),
        Value::String(text) => out.push_str(text),
        Value::Bytes(bytes) => out.push_str(bytes.text()),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { " " } else { "" });
                write_value(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            out.push_str("map[");
            for (i, (key, value)) in fields.iter().enumerate() {
                out.push_str(if i > 0 { " " } else { "" });
                write_value(key, out);
                out.push(':');
                write_value(value, out);
            }
            out.push(']');
        }
        other => {
            // Writing to a string can't fail.
            let _ = write!(out, "{other}");
        }
    }
}

/// `fmt.Sprint`, which puts spaces between values that aren't strings, or `fmt.Sprintln`.
fn joined(host: &mut dyn Host, args: &[Datum], is_line: bool) -> Result<String, Failure> {
    let mut out = String::new();
    let mut was_text = true;
    for (i, arg) in args.iter().enumerate() {
        let is_text = matches!(arg, Datum::Value(Value::String(_) | Value::Number(_)));
        if i > 0 && (is_line || !is_text && !was_text) {
            out.push(' ');
        }
        was_text = is_text;
        let shown = shown(arg);
        if !is_text {
            host.charge_text(shown.len())?;
        }
        out.push_str(&shown);
    }
    if is_line {
        out.push('\n');
    }
    Ok(out)
}

/// `fmt.Sprintf`. It refuses a value that is neither a string nor a number if Go's output for it isn't certain.
fn printf(host: &mut dyn Host, args: &[Datum]) -> Result<Datum, Failure> {
    let Some((Datum::Value(Value::String(pattern)), rest)) = args.split_first() else {
        return Err(wrong("wrong type of argument for printf: want string"));
    };
    let mut values = Vec::new();
    let mut args = rest.iter();
    let mut written = String::new();
    let mut rest: &str = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        written.push_str(before);
        written.push('%');
        let verb = after.trim_start_matches(|c: char| "+-# 0123456789.".contains(c));
        let (flags, _) = after.split_at(after.len() - verb.len());
        let mut chars = verb.chars();
        let verb = chars.next().unwrap_or('%');
        rest = chars.as_str();
        if matches!(verb, '*' | '[') {
            return Err(unsupported("a width from an argument"));
        }
        if verb == '%' {
            written.push('%');
            continue;
        }
        let Some(arg) = args.next() else {
            return Err(unsupported("fewer arguments than verbs"));
        };
        let (verb, value) = argument(arg, verb, flags)?;
        written.push_str(flags);
        written.push(verb);
        values.push(value);
    }
    written.push_str(rest);
    if args.next().is_some() {
        return Err(unsupported("more arguments than verbs"));
    }
    let values = Value::Array(values.into());
    let text = format::sprintf(host, &[written.into(), values])?;
    Ok(text.map_or(Datum::Missing, Datum::Value))
}

/// An argument of `printf` in the form for `sprintf`, and the verb to print it with.
fn argument(arg: &Datum, verb: char, flags: &str) -> Result<(char, Value), Failure> {
    let is_plain = flags.is_empty();
    let wrong_verb = || Value::from(format!("%!{verb}({}={})", type_name(arg), shown(arg)));
    Ok(match arg {
        Datum::Int(int) => (verb, Value::from(*int)),
        Datum::Float(float) => match Number::from_f64(*float) {
            Some(number) => (verb, number.into()),
            None => return Err(unsupported("a number that isn't finite")),
        },
        Datum::Value(text @ Value::String(_)) => (verb, text.clone()),
        // A number in the data has a string type in Go.
        Datum::Value(Value::Number(number)) if matches!(verb, 'v' | 's' | 'q' | 'x' | 'X') => {
            (verb, number.to_string().into())
        }
        Datum::Value(Value::Bool(bool)) if matches!(verb, 'v' | 't') => {
            ('s', bool.to_string().into())
        }
        Datum::Value(Value::Number(_) | Value::Bool(_))
            if is_plain && verb.is_ascii_lowercase() =>
        {
            ('s', wrong_verb())
        }
        other if is_plain && (verb == 'v' || verb == 's' && is_of_texts(other)) => {
            ('s', shown(other).into())
        }
        other => {
            let of = type_name(other);
            return Err(unsupported(&format!(
                "%{flags}{verb} of a value of type {of}"
            )));
        }
    })
}

fn is_of_texts(datum: &Datum) -> bool {
    fn is(value: &Value) -> bool {
        match value {
            Value::String(_) | Value::Number(_) => true,
            Value::Array(items) => items.iter().all(is),
            Value::Object(fields) => fields.values().all(is),
            _ => false,
        }
    }
    matches!(datum, Datum::Value(value) if is(value))
}

fn unsupported(what: &str) -> Failure {
    Failure::Refused(format!(
        "`printf` in a template with {what} is not supported here"
    ))
}

fn length(of: Option<&Datum>) -> Result<Datum, Failure> {
    let length = match of {
        Some(Datum::Value(Value::String(text))) => text.len(),
        Some(Datum::Value(Value::Number(number))) => number.to_string().len(),
        Some(Datum::Value(Value::Array(items))) => items.len(),
        Some(Datum::Value(Value::Object(fields))) => fields.len(),
        Some(Datum::Missing | Datum::Value(Value::Null)) | None => {
            return Err(called("len", "len of nil pointer"));
        }
        Some(other) => {
            let of = type_name(other);
            return Err(called("len", &format!("len of type {of}")));
        }
    };
    Ok(Datum::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn index(args: &[Datum]) -> Result<Datum, Failure> {
    let fail = |why: String| called("index", &why);
    let Some((whole, keys)) = args.split_first() else {
        return Ok(Datum::Missing);
    };
    let mut found = whole.clone();
    if matches!(found, Datum::Missing | Datum::Value(Value::Null)) {
        return Err(fail("index of untyped nil".to_owned()));
    }
    for key in keys {
        found = match (&found, key) {
            (Datum::Value(Value::Array(items)), Datum::Int(at)) => {
                let item = usize::try_from(*at).ok().and_then(|at| items.get(at));
                match item {
                    Some(item) => Datum::Value(item.clone()),
                    None => return Err(fail(format!("index out of range: {at}"))),
                }
            }
            (Datum::Value(Value::String(text)), Datum::Int(at)) => {
                let byte = usize::try_from(*at).ok();
                match byte.and_then(|at| text.as_bytes().get(at)) {
                    Some(byte) => Datum::Int((*byte).into()),
                    None => return Err(fail(format!("index out of range: {at}"))),
                }
            }
            (Datum::Value(Value::Object(fields)), Datum::Value(Value::String(key))) => {
                let value = fields.field(key).cloned();
                Datum::Value(value.unwrap_or(Value::Null))
            }
            (Datum::Value(Value::Object(_)), other) => {
                let of = type_name(other);
                return Err(fail(format!("value has type {of}; should be string")));
            }
            (Datum::Value(Value::Array(_) | Value::String(_)), other) => {
                let of = type_name(other);
                return Err(fail(format!("cannot index slice/array with type {of}")));
            }
            (Datum::Missing | Datum::Value(Value::Null), _) => {
                return Err(fail("index of nil pointer".to_owned()));
            }
            (other, _) => {
                let of = type_name(other);
                return Err(fail(format!("can't index item of type {of}")));
            }
        };
    }
    Ok(found)
}

fn slice(host: &mut dyn Host, args: &[Datum]) -> Result<Datum, Failure> {
    let fail = |why: &str| called("slice", why);
    let Some((whole, bounds)) = args.split_first() else {
        return Ok(Datum::Missing);
    };
    let length = match whole {
        Datum::Value(Value::String(text)) if bounds.len() < 3 => text.len(),
        Datum::Value(Value::Array(items)) => items.len(),
        Datum::Missing | Datum::Value(Value::Null) => {
            return Err(fail("slice of untyped nil"));
        }
        _ => return Err(fail("can't slice item")),
    };
    let mut limits = vec![0, length, length];
    if bounds.len() > limits.len() {
        return Err(fail("too many slice indexes"));
    }
    for (place, bound) in limits.iter_mut().zip(bounds) {
        let Datum::Int(at) = bound else {
            return Err(fail("cannot index slice/array"));
        };
        let at = usize::try_from(*at).ok().filter(|at| *at <= length);
        *place = at.ok_or_else(|| fail("index out of range"))?;
    }
    let (from, to) = match limits.as_slice() {
        [from, to, most] if from <= to && to <= most => (*from, *to),
        _ => return Err(fail("invalid slice index")),
    };
    match whole {
        Datum::Value(Value::String(text)) => match text.get(from..to) {
            Some(part) => Ok(Datum::Value(part.into())),
            None => Err(Failure::Refused(
                "a slice that cuts a character in two is not supported here".to_owned(),
            )),
        },
        Datum::Value(Value::Array(items)) => {
            let part = items.get(from..to).unwrap_or_default();
            host.charge(part.len())?;
            Ok(Datum::Value(part.to_vec().into()))
        }
        _ => Ok(Datum::Missing),
    }
}

/// A value that can be compared. A number in the data is a string.
#[derive(PartialEq)]
enum Basic {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
}

fn basic(datum: &Datum) -> Option<Basic> {
    match datum {
        Datum::Int(int) => Some(Basic::Int(*int)),
        Datum::Float(float) => Some(Basic::Float(*float)),
        Datum::Value(Value::Bool(bool)) => Some(Basic::Bool(*bool)),
        Datum::Value(Value::String(text)) => Some(Basic::Text(text.to_string())),
        Datum::Value(Value::Number(number)) => Some(Basic::Text(number.to_string())),
        _ => None,
    }
}

fn is_nil(datum: &Datum) -> bool {
    matches!(datum, Datum::Missing | Datum::Value(Value::Null))
}

fn equal(a: &Datum, b: &Datum) -> Result<bool, &'static str> {
    match (basic(a), basic(b)) {
        (Some(x), Some(y)) => {
            if std::mem::discriminant(&x) == std::mem::discriminant(&y) {
                Ok(x == y)
            } else {
                Err("incompatible types for comparison")
            }
        }
        _ if is_nil(a) || is_nil(b) => Ok(is_nil(a) == is_nil(b)),
        (None, None) if type_name(a) != type_name(b) => Err("non-comparable types"),
        (None, None) => Err("non-comparable type"),
        _ => Err("incompatible types for comparison"),
    }
}

/// The order of two values; `None` if a number has none.
fn order(a: &Datum, b: &Datum) -> Result<Option<Ordering>, &'static str> {
    let invalid = "invalid type for comparison";
    let (a, b) = (basic(a).ok_or(invalid)?, basic(b).ok_or(invalid)?);
    match (a, b) {
        (Basic::Int(a), Basic::Int(b)) => Ok(Some(a.cmp(&b))),
        (Basic::Float(a), Basic::Float(b)) => Ok(a.partial_cmp(&b)),
        (Basic::Text(a), Basic::Text(b)) => Ok(Some(a.cmp(&b))),
        (Basic::Bool(_), Basic::Bool(_)) => Err(invalid),
        _ => Err("incompatible types for comparison"),
    }
}

fn html(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\0' => out.push('\u{fffd}'),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

fn js(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '<' | '>' | '&' | '=' | '\0'..=' ' if c != ' ' => {
                // Writing to a string can't fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c if c.is_ascii() || values::json::is_printable(c) => out.push(c),
            c => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
        }
    }
    out
}

fn query(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(byte.into()),
            byte if byte.is_ascii_alphanumeric() => out.push(byte.into()),
            byte => {
                // Writing to a string can't fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

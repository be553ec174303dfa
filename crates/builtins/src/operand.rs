//! The arguments of built-in functions, by type, with OPA's words for what they can't be.

use super::{Failure, Host, Outcome};
use values::{Number, Object, Value, Version};

/// The argument at a place, counted from 0.
///
/// # Errors
///
/// A type error where there is none.
pub(crate) fn any(args: &[Value], at: usize) -> Result<&Value, Failure> {
    args.get(at)
        .ok_or_else(|| Failure::Type(format!("operand {} is missing", at + 1)))
}

/// The argument at a place (from 0), which must be a string.
///
/// # Errors
///
/// A type error where it isn't one.
pub(crate) fn string(args: &[Value], at: usize) -> Result<&str, Failure> {
    let value = any(args, at)?;
    value.as_str().ok_or_else(|| mismatch(at, value, "string"))
}

/// The bytes of the argument at a place, which must be a string.
///
/// # Errors
///
/// A type error where it isn't one.
pub(crate) fn bytes(args: &[Value], at: usize) -> Result<&[u8], Failure> {
    let value = any(args, at)?;
    value
        .as_bytes()
        .ok_or_else(|| mismatch(at, value, "string"))
}

/// The argument at a place, a number.
///
/// # Errors
///
/// A type error where it is none.
pub(crate) fn number(args: &[Value], at: usize) -> Result<&Number, Failure> {
    match any(args, at)? {
        Value::Number(number) => Ok(number),
        other => Err(mismatch(at, other, "number")),
    }
}

/// The argument at a place, an integer. OPA 0.70 doesn't take `3.0` for one.
///
/// # Errors
///
/// A type error where it is none.
pub(crate) fn integer(host: &dyn Host, args: &[Value], at: usize) -> Result<i64, Failure> {
    let number = number(args, at)?;
    let integer = match host.version() {
        Version::V0 => number.as_written_i64(),
        Version::V1 => number.as_i64(),
    };
    integer.ok_or_else(|| {
        let place = at + 1;
        Failure::Type(format!(
            "operand {place} must be integer number but got floating-point number"
        ))
    })
}

/// A number as a place or a length, none where it is negative. One that WebAssembly's 32 bits can't hold is larger
/// than anything there is.
pub(crate) fn size(number: i64) -> Option<usize> {
    let number = u64::try_from(number).ok()?;
    Some(usize::try_from(number).unwrap_or(usize::MAX))
}

/// The argument at a place, an array.
///
/// # Errors
///
/// A type error where it is none.
pub(crate) fn array(args: &[Value], at: usize) -> Result<&[Value], Failure> {
    match any(args, at)? {
        Value::Array(items) => Ok(items),
        other => Err(mismatch(at, other, "array")),
    }
}

/// The argument at a place, an object.
///
/// # Errors
///
/// A type error where it is none.
pub(crate) fn object(args: &[Value], at: usize) -> Result<&Object, Failure> {
    match any(args, at)? {
        Value::Object(object) => Ok(object),
        other => Err(mismatch(at, other, "object")),
    }
}

/// The texts of an array or a set, the argument at a place.
///
/// # Errors
///
/// A type error, which names `expected` where the argument is neither, where something else than a
/// text is among them.
pub(crate) fn strings<'a>(
    args: &'a [Value],
    at: usize,
    expected: &str,
) -> Result<Vec<&'a str>, Failure> {
    each(args, at, expected, Value::as_str)
}

/// The bytes of these.
///
/// # Errors
///
/// As for [`strings`].
pub(crate) fn strings_of_bytes<'a>(
    args: &'a [Value],
    at: usize,
    expected: &str,
) -> Result<Vec<&'a [u8]>, Failure> {
    each(args, at, expected, Value::as_bytes)
}

fn each<'a, T>(
    args: &'a [Value],
    at: usize,
    expected: &str,
    of: impl Fn(&'a Value) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let whole = any(args, at)?;
    let element = |item: &'a Value| of(item).ok_or_else(|| stray(at, whole, item, "string"));
    match whole {
        Value::Array(items) => items.iter().map(element).collect(),
        Value::Set(set) => set.iter().map(element).collect(),
        other => Err(mismatch(at, other, expected)),
    }
}

/// The argument at a place has another type than expected: one name, or `one of {set, array}`.
#[must_use]
pub(crate) fn mismatch(at: usize, got: &Value, expected: &str) -> Failure {
    let (place, got) = (at + 1, got.type_name());
    Failure::Type(format!("operand {place} must be {expected} but got {got}"))
}

/// An element of the argument at a place has another type than expected.
#[must_use]
pub(crate) fn stray(at: usize, whole: &Value, element: &Value, expected: &str) -> Failure {
    let (place, whole, element) = (at + 1, whole.type_name(), element.type_name());
    Failure::Type(format!(
        "operand {place} must be {whole} of {expected}s but got {whole} containing {element}"
    ))
}

/// A text as a result, within the bounds of the evaluation.
///
/// # Errors
///
/// [`Failure::Limit`] where it is too long.
pub(crate) fn text(host: &mut dyn Host, text: impl Into<String>) -> Outcome {
    let text = text.into();
    host.charge_text(text.len())?;
    Ok(Some(text.into()))
}

/// A string of bytes as a result: OPA's strings hold any.
///
/// # Errors
///
/// [`Failure::Limit`] where they are too many.
pub(crate) fn of_bytes(host: &mut dyn Host, bytes: Vec<u8>) -> Outcome {
    // One that isn't UTF-8 is kept with what Go reads of it, where a byte takes three.
    host.charge_text(bytes.len())?;
    let value = Value::of_bytes(bytes);
    if let Value::Bytes(bytes) = &value {
        host.charge_text(bytes.text().len())?;
    }
    Ok(Some(value))
}

/// That the budget is spent. The evaluation says of what.
#[must_use]
pub fn exhausted() -> Failure {
    Failure::Limit("the budget of the evaluation is spent".to_owned())
}

/// How deep values may nest for a function that recurses into them.
const DEEPEST: u32 = 600;

/// Refuses a value that nests deeper than a function can go that recurses into it.
///
/// # Errors
///
/// [`Failure::Limit`] where it does.
pub(crate) fn shallow(value: &Value) -> Result<&Value, Failure> {
    if value.depth() > DEEPEST {
        let message = format!("a value nests deeper than {DEEPEST} levels");
        return Err(Failure::Limit(message));
    }
    Ok(value)
}

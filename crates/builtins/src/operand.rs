//! The arguments of built-in functions by type, and OPA's errors for arguments of other types.

use super::{Failure, Host, Outcome};
use values::{Number, Object, Value, Version};

/// The argument at an index.
///
/// # Errors
///
/// A type error if there is none.
pub(crate) fn any(args: &[Value], at: usize) -> Result<&Value, Failure> {
    args.get(at)
        .ok_or_else(|| Failure::Type(format!("operand {} is missing", at + 1)))
}

/// The argument at an index, which must be a string.
///
/// # Errors
///
/// A type error if it isn't one.
pub(crate) fn string(args: &[Value], at: usize) -> Result<&str, Failure> {
    let value = any(args, at)?;
    value.as_str().ok_or_else(|| mismatch(at, value, "string"))
}

/// The bytes of the argument at an index, which must be a string.
///
/// # Errors
///
/// A type error if it isn't one.
pub(crate) fn bytes(args: &[Value], at: usize) -> Result<&[u8], Failure> {
    let value = any(args, at)?;
    value
        .as_bytes()
        .ok_or_else(|| mismatch(at, value, "string"))
}

/// The argument at an index, which must be a number.
///
/// # Errors
///
/// A type error if it isn't one.
pub(crate) fn number(args: &[Value], at: usize) -> Result<&Number, Failure> {
    match any(args, at)? {
        Value::Number(number) => Ok(number),
        other => Err(mismatch(at, other, "number")),
    }
}

/// The argument at an index, which must be an integer. In OPA 0.70, `3.0` isn't one.
///
/// # Errors
///
/// A type error if it isn't one.
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

/// A number as an index or length; `None` if it is negative. If it doesn't fit into WebAssembly's 32 bits, it becomes
/// the largest number that does.
pub(crate) fn size(number: i64) -> Option<usize> {
    let number = u64::try_from(number).ok()?;
    Some(usize::try_from(number).unwrap_or(usize::MAX))
}

/// The argument at an index, which must be an array.
///
/// # Errors
///
/// A type error if it isn't one.
pub(crate) fn array(args: &[Value], at: usize) -> Result<&[Value], Failure> {
    match any(args, at)? {
        Value::Array(items) => Ok(items),
        other => Err(mismatch(at, other, "array")),
    }
}

/// The argument at an index, which must be an object.
///
/// # Errors
///
/// A type error if it isn't one.
pub(crate) fn object(args: &[Value], at: usize) -> Result<&Object, Failure> {
    match any(args, at)? {
        Value::Object(object) => Ok(object),
        other => Err(mismatch(at, other, "object")),
    }
}

/// The strings in the argument at an index, which must be an array or a set.
///
/// # Errors
///
/// A type error if something in it isn't a string, or, with `expected` as the name of the type, if it is neither.
pub(crate) fn strings<'a>(
    args: &'a [Value],
    at: usize,
    expected: &str,
) -> Result<Vec<&'a str>, Failure> {
    each(args, at, expected, Value::as_str)
}

/// The bytes of the strings in the argument at an index, which must be an array or a set.
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

/// The error for an argument of another type than `expected`: a name, or `one of {set, array}`.
#[must_use]
pub(crate) fn mismatch(at: usize, got: &Value, expected: &str) -> Failure {
    let (place, got) = (at + 1, got.type_name());
    Failure::Type(format!("operand {place} must be {expected} but got {got}"))
}

/// The error for an element of another type than `expected` in an argument.
#[must_use]
pub(crate) fn stray(at: usize, whole: &Value, element: &Value, expected: &str) -> Failure {
    let (place, whole, element) = (at + 1, whole.type_name(), element.type_name());
    Failure::Type(format!(
        "operand {place} must be {whole} of {expected}s but got {whole} containing {element}"
    ))
}

/// A string as the result.
///
/// # Errors
///
/// [`Failure::Limit`] if it is too long.
pub(crate) fn text(host: &mut dyn Host, text: impl Into<String>) -> Outcome {
    let text = text.into();
    host.charge_text(text.len())?;
    Ok(Some(text.into()))
}

/// A string with these bytes as the result. OPA's strings needn't be UTF-8.
///
/// # Errors
///
/// [`Failure::Limit`] if it is too long.
pub(crate) fn of_bytes(host: &mut dyn Host, bytes: Vec<u8>) -> Outcome {
    // If it isn't UTF-8, it is also kept as Go reads it, where a byte may take three.
    host.charge_text(bytes.len())?;
    let value = Value::of_bytes(bytes);
    if let Value::Bytes(bytes) = &value {
        host.charge_text(bytes.text().len())?;
    }
    Ok(Some(value))
}

/// The error when the budget is spent. The evaluation adds what ran out.
#[must_use]
pub fn exhausted() -> Failure {
    Failure::Limit("the budget of the evaluation is spent".to_owned())
}

/// How deep a value may nest for a function that recurses into it.
const DEEPEST: u32 = 600;

/// Refuses a value that nests too deeply for a function to recurse into it.
///
/// # Errors
///
/// [`Failure::Limit`] if it does.
pub(crate) fn shallow(value: &Value) -> Result<&Value, Failure> {
    if value.depth() > DEEPEST {
        let message = format!("a value nests deeper than {DEEPEST} levels");
        return Err(Failure::Limit(message));
    }
    Ok(value)
}

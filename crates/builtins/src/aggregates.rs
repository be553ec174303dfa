//! Aggregates: `count`, `sum`, `max` …

use super::{Builtin, Failure, Host, Outcome, bounded, operand, pure};
use values::{Number, Uncomputable, Value, Version, budget};

pub(super) const TABLE: &[Builtin] = &[
    pure(
        "count",
        "(collection: any<string, array[any], object[any: any], set[any]>) => n: number",
        count,
    ),
    bounded(
        "sum",
        "(collection: any<array[number], set[number]>) => n: number",
        sum,
    ),
    bounded(
        "product",
        "(collection: any<array[number], set[number]>) => n: number",
        product,
    ),
    pure(
        "max",
        "(collection: any<array[any], set[any]>) => n: any",
        max,
    ),
    bounded(
        "min",
        "(collection: any<array[any], set[any]>) => n: any",
        min,
    ),
    bounded(
        "sort",
        "(collection: any<array[any], set[any]>) => n: array[any]",
        sort,
    ),
    pure("all", "(any<array[any], set[any]>) => boolean", all),
    pure("any", "(any<array[any], set[any]>) => boolean", any),
];

fn count(args: &[Value]) -> Outcome {
    let count = match operand::any(args, 0)? {
        Value::Array(items) => items.len(),
        Value::Object(object) => object.len(),
        Value::Set(set) => set.len(),
        Value::String(text) => text.chars().count(),
        Value::Bytes(bytes) => bytes.text().chars().count(),
        other => {
            return Err(operand::mismatch(
                0,
                other,
                "one of {array, object, set, string}",
            ));
        }
    };
    Ok(Some(count.into()))
}

fn items<'a>(args: &'a [Value], expected: &str) -> Result<Vec<&'a Value>, Failure> {
    let items: Vec<&Value> = match operand::any(args, 0)? {
        Value::Array(items) => items.iter().collect(),
        Value::Set(set) => set.iter().collect(),
        other => return Err(operand::mismatch(0, other, expected)),
    };
    if !budget::step(items.len() as u64) {
        return Err(operand::exhausted());
    }
    Ok(items)
}

fn fold(
    args: &[Value],
    start: i64,
    combine: fn(&Number, &Number) -> Result<Number, Uncomputable>,
) -> Outcome {
    let mut total = Number::from(start);
    for number in numbers(args)? {
        // The evaluation is about to end with an error, and the total no longer matters.
        if budget::is_spent() {
            break;
        }
        total = combine(&total, number).map_err(too_big)?;
    }
    Ok(Some(total.into()))
}

/// The items, which must be numbers.
fn numbers(args: &[Value]) -> Result<Vec<&Number>, Failure> {
    let items = items(args, "one of {set, array}")?.into_iter();
    items
        .map(|item| match item {
            Value::Number(number) => Ok(number),
            _ => Err(operand::stray(0, operand::any(args, 0)?, item, "number")),
        })
        .collect()
}

fn too_big(error: Uncomputable) -> Failure {
    Failure::Limit(error.to_string())
}

/// Whether all items are integers, with which OPA 1.22 computes exactly.
fn are_integers(args: &[Value]) -> Result<bool, Failure> {
    let items = items(args, "one of {set, array}")?;
    Ok(items
        .iter()
        .all(|item| matches!(item, Value::Number(number) if number.as_bigint().is_some())))
}

fn sum(host: &mut dyn Host, args: &[Value]) -> Outcome {
    match host.version() {
        Version::V0 => fold(args, 0, Number::rounded_plus),
        Version::V1 if are_integers(args)? => fold(args, 0, Number::plus),
        Version::V1 => fold(args, 0, Number::float_plus),
    }
}

fn product(host: &mut dyn Host, args: &[Value]) -> Outcome {
    match host.version() {
        Version::V0 => fold(args, 1, Number::float_times),
        Version::V1 if are_integers(args)? => fold(args, 1, Number::times),
        // If one number isn't an integer, the others are treated as doubles.
        Version::V1 => {
            let product = Number::double_product(numbers(args)?);
            Ok(Some(product.map_err(too_big)?.into()))
        }
    }
}

fn max(args: &[Value]) -> Outcome {
    Ok(items(args, "one of {set, array}")?
        .into_iter()
        .max()
        .cloned())
}

fn min(host: &mut dyn Host, args: &[Value]) -> Outcome {
    // In OPA 0.70, any value replaces `null`, which counts as no value yet.
    if let (Version::V0, Value::Set(set)) = (host.version(), operand::any(args, 0)?) {
        let smallest = set.iter().find(|item| **item != Value::Null);
        return Ok(smallest.or(set.iter().next()).cloned());
    }
    // Of equal ones the last counts, as in OPA: `min([1, 1.0])` is `1.0`.
    Ok(items(args, "one of {set, array}")?
        .into_iter()
        .rev()
        .min()
        .cloned())
}

fn sort(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let mut items: Vec<Value> = items(args, "one of {set, array}")?
        .into_iter()
        .cloned()
        .collect();
    host.charge(items.len())?;
    values::sort(&mut items);
    Ok(Some(items.into()))
}

fn all(args: &[Value]) -> Outcome {
    let items = items(args, "one of {array, set}")?;
    Ok(Some(
        items
            .into_iter()
            .all(|item| *item == Value::Bool(true))
            .into(),
    ))
}

fn any(args: &[Value]) -> Outcome {
    let items = items(args, "one of {array, set}")?;
    Ok(Some(
        items
            .into_iter()
            .any(|item| *item == Value::Bool(true))
            .into(),
    ))
}

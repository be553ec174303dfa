//! Arithmetic, ranges and bits.

use num_bigint::BigInt;

use super::{Builtin, Failure, Host, Outcome, bounded, operand, pure};
use values::{Number, Uncomputable, Value, Version, budget};

pub(super) const TABLE: &[Builtin] = &[
    bounded("plus", "(x: number, y: number) => z: number", plus),
    bounded(
        "minus",
        "(x: any<number, set[any]>, y: any<number, set[any]>) => z: any<number, set[any]>",
        minus,
    ),
    bounded("mul", "(x: number, y: number) => z: number", times),
    pure("div", "(x: number, y: number) => z: number", divide),
    bounded("rem", "(x: number, y: number) => z: number", modulo),
    pure("abs", "(x: number) => y: number", abs),
    pure("ceil", "(x: number) => y: number", ceil),
    pure("floor", "(x: number) => y: number", floor),
    pure("round", "(x: number) => y: number", round),
    bounded(
        "numbers.range",
        "(a: number, b: number) => range: array[number]",
        range,
    ),
    bounded(
        "numbers.range_step",
        "(a: number, b: number, step: number) => range: array[number]",
        range_step,
    ),
    bounded("bits.or", "(x: number, y: number) => z: number", bits_or),
    bounded("bits.and", "(x: number, y: number) => z: number", bits_and),
    bounded("bits.xor", "(x: number, y: number) => z: number", bits_xor),
    bounded("bits.negate", "(x: number) => z: number", bits_negate),
    bounded(
        "bits.lsh",
        "(x: number, s: number) => z: number",
        shift_left,
    ),
    bounded(
        "bits.rsh",
        "(x: number, s: number) => z: number",
        shift_right,
    ),
];

type Computed = Result<Number, Uncomputable>;

fn give(result: Computed) -> Outcome {
    match result {
        Ok(number) => Ok(Some(number.into())),
        Err(Uncomputable::TooBig) => Err(Failure::Limit(Uncomputable::TooBig.to_string())),
        Err(error) => Err(Failure::Failed(error.to_string())),
    }
}

/// The operations on numbers.
pub(super) struct Arithmetic {
    pub plus: Compute,
    pub minus: Compute,
    pub times: Compute,
    pub modulo: Compute,
}

type Compute = fn(&Number, &Number) -> Computed;

/// The operations in a version of OPA. Integers are exact since 1.0.
pub(super) fn arithmetic(version: Version) -> Arithmetic {
    match version {
        Version::V0 => Arithmetic {
            plus: Number::rounded_plus,
            minus: Number::rounded_minus,
            times: Number::rounded_times,
            modulo: Number::rounded_modulo,
        },
        Version::V1 => Arithmetic {
            plus: Number::plus,
            minus: Number::minus,
            times: Number::times,
            modulo: Number::modulo,
        },
    }
}

fn binary(args: &[Value], compute: Compute) -> Outcome {
    give(compute(
        operand::number(args, 0)?,
        operand::number(args, 1)?,
    ))
}

fn plus(host: &mut dyn Host, args: &[Value]) -> Outcome {
    binary(args, arithmetic(host.version()).plus)
}

/// The difference of numbers or sets.
fn minus(host: &mut dyn Host, args: &[Value]) -> Outcome {
    match (operand::any(args, 0)?, operand::any(args, 1)?) {
        (Value::Number(a), Value::Number(b)) => give((arithmetic(host.version()).minus)(a, b)),
        (Value::Set(a), Value::Set(b)) => {
            budget::step(a.len() as u64);
            Ok(Some(a.difference(b).into()))
        }
        (Value::Set(_), b @ Value::Number(_)) => Err(operand::mismatch(1, b, "set")),
        (Value::Number(_) | Value::Set(_), b) => Err(operand::mismatch(1, b, "number")),
        (a, _) => Err(operand::mismatch(0, a, "one of {number, set}")),
    }
}

fn times(host: &mut dyn Host, args: &[Value]) -> Outcome {
    binary(args, arithmetic(host.version()).times)
}

fn divide(args: &[Value]) -> Outcome {
    binary(args, Number::divided_by)
}

fn modulo(host: &mut dyn Host, args: &[Value]) -> Outcome {
    binary(args, arithmetic(host.version()).modulo)
}

fn abs(args: &[Value]) -> Outcome {
    give(operand::number(args, 0)?.abs())
}

fn ceil(args: &[Value]) -> Outcome {
    give(operand::number(args, 0)?.ceil())
}

fn floor(args: &[Value]) -> Outcome {
    give(operand::number(args, 0)?.floor())
}

fn round(args: &[Value]) -> Outcome {
    give(operand::number(args, 0)?.round())
}

fn big(args: &[Value], at: usize) -> Result<BigInt, Failure> {
    let value = operand::any(args, at)?;
    let Value::Number(number) = value else {
        return Err(operand::mismatch(at, value, "integer"));
    };
    number.as_bigint().ok_or_else(|| {
        let place = at + 1;
        Failure::Type(format!(
            "operand {place} must be integer number but got floating-point number"
        ))
    })
}

fn range(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (from, to) = (kept(host, args, 0)?, kept(host, args, 1)?);
    steps(host, &from, &to, &BigInt::from(1))
}

fn range_step(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (from, to, step) = (kept(host, args, 0)?, kept(host, args, 1)?, big(args, 2)?);
    if step <= BigInt::ZERO {
        return Err(Failure::Failed(
            match host.version() {
                Version::V0 => "numbers.range_step: step must be a positive number above zero",
                Version::V1 => "numbers.range_step: step must be a positive integer",
            }
            .to_owned(),
        ));
    }
    steps(host, &from, &to, &step)
}

fn steps(host: &mut dyn Host, from: &BigInt, to: &BigInt, step: &BigInt) -> Outcome {
    let is_rising = from <= to;
    let distance = if is_rising { to - from } else { from - to };
    let count = usize::try_from(distance / step)
        .ok()
        .and_then(|count| count.checked_add(1))
        .ok_or_else(|| Failure::Limit("the range is too long".to_owned()))?;
    host.charge(count)?;
    let mut at = from.clone();
    let mut items = Vec::with_capacity(count);
    for _ in 0..count {
        let number = Number::try_from(at.clone());
        items.push(Value::from(
            number.map_err(|error| Failure::Limit(error.to_string()))?,
        ));
        if is_rising {
            at += step;
        } else {
            at -= step;
        }
    }
    Ok(Some(items.into()))
}

/// An integer, with the precision of the version of OPA.
fn kept(host: &dyn Host, args: &[Value], at: usize) -> Result<BigInt, Failure> {
    let int = big(args, at)?;
    if host.version() == Version::V1 || int.bits() <= 64 {
        return Ok(int);
    }
    let rounded = operand::number(args, at)?.as_rounded_bigint();
    Ok(rounded.unwrap_or(int))
}

fn bits_or(host: &mut dyn Host, args: &[Value]) -> Outcome {
    give((kept(host, args, 0)? | kept(host, args, 1)?).try_into())
}

fn bits_and(host: &mut dyn Host, args: &[Value]) -> Outcome {
    give((kept(host, args, 0)? & kept(host, args, 1)?).try_into())
}

fn bits_xor(host: &mut dyn Host, args: &[Value]) -> Outcome {
    give((kept(host, args, 0)? ^ kept(host, args, 1)?).try_into())
}

fn bits_negate(host: &mut dyn Host, args: &[Value]) -> Outcome {
    give((!kept(host, args, 0)?).try_into())
}

fn distance(args: &[Value]) -> Result<BigInt, Failure> {
    let distance = big(args, 1)?;
    if distance < BigInt::ZERO {
        return Err(Failure::Type(
            "operand 2 must be an unsigned integer number but got a negative integer".to_owned(),
        ));
    }
    Ok(distance)
}

fn shift_left(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (int, distance) = (kept(host, args, 0)?, distance(args)?);
    if int == BigInt::ZERO {
        return give(int.try_into());
    }
    let distance = u32::try_from(distance)
        .ok()
        .filter(|distance| u64::from(*distance) <= Number::MOST_BITS)
        .ok_or_else(|| Failure::Limit(Uncomputable::TooBig.to_string()))?;
    give((int << distance).try_into())
}

fn shift_right(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let (int, distance) = (kept(host, args, 0)?, distance(args)?);
    // A number has fewer bits, so only the sign is left.
    let distance = u32::try_from(distance).unwrap_or(u32::MAX);
    give((int >> distance).try_into())
}

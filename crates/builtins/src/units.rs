//! `units.*`: amounts with decimal and binary SI prefixes.

use num_bigint::BigUint;

use super::{Builtin, Call, Failure, Host, Outcome, operand};
use values::{Number, Value, Version};

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "units.parse",
        signature: "(x: string) => y: number",
        call: Call::Bounded(parse),
    },
    Builtin {
        name: "units.parse_bytes",
        signature: "(x: string) => y: number",
        call: Call::Bounded(parse_bytes),
    },
];

/// The largest exponent. OPA accepts six digits and computes with a million, but nobody writes such an amount, and
/// this limits what one costs.
const LONGEST: i64 = 400;

fn parse(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let fail = |message: &str| Failure::Failed(format!("units.parse: {message}"));
    let text = operand::string(operands, 0)?.replace('"', "");
    let (amount, unit) = split(&text, host.version(), fail, "no amount provided")?;
    let unit: String = unit
        .chars()
        .take(1)
        .chain(unit.chars().skip(1).flat_map(char::to_lowercase))
        .collect();
    if unit == "m" {
        // The double nearest to a thousandth; its error is beyond the digits that are printed.
        let milli = Decimal::read(amount).and_then(|amount| {
            Decimal {
                scale: amount.scale + 3,
                ..amount
            }
            .rounded(10)
        });
        return number(milli)
            .map(Some)
            .ok_or_else(|| fail("could not parse amount to a number"));
    }
    let factor = match unit.as_str() {
        "" => Some(1),
        _ => prefix(&unit.to_ascii_lowercase()).filter(|_| {
            // `m` is a thousandth.
            !unit.starts_with('m') || unit == "mi"
        }),
    };
    let factor = factor.ok_or_else(|| fail(&format!("unit {unit} not recognized")))?;
    let value = Decimal::read(amount).and_then(|amount| amount.times(factor)?.rounded(10));
    number(value)
        .map(Some)
        .ok_or_else(|| fail("could not parse amount to a number"))
}

fn parse_bytes(host: &mut dyn Host, operands: &[Value]) -> Outcome {
    let fail = |message: &str| Failure::Failed(format!("units.parse_bytes: {message}"));
    let text = operand::string(operands, 0)?
        .to_lowercase()
        .replace('"', "");
    let (amount, unit) = split(&text, host.version(), fail, "no byte amount provided")?;
    let factor = match unit {
        "" => Some(1),
        _ => prefix(unit.strip_suffix('b').unwrap_or(unit)),
    };
    let factor = factor.ok_or_else(|| fail(&format!("byte unit {unit} not recognized")))?;
    // What it takes to read digits in another base.
    host.charge(amount.len().saturating_mul(amount.len()) / 1024)?;
    let value = Decimal::read(amount).and_then(|amount| amount.bytes(factor));
    number(value)
        .map(Some)
        .ok_or_else(|| fail("could not parse byte amount to a number"))
}

fn number(text: Option<String>) -> Option<Value> {
    Some(Number::parse(&text?)?.into())
}

/// Splits a string into the amount and the unit. In OPA 0.70, an amount has no sign and no exponent.
fn split<'t>(
    text: &'t str,
    version: Version,
    fail: impl Fn(&str) -> Failure,
    no_amount: &str,
) -> Result<(&'t str, &'t str), Failure> {
    if text.contains(' ') {
        return Err(fail("spaces not allowed in resource strings"));
    }
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'0'..=b'9' | b'.' => {}
            b'+' | b'-' if version == Version::V1 => {}
            b'e' | b'E' if version == Version::V1 => {
                let signed = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
                if !signed && !digit(at + 1) {
                    break;
                }
                at += usize::from(signed);
                if (at + 1..=at + 7).all(digit) {
                    return Err(fail("exponent too large"));
                }
            }
            _ => break,
        }
        at += 1;
    }
    let (amount, unit) = text.split_at(at.min(text.len()));
    if amount.is_empty() {
        return Err(fail(no_amount));
    }
    Ok((amount, unit))
}

fn prefix(name: &str) -> Option<u64> {
    let (letter, binary) = match name.strip_suffix('i') {
        Some(letter) => (letter, true),
        None => (name, false),
    };
    let power = ["k", "m", "g", "t", "p", "e"]
        .iter()
        .position(|known| *known == letter)?;
    let power = u32::try_from(power).ok()? + 1;
    Some(if binary {
        1u64 << (10 * power)
    } else {
        1000u64.pow(power)
    })
}

/// A decimal number: its digits, and how many of them come after the decimal point.
struct Decimal {
    is_negative: bool,
    /// The least significant digit first, each from 0 to 9.
    digits: Vec<u8>,
    scale: i64,
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(text) => (true, text),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let mut digits = Vec::with_capacity(whole.len() + fraction.len());
        for byte in fraction.bytes().rev().chain(whole.bytes().rev()) {
            digits.push(byte.is_ascii_digit().then(|| byte - b'0')?);
        }
        let scale = i64::try_from(fraction.len()).ok()? - exponent;
        (scale.abs() <= LONGEST).then_some(Self {
            is_negative,
            digits,
            scale,
        })
    }

    fn times(self, factor: u64) -> Option<Self> {
        let mut carry = 0u128;
        let mut digits = Vec::with_capacity(self.digits.len() + 20);
        for digit in self.digits {
            carry += u128::from(digit) * u128::from(factor);
            digits.push(u8::try_from(carry % 10).ok()?);
            carry /= 10;
        }
        while carry > 0 {
            digits.push(u8::try_from(carry % 10).ok()?);
            carry /= 10;
        }
        Some(Self { digits, ..self })
    }

    /// Changes the number of decimals, without rounding.
    fn shifted(mut self, scale: i64) -> Option<(Self, bool)> {
        let mut rounds_up = false;
        while self.scale > scale {
            let dropped = if self.digits.is_empty() {
                0
            } else {
                self.digits.remove(0)
            };
            rounds_up = dropped >= 5;
            self.scale -= 1;
        }
        let missing = usize::try_from(scale - self.scale).ok()?;
        self.digits.splice(0..0, std::iter::repeat_n(0, missing));
        self.scale = scale;
        Some((self, rounds_up))
    }

    fn is_integer(&self) -> bool {
        let after = usize::try_from(self.scale).unwrap_or(0);
        self.digits.iter().take(after).all(|digit| *digit == 0)
    }

    /// So many times the amount, as an integer without sign.
    fn bytes(&self, factor: u64) -> Option<String> {
        let bytes = Float::of(self)?.times(factor).whole();
        let sign = if self.is_negative && bytes != BigUint::ZERO {
            "-"
        } else {
            ""
        };
        Some(format!("{sign}{bytes}"))
    }

    /// The integer part.
    fn truncated(self) -> Option<String> {
        let (number, _) = self.shifted(0)?;
        Some(number.written(0))
    }

    /// An integer without decimals, anything else rounded to this many, half away from zero.
    fn rounded(self, after: usize) -> Option<String> {
        if self.is_integer() {
            return self.truncated();
        }
        let (mut number, rounds_up) = self.shifted(i64::try_from(after).ok()?)?;
        if rounds_up {
            let mut at = 0;
            loop {
                match number.digits.get_mut(at) {
                    Some(digit) if *digit == 9 => *digit = 0,
                    Some(digit) => {
                        *digit += 1;
                        break;
                    }
                    None => {
                        number.digits.push(1);
                        break;
                    }
                }
                at += 1;
            }
        }
        Some(number.written(after))
    }

    fn written(mut self, after: usize) -> String {
        while self.digits.len() > after + 1 && self.digits.last() == Some(&0) {
            self.digits.pop();
        }
        while self.digits.len() <= after {
            self.digits.push(0);
        }
        let is_zero = self.digits.iter().all(|digit| *digit == 0);
        let mut text = String::with_capacity(self.digits.len() + 2);
        if self.is_negative && !is_zero {
            text.push('-');
        }
        for (place, digit) in self.digits.iter().enumerate().rev() {
            text.push(char::from(b'0' + digit));
            if place == after && after > 0 {
                text.push('.');
            }
        }
        text
    }
}

/// A number of Go's `big.Float`, without its sign: 64 bits, and the power of two that they are multiplied by. OPA counts
/// bytes with these, so that `1.04gb` are 1039999999.
struct Float {
    mantissa: u64,
    exponent: i64,
}

impl Float {
    /// The nearest to a decimal number.
    fn of(decimal: &Decimal) -> Option<Self> {
        let mut dividend = BigUint::from_radix_le(&decimal.digits, 10)?;
        let mut divisor = BigUint::from(1u8);
        let power = BigUint::from(10u8).pow(u32::try_from(decimal.scale.unsigned_abs()).ok()?);
        if decimal.scale < 0 {
            dividend *= power;
        } else {
            divisor = power;
        }
        // Two more bits than are kept: the last one only says whether anything follows.
        let bits = i64::try_from(dividend.bits()).ok()? - i64::try_from(divisor.bits()).ok()?;
        let shift = 66 - bits;
        if shift < 0 {
            divisor <<= shift.unsigned_abs();
        } else {
            dividend <<= shift.unsigned_abs();
        }
        let quotient = u128::try_from(&dividend / &divisor).ok()?;
        let rest = u128::from(&dividend % &divisor != BigUint::ZERO);
        Some(Self::nearest(quotient | rest, -shift))
    }

    fn times(self, factor: u64) -> Self {
        let product = u128::from(self.mantissa) * u128::from(factor);
        Self::nearest(product, self.exponent)
    }

    /// The nearest to a product of these; of two that are equally near, the even one.
    fn nearest(number: u128, exponent: i64) -> Self {
        let surplus = 64u32.saturating_sub(number.leading_zeros());
        let kept = number >> surplus;
        let dropped = number - (kept << surplus);
        let half = (1u128 << surplus) / 2;
        let is_up = surplus > 0 && (dropped > half || dropped == half && kept % 2 == 1);
        let (kept, surplus) = match u64::try_from(kept + u128::from(is_up)) {
            Ok(kept) => (kept, surplus),
            Err(_) => (1 << 63, surplus + 1),
        };
        Self {
            mantissa: kept,
            exponent: exponent + i64::from(surplus),
        }
    }

    /// The integer, without a fraction.
    fn whole(&self) -> BigUint {
        let mantissa = BigUint::from(self.mantissa);
        let shift = self.exponent.unsigned_abs();
        if self.exponent < 0 {
            mantissa >> shift
        } else {
            mantissa << shift
        }
    }
}

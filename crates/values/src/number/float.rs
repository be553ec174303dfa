//! Binary floats of any precision. OPA computes with Go's `big.Float` of 64 bits, in which `0.1 + 0.2` is `0.3`,
//! unlike in an `f64`.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::{BigInt, BigUint, Sign};

use super::decimal::Decimal;

/// The precision of a number that is parsed, in bits.
const PRECISION: u64 = 64;

/// The precision of a double, in bits.
const DOUBLE: u64 = 53;

/// `mantissa * 2^exponent`. Exponents can't overflow, because those of parsed numbers are limited.
#[derive(Debug, Clone)]
pub struct Float {
    is_negative: bool,
    mantissa: BigUint,
    exponent: i64,
    precision: u64,
}

impl Float {
    /// Zero.
    pub fn zero() -> Self {
        Self::integer(false, BigUint::ZERO)
    }

    /// An integer, exactly.
    fn integer(is_negative: bool, mantissa: BigUint) -> Self {
        Self {
            is_negative: is_negative && mantissa != BigUint::ZERO,
            precision: mantissa.bits().max(PRECISION),
            mantissa,
            exponent: 0,
        }
    }

    /// A small integer times a power of two, with the precision of a double.
    fn double(mantissa: u8, exponent: i64) -> Self {
        Self {
            is_negative: false,
            mantissa: mantissa.into(),
            exponent,
            precision: DOUBLE,
        }
    }

    /// Parses a number with 64 bits of precision. It rounds powers of five as Go does, so that the last bit is the
    /// same.
    pub fn parse(decimal: &Decimal<'_>) -> Self {
        let (mantissa, power) = decimal.scaled();
        let read = Self {
            is_negative: decimal.is_negative,
            mantissa,
            exponent: power,
            precision: PRECISION,
        };
        if read.is_zero() {
            return Self {
                exponent: 0,
                ..read
            };
        }
        let five = Self::power_of_five(power.unsigned_abs());
        match power.cmp(&0) {
            Ordering::Equal => read.rounded(),
            Ordering::Less => read.quotient(&five, PRECISION),
            Ordering::Greater => read.product(&five, PRECISION),
        }
    }

    fn power_of_five(mut power: u64) -> Self {
        const EXACT: u64 = 27;
        let five = |power: u64| Self::integer(false, BigUint::from(5u8).pow(small(power)));
        if power <= EXACT {
            return five(power);
        }
        power -= EXACT;
        let mut result = five(EXACT);
        let mut factor = five(1);
        while power > 0 {
            if power & 1 == 1 {
                result = result.product(&factor, PRECISION + 64);
            }
            power >>= 1;
            if power > 0 {
                factor = factor.product(&factor, PRECISION + 128);
            }
        }
        result
    }

    /// Rounds to the precision, and to an even mantissa if two are equally near.
    fn rounded(mut self) -> Self {
        let surplus = self.mantissa.bits().saturating_sub(self.precision);
        if surplus > 0 {
            let is_half = self.mantissa.bit(surplus - 1);
            let is_more = self.mantissa.trailing_zeros() < Some(surplus - 1);
            self.mantissa >>= surplus;
            self.exponent += signed(surplus);
            if is_half && (is_more || self.mantissa.bit(0)) {
                self.mantissa += 1u8;
            }
        }
        self
    }

    /// Whether it is zero or minus zero.
    pub fn is_zero(&self) -> bool {
        self.mantissa == BigUint::ZERO
    }

    /// The absolute value of the binary exponent.
    pub fn exponent(&self) -> u64 {
        if self.is_zero() {
            0
        } else {
            (signed(self.mantissa.bits()) + self.exponent).unsigned_abs()
        }
    }

    fn is_integer(&self) -> bool {
        self.exponent >= 0
            || self
                .mantissa
                .trailing_zeros()
                .is_none_or(|zeros| signed(zeros) >= -self.exponent)
    }

    fn product(&self, other: &Self, precision: u64) -> Self {
        Self {
            is_negative: self.is_negative != other.is_negative,
            mantissa: &self.mantissa * &other.mantissa,
            exponent: self.exponent + other.exponent,
            precision,
        }
        .rounded()
    }

    fn quotient(&self, other: &Self, precision: u64) -> Self {
        // As many bits as the precision, one more to round by, and one for whether there is a remainder.
        let wanted = precision + 2 + other.mantissa.bits();
        let shift = wanted.saturating_sub(self.mantissa.bits());
        let dividend = &self.mantissa << shift;
        let quotient = &dividend / &other.mantissa;
        let is_exact = &quotient * &other.mantissa == dividend;
        Self {
            is_negative: self.is_negative != other.is_negative,
            mantissa: (quotient << 1u8) + u8::from(!is_exact),
            exponent: self.exponent - other.exponent - signed(shift) - 1,
            precision,
        }
        .rounded()
    }

    /// The product.
    pub fn times(&self, other: &Self) -> Self {
        self.product(other, self.precision.max(other.precision))
    }

    /// The product, with the precision of a double.
    pub fn times_as_double(&self, other: &Self) -> Self {
        self.product(other, DOUBLE)
    }

    /// The quotient. The divisor must not be zero.
    pub fn divided_by(&self, other: &Self) -> Self {
        self.quotient(other, self.precision.max(other.precision))
    }

    /// The sum.
    pub fn plus(&self, other: &Self) -> Self {
        let precision = self.precision.max(other.precision);
        let exponent = self.exponent.min(other.exponent);
        let aligned = |float: &Self| &float.mantissa << (float.exponent - exponent).unsigned_abs();
        let (a, b) = (aligned(self), aligned(other));
        let (is_negative, mantissa) = if self.is_negative == other.is_negative {
            (self.is_negative, a + b)
        } else {
            match a.cmp(&b) {
                Ordering::Equal => (false, BigUint::ZERO),
                Ordering::Greater => (self.is_negative, a - b),
                Ordering::Less => (other.is_negative, b - a),
            }
        };
        Self {
            is_negative,
            mantissa,
            exponent,
            precision,
        }
        .rounded()
    }

    /// The difference.
    pub fn minus(&self, other: &Self) -> Self {
        self.plus(&Self {
            is_negative: !other.is_negative,
            ..other.clone()
        })
    }

    /// The absolute value.
    pub fn abs(&self) -> Self {
        Self {
            is_negative: false,
            ..self.clone()
        }
    }

    /// The integer part.
    fn truncated(&self) -> Self {
        let shift = self.exponent.unsigned_abs();
        let whole = if self.exponent >= 0 {
            &self.mantissa << shift
        } else {
            &self.mantissa >> shift
        };
        Self::integer(self.is_negative, whole)
    }

    /// The integer that it is; `None` if it has a fraction.
    pub fn to_bigint(&self) -> Option<BigInt> {
        let sign = if self.is_negative {
            Sign::Minus
        } else {
            Sign::Plus
        };
        self.is_integer()
            .then(|| BigInt::from_biguint(sign, self.truncated().mantissa))
    }

    /// The nearest integer, away from zero if two are equally near.
    pub fn round(&self) -> Self {
        let half = Self::double(1, -1);
        if self.is_negative {
            self.minus(&half).truncated()
        } else {
            self.plus(&half).truncated()
        }
    }

    /// The ceiling as OPA computes it, which is wrong between -1 and 0.
    pub fn ceil(&self) -> Self {
        let whole = self.truncated();
        if whole.is_negative || self.is_integer() {
            return whole;
        }
        whole.plus(&Self::double(1, 0))
    }

    /// The floor as OPA computes it, which is wrong between -1 and 0.
    pub fn floor(&self) -> Self {
        let whole = self.truncated();
        if !whole.is_negative || self.is_integer() {
            return whole;
        }
        whole.minus(&Self::double(1, 0))
    }

    /// The shortest decimal that parses as the same number with its precision.
    fn shortest(&self) -> Digits {
        let mut digits = Digits::new(&self.mantissa, self.exponent, self.precision);
        if self.is_zero() {
            return digits;
        }
        // Shifts the mantissa so that its last bit is half the last bit of the precision.
        let shift = signed(self.precision) + 1 - signed(self.mantissa.bits());
        let mantissa = if shift >= 0 {
            &self.mantissa << shift.unsigned_abs()
        } else {
            &self.mantissa >> shift.unsigned_abs()
        };
        let exponent = self.exponent - shift;
        let lower = Digits::new(&(&mantissa - 1u8), exponent, self.precision);
        let upper = Digits::new(&(&mantissa + 1u8), exponent, self.precision);
        let is_inclusive = !mantissa.bit(1);
        for (place, &digit) in digits.digits.iter().enumerate() {
            let length = place + 1;
            let (below, above) = (lower.at(place), upper.at(place));
            let may_fall = below != digit || is_inclusive && length == lower.digits.len();
            let may_rise = digit != above
                && (is_inclusive || digit + 1 < above || length < upper.digits.len());
            match (may_fall, may_rise) {
                (true, true) => digits.round(length),
                (true, false) => digits.round_down(length),
                (false, true) => digits.round_up(length),
                (false, false) => continue,
            }
            break;
        }
        digits
    }
}

impl fmt::Display for Float {
    /// A computed number as OPA writes it: an integer with all digits, anything else as the shortest decimal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Digits { digits, point } = self.shortest();
        let digits = String::from_utf8_lossy(&digits);
        if self.is_integer() {
            f.write_str(&plain(self.is_negative, &digits, point))
        } else {
            f.write_str(&general(self.is_negative, &digits, point))
        }
    }
}

/// Digits without zeros at the end, and how many of them come before the decimal point.
struct Digits {
    digits: Vec<u8>,
    point: i64,
}

impl Digits {
    /// The first digits of a number: as many as the precision needs, and some more. If any of the others isn't zero,
    /// neither is the last digit.
    fn new(mantissa: &BigUint, exponent: i64, precision: u64) -> Self {
        if *mantissa == BigUint::ZERO {
            let digits = Vec::new();
            return Self { digits, point: 0 };
        }
        let power = exponent.unsigned_abs();
        let (all, after) = if exponent >= 0 {
            (mantissa << power, 0)
        } else {
            // m / 2^n = m * 5^n / 10^n
            (mantissa * BigUint::from(5u8).pow(small(power)), -exponent)
        };
        // Three digits have fewer than ten bits, so this drops fewer digits than there are.
        let wanted = precision / 3 + 20;
        let dropped = (all.bits() * 3 / 10).saturating_sub(wanted);
        let divisor = BigUint::from(10u8).pow(small(dropped));
        let kept = &all / &divisor;
        let mut digits = kept.to_string().into_bytes();
        let point = signed(digits.len() as u64 + dropped) - after;
        if kept * divisor != all {
            digits.push(b'1');
        }
        trim(&mut digits);
        Self { digits, point }
    }

    fn at(&self, place: usize) -> u8 {
        self.digits.get(place).copied().unwrap_or(b'0')
    }

    fn round(&mut self, length: usize) {
        if length >= self.digits.len() {
            return;
        }
        let is_half = self.at(length) == b'5' && length + 1 == self.digits.len();
        let rises = if is_half {
            length > 0 && self.at(length - 1) % 2 == 1
        } else {
            self.at(length) >= b'5'
        };
        if rises {
            self.round_up(length);
        } else {
            self.round_down(length);
        }
    }

    fn round_up(&mut self, length: usize) {
        if length >= self.digits.len() {
            return;
        }
        self.digits.truncate(length);
        while self.digits.last() == Some(&b'9') {
            self.digits.pop();
        }
        if let Some(digit) = self.digits.last_mut() {
            *digit += 1;
        } else {
            self.digits.push(b'1');
            self.point += 1;
        }
    }

    fn round_down(&mut self, length: usize) {
        self.digits.truncate(length);
        trim(&mut self.digits);
        if self.digits.is_empty() {
            self.point = 0;
        }
    }
}

fn trim(digits: &mut Vec<u8>) {
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
}

fn small(power: u64) -> u32 {
    u32::try_from(power).unwrap_or(u32::MAX)
}

fn signed(bits: u64) -> i64 {
    i64::try_from(bits).unwrap_or(i64::MAX)
}

/// The number without an exponent.
fn plain(is_negative: bool, digits: &str, point: i64) -> String {
    let mut text = String::from(if is_negative { "-" } else { "" });
    let whole = usize::try_from(point).unwrap_or(0);
    let zeros = |count: usize| "0".repeat(count);
    let (before, after) = digits.split_at(whole.min(digits.len()));
    if whole == 0 {
        text.push('0');
    }
    text.push_str(before);
    text.push_str(&zeros(whole - before.len()));
    if !after.is_empty() {
        text.push('.');
        text.push_str(&zeros(usize::try_from(-point).unwrap_or(0)));
        text.push_str(after);
    }
    text
}

/// The number as Go's `%g` writes it: with an exponent if that is less than -4 or more than 5.
pub(super) fn general(is_negative: bool, digits: &str, point: i64) -> String {
    let digits = digits.trim_end_matches('0');
    let exponent = if digits.is_empty() { 0 } else { point - 1 };
    // When Go looks for the shortest form, it decides as if there were six digits.
    if digits.is_empty() || (-4..6).contains(&exponent) {
        return plain(is_negative, digits, point);
    }
    let (first, rest) = digits.split_at(1);
    let sign = if is_negative { "-" } else { "" };
    let dot = if rest.is_empty() { "" } else { "." };
    let exponent_sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{sign}{first}{dot}{rest}e{exponent_sign}{:02}",
        exponent.unsigned_abs()
    )
}

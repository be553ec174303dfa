//! Numbers as OPA computes and prints them.
//!
//! A number keeps the form in which it was written (`90.0`, `1e3`). Two forms of the same number are equal, and
//! compared exactly. Computing with integers is exact at any size. Otherwise numbers have OPA's precision, a mantissa
//! of 64 bits, and print as the shortest decimal that parses as the same number. OPA 0.70 also computes integers with
//! that precision (`rounded_plus` …). Where else OPA's versions differ, this is OPA 1.22.

mod decimal;
mod float;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

use num_bigint::{BigInt, BigUint, Sign};

use crate::budget;

use decimal::Decimal;
use float::Float;

/// The longest number that is parsed, in bytes.
const LONGEST: usize = 1 << 16;

/// OPA's limit for the binary exponent of parsed numbers.
const READ_EXPONENT: u64 = 100_000;

/// The limit for the binary exponent of computed numbers. It is enough for the product of any two parsed numbers.
const COMPUTED_EXPONENT: u64 = 200_000;

/// A number.
#[derive(Debug, Clone)]
pub struct Number(Repr);

#[derive(Debug, Clone)]
enum Repr {
    /// An integer, written only with its digits.
    Int(i64),
    /// Any other number, as it is written in JSON.
    Text(Rc<str>),
}

/// Why a result can't be computed, in OPA's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Uncomputable {
    /// `1 / 0`.
    #[error("divide by zero")]
    DivideByZero,
    /// `1 % 0`.
    #[error("modulo by zero")]
    ModuloByZero,
    /// `1 % 0.5`.
    #[error("modulo on floating-point number")]
    ModuloOnFloat,
    /// The result is too large to be of use to a policy.
    #[error("number too big")]
    TooBig,
}

impl Number {
    /// How many bits an integer may have.
    pub const MOST_BITS: u64 = COMPUTED_EXPONENT;

    /// Parses a number in JSON's syntax; `None` if it isn't one, or if OPA finds it too large.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_within(text, Some(READ_EXPONENT))
    }

    /// Parses a number without OPA 1.22's limit. OPA 0.70 accepts any exponent in a document, and prints the number
    /// as it was written. To compute with it is [`Uncomputable::TooBig`].
    #[must_use]
    pub fn parse_unbounded(text: &str) -> Option<Self> {
        Self::parse_within(text, None)
    }

    fn parse_within(text: &str, bound: Option<u64>) -> Option<Self> {
        if let Some(int) = canonical(text) {
            return Some(int);
        }
        if text.len() > LONGEST {
            return None;
        }
        let decimal = Decimal::parse(text)?;
        decimal.is_json().then_some(())?;
        if let Some(bound) = bound {
            Self::bounded(&decimal, bound)?;
        }
        Some(Self(Repr::Text(text.into())))
    }

    /// Parses a number in Rego's syntax, which may begin with a decimal point; `None` if OPA finds it too large.
    #[must_use]
    pub fn parse_literal(text: &str) -> Option<Self> {
        if let Some(number) = Self::parse(text) {
            return Some(number);
        }
        let decimal = Decimal::parse(text).filter(|decimal| !decimal.is_json())?;
        Self::parse(&decimal.to_json())
    }

    /// `None` for a number whose binary exponent is beyond a limit.
    fn bounded(decimal: &Decimal<'_>, bound: u64) -> Option<()> {
        // A decimal digit is 3.32 bits, so an exact test is only needed near the limit.
        let (near, far) = (bound / 100 * 30, bound / 100 * 31);
        let magnitude = decimal.magnitude().unsigned_abs();
        if magnitude > near && (magnitude > far || Float::parse(decimal).exponent() > bound) {
            return None;
        }
        Some(())
    }

    /// The shortest decimal that parses as the same double; `None` if it isn't finite.
    #[must_use]
    pub fn from_f64(number: f64) -> Option<Self> {
        if !number.is_finite() {
            return None;
        }
        let shortest = format!("{:e}", number.abs());
        let (digits, exponent) = shortest.split_once('e')?;
        let digits = digits.replace('.', "");
        let point = exponent.parse::<i64>().ok()? + 1;
        let general = float::general(number.is_sign_negative(), &digits, point);
        Some(Self::written(general))
    }

    /// The largest number of characters that it can have in print.
    #[must_use]
    pub fn length(&self) -> usize {
        match &self.0 {
            Repr::Int(_) => 20,
            Repr::Text(text) => text.len(),
        }
    }

    /// A number, given how it is written.
    fn written(text: String) -> Self {
        budget::take(text.len());
        canonical(&text).unwrap_or_else(|| Self(Repr::Text(text.into())))
    }

    /// The integer, if it is written as one (`3` or `3.0`, but not `3e0`) and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(int) => Some(*int),
            // OPA looks at 19 characters after the sign.
            Repr::Text(text) if text.trim_start_matches('-').len() > 19 => None,
            Repr::Text(text) => match text.split_once('.') {
                Some((whole, zeros)) => zeros
                    .bytes()
                    .all(|digit| digit == b'0')
                    .then(|| whole.parse().ok())?,
                None => text.parse().ok(),
            },
        }
    }

    /// The integer, if it is written with only a sign and digits, and fits. That is what OPA 0.70 takes for an
    /// integer.
    #[must_use]
    pub fn as_written_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(int) => Some(*int),
            Repr::Text(text) => text.parse().ok(),
        }
    }

    /// The number as an index of an array, if it is written as an integer and isn't negative.
    #[must_use]
    #[inline]
    pub fn as_index(&self) -> Option<usize> {
        self.as_i64()?.try_into().ok()
    }

    /// The integer that it is, however it is written; `None` if it has a fraction.
    #[must_use]
    pub fn as_bigint(&self) -> Option<BigInt> {
        match &self.0 {
            Repr::Int(int) => Some((*int).into()),
            Repr::Text(text) => {
                let decimal = Decimal::parse(text)?;
                Self::bounded(&decimal, COMPUTED_EXPONENT)?;
                decimal.to_bigint()
            }
        }
    }

    /// The nearest double.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest is what is asked for"
            )]
            Repr::Int(int) => *int as f64,
            Repr::Text(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// Whether it is exactly an integer times `step`.
    #[must_use]
    pub fn is_multiple_of(&self, step: &Self) -> bool {
        let (value, step) = (self.to_string(), step.to_string());
        let (Some(value), Some(step)) = (Decimal::parse(&value), Decimal::parse(&step)) else {
            return false;
        };
        let ((mut value, at), (mut step, other)) = (value.scaled(), step.scaled());
        let ten = BigUint::from(10u8);
        let power = |distance: u64| u32::try_from(distance).unwrap_or(u32::MAX);
        if at > other {
            value *= ten.pow(power(at.abs_diff(other)));
        } else {
            step *= ten.pow(power(at.abs_diff(other)));
        }
        step != BigUint::ZERO && value % step == BigUint::ZERO
    }

    /// How many digits this number and another one have if both are written with the same number of decimal places.
    /// [`Number::is_multiple_of`] has to compute with all of them.
    #[must_use]
    pub fn digits_beside(&self, other: &Self) -> usize {
        let (value, step) = (self.to_string(), other.to_string());
        let exponent = |text: &str| {
            let decimal = Decimal::parse(text);
            decimal.map_or(0, |decimal| decimal.scaled().1)
        };
        let distance = exponent(&value).abs_diff(exponent(&step));
        usize::try_from(distance).unwrap_or(usize::MAX) + value.len() + step.len()
    }

    /// The number as Go prints a float: with the fewest digits that identify it, and with an exponent from a million
    /// on.
    #[must_use]
    pub fn shown_by_go(&self) -> String {
        match self.as_bigint() {
            Some(int) => {
                let digits = int.magnitude().to_string();
                let point = i64::try_from(digits.len()).unwrap_or(i64::MAX);
                float::general(int.sign() == Sign::Minus, &digits, point)
            }
            None => self
                .to_float()
                .map_or_else(|_| self.to_string(), |float| float.to_string()),
        }
    }

    fn to_float(&self) -> Result<Float, Uncomputable> {
        let text = self.to_string();
        let Some(decimal) = Decimal::parse(&text) else {
            return Ok(Float::zero());
        };
        Self::bounded(&decimal, COMPUTED_EXPONENT).ok_or(Uncomputable::TooBig)?;
        let distance = usize::try_from(decimal.magnitude().unsigned_abs()).unwrap_or(0);
        budget::compute(distance.max(text.len()));
        Ok(Float::parse(&decimal))
    }

    /// The sum.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn plus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine(other, i64::checked_add, |a, b| a + b, Float::plus)
    }

    /// The sum as OPA 0.70 computes it, with a mantissa of 64 bits.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn rounded_plus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine_rounded(other, i64::checked_add, Float::plus)
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn minus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine(other, i64::checked_sub, |a, b| a - b, Float::minus)
    }

    /// The difference as OPA 0.70 computes it, with a mantissa of 64 bits.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn rounded_minus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine_rounded(other, i64::checked_sub, Float::minus)
    }

    /// The product.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn times(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine(other, i64::checked_mul, |a, b| a * b, Float::times)
    }

    /// The product as OPA 0.70 computes it, with a mantissa of 64 bits.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn rounded_times(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine_rounded(other, i64::checked_mul, Float::times)
    }

    /// The sum with a mantissa of 64 bits, even for integers.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn float_plus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.to_float()?.plus(&other.to_float()?).try_into()
    }

    /// The product with a mantissa of 64 bits, even for integers, so that zero keeps its sign.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn float_times(&self, other: &Self) -> Result<Self, Uncomputable> {
        /// From here on, Go writes floats with an exponent.
        const LARGE: u64 = 1_000_000;
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
            && (1..LARGE).contains(&product.unsigned_abs())
        {
            return Ok(product.into());
        }
        self.to_float()?.times(&other.to_float()?).try_into()
    }

    /// The product of all numbers. Intermediate results have the precision of a double, a mantissa of 53 bits.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn double_product<'n>(
        factors: impl IntoIterator<Item = &'n Self>,
    ) -> Result<Self, Uncomputable> {
        let one = Self::from(1i64).to_float()?;
        let product = factors.into_iter().try_fold(one, |product, factor| {
            Ok(product.times_as_double(&factor.to_float()?))
        });
        product?.try_into()
    }

    /// The integer that it is with a mantissa of 64 bits; `None` if it then has a fraction.
    #[must_use]
    pub fn as_rounded_bigint(&self) -> Option<BigInt> {
        match self.0 {
            Repr::Int(int) => Some(int.into()),
            Repr::Text(_) => self.to_float().ok()?.to_bigint(),
        }
    }

    /// The remainder of a division as OPA 0.70 computes it. A divisor whose last 64 bits are zero counts as zero.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::ModuloByZero`], or [`Uncomputable::ModuloOnFloat`] if a number isn't an integer.
    pub fn rounded_modulo(&self, other: &Self) -> Result<Self, Uncomputable> {
        match (self.as_rounded_bigint(), other.as_rounded_bigint()) {
            (Some(_), Some(b)) if b.trailing_zeros().is_none_or(|zeros| zeros >= 64) => {
                Err(Uncomputable::ModuloByZero)
            }
            (Some(a), Some(b)) => (a % b).try_into(),
            _ => Err(Uncomputable::ModuloOnFloat),
        }
    }

    fn combine_rounded(
        &self,
        other: &Self,
        small: fn(i64, i64) -> Option<i64>,
        float: fn(&Float, &Float) -> Float,
    ) -> Result<Self, Uncomputable> {
        if let (Some(a), Some(b)) = (self.as_written_i64(), other.as_written_i64())
            && let Some(result) = small(a, b)
        {
            return Ok(result.into());
        }
        float(&self.to_float()?, &other.to_float()?).try_into()
    }

    fn combine(
        &self,
        other: &Self,
        small: fn(i64, i64) -> Option<i64>,
        exact: fn(BigInt, BigInt) -> BigInt,
        float: fn(&Float, &Float) -> Float,
    ) -> Result<Self, Uncomputable> {
        if let (Some(a), Some(b)) = (self.as_i64(), other.as_i64())
            && let Some(result) = small(a, b)
        {
            return Ok(result.into());
        }
        match (self.as_bigint(), other.as_bigint()) {
            (Some(a), Some(b)) => exact(a, b).try_into(),
            _ => float(&self.to_float()?, &other.to_float()?).try_into(),
        }
    }

    /// The quotient.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::DivideByZero`] or [`Uncomputable::TooBig`].
    pub fn divided_by(&self, other: &Self) -> Result<Self, Uncomputable> {
        if let (Some(a), Some(b)) = (self.as_i64(), other.as_i64())
            && a != 0
            && a.checked_rem(b) == Some(0)
        {
            return Ok((a / b).into());
        }
        let divisor = other.to_float()?;
        if divisor.is_zero() {
            return Err(Uncomputable::DivideByZero);
        }
        self.to_float()?.divided_by(&divisor).try_into()
    }

    /// The remainder of a division, with the sign of the dividend.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::ModuloByZero`], or [`Uncomputable::ModuloOnFloat`] if a number isn't an integer.
    pub fn modulo(&self, other: &Self) -> Result<Self, Uncomputable> {
        if let (Some(a), Some(b)) = (self.as_i64(), other.as_i64()) {
            return match b {
                0 => Err(Uncomputable::ModuloByZero),
                _ => Ok(a.wrapping_rem(b).into()),
            };
        }
        match (self.as_bigint(), other.as_bigint()) {
            (Some(_), Some(b)) if b.sign() == Sign::NoSign => Err(Uncomputable::ModuloByZero),
            (Some(a), Some(b)) => (a % b).try_into(),
            _ => Err(Uncomputable::ModuloOnFloat),
        }
    }

    /// The absolute value.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn abs(&self) -> Result<Self, Uncomputable> {
        match self.as_i64().and_then(i64::checked_abs) {
            Some(int) => Ok(int.into()),
            None => self.to_float()?.abs().try_into(),
        }
    }

    /// The nearest integer, away from zero if two are equally near.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn round(&self) -> Result<Self, Uncomputable> {
        self.to_integer(Float::round)
    }

    /// The ceiling. Between -1 and 0 it is 1, as in OPA.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn ceil(&self) -> Result<Self, Uncomputable> {
        self.to_integer(Float::ceil)
    }

    /// The floor. Between -1 and 0 it is 0, as in OPA.
    ///
    /// # Errors
    ///
    /// [`Uncomputable::TooBig`].
    pub fn floor(&self) -> Result<Self, Uncomputable> {
        self.to_integer(Float::floor)
    }

    fn to_integer(&self, float: fn(&Float) -> Float) -> Result<Self, Uncomputable> {
        match self.as_i64() {
            Some(int) => Ok(int.into()),
            None => float(&self.to_float()?).try_into(),
        }
    }
}

/// How many decimal digits this many bits have.
fn digits_of(bits: u64) -> usize {
    usize::try_from(bits / 3).unwrap_or(usize::MAX)
}

/// The number, if it is an integer written exactly as it would be printed.
fn canonical(text: &str) -> Option<Number> {
    // Rust also parses `+1`, `01` and `-0` as integers.
    let digits = text.strip_prefix('-').unwrap_or(text);
    let starts = digits.bytes().next()?;
    let is_canonical = match starts {
        b'0' => text == "0",
        b'1'..=b'9' => true,
        _ => false,
    };
    (is_canonical && digits.len() <= 19).then(|| text.parse::<i64>().ok().map(Number::from))?
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(int) => int.fmt(f),
            Repr::Text(text) => f.write_str(text),
        }
    }
}

impl From<i64> for Number {
    fn from(int: i64) -> Self {
        Self(Repr::Int(int))
    }
}

impl From<usize> for Number {
    fn from(int: usize) -> Self {
        i64::try_from(int).map_or_else(|_| Self::written(int.to_string()), Self::from)
    }
}

impl TryFrom<BigInt> for Number {
    type Error = Uncomputable;

    fn try_from(int: BigInt) -> Result<Self, Uncomputable> {
        if int.bits() > COMPUTED_EXPONENT {
            return Err(Uncomputable::TooBig);
        }
        budget::compute(digits_of(int.bits()));
        Ok(i64::try_from(&int).map_or_else(|_| Self::written(int.to_string()), Self::from))
    }
}

impl TryFrom<Float> for Number {
    type Error = Uncomputable;

    fn try_from(float: Float) -> Result<Self, Uncomputable> {
        if float.exponent() > COMPUTED_EXPONENT {
            return Err(Uncomputable::TooBig);
        }
        budget::compute(digits_of(float.exponent()));
        Ok(Self::written(float.to_string()))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Int(a), Repr::Int(b)) => a.cmp(b),
            (Repr::Text(a), Repr::Text(b)) if a == b => Ordering::Equal,
            _ => {
                let (a, b) = (self.to_string(), other.to_string());
                budget::read(a.len() + b.len());
                Decimal::parse(&a).cmp(&Decimal::parse(&b))
            }
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Number {}

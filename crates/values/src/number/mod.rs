//! Numbers as OPA computes and prints them.
//!
//! A number keeps the text in which it was written (`90.0`, `1e3`); two texts of one number are
//! equal, compared exactly. What is computed from integers is exact, at any size; otherwise it has
//! OPA's precision, 64 bits of mantissa, and is printed as the shortest decimal that reads back as
//! the same number. OPA 0.70 computes integers with that precision, too (`rounded_plus` …).
//! Otherwise, where OPA's versions differ, this is OPA 1.22.

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

/// The longest text of a number that is read.
const LONGEST: usize = 1 << 16;

/// OPA's own bound for the binary exponent of what is read.
const READ_EXPONENT: u64 = 100_000;

/// The same for what is computed: enough for a product of any two numbers that are read.
const COMPUTED_EXPONENT: u64 = 200_000;

/// A number.
#[derive(Debug, Clone)]
pub struct Number(Repr);

#[derive(Debug, Clone)]
enum Repr {
    /// Written as its decimal digits.
    Int(i64),
    /// Anything else, as it is in JSON.
    Text(Rc<str>),
}

/// Why there is no result, in OPA's words.
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
    /// Beyond what a policy can have use for.
    #[error("number too big")]
    TooBig,
}

impl Number {
    /// How many bits an integer may have.
    pub const MOST_BITS: u64 = COMPUTED_EXPONENT;

    /// The number that a string in JSON's syntax is; `None` for other strings, and where OPA finds the number too big.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_within(text, Some(READ_EXPONENT))
    }

    /// The same without OPA 1.22's bound: OPA 0.70 reads a number of any exponent from a document and
    /// prints it as it is written. What computes with such a number is [`Uncomputable::TooBig`].
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

    /// The number of a literal of Rego, which may do without a digit before its point; none where
    /// OPA finds the number too big.
    #[must_use]
    pub fn parse_literal(text: &str) -> Option<Self> {
        if let Some(number) = Self::parse(text) {
            return Some(number);
        }
        let decimal = Decimal::parse(text).filter(|decimal| !decimal.is_json())?;
        Self::parse(&decimal.to_json())
    }

    /// Refuses a number whose binary exponent is beyond a bound.
    fn bounded(decimal: &Decimal<'_>, bound: u64) -> Option<()> {
        // A decimal digit takes 3.32 bits: only near the bound it has to be computed.
        let (near, far) = (bound / 100 * 30, bound / 100 * 31);
        let magnitude = decimal.magnitude().unsigned_abs();
        if magnitude > near && (magnitude > far || Float::parse(decimal).exponent() > bound) {
            return None;
        }
        Some(())
    }

    /// The shortest decimal that reads back as the same double; `None` if it isn't finite.
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

    /// How many characters it is written with, at the most.
    #[must_use]
    pub fn length(&self) -> usize {
        match &self.0 {
            Repr::Int(_) => 20,
            Repr::Text(text) => text.len(),
        }
    }

    /// A number in its canonical text.
    fn written(text: String) -> Self {
        budget::take(text.len());
        canonical(&text).unwrap_or_else(|| Self(Repr::Text(text.into())))
    }

    /// The integer, if it is written as one (`3`, also `3.0`, not `3e0`) and fits.
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

    /// The integer, if it is written with nothing but digits after its sign, and fits: what OPA 0.70 takes
    /// for one.
    #[must_use]
    pub fn as_written_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(int) => Some(*int),
            Repr::Text(text) => text.parse().ok(),
        }
    }

    /// The place in an array that the number names: an integer from 0, written as one.
    #[must_use]
    #[inline]
    pub fn as_index(&self) -> Option<usize> {
        self.as_i64()?.try_into().ok()
    }

    /// The integer that the number is, however written; none if it has a fraction.
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

    /// Whether the number is an integer times another one, exactly.
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

    /// How many digits the number and another one have where both are written out to the same place:
    /// what [`Number::is_multiple_of`] works through.
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

    /// The number as Go prints one that it holds as a fraction: with the fewest digits that tell it
    /// apart, and with an exponent from a million on.
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
    /// A number too big.
    pub fn plus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine(other, i64::checked_add, |a, b| a + b, Float::plus)
    }

    /// The sum as OPA 0.70 computes it: with 64 bits of mantissa.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn rounded_plus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine_rounded(other, i64::checked_add, Float::plus)
    }

    /// The difference.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn minus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine(other, i64::checked_sub, |a, b| a - b, Float::minus)
    }

    /// The difference as OPA 0.70 computes it: with 64 bits of mantissa.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn rounded_minus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine_rounded(other, i64::checked_sub, Float::minus)
    }

    /// The product.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn times(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine(other, i64::checked_mul, |a, b| a * b, Float::times)
    }

    /// The product as OPA 0.70 computes it: with 64 bits of mantissa.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn rounded_times(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.combine_rounded(other, i64::checked_mul, Float::times)
    }

    /// The sum with 64 bits of mantissa, whatever the summands are.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn float_plus(&self, other: &Self) -> Result<Self, Uncomputable> {
        self.to_float()?.plus(&other.to_float()?).try_into()
    }

    /// The product with 64 bits of mantissa, whatever the factors are: zero keeps its sign.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn float_times(&self, other: &Self) -> Result<Self, Uncomputable> {
        /// From here on, floats are written with an exponent.
        const LARGE: u64 = 1_000_000;
        if let (Repr::Int(a), Repr::Int(b)) = (&self.0, &other.0)
            && let Some(product) = a.checked_mul(*b)
            && (1..LARGE).contains(&product.unsigned_abs())
        {
            return Ok(product.into());
        }
        self.to_float()?.times(&other.to_float()?).try_into()
    }

    /// The product of numbers where what is multiplied so far has 53 bits of mantissa, as a double has.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn double_product<'n>(
        factors: impl IntoIterator<Item = &'n Self>,
    ) -> Result<Self, Uncomputable> {
        let one = Self::from(1i64).to_float()?;
        let product = factors.into_iter().try_fold(one, |product, factor| {
            Ok(product.times_as_double(&factor.to_float()?))
        });
        product?.try_into()
    }

    /// The integer that the number is with 64 bits of mantissa; none if it has a fraction.
    #[must_use]
    pub fn as_rounded_bigint(&self) -> Option<BigInt> {
        match self.0 {
            Repr::Int(int) => Some(int.into()),
            Repr::Text(_) => self.to_float().ok()?.to_bigint(),
        }
    }

    /// What is left by a division as OPA 0.70 computes it, to which also a divisor whose last 64 bits
    /// are zero is zero.
    ///
    /// # Errors
    ///
    /// A divisor of zero, a number that isn't an integer.
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
    /// A divisor of zero, a number too big.
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

    /// What is left by a division, with the dividend's sign.
    ///
    /// # Errors
    ///
    /// A divisor of zero, a number that isn't an integer.
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

    /// The distance from zero.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn abs(&self) -> Result<Self, Uncomputable> {
        match self.as_i64().and_then(i64::checked_abs) {
            Some(int) => Ok(int.into()),
            None => self.to_float()?.abs().try_into(),
        }
    }

    /// The integer nearest to the number, away from zero where two are.
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn round(&self) -> Result<Self, Uncomputable> {
        self.to_integer(Float::round)
    }

    /// The smallest integer that isn't smaller (for numbers between -1 and 0 OPA says 1).
    ///
    /// # Errors
    ///
    /// A number too big.
    pub fn ceil(&self) -> Result<Self, Uncomputable> {
        self.to_integer(Float::ceil)
    }

    /// The greatest integer that isn't greater (for numbers between -1 and 0 OPA says 0).
    ///
    /// # Errors
    ///
    /// A number too big.
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

/// How many decimal digits so many bits are.
fn digits_of(bits: u64) -> usize {
    usize::try_from(bits / 3).unwrap_or(usize::MAX)
}

/// The integer that is written just as it would be printed.
fn canonical(text: &str) -> Option<Number> {
    // `+1`, `01` and `-0` are integers to Rust, too.
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

//! Decimals: the parts of a written number.

use std::cmp::Ordering;

use num_bigint::{BigInt, BigUint, Sign};

use crate::budget;

/// The parts of a written number.
pub struct Decimal<'t> {
    pub is_negative: bool,
    /// The digits before the decimal point.
    whole: &'t str,
    /// The digits after it.
    fraction: &'t str,
    exponent: i64,
}

impl<'t> Decimal<'t> {
    /// Splits a text into its parts; `None` if it isn't a number. It accepts more than JSON does: a decimal point at
    /// the start, and superfluous zeros.
    pub fn parse(text: &'t str) -> Option<Self> {
        let unsigned = text.strip_prefix('-');
        let (mantissa, exponent) = match unsigned.unwrap_or(text).split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (unsigned.unwrap_or(text), 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let has_point = whole.len() < mantissa.len();
        let is_digits = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
        if fraction.is_empty() && (whole.is_empty() || has_point) {
            return None;
        }
        if !is_digits(whole) || !is_digits(fraction) {
            return None;
        }
        Some(Self {
            is_negative: unsigned.is_some(),
            whole,
            fraction,
            exponent,
        })
    }

    /// Whether the text is also a number in JSON.
    pub fn is_json(&self) -> bool {
        self.whole == "0" || !self.whole.is_empty() && !self.whole.starts_with('0')
    }

    /// The number in JSON.
    pub fn to_json(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let whole = self.whole.trim_start_matches('0');
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if self.fraction.is_empty() { "" } else { "." };
        let exponent = match self.exponent {
            0 => String::new(),
            exponent => format!("e{exponent}"),
        };
        format!("{sign}{whole}{point}{}{exponent}", self.fraction)
    }

    /// The digits, without zeros at the start and the end.
    fn digits(&self) -> impl Iterator<Item = u8> {
        let fraction = self.fraction.trim_end_matches('0');
        let whole = match fraction {
            "" => self.whole.trim_end_matches('0'),
            _ => self.whole,
        };
        whole
            .bytes()
            .chain(fraction.bytes())
            .skip_while(|digit| *digit == b'0')
    }

    fn is_zero(&self) -> bool {
        self.digits().next().is_none()
    }

    /// How many digits would be before the decimal point without an exponent. A negative number means that many zeros
    /// after the point.
    pub fn magnitude(&self) -> i64 {
        if self.is_zero() {
            return 0;
        }
        let whole = self.whole.trim_start_matches('0');
        let digits = match whole {
            "" => {
                let after = self.fraction.trim_start_matches('0');
                -length(self.fraction.len() - after.len())
            }
            _ => length(whole.len()),
        };
        digits + self.exponent
    }

    /// All digits as one integer, and the power of ten to multiply it with.
    pub fn scaled(&self) -> (BigUint, i64) {
        let digits: Vec<u8> = self.whole.bytes().chain(self.fraction.bytes()).collect();
        budget::compute(digits.len());
        let int = BigUint::parse_bytes(&digits, 10).unwrap_or_default();
        (int, self.exponent - length(self.fraction.len()))
    }

    /// The integer that it is; `None` if it has a fraction.
    pub fn to_bigint(&self) -> Option<BigInt> {
        let digits: Vec<u8> = self.digits().collect();
        budget::compute(
            usize::try_from(self.magnitude())
                .unwrap_or(0)
                .max(digits.len()),
        );
        let Some(int) = BigUint::parse_bytes(&digits, 10) else {
            return Some(BigInt::ZERO);
        };
        let power = u32::try_from(self.magnitude() - length(digits.len())).ok()?;
        let sign = if self.is_negative {
            Sign::Minus
        } else {
            Sign::Plus
        };
        Some(BigInt::from_biguint(
            sign,
            int * BigUint::from(10u8).pow(power),
        ))
    }

    /// Compares the absolute values.
    fn cmp_distance(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (false, false) => {}
            (zero, other_zero) => return other_zero.cmp(&zero),
        }
        // Digits without zeros at the end: of two that begin alike, the shorter is smaller.
        let digits = || self.digits().cmp(other.digits());
        self.magnitude().cmp(&other.magnitude()).then_with(digits)
    }
}

/// Far enough from the ends of `i64` to add numbers of digits without overflow.
const FARTHEST: i64 = i64::MAX / 4;

/// The value of an exponent, limited to [`FARTHEST`].
fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let far = digits.parse().unwrap_or(FARTHEST).min(FARTHEST);
    Some(if text.starts_with('-') { -far } else { far })
}

fn length(digits: usize) -> i64 {
    i64::try_from(digits).unwrap_or(i64::MAX)
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let is_below = |decimal: &Self| decimal.is_negative && !decimal.is_zero();
        match (is_below(self), is_below(other)) {
            (false, false) => self.cmp_distance(other),
            (true, true) => other.cmp_distance(self),
            (below, other_below) => other_below.cmp(&below),
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal<'_> {}

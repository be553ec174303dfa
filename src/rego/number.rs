//! Numbers as OPA computes and prints them.
//!
//! A number keeps the text in which it was written (`90.0`, `1e3`); two texts of one number are
//! equal. What is computed is exact for integers of any size; otherwise it has OPA's precision, 64
//! bits of mantissa, and is printed with the fewest digits that tell it apart.

use std::cmp::Ordering;
use std::fmt;
use std::rc::Rc;

/// A number.
#[derive(Debug, Clone)]
pub struct Number(Repr);

#[derive(Debug, Clone)]
enum Repr {
    /// Written as its decimal digits.
    Int(i64),
    /// Anything else, as it stands in JSON.
    Text(Rc<str>),
}

impl Number {
    /// The number that a text in JSON's syntax says; none for other texts.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(int) = text.parse::<i64>() {
            if int.to_string() == text {
                return Some(Self(Repr::Int(int)));
            }
        }
        text.parse::<f64>().ok()?;
        Some(Self(Repr::Text(text.into())))
    }

    /// The number of a literal of Rego; none where it is too big.
    #[must_use]
    pub fn parse_literal(text: &str) -> Option<Self> {
        Self::parse(text)
    }

    /// The integer that is written here, as digits, if it fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(int) => Some(*int),
            Repr::Text(text) => text.parse().ok(),
        }
    }

    /// The place in an array that the number names: an integer from 0, however written.
    #[must_use]
    pub fn as_index(&self) -> Option<usize> {
        self.as_i64()?.try_into().ok()
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
        i64::try_from(int).map_or_else(|_| Self(Repr::Text(int.to_string().into())), Self::from)
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Int(a), Repr::Int(b)) => a.cmp(b),
            _ => self.as_f64().total_cmp(&other.as_f64()),
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

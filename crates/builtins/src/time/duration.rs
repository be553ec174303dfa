//! Durations as Go writes them (`1h30m`), and with OPA's days, weeks and years.

use crate::encoding::hex;

/// Parses a duration, and returns nanoseconds.
///
/// # Errors
///
/// Go's message if it isn't one.
pub(super) fn parse(text: &str) -> Result<i64, String> {
    let invalid = || format!("time: invalid duration {}", quote(text));
    if !text.contains(['d', 'w', 'y']) {
        return parse_plain(text);
    }
    let standard = in_hours(text).ok_or_else(invalid)?;
    go(&standard).map_err(|what| what.message(text))
}

/// Parses a duration without days, which OPA 0.70 doesn't have, and returns nanoseconds.
///
/// # Errors
///
/// Go's message if it isn't one.
pub(super) fn parse_plain(text: &str) -> Result<i64, String> {
    go(text).map_err(|what| what.message(text))
}

/// Rewrites days, weeks and years as hours.
fn in_hours(text: &str) -> Option<String> {
    let (sign, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.get(..1)?, rest),
        None => ("", text),
    };
    let mut written = sign.to_owned();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (digits, after) = rest.split_at(end);
        let unit = ["ms", "us", "µs", "μs", "ns", "h", "m", "s", "d", "w", "y"]
            .into_iter()
            .find(|unit| after.starts_with(unit))?;
        if digits.is_empty() {
            return None;
        }
        rest = after.get(unit.len()..)?;
        let hours = match unit {
            "d" => 24.0,
            "w" => 7.0 * 24.0,
            "y" => 365.0 * 24.0,
            _ => {
                written.push_str(digits);
                written.push_str(unit);
                continue;
            }
        };
        let amount: f64 = digits.parse().ok()?;
        written.push_str(&(amount * hours).to_string());
        written.push('h');
    }
    Some(written)
}

enum DurationError {
    Invalid,
    NoUnit,
    Unit(String),
}

impl DurationError {
    fn message(&self, text: &str) -> String {
        let text = quote(text);
        match self {
            Self::Invalid => format!("time: invalid duration {text}"),
            Self::NoUnit => format!("time: missing unit in duration {text}"),
            Self::Unit(unit) => {
                format!("time: unknown unit {} in duration {text}", quote(unit))
            }
        }
    }
}

fn go(text: &str) -> Result<i64, DurationError> {
    const LIMIT: u64 = 1 << 63;
    let (is_negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(DurationError::Invalid);
    }
    let mut total = 0u64;
    while !rest.is_empty() {
        let (digits, after) = digits(rest);
        let whole: u64 = match digits {
            "" => 0,
            digits => digits.parse().map_err(|_| DurationError::Invalid)?,
        };
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => self::digits(after),
            None => ("", after),
        };
        if whole > LIMIT || digits.is_empty() && fraction.is_empty() {
            return Err(DurationError::Invalid);
        }
        let end = after
            .find(|c: char| c == '.' || c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        let nanoseconds: u64 = match unit {
            "" => return Err(DurationError::NoUnit),
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            other => return Err(DurationError::Unit(other.to_owned())),
        };
        let mut part = whole
            .checked_mul(nanoseconds)
            .filter(|part| *part <= LIMIT)
            .ok_or(DurationError::Invalid)?;
        part += behind_the_point(fraction, nanoseconds);
        total = total
            .checked_add(part)
            .filter(|total| *total <= LIMIT)
            .ok_or(DurationError::Invalid)?;
        rest = after;
    }
    if is_negative {
        return Ok(0i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_| DurationError::Invalid)
}

/// A fraction of a unit, computed with doubles as in Go.
fn behind_the_point(fraction: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0u64, 1f64);
    for digit in fraction.bytes() {
        let next = value
            .checked_mul(10)
            .and_then(|next| next.checked_add(u64::from(digit - b'0')));
        match next {
            Some(next) if next <= 1 << 63 => value = next,
            _ => break,
        }
        scale *= 10.0;
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what Go computes"
    )]
    let nanoseconds = (value as f64 * (unit as f64 / scale)) as u64;
    nanoseconds
}

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

/// Quotes a string as Go's `time` does: bytes that aren't printable ASCII become `\x..`.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => {
                quoted.push('\\');
                quoted.push(char::from(byte));
            }
            b' '..0x80 => quoted.push(char::from(byte)),
            _ => {
                quoted.push_str("\\x");
                quoted.push_str(&hex(&[byte]));
            }
        }
    }
    quoted.push('"');
    quoted
}

//! Parses numbers as Go's `ParseFloat` does, which also accepts `1_000`, `1.` and `0x1p4`.

use values::Number;

/// How many digits a hexadecimal number may have. A double holds that many exactly; longer ones aren't parsed.
const MOST_DIGITS: usize = 13;

/// Parses a number; `None` if the string isn't one. `inf` and `nan` aren't accepted, because `to_number` refuses
/// them.
pub(crate) fn parse_float(text: &str) -> Option<Number> {
    let (sign, unsigned) = match text.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if unsigned.starts_with(['+', '-']) {
        return None;
    }
    let plain = Number::parse_literal(&format!("{sign}{unsigned}"));
    plain.or_else(|| {
        let lower = unsigned.to_ascii_lowercase();
        match lower.strip_prefix("0x") {
            Some(digits) => hexadecimal(sign, digits),
            None => decimal(sign, &lower),
        }
    })
}

fn decimal(sign: &str, text: &str) -> Option<Number> {
    let digits = without_underscores(text, |c| c.is_ascii_digit())?;
    let end = digits.find('e').unwrap_or(digits.len());
    let (mantissa, exponent) = digits.split_at(end);
    let is_whole = |it: &&str| !it.is_empty() && !it.contains('.');
    let whole = mantissa.strip_suffix('.').filter(is_whole);
    let mantissa = whole.unwrap_or(mantissa);
    Number::parse_literal(&format!("{sign}{mantissa}{exponent}"))
}

fn hexadecimal(sign: &str, text: &str) -> Option<Number> {
    // An underscore may follow the prefix, as it may follow a digit.
    let text = text.strip_prefix('_').unwrap_or(text);
    let digits = without_underscores(text, |c| c.is_ascii_hexdigit())?;
    let (mantissa, exponent) = digits.split_once('p')?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_start_matches('0');
    if digits.is_empty() || significant.len() > MOST_DIGITS {
        return None;
    }
    let mantissa = match significant {
        "" => 0,
        digits => i64::from_str_radix(digits, 16).ok()?,
    };
    let below_the_point = i32::try_from(fraction.len()).ok()?.checked_mul(4)?;
    let exponent = exponent.parse::<i32>().ok()?.checked_sub(below_the_point)?;
    #[expect(clippy::cast_precision_loss, reason = "it has 52 bits at most")]
    let value = mantissa as f64 * 2_f64.powi(exponent);
    Number::from_f64(if sign.is_empty() { value } else { -value })
}

/// A number without its underscores, each of which must be between digits.
fn without_underscores(text: &str, is_digit: impl Fn(char) -> bool) -> Option<String> {
    let mut parts = text.split('_');
    let mut digits = parts.next()?.to_owned();
    for part in parts {
        if !digits.ends_with(&is_digit) || !part.starts_with(&is_digit) {
            return None;
        }
        digits.push_str(part);
    }
    Some(digits)
}

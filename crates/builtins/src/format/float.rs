//! Formats floats as Go's `fmt` does, by verb and precision.

use std::fmt::Write as _;

pub(super) fn digits(
    float: f64,
    verb: char,
    precision: Option<usize>,
    keeps_zeros: bool,
) -> String {
    match verb {
        'f' | 'F' => {
            let precision = precision.unwrap_or(6);
            let point = if keeps_zeros && precision == 0 {
                "."
            } else {
                ""
            };
            format!("{}{point}", fixed(float, precision))
        }
        'e' | 'E' => {
            let precision = precision.unwrap_or(6);
            let text = scientific(float, precision);
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let point = if keeps_zeros && precision == 0 {
                "."
            } else {
                ""
            };
            format!("{mantissa}{point}{verb}{}", exponent_text(exponent))
        }
        'x' | 'X' => hexadecimal(float, verb, precision, keeps_zeros),
        'b' => {
            let (mantissa, exponent) = parts(float);
            format!("{mantissa}p{:+}", exponent - 52)
        }
        _ => general(float, verb, precision, keeps_zeros),
    }
}

/// The digits with as many zeros before them as are needed for the least number of digits.
pub(super) fn with_zeros(digits: String, least: usize) -> String {
    let missing = least.saturating_sub(digits.len());
    if missing == 0 {
        return digits;
    }
    "0".repeat(missing) + &digits
}

/// No double has more decimals; Rust limits a precision to 16 bits.
const MOST_DIGITS: usize = 1_100;

/// A number with this many decimals.
fn fixed(float: f64, precision: usize) -> String {
    let digits = precision.min(MOST_DIGITS);
    format!("{float:.digits$}") + &"0".repeat(precision - digits)
}

/// A number with this many decimals and an exponent.
fn scientific(float: f64, precision: usize) -> String {
    let digits = precision.min(MOST_DIGITS);
    let text = format!("{float:.digits$e}");
    match text.split_once('e') {
        Some((mantissa, exponent)) if digits < precision => {
            let zeros = "0".repeat(precision - digits);
            format!("{mantissa}{zeros}e{exponent}")
        }
        _ => text,
    }
}

/// The 53 bits of the mantissa, and the exponent of its first bit.
fn parts(float: f64) -> (u64, i64) {
    let bits = float.to_bits();
    let mantissa = bits & ((1 << 52) - 1);
    let exponent = i64::try_from(bits >> 52 & 0x7ff).unwrap_or(0);
    if exponent == 0 {
        (mantissa, -1022)
    } else {
        (mantissa | 1 << 52, exponent - 1023)
    }
}

/// `0x1.8p+00`, as Go writes it.
fn hexadecimal(float: f64, verb: char, precision: Option<usize>, is_sharp: bool) -> String {
    const ONE: u64 = 1 << 60;
    let (mut mantissa, mut exponent) = parts(float);
    mantissa <<= 8;
    if mantissa == 0 {
        exponent = 0;
    }
    while mantissa != 0 && mantissa < ONE {
        mantissa <<= 1;
        exponent -= 1;
    }
    if let Some(digits) = precision.filter(|digits| *digits < 15) {
        let shift = digits * 4;
        let extra = (mantissa << shift) & (ONE - 1);
        mantissa >>= 60 - shift;
        if extra | (mantissa & 1) > ONE / 2 {
            mantissa += 1;
        }
        mantissa <<= 60 - shift;
        if mantissa & (ONE << 1) != 0 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let fraction = format!("{:015x}", mantissa & (ONE - 1));
    let fraction = match precision {
        Some(digits) => {
            let missing = "0".repeat(digits.saturating_sub(fraction.len()));
            (fraction + &missing).get(..digits).map(str::to_owned)
        }
        None => Some(fraction.trim_end_matches('0').to_owned()),
    };
    let fraction = fraction.unwrap_or_default();
    let whole = mantissa >> 60;
    let mut text = format!("0x{whole}");
    if !fraction.is_empty() || is_sharp {
        text.push('.');
    }
    text.push_str(&fraction);
    // With `#` there is a minimum number of digits, and Go counts the `x` as one.
    if is_sharp && verb == 'x' {
        let least = precision.unwrap_or(6);
        let have = 2 + fraction.len();
        text.push_str(&"0".repeat(least.saturating_sub(have)));
    }
    let _ = write!(
        text,
        "p{}{:02}",
        if exponent < 0 { '-' } else { '+' },
        exponent.abs()
    );
    if verb == 'X' {
        text.to_uppercase()
    } else {
        text
    }
}

/// An exponent with its sign and at least two digits.
fn exponent_text(exponent: &str) -> String {
    let (sign, digits) = match exponent.strip_prefix('-') {
        Some(digits) => ('-', digits),
        None => ('+', exponent),
    };
    format!("{sign}{digits:0>2}")
}

/// `%g`: with an exponent only if the number is very small or large.
fn general(float: f64, verb: char, precision: Option<usize>, keeps_zeros: bool) -> String {
    let wanted = precision.map(|precision| precision.max(1));
    let text = match wanted {
        Some(wanted) => scientific(float, wanted - 1),
        None => format!("{float:e}"),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let all: String = mantissa.chars().filter(|c| *c != '.').collect();
    let mut digits = all.trim_end_matches('0').to_owned();
    if digits.is_empty() {
        digits.push('0');
    }
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let bound = match wanted.and_then(|wanted| i32::try_from(wanted).ok()) {
        Some(wanted) if wanted > count && count > exponent => count,
        Some(wanted) => wanted,
        // Without a precision, Go decides as if it were 6.
        None => 6,
    };
    if keeps_zeros {
        let missing = wanted.unwrap_or(6).saturating_sub(digits.len());
        digits.push_str(&"0".repeat(missing));
    }
    if exponent < -4 || exponent >= bound {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() && !keeps_zeros {
            ""
        } else {
            "."
        };
        let letter = if verb == 'G' { 'E' } else { 'e' };
        return format!(
            "{first}{point}{rest}{letter}{}",
            exponent_text(&exponent.to_string())
        );
    }
    let Ok(whole) = usize::try_from(exponent + 1) else {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0));
        return format!("0.{zeros}{digits}");
    };
    if whole == 0 {
        return format!("0.{digits}");
    }
    let padded = format!("{digits:0<whole$}");
    let (before, after) = padded.split_at(whole);
    let point = if after.is_empty() && !keeps_zeros {
        ""
    } else {
        "."
    };
    format!("{before}{point}{after}")
}

//! The values of plain scalars.

use granit_parser::{ScalarStyle, Tag};

use crate::time::days_in;
use values::Number;

/// What `!!` means in a tag.
pub(super) const NAMESPACE: &str = "tag:yaml.org,2002:";

/// The value of a plain scalar.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scalar {
    Null,
    Bool(bool),
    /// From -2^63 up to 2^64.
    Int(i128),
    Float(f64),
    /// A date or time, in RFC 3339.
    Timestamp(String),
    /// `<<`.
    Merge,
    Text,
}

impl Scalar {
    /// Interprets a scalar. YAML 1.1 has more words for true and false.
    pub(super) fn resolve(text: &str, is_1_1: bool) -> Self {
        match text {
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            ".nan" | ".NaN" | ".NAN" => return Self::Float(f64::NAN),
            ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
                return Self::Float(f64::INFINITY);
            }
            "-.inf" | "-.Inf" | "-.INF" => return Self::Float(f64::NEG_INFINITY),
            "<<" => return Self::Merge,
            _ => {}
        }
        if is_1_1 && let Some(bool) = old_bool(text) {
            return Self::Bool(bool);
        }
        match text.as_bytes().first() {
            Some(b'.') => float(text).map_or(Self::Text, Self::Float),
            Some(b'0'..=b'9' | b'+' | b'-') => {
                if let Some(moment) = timestamp(text) {
                    return Self::Timestamp(moment);
                }
                let plain = text.replace('_', "");
                integer(&plain)
                    .map(Self::Int)
                    .or_else(|| float(&plain).map(Self::Float))
                    .unwrap_or(Self::Text)
            }
            _ => Self::Text,
        }
    }

    /// The name of the tag of its kind.
    pub(super) fn tag(&self) -> &'static str {
        match self {
            Self::Null => "!!null",
            Self::Bool(_) => "!!bool",
            Self::Int(_) => "!!int",
            Self::Float(_) => "!!float",
            Self::Timestamp(_) => "!!timestamp",
            Self::Merge => "!!merge",
            Self::Text => "!!str",
        }
    }
}

/// The words of YAML 1.1 in addition to `true` and `false`.
pub(super) fn old_bool(text: &str) -> Option<bool> {
    match text {
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

/// Parses an integer as Go does when it detects the base.
fn integer(text: &str) -> Option<i128> {
    let (is_negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    let prefixed = |small: &str, large: &str, base| {
        let rest = digits
            .strip_prefix(small)
            .or_else(|| digits.strip_prefix(large))?;
        Some((rest, base))
    };
    let (digits, base) = prefixed("0x", "0X", 16)
        .or_else(|| prefixed("0o", "0O", 8))
        .or_else(|| prefixed("0b", "0B", 2))
        .or_else(|| {
            let rest = digits.strip_prefix('0').filter(|rest| !rest.is_empty())?;
            Some((rest, 8))
        })
        .unwrap_or((digits, 10));
    let value = u64::from_str_radix(digits, base).ok().filter(|_| {
        // Rust also accepts a sign here.
        digits.chars().all(|digit| digit.is_digit(base))
    })?;
    let value = i128::from(value);
    match text.as_bytes().first()? {
        // Beyond 63 bits, Go accepts no plus sign.
        b'+' if value > i128::from(i64::MAX) => None,
        _ if is_negative => (-value >= i128::from(i64::MIN)).then_some(-value),
        _ => Some(value),
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, unless it is too large.
fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_plain = unsigned
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'));
    let value: f64 = text.parse().ok().filter(|_| is_plain)?;
    value.is_finite().then_some(value)
}

/// Whether it is a number in base 60 of YAML 1.1, such as `1:30:15`.
pub(super) fn is_base_60(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let mut parts = unsigned.split(':');
    let is_digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
    let starts = parts.next().is_some_and(|first| {
        first
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_digit())
            && first.bytes().all(is_digit)
    });
    let mut rest: Vec<&str> = parts.collect();
    let Some(last) = rest.pop() else { return false };
    let (last, fraction) = last.split_once('.').unwrap_or((last, ""));
    let is_sixtieth = |part: &str| match part.as_bytes() {
        [digit] => digit.is_ascii_digit(),
        [ten, digit] => (b'0'..=b'5').contains(ten) && digit.is_ascii_digit(),
        _ => false,
    };
    starts
        && is_sixtieth(last)
        && rest.into_iter().all(is_sixtieth)
        && fraction.bytes().all(is_digit)
}

/// A date, `2006-1-2`, or a time, `2006-1-2T15:4:5.9Z` or `2006-1-2 15:4:5`, in RFC 3339.
fn timestamp(text: &str) -> Option<String> {
    let (year, rest) = text.split_once('-')?;
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let (month, rest) = rest.split_once('-').filter(|_| is_year)?;
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    let (day, rest) = rest.split_at_checked(end)?;
    let (year, month, day) = (year.parse().ok()?, small(month, 1, 12)?, small(day, 1, 31)?);
    (day <= days_in(year, month)).then_some(())?;
    let date = format!("{year:04}-{month:02}-{day:02}");
    if rest.is_empty() {
        return Some(format!("{date}T00:00:00Z"));
    }
    let (is_local, rest) = match rest.split_at_checked(1)? {
        (" ", rest) => (true, rest),
        ("T" | "t", rest) => (false, rest),
        _ => return None,
    };
    let (clock, zone) = if is_local {
        (rest, "Z")
    } else {
        rest.split_at_checked(rest.find(['Z', '+', '-'])?)?
    };
    let zone = match zone.as_bytes() {
        b"Z" => "Z",
        [b'+' | b'-', hours @ .., b':', _, _] if hours.len() == 2 => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let (hours, minutes) = (small(hours, 0, 24)?, small(minutes, 0, 60)?);
            if hours == 0 && minutes == 0 {
                "Z"
            } else {
                zone
            }
        }
        _ => return None,
    };
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    parts.next().is_none().then_some(())?;
    let (second, fraction) = second.split_once(['.', ',']).unwrap_or((second, "0"));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_fraction.then_some(())?;
    let (hour, minute, second) = (
        small(hour, 0, 23)?,
        small(minute, 0, 59)?,
        small(second, 0, 59)?,
    );
    let fraction = fraction.get(..9).unwrap_or(fraction).trim_end_matches('0');
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!(
        "{date}T{hour:02}:{minute:02}:{second:02}{dot}{fraction}{zone}"
    ))
}

/// A number of one or two digits from `least` to `most`.
fn small(text: &str, least: i64, most: i64) -> Option<i64> {
    let is_number = matches!(text.len(), 1 | 2) && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = text.parse().ok().filter(|_| is_number)?;
    (least..=most).contains(&value).then_some(value)
}

/// A double as Go writes it in JSON; `None` if it has no JSON.
pub(super) fn json_number(double: f64) -> Option<Number> {
    if !double.is_finite() {
        return None;
    }
    let size = double.abs();
    // Rust also writes the fewest digits, and no exponent.
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return Number::parse(&format!("{double}"));
    }
    let text = format!("{double:e}");
    Number::parse(&match text.split_once("e-") {
        Some(_) => text,
        None => text.replace('e', "e+"),
    })
}

/// The value of a scalar with this text, style and tag.
///
/// # Errors
///
/// Go's message if it isn't what its tag says.
pub(super) fn meaning(
    text: &str,
    style: ScalarStyle,
    tag: Option<&Tag>,
    is_1_1: bool,
) -> Result<Scalar, String> {
    let Some(tag) = tag else {
        return Ok(match style {
            ScalarStyle::Plain => Scalar::resolve(text, is_1_1),
            _ => Scalar::Text,
        });
    };
    let wanted = match tag.suffix_in_namespace(NAMESPACE).as_deref() {
        Some("bool") => "!!bool",
        Some("int") => "!!int",
        Some("float") => "!!float",
        Some("null") => "!!null",
        Some("timestamp") => "!!timestamp",
        Some("merge") => return Ok(Scalar::Merge),
        None if tag.original() == "!" && style == ScalarStyle::Plain && !is_1_1 => {
            return Ok(Scalar::resolve(text, is_1_1));
        }
        _ => return Ok(Scalar::Text),
    };
    match Scalar::resolve(text, is_1_1) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "the nearest is what is asked for"
        )]
        Scalar::Int(int) if wanted == "!!float" => Ok(Scalar::Float(int as f64)),
        found if found.tag() == wanted => Ok(found),
        found => {
            let found = found.tag();
            Err(format!("cannot decode {found} `{text}` as a {wanted}"))
        }
    }
}

/// A number as the name of a field, with the fewest digits that identify it among floats of 32 bits.
pub(super) fn float_key(double: f64) -> String {
    if double.is_nan() {
        return ".nan".to_owned();
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "Go takes half of the bits here"
    )]
    let single = double as f32;
    if single.is_infinite() {
        return if single > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let shortest: f64 = format!("{single:e}").parse().unwrap_or_default();
    Number::from_f64(shortest).map_or_else(String::new, |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_mean_what_go_yaml_says() {
        let int = Scalar::Int;
        for (text, meaning) in [
            ("0x1F", int(31)),
            ("0o17", int(15)),
            ("017", int(15)),
            ("-0b11", int(-3)),
            ("1_000", int(1000)),
            ("+5", int(5)),
            ("18446744073709551615", int(18_446_744_073_709_551_615)),
            (
                "18446744073709551616",
                Scalar::Float(18_446_744_073_709_551_616.0),
            ),
            ("08", Scalar::Float(8.0)),
            ("1e3", Scalar::Float(1000.0)),
            ("5.", Scalar::Float(5.0)),
            (".5", Scalar::Float(0.5)),
            ("1e400", Scalar::Text),
            (".", Scalar::Text),
            ("-", Scalar::Text),
            ("1.2.3", Scalar::Text),
            ("Infinity", Scalar::Text),
            (
                "2023-1-2",
                Scalar::Timestamp("2023-01-02T00:00:00Z".to_owned()),
            ),
            ("2023-02-30", Scalar::Text),
            (
                "2023-01-02T3:4:5.600+02:00",
                Scalar::Timestamp("2023-01-02T03:04:05.6+02:00".to_owned()),
            ),
            ("yes", Scalar::Text),
        ] {
            assert_eq!(Scalar::resolve(text, false), meaning, "{text}");
        }
        assert_eq!(Scalar::resolve("yes", true), Scalar::Bool(true));
        assert_eq!(Scalar::resolve("OFF", true), Scalar::Bool(false));
    }

    #[test]
    fn times_of_day_are_numbers_of_base_60() {
        for text in ["1:30", "-1:2:59.5", "1_0:05"] {
            assert!(is_base_60(text), "{text}");
        }
        for text in ["1:60", "a:30", "1:", "1", "1:2.x"] {
            assert!(!is_base_60(text), "{text}");
        }
    }
}

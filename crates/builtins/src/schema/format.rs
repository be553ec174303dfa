//! The values of `format` that are checked. Any string has an unknown format.

use std::net::IpAddr;

use super::email;
use crate::{regex, time, uri};

/// Whether a string has a format.
///
/// # Errors
///
/// Why it can't be decided, if that would take too much.
pub(super) fn fits(format: &str, text: &str) -> Result<bool, regex::RegexError> {
    let any_time = |layouts: &[&str]| time::has_layout(text, layouts);
    let address = || text.parse::<IpAddr>().is_ok();
    let has_backslash = text.contains('\\');
    Ok(match format {
        "date" => any_time(&["2006-01-02"]),
        "time" => any_time(&["15:04:05Z07:00", "15:04:05"]),
        "date-time" => any_time(&[
            "15:04:05",
            "15:04:05Z07:00",
            "2006-01-02",
            time::RFC3339,
            time::RFC3339_NANO,
        ]),
        "hostname" => text.len() < 256 && text.split('.').all(is_label),
        "email" | "idn-email" => email::is_address(text),
        "ipv4" => text.contains('.') && address(),
        "ipv6" => text.contains(':') && address(),
        "uri" | "iri" => uri::error(text).is_none() && uri::has_scheme(text) && !has_backslash,
        "uri-reference" | "iri-reference" => uri::error(text).is_none() && !has_backslash,
        "uri-template" => !has_backslash && uri::path(text).is_some_and(|path| has_pairs(&path)),
        "uuid" => is_uuid(text),
        "regex" => match regex::check(text) {
            Ok(()) => true,
            Err(regex::RegexError::Syntax(_)) => false,
            Err(error) => return Err(error),
        },
        "json-pointer" => is_pointer(text),
        "relative-json-pointer" => is_relative_pointer(text),
        _ => true,
    })
}

fn is_label(label: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric();
    label.len() <= 63
        && label.bytes().next().is_some_and(is_plain)
        && label.bytes().next_back().is_some_and(is_plain)
        && label.bytes().all(|byte| is_plain(byte) || byte == b'-')
}

/// Whether every opening brace has a closing one.
fn has_pairs(path: &[u8]) -> bool {
    let mut bytes = path.iter();
    while bytes.any(|byte| *byte == b'{') {
        if !bytes.any(|byte| *byte == b'}') {
            return false;
        }
    }
    true
}

fn is_uuid(text: &str) -> bool {
    let mut lengths = Vec::new();
    for part in text.split('-') {
        if !part.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return false;
        }
        lengths.push(part.len());
    }
    lengths == [8, 4, 4, 4, 12]
}

fn is_pointer(text: &str) -> bool {
    let mut after_tilde = text.split('~').skip(1);
    (text.is_empty() || text.starts_with('/'))
        && after_tilde.all(|rest| rest.starts_with(['0', '1']))
}

fn is_relative_pointer(text: &str) -> bool {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let is_number = digits == "0" || !digits.is_empty() && !digits.starts_with('0');
    is_number && (rest == "#" || is_pointer(rest))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn tells_what_has_a_format() {
        for (format, right, wrong) in [
            ("date", "2024-02-29", "2023-02-29"),
            ("time", "10:00:00Z", "10:00"),
            (
                "date-time",
                "2024-02-29T10:00:00.5+01:00",
                "2024-02-29 10:00:00",
            ),
            ("hostname", "a-1.b", "a-.b"),
            ("ipv4", "10.0.0.1", "10.0.0.256"),
            ("ipv6", "::1", "10.0.0.1"),
            ("uri", "http://a/b", "/b"),
            ("uri-reference", "/b", "%"),
            ("uri-template", "/a/{b}", "/a/{b"),
            ("uuid", "6BA7B810-9dad-11d1-80b4-00c04fd430c8", "6ba7b810"),
            ("regex", "^a+$", "("),
            ("json-pointer", "/a~0/b", "/a~2"),
            ("relative-json-pointer", "1/a", "01"),
        ] {
            assert_eq!(fits(format, right), Ok(true), "{format} {right}");
            assert_eq!(fits(format, wrong), Ok(false), "{format} {wrong}");
        }
        assert_eq!(fits("anything", ""), Ok(true));
    }
}

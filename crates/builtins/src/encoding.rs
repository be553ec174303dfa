//! Encodes and decodes JSON, base64, hexadecimal and URL queries.

use std::fmt::Write as _;

use super::{Builtin, Failure, Host, Outcome, bounded, operand, pure};
use values::{Value, budget, json};

pub(super) const TABLE: &[Builtin] = &[
    pure("json.marshal", "(x: any) => y: string", marshal),
    bounded(
        "json.marshal_with_options",
        "(x: any, opts: object<indent: string, prefix: string, pretty: boolean>[string: any]) => y: string",
        marshal_with_options,
    ),
    bounded("json.unmarshal", "(x: string) => y: any", unmarshal),
    pure("json.is_valid", "(x: string) => result: boolean", is_valid),
    bounded("base64.encode", "(x: string) => y: string", base64_encode),
    bounded("base64.decode", "(x: string) => y: string", base64_decode),
    pure(
        "base64.is_valid",
        "(x: string) => result: boolean",
        base64_is_valid,
    ),
    bounded(
        "base64url.encode",
        "(x: string) => y: string",
        base64url_encode,
    ),
    bounded(
        "base64url.encode_no_pad",
        "(x: string) => y: string",
        base64url_encode_no_pad,
    ),
    bounded(
        "base64url.decode",
        "(x: string) => y: string",
        base64url_decode,
    ),
    bounded("hex.encode", "(x: string) => y: string", hex_encode),
    bounded("hex.decode", "(x: string) => y: string", hex_decode),
    bounded("urlquery.encode", "(x: string) => y: string", query_encode),
    bounded("urlquery.decode", "(x: string) => y: string", query_decode),
    bounded(
        "urlquery.encode_object",
        "(object: object[string: any<string, array[string], set[string]>]) => y: string",
        query_encode_object,
    ),
    bounded(
        "urlquery.decode_object",
        "(x: string) => object: object[string: array[string]]",
        query_decode_object,
    ),
];

fn marshal(args: &[Value]) -> Outcome {
    Ok(Some(json::write(operand::any(args, 0)?).into()))
}

fn marshal_with_options(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let value = operand::any(args, 0)?;
    let fail = |message: String| Failure::Type(format!("operand 2 {message}"));
    let (mut prefix, mut indent) = ("", "\t");
    let (mut is_implied, mut is_pretty) = (false, None);
    for (i, (key, option)) in operand::object(args, 1)?.iter().enumerate() {
        let mismatch = |value: &Value| {
            let got = value.type_name();
            format!("operand {i} must be string but got {got}")
        };
        let Some(name) = key.as_str() else {
            let why = mismatch(key);
            return Err(fail(format!(
                "failed to stringify key {key} at index {i}: {why}"
            )));
        };
        let text = || {
            option.as_str().ok_or_else(|| {
                fail(format!(
                    "key \"{name}\" failed cast to string: {}",
                    mismatch(option)
                ))
            })
        };
        match name {
            "prefix" => (prefix, is_implied) = (text()?, true),
            "indent" => (indent, is_implied) = (text()?, true),
            "pretty" => match option {
                Value::Bool(pretty) => is_pretty = Some(*pretty),
                _ => return Err(fail("key \"pretty\" failed cast to bool".to_owned())),
            },
            _ => return Err(fail(format!("object contained unknown key {key}"))),
        }
    }
    if !is_pretty.unwrap_or(is_implied) {
        return Ok(Some(json::write(value).into()));
    }
    let text = json::write_indented(value, prefix, indent);
    operand::text(host, format!("{prefix}{text}"))
}

fn unmarshal(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    // A value takes at least two characters, including its separator.
    host.charge(text.len() / 2)?;
    host.charge_text(text.len())?;
    match json::parse(text) {
        Ok(value) => Ok(Some(value)),
        Err(error) => Err(Failure::Failed(error.message)),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "as every function of the table")]
fn is_valid(args: &[Value]) -> Outcome {
    let is_valid = operand::string(args, 0).is_ok_and(|text| {
        let steps = (text.len() / 8) as u64;
        budget::step(steps) && json::parse(text).is_ok()
    });
    Ok(Some(is_valid.into()))
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn encoded(bytes: &[u8], alphabet: &[u8; 64], is_padded: bool) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) & 63;
            if place <= chunk.len() {
                out.extend(alphabet.get(digit as usize).map(|digit| char::from(*digit)));
            } else if is_padded {
                out.push('=');
            }
        }
    }
    out
}

/// Decodes as Go does: it ignores line breaks, requires padding, and ignores the surplus bits of the last digit.
fn decoded(text: &str, alphabet: &[u8; 64]) -> Result<Vec<u8>, Failure> {
    let corrupt = |at: usize| Failure::Failed(format!("illegal base64 data at input byte {at}"));
    let mut out = Vec::new();
    let mut digits = Vec::new();
    let mut bytes = text
        .bytes()
        .enumerate()
        .filter(|(_, byte)| !matches!(byte, b'\r' | b'\n'));
    while let Some((at, byte)) = bytes.next() {
        if byte == b'=' {
            if digits.len() < 2 {
                return Err(corrupt(at));
            }
            if digits.len() == 2 {
                match bytes.next() {
                    Some((_, b'=')) => {}
                    Some((at, _)) => return Err(corrupt(at - 1)),
                    None => return Err(corrupt(text.len())),
                }
            }
            if let Some((at, _)) = bytes.next() {
                return Err(corrupt(at));
            }
            let count = digits.len() - 1;
            flush(&mut digits, count, &mut out);
            return Ok(out);
        }
        let digit = match byte {
            b'A'..=b'Z' => Some(byte - b'A'),
            b'a'..=b'z' => Some(byte - b'a' + 26),
            b'0'..=b'9' => Some(byte - b'0' + 52),
            _ => [62, 63]
                .into_iter()
                .find(|place| alphabet.get(usize::from(*place)) == Some(&byte)),
        };
        digits.push(digit.ok_or_else(|| corrupt(at))?.into());
        if digits.len() == 4 {
            flush(&mut digits, 3, &mut out);
        }
    }
    match digits.len() {
        0 => Ok(out),
        left => Err(corrupt(text.len() - left)),
    }
}

/// Decodes base64.
///
/// # Errors
///
/// Go's message if it is invalid.
pub(super) fn decode_base64(text: &str) -> Result<Vec<u8>, Failure> {
    decoded(text, STANDARD)
}

/// Decodes URL-safe base64, with or without padding.
///
/// # Errors
///
/// Go's message if it is invalid.
#[cfg(feature = "crypto")]
pub(super) fn decode_base64url(text: &str) -> Result<Vec<u8>, String> {
    url_decoded(text).map_err(|failure| match failure {
        Failure::Failed(message)
        | Failure::Type(message)
        | Failure::Limit(message)
        | Failure::Refused(message) => message,
    })
}

/// Encodes in URL-safe base64 without padding.
#[cfg(feature = "crypto")]
pub(super) fn encode_base64url_unpadded(bytes: &[u8]) -> String {
    encoded(bytes, URL, false)
}

fn flush(digits: &mut Vec<u32>, count: usize, out: &mut Vec<u8>) {
    digits.resize(4, 0);
    let bits = digits.drain(..).fold(0u32, |bits, digit| bits << 6 | digit);
    out.extend(bits.to_be_bytes().into_iter().skip(1).take(count));
}

/// Encodes in base64.
#[must_use]
pub fn encode_base64(bytes: &[u8]) -> String {
    encoded(bytes, STANDARD, true)
}

fn base64_encode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::text(host, encode_base64(operand::bytes(args, 0)?))
}

fn base64_decode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::of_bytes(host, decoded(operand::string(args, 0)?, STANDARD)?)
}

#[expect(clippy::unnecessary_wraps, reason = "as every function of the table")]
fn base64_is_valid(args: &[Value]) -> Outcome {
    let is_valid = operand::string(args, 0).is_ok_and(|text| decoded(text, STANDARD).is_ok());
    Ok(Some(is_valid.into()))
}

fn base64url_encode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::text(host, encoded(operand::bytes(args, 0)?, URL, true))
}

fn base64url_encode_no_pad(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::text(host, encoded(operand::bytes(args, 0)?, URL, false))
}

fn base64url_decode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::of_bytes(host, url_decoded(operand::string(args, 0)?)?)
}

fn url_decoded(text: &str) -> Result<Vec<u8>, Failure> {
    let padding = match (text.ends_with('='), text.len() % 4) {
        (true, _) | (false, 0) => "",
        (false, 2) => "==",
        (false, 3) => "=",
        _ => return Err(Failure::Failed(format!("illegal base64url string: {text}"))),
    };
    decoded(&format!("{text}{padding}"), URL)
}

/// Encodes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn hex_encode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::text(host, hex(operand::bytes(args, 0)?))
}

fn hex_decode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    let fail = |message: String| Failure::Failed(format!("encoding/hex: {message}"));
    let mut digits = Vec::new();
    for byte in text.bytes() {
        let Some(digit) = char::from(byte).to_digit(16) else {
            // Go only shows printable characters.
            let shown = match char::from(byte) {
                seen @ (' '..='~' | '¡'..='¬' | '®'..) => format!(" '{seen}'"),
                _ => String::new(),
            };
            return Err(fail(format!("invalid byte: U+{byte:04X}{shown}")));
        };
        digits.push(u8::try_from(digit).unwrap_or_default());
    }
    if digits.len() % 2 == 1 {
        return Err(fail("odd length hex string".to_owned()));
    }
    let bytes = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit));
    operand::of_bytes(host, bytes.collect())
}

fn escaped(bytes: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(byte.into());
            }
            byte => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn unescaped(text: &str) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = after.get(..2).unwrap_or(after);
                let code = std::str::from_utf8(digits)
                    .ok()
                    .filter(|digits| {
                        digits.bytes().all(|digit| digit.is_ascii_hexdigit()) && digits.len() == 2
                    })
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok());
                let Some(code) = code else {
                    let shown =
                        json::quoted(&format!("%{}", String::from_utf8_lossy(digits)), false);
                    return Err(Failure::Failed(format!("invalid URL escape {shown}")));
                };
                out.push(code);
                rest = after.get(2..).unwrap_or_default();
            }
            byte => out.push(byte),
        }
    }
    Ok(out)
}

fn query_encode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::text(host, escaped(operand::bytes(args, 0)?))
}

fn query_decode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    operand::of_bytes(host, unescaped(operand::string(args, 0)?)?)
}

fn query_encode_object(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let fail = || {
        Failure::Type("operand 1 values must be string, array[string], or set[string]".to_owned())
    };
    // The fields are sorted by their names in JSON.
    let mut fields = Vec::new();
    for (key, value) in operand::object(args, 0)? {
        let name = key.as_str().map_or_else(|| json::write(key), str::to_owned);
        fields.push((name, value));
    }
    sort::by(&mut fields, |(a, _), (b, _)| a.cmp(b));
    let mut pairs = Vec::new();
    for (name, value) in fields {
        let values: Vec<&Value> = match value {
            Value::String(_) | Value::Bytes(_) => vec![value],
            Value::Array(items) => items.iter().collect(),
            Value::Set(set) => set.iter().collect(),
            _ => return Err(fail()),
        };
        for value in values {
            let value = value.as_bytes().ok_or_else(fail)?;
            pairs.push(format!("{}={}", escaped(name.as_bytes()), escaped(value)));
        }
    }
    operand::text(host, pairs.join("&"))
}

fn query_decode_object(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    host.charge_text(text.len())?;
    let mut fields: Vec<(Value, Vec<Value>)> = Vec::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        if pair.contains(';') {
            return Err(Failure::Failed(
                "invalid semicolon separator in query".to_owned(),
            ));
        }
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let key = operand::of_bytes(host, unescaped(key)?)?.unwrap_or(Value::Null);
        let value = operand::of_bytes(host, unescaped(value)?)?;
        if !budget::step(fields.len() as u64) {
            return Err(operand::exhausted());
        }
        match fields.iter_mut().find(|(known, _)| *known == key) {
            Some((_, values)) => values.extend(value),
            None => fields.push((key, value.into_iter().collect())),
        }
    }
    Ok(Some(Value::object(
        fields.into_iter().map(|(key, values)| (key, values.into())),
    )))
}

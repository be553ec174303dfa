//! `uri.*`: URIs as Go's `net/url` parses them, which follows neither the RFC nor the WHATWG: `a b` is a path, and
//! `%zz` is `invalid URL escape "%zz"`.

use std::net::Ipv6Addr;

use super::{Builtin, Failure, Host, Outcome, bounded, operand, pure};
use values::{Value, json};

pub(super) const TABLE: &[Builtin] = &[
    bounded(
        "uri.parse",
        "(uri: string) => output: object[string: string]",
        parse,
    ),
    pure("uri.is_valid", "(uri: string) => result: boolean", is_valid),
];

fn parse(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    let uri = Uri::parse(text).map_err(|(part, why)| {
        let part = json::quoted(part, false);
        Failure::Failed(format!("parse {part}: {why}"))
    })?;
    host.charge_text(text.len())?;
    let mut fields = Vec::new();
    let texts = [
        ("scheme", uri.scheme.into_bytes()),
        ("hostname", uri.hostname),
        ("port", uri.port.to_owned().into_bytes()),
        ("path", uri.path),
        ("raw_path", uri.raw_path),
        ("raw_query", uri.raw_query.to_owned().into_bytes()),
        ("fragment", uri.fragment),
    ];
    for (name, bytes) in texts {
        if !bytes.is_empty() {
            fields.extend(operand::of_bytes(host, bytes)?.map(|text| (name, text)));
        }
    }
    Ok(Some(Value::object(fields)))
}

#[expect(clippy::unnecessary_wraps, reason = "as every function of the table")]
fn is_valid(args: &[Value]) -> Outcome {
    let text = operand::string(args, 0).unwrap_or_default();
    let is_valid = !text.is_empty() && Uri::parse(text).is_ok();
    Ok(Some(is_valid.into()))
}

/// Go's message if a string isn't a URI.
#[must_use]
pub fn error(text: &str) -> Option<String> {
    let (part, why) = Uri::parse(text).err()?;
    let part = json::quoted(part, false);
    Some(format!("parse {part}: {why}"))
}

/// Whether a string is a URI with a scheme.
#[must_use]
pub(super) fn has_scheme(text: &str) -> bool {
    Uri::parse(text).is_ok_and(|uri| !uri.scheme.is_empty())
}

/// The decoded path of a URI.
#[must_use]
pub(super) fn path(text: &str) -> Option<Vec<u8>> {
    Uri::parse(text).ok().map(|uri| uri.path)
}

/// A decoded part of a URI, or the part itself if it can't be decoded.
#[must_use]
pub(super) fn decoded(part: &str) -> Vec<u8> {
    unescaped(part, Part::Other).unwrap_or_else(|_| part.as_bytes().to_vec())
}

/// The parts of a URI; empty if they are missing.
#[derive(Default)]
struct Uri<'t> {
    scheme: String,
    hostname: Vec<u8>,
    port: &'t str,
    path: Vec<u8>,
    raw_path: Vec<u8>,
    raw_query: &'t str,
    fragment: Vec<u8>,
}

/// The part in which something is escaped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Host,
    Zone,
    Other,
}

impl<'t> Uri<'t> {
    /// Parses a URI; an error with the part that is invalid, and why.
    fn parse(text: &'t str) -> Result<Self, (&'t str, String)> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut uri = Self::before_fragment(before).map_err(|why| (before, why))?;
        uri.fragment = unescaped(fragment, Part::Other).map_err(|why| (text, why))?;
        Ok(uri)
    }

    fn before_fragment(text: &'t str) -> Result<Self, String> {
        let mut uri = Self::default();
        if text.bytes().any(|byte| byte.is_ascii_control()) {
            return Err("net/url: invalid control character in URL".to_owned());
        }
        if text == "*" {
            (uri.path, uri.raw_path) = (b"*".to_vec(), b"*".to_vec());
            return Ok(uri);
        }
        let (scheme, rest) = scheme(text)?;
        uri.scheme = scheme.to_ascii_lowercase();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        uri.raw_query = query;
        if !rest.starts_with('/') {
            if !scheme.is_empty() {
                return Ok(uri);
            }
            if rest
                .split('/')
                .next()
                .is_some_and(|first| first.contains(':'))
            {
                return Err("first path segment in URL cannot contain colon".to_owned());
            }
        }
        let authority = rest
            .strip_prefix("//")
            .filter(|_| !scheme.is_empty() || !rest.starts_with("///"));
        let path = match authority {
            None => rest,
            Some(after) => {
                let end = after.find('/').unwrap_or(after.len());
                let (authority, path) = after.split_at(end);
                uri.authority(authority)?;
                path
            }
        };
        uri.path = unescaped(path, Part::Other)?;
        // It is kept as written only if that differs from the path's usual form.
        uri.raw_path = if escaped_path(&uri.path) == path {
            uri.path.clone()
        } else {
            path.as_bytes().to_vec()
        };
        Ok(uri)
    }

    fn authority(&mut self, authority: &'t str) -> Result<(), String> {
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        self.host(host)?;
        let Some(user) = user else { return Ok(()) };
        let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
        if !user.chars().all(is_allowed) {
            return Err("net/url: invalid userinfo".to_owned());
        }
        unescaped(user, Part::Other).map(|_| ())
    }

    fn host(&mut self, host: &'t str) -> Result<(), String> {
        let port = |text: &'t str| -> Result<&'t str, String> {
            let digits = text.strip_prefix(':').unwrap_or_default();
            let is_port = text.is_empty()
                || text.starts_with(':') && digits.bytes().all(|byte| byte.is_ascii_digit());
            is_port
                .then_some(digits)
                .ok_or_else(|| format!("invalid port {} after host", json::quoted(text, false)))
        };
        match host.rfind('[') {
            Some(0) => {
                let Some((literal, after)) = host.get(1..).and_then(|host| host.rsplit_once(']'))
                else {
                    return Err("missing ']' in host".to_owned());
                };
                self.port = port(after)?;
                self.hostname = match literal.find("%25") {
                    Some(zone) => {
                        let (address, zone) = literal.split_at(zone);
                        let mut whole = unescaped(address, Part::Host)?;
                        whole.extend(unescaped(zone, Part::Zone)?);
                        whole
                    }
                    None => unescaped(literal, Part::Host)?,
                };
                let address = String::from_utf8_lossy(&self.hostname).into_owned();
                let (bare, zone) = address.split_once('%').unwrap_or((&address, "zone"));
                if bare.parse::<Ipv6Addr>().is_err() || zone.is_empty() {
                    return Err(format!(
                        "invalid host: ParseAddr({}): unable to parse IP",
                        json::quoted(&address, false)
                    ));
                }
            }
            Some(_) => return Err("invalid IP-literal".to_owned()),
            None => {
                let is_web = matches!(&*self.scheme, "http" | "https");
                let colon = if is_web {
                    host.find(':')
                } else {
                    host.rfind(':')
                };
                let (name, after) = host.split_at(colon.unwrap_or(host.len()));
                self.port = port(after)?;
                self.hostname = unescaped(name, Part::Host)?;
            }
        }
        Ok(())
    }
}

/// The scheme before the first colon, and the rest.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let (scheme, rest) = text.split_at(end.unwrap_or(text.len()));
    let Some(rest) = rest.strip_prefix(':') else {
        return Ok(("", text));
    };
    if scheme.is_empty() {
        return Err("missing protocol scheme".to_owned());
    }
    if !scheme.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return Ok(("", text));
    }
    Ok((scheme, rest))
}

fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

fn unescaped(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            if part != Part::Other && byte.is_ascii() && !is_host_byte(byte) {
                let shown = json::quoted(&char::from(byte).to_string(), false);
                return Err(format!("invalid character {shown} in host name"));
            }
            out.push(byte);
            continue;
        }
        let digits = after.get(..2).unwrap_or(after);
        let code = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.len() == 2 && digits.bytes().all(|d| d.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .filter(|code| match part {
                Part::Other => true,
                // In a host, only what isn't ASCII may be escaped, and the percent sign before a zone.
                Part::Host => *code >= 0x80 || *code == b'%',
                Part::Zone => matches!(code, b'%' | b' ') || is_host_byte(*code),
            });
        let Some(code) = code else {
            let shown = json::quoted(&format!("%{}", String::from_utf8_lossy(digits)), false);
            return Err(format!("invalid URL escape {shown}"));
        };
        out.push(code);
        rest = after.get(2..).unwrap_or_default();
    }
    Ok(out)
}

/// A path as Go writes it.
fn escaped_path(path: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for &byte in path {
        if byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte) {
            out.push(byte.into());
        } else {
            // Writing to a string can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

//! The three parts of a token.

use super::failed;
use crate::{Failure, encoding};
use values::{Object, Value, json};

/// A token's parts, in base64.
pub(super) struct Token<'t> {
    header: &'t str,
    payload: &'t str,
    signature: &'t str,
    signed: &'t str,
}

impl<'t> Token<'t> {
    /// Splits a token into its parts.
    ///
    /// # Errors
    ///
    /// If there aren't three.
    pub(super) fn parse(text: &'t str) -> Result<Self, Failure> {
        if !text.contains('.') {
            return Err(failed("encoded JWT had no period separators"));
        }
        let parts: Vec<_> = text.split('.').collect();
        let [header, payload, signature] = parts.as_slice() else {
            let count = parts.len();
            return Err(failed(format!(
                "encoded JWT must have 3 sections, found {count}"
            )));
        };
        Ok(Self {
            header,
            payload,
            signature,
            signed: text.rsplit_once('.').map_or(text, |(signed, _)| signed),
        })
    }

    /// The part that is signed.
    pub(super) fn signed(&self) -> &'t str {
        self.signed
    }

    /// Decodes the fields of the header.
    ///
    /// # Errors
    ///
    /// If it isn't a JSON object in base64, or if the token is encrypted.
    pub(super) fn header(&self) -> Result<Object, Failure> {
        let text = text(self.header)
            .map_err(|why| failed(format!("JWT header had invalid encoding: {why}")))?;
        let header = object(&text).map_err(|failure| match failure {
            Failure::Failed(why) => failed(format!("bad JWT header: {why}")),
            other => other,
        })?;
        if header.field("enc").is_some() {
            return Err(failed("JWT is a JWE object, which is not supported"));
        }
        Ok(header)
    }

    /// Decodes the payload.
    ///
    /// # Errors
    ///
    /// If it isn't in base64.
    pub(super) fn payload(&self) -> Result<String, Failure> {
        text(self.payload).map_err(|why| failed(format!("JWT payload had invalid encoding: {why}")))
    }

    /// Decodes the signature.
    ///
    /// # Errors
    ///
    /// If it isn't in base64.
    pub(super) fn signature(&self) -> Result<Vec<u8>, String> {
        encoding::decode_base64url(self.signature)
    }
}

fn text(part: &str) -> Result<String, String> {
    // If it isn't UTF-8, it isn't JSON either.
    encoding::decode_base64url(part).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Parses a JSON object.
///
/// # Errors
///
/// If it isn't one.
pub(super) fn object(text: &str) -> Result<Object, Failure> {
    match json::parse(text).map_err(|error| failed(format!("invalid JSON: {}", error.message)))? {
        Value::Object(fields) => Ok((*fields).clone()),
        _ => Err(failed("decoded JSON type was not an Object")),
    }
}

/// The known fields of a header.
#[derive(Default)]
pub(super) struct Header {
    /// `alg`.
    pub algorithm: String,
    /// `kid`; `None` if it is empty or missing.
    pub key: Option<String>,
    /// `cty`.
    pub content: String,
    /// Whether it has a critical field that is unknown.
    is_strange: bool,
}

impl Header {
    /// Reads the known fields of a header.
    ///
    /// # Errors
    ///
    /// If one of them has the wrong type.
    pub(super) fn from_object(fields: &Object) -> Result<Self, Failure> {
        let mut header = Self::default();
        let mut critical = Vec::new();
        let mut unknown = Vec::new();
        for (name, value) in fields {
            let name = name.as_str().unwrap_or_default();
            let text = || {
                let text = value.as_str().map(str::to_owned);
                text.ok_or_else(|| failed(format!("{name}: must be a string")))
            };
            match name {
                "alg" => header.algorithm = text()?,
                "kid" => header.key = Some(text()?).filter(|id| !id.is_empty()),
                "typ" => {
                    text()?;
                }
                "cty" => header.content = text()?,
                "crit" => {
                    let Value::Array(items) = value else {
                        return Err(failed("crit: must be a list"));
                    };
                    critical = items.iter().map_while(Value::as_str).collect();
                    if critical.is_empty() {
                        return Err(failed("crit: must be a nonempty list"));
                    }
                }
                other => unknown.push(other),
            }
        }
        header.is_strange = unknown.iter().any(|name| critical.contains(name));
        Ok(header)
    }

    /// Whether it names an algorithm, and has no critical field that is unknown.
    pub(super) fn is_valid(&self) -> bool {
        !self.algorithm.is_empty() && !self.is_strange
    }
}

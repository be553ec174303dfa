//! Constraints that a token must meet.

use super::algorithm::{Algorithm, Family, mac};
use super::failed;
use super::key::{self, Verifier};
use super::token::{Header, Token};
use crate::{Failure, Host};
use values::{Number, Object, Value, Version};

/// The constraints of `io.jwt.decode_verify`.
#[derive(Default)]
pub(super) struct Constraints {
    /// The keys in `cert`.
    pub keys: Option<Vec<Verifier>>,
    secret: Vec<u8>,
    /// `alg`; empty if any algorithm will do.
    pub algorithm: String,
    issuer: String,
    audience: String,
    /// In nanoseconds; `None` for the time of the evaluation.
    time: Option<f64>,
}

impl Constraints {
    /// Reads the constraints from an object.
    ///
    /// # Errors
    ///
    /// If a constraint is unknown or invalid, or if there isn't exactly one of `cert` and `secret`.
    pub(super) fn from_object(fields: &Object, version: Version) -> Result<Self, Failure> {
        let mut constraints = Self::default();
        for (name, value) in fields {
            let name = name.as_str().unwrap_or_default();
            let no_string = || failed(format!("{name} constraint: must be a string"));
            let text = || value.as_str().ok_or_else(no_string);
            match name {
                "cert" => constraints.keys = Some(key::parse(text()?, version)?),
                "secret" => {
                    let secret = value.as_bytes().ok_or_else(no_string)?;
                    secret.clone_into(&mut constraints.secret);
                }
                "alg" => text()?.clone_into(&mut constraints.algorithm),
                "iss" => text()?.clone_into(&mut constraints.issuer),
                "aud" => text()?.clone_into(&mut constraints.audience),
                "time" => {
                    let Value::Number(time) = value else {
                        return Err(failed("token time constraint: must be a number"));
                    };
                    let time = time.as_f64();
                    if time < 0.0 {
                        return Err(failed("token time constraint: must not be negative"));
                    }
                    constraints.time = Some(time);
                }
                other => {
                    return Err(failed(format!(
                        "unknown token validation constraint: {other}"
                    )));
                }
            }
        }
        match (&constraints.keys, constraints.secret.is_empty()) {
            (Some(_), false) => Err(failed("duplicate key constraints")),
            (None, true) => Err(failed("no key constraint")),
            _ => Ok(constraints),
        }
    }

    /// Whether one of the keys, or the secret, has signed the token.
    ///
    /// # Errors
    ///
    /// OPA 0.70 fails if the algorithm is unknown, or isn't for a secret.
    pub(super) fn verify(
        &self,
        header: &Header,
        token: &Token<'_>,
        signature: &[u8],
        version: Version,
    ) -> Result<bool, Failure> {
        let name = &header.algorithm;
        let Some(algorithm) = Algorithm::from_name(name, version) else {
            return match version {
                Version::V0 => Err(failed(format!("unknown JWS algorithm: {name}"))),
                Version::V1 => Ok(false),
            };
        };
        let signed = token.signed().as_bytes();
        let Some(keys) = &self.keys else {
            if algorithm.family == Family::Hmac {
                return Ok(mac(algorithm.hash, &self.secret, signed) == signature);
            }
            return match version {
                Version::V0 => Err(failed("incorrect public key type")),
                Version::V1 => Ok(false),
            };
        };
        let named = header.key.as_ref();
        let named = named.and_then(|id| keys.iter().find(|key| key.id == *id));
        if let Some(key) = named {
            return Ok(key.verifies(algorithm, signed, signature));
        }
        Ok(keys.iter().any(|key| {
            (key.algorithm.is_empty() || key.algorithm == *name)
                && key.verifies(algorithm, signed, signature)
        }))
    }

    /// Whether the issuer, the audience and the time meet the constraints.
    ///
    /// # Errors
    ///
    /// If a claim has the wrong type, or if there is no clock.
    pub(super) fn hold(&self, host: &mut dyn Host, payload: &Object) -> Result<bool, Failure> {
        if !self.issuer.is_empty() {
            match payload.field("iss") {
                Some(Value::String(issuer)) if **issuer == *self.issuer => {}
                None | Some(Value::String(_)) => return Ok(false),
                Some(_) => return Err(failed("iss value must be a string")),
            }
        }
        let is_ours = |value: &Value| value.as_str() == Some(&self.audience);
        match payload.field("aud") {
            None if self.audience.is_empty() => {}
            Some(Value::Array(items)) if items.iter().any(is_ours) => {}
            Some(one) if is_ours(one) => {}
            _ => return Ok(false),
        }
        let mut now = || -> Result<Number, Failure> {
            #[expect(
                clippy::cast_precision_loss,
                reason = "the nearest is what is asked for"
            )]
            let time = match self.time {
                Some(time) => time,
                None => host.now()? as f64,
            };
            Number::from_f64(time / 1e9)
                .ok_or_else(|| failed("token time constraint: unvalid float64"))
        };
        match payload.field("exp") {
            None => {}
            Some(Value::Number(end)) if now()? < *end => {}
            Some(Value::Number(_)) => return Ok(false),
            Some(_) => return Err(failed("exp value must be a number")),
        }
        match payload.field("nbf") {
            None => {}
            Some(Value::Number(start)) if now()? >= *start => {}
            Some(Value::Number(_)) => return Ok(false),
            Some(_) => return Err(failed("nbf value must be a number")),
        }
        Ok(true)
    }
}

//! `io.jwt.*`: decodes, verifies and signs JSON Web Tokens.

mod algorithm;
mod constraints;
mod key;
mod token;

use super::{Builtin, Failure, Host, Outcome, bounded, encoding, operand};
use algorithm::{Algorithm, Family, Hash};
use constraints::Constraints;
pub(super) use key::Pem;
use key::{Signer, Verifier};
use token::Token;
use values::{Value, Version, json};

const VERIFY: &str = "(jwt: string, certificate: string) => result: boolean";
const VERIFY_SECRET: &str = "(jwt: string, secret: string) => result: boolean";

pub(super) const TABLE: &[Builtin] = &[
    bounded(
        "io.jwt.decode",
        "(jwt: string) => output: array<object[any: any], object[any: any], string>",
        decode,
    ),
    bounded(
        "io.jwt.decode_verify",
        "(jwt: string, constraints: object[string: any]) => output: array<boolean, object[any: any], object[any: any]>",
        decode_verify,
    ),
    bounded(
        "io.jwt.encode_sign",
        "(headers: object[string: any], payload: object[string: any], key: object[string: any]) => output: string",
        encode_sign,
    ),
    bounded(
        "io.jwt.encode_sign_raw",
        "(headers: string, payload: string, key: string) => output: string",
        encode_sign_raw,
    ),
    bounded("io.jwt.verify_rs256", VERIFY, |host, args| {
        verify(host, args, Family::Rsa, Hash::Sha256)
    }),
    bounded("io.jwt.verify_rs384", VERIFY, |host, args| {
        verify(host, args, Family::Rsa, Hash::Sha384)
    }),
    bounded("io.jwt.verify_rs512", VERIFY, |host, args| {
        verify(host, args, Family::Rsa, Hash::Sha512)
    }),
    bounded("io.jwt.verify_ps256", VERIFY, |host, args| {
        verify(host, args, Family::RsaPss, Hash::Sha256)
    }),
    bounded("io.jwt.verify_ps384", VERIFY, |host, args| {
        verify(host, args, Family::RsaPss, Hash::Sha384)
    }),
    bounded("io.jwt.verify_ps512", VERIFY, |host, args| {
        verify(host, args, Family::RsaPss, Hash::Sha512)
    }),
    bounded("io.jwt.verify_es256", VERIFY, |host, args| {
        verify(host, args, Family::Ecdsa, Hash::Sha256)
    }),
    bounded("io.jwt.verify_es384", VERIFY, |host, args| {
        verify(host, args, Family::Ecdsa, Hash::Sha384)
    }),
    bounded("io.jwt.verify_es512", VERIFY, |host, args| {
        verify(host, args, Family::Ecdsa, Hash::Sha512)
    }),
    bounded("io.jwt.verify_eddsa", VERIFY, |host, args| {
        verify(host, args, Family::Ed25519, Hash::Sha512)
    }),
    bounded("io.jwt.verify_hs256", VERIFY_SECRET, |host, args| {
        verify_secret(host, args, Hash::Sha256)
    }),
    bounded("io.jwt.verify_hs384", VERIFY_SECRET, |host, args| {
        verify_secret(host, args, Hash::Sha384)
    }),
    bounded("io.jwt.verify_hs512", VERIFY_SECRET, |host, args| {
        verify_secret(host, args, Hash::Sha512)
    }),
];

/// The cost of checking a signature, in values, so that a policy can't do so forever.
const WORK: usize = 5_000;

fn failed(message: impl Into<String>) -> Failure {
    Failure::Failed(message.into())
}

fn decode(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let mut text = operand::string(args, 0)?.to_owned();
    host.charge_text(text.len())?;
    loop {
        let token = Token::parse(&text)?;
        let header = token.header()?;
        let payload = token.payload()?;
        // A token in a token is often in quotes.
        if header.field("cty").and_then(Value::as_str) == Some("JWT") {
            payload.trim_matches(['"', '\'']).clone_into(&mut text);
            continue;
        }
        let payload = token::object(&payload)?;
        let signature = token
            .signature()
            .map_err(|why| failed(format!("JWT signature had invalid encoding: {why}")))?;
        let signature = encoding::hex(&signature);
        return Ok(Some(Value::array([
            header.into(),
            payload.into(),
            signature.into(),
        ])));
    }
}

fn verify_secret(host: &mut dyn Host, args: &[Value], hash: Hash) -> Outcome {
    let text = operand::string(args, 0)?;
    let secret = operand::bytes(args, 1)?;
    host.charge_text(text.len())?;
    let token = Token::parse(text)?;
    let signature = token.signature().map_err(failed)?;
    let is_valid = algorithm::mac(hash, secret, token.signed().as_bytes()) == signature;
    Ok(Some(is_valid.into()))
}

fn verify(host: &mut dyn Host, args: &[Value], family: Family, hash: Hash) -> Outcome {
    let token = Token::parse(operand::string(args, 0)?)?;
    let keys = key::parse(operand::string(args, 1)?, host.version())?;
    let signature = token.signature().map_err(failed)?;
    let header = token::Header::from_object(&token.header()?)?;
    let algorithm = Algorithm { family, hash };
    let named = header.key.as_ref();
    let named = named.and_then(|id| keys.iter().find(|key| key.id == *id));
    let mut holds = |key: &Verifier| -> Result<bool, Failure> {
        host.charge(WORK)?;
        Ok(key.verifies(algorithm, token.signed().as_bytes(), &signature))
    };
    if let Some(key) = named {
        return Ok(Some(holds(key)?.into()));
    }
    for key in &keys {
        let fits = key.algorithm.is_empty() || key.algorithm == header.algorithm;
        if fits && holds(key)? {
            return Ok(Some(true.into()));
        }
    }
    Ok(Some(false.into()))
}

fn unverified() -> Value {
    let nothing = || Value::object::<Value>([]);
    Value::array([false.into(), nothing(), nothing()])
}

fn decode_verify(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let mut text = operand::string(args, 0)?.to_owned();
    let constraints = Constraints::from_object(operand::object(args, 1)?, host.version())?;
    let (header, payload) = loop {
        let token = Token::parse(&text)?;
        let fields = token.header()?;
        let header = token::Header::from_object(&fields)?;
        let is_wanted =
            constraints.algorithm.is_empty() || constraints.algorithm == header.algorithm;
        if !header.is_valid() || !is_wanted {
            return Ok(Some(unverified()));
        }
        let signature = token.signature().map_err(failed)?;
        host.charge(WORK * constraints.keys.as_ref().map_or(1, Vec::len))?;
        if !constraints.verify(&header, &token, &signature, host.version())? {
            return Ok(Some(unverified()));
        }
        let payload = token.payload()?;
        if !header.content.eq_ignore_ascii_case("JWT") {
            break (fields, token::object(&payload)?);
        }
        text = payload;
    };
    if !constraints.hold(host, &payload)? {
        return Ok(Some(unverified()));
    }
    Ok(Some(Value::array([
        true.into(),
        header.into(),
        payload.into(),
    ])))
}

fn encode_sign(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let texts: Vec<_> = (0..3)
        .map(|at| operand::object(args, at).map(|object| json::write(&object.clone().into())))
        .collect::<Result<_, _>>()?;
    match texts.as_slice() {
        [headers, payload, key] => sign(host, headers, payload, key),
        _ => Ok(None),
    }
}

fn encode_sign_raw(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let key = operand::string(args, 2)?;
    let headers = operand::string(args, 0)?;
    sign(host, headers, operand::string(args, 1)?, key)
}

fn sign(host: &mut dyn Host, headers: &str, payload: &str, key: &str) -> Outcome {
    let key = Signer::parse(key, host.version())?;
    let header = header_to_sign(headers, host.version())?;
    let field = |name: &str| header.get(&name.into()).and_then(Value::as_str);
    let name = field("alg").unwrap_or_default();
    let Some(algorithm) = Algorithm::from_name(name, host.version()) else {
        return Err(failed(match host.version() {
            Version::V0 if name.is_empty() => "unsupported signature algorithm".to_owned(),
            Version::V0 => "unknown signature algorithm".to_owned(),
            Version::V1 => format!("unknown JWS algorithm: {name}"),
        }));
    };
    if matches!(field("typ"), None | Some("JWT")) && json::parse(payload).is_err() {
        return Err(failed("type is JWT but payload is not JSON"));
    }
    let encode = |bytes: &[u8]| encoding::encode_base64url_unpadded(bytes);
    let signed = format!(
        "{}.{}",
        encode(headers.as_bytes()),
        encode(payload.as_bytes())
    );
    host.charge(WORK)?;
    let signature = key.sign(algorithm, signed.as_bytes())?;
    operand::text(host, format!("{signed}.{}", encode(&signature)))
}

/// The header to sign, which must name an algorithm.
fn header_to_sign(headers: &str, version: Version) -> Result<Value, Failure> {
    let missing = |why: String| failed(format!("missing or invalid 'alg' header: {why}"));
    let parsed = json::parse(headers);
    if version == Version::V0 {
        let header = parsed.map_err(|error| match error.message.as_str() {
            "EOF" | "unexpected EOF" => failed("unexpected end of JSON input"),
            message => failed(message),
        })?;
        // There, known fields must have the right type.
        if let Value::Object(fields) = &header {
            let is_empty = fields.field("crit") == Some(&Value::array([]));
            if !is_empty {
                token::Header::from_object(fields)?;
            }
        }
        return Ok(header);
    }
    match parsed {
        Ok(header) if header.get(&"alg".into()).is_some() => Ok(header),
        Err(_) if headers.is_empty() => Err(missing(
            "cannot parse JSON: cannot parse empty string".to_owned(),
        )),
        Err(error) if headers.starts_with('{') => {
            Err(missing(format!("cannot parse JSON: {}", error.message)))
        }
        _ => Err(missing("jwsbb: header \"alg\" not found".to_owned())),
    }
}

//! `crypto.x509.parse_rsa_private_key`: private keys in PEM, as JSON Web Keys.

use rsa::BoxedUint;
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader, Tagged};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::jwt::Pem;
use super::{Builtin, Failure, Host, Outcome, bounded, encoding, operand};
use values::Value;

pub(super) const TABLE: &[Builtin] = &[bounded(
    "crypto.x509.parse_rsa_private_key",
    "(pem: string) => output: object[string: any]",
    parse,
)];

fn parse(host: &mut dyn Host, args: &[Value]) -> Outcome {
    let text = operand::string(args, 0)?;
    if text.is_empty() {
        return Err(Failure::Failed("input PEM data was empty".to_owned()));
    }
    host.charge_text(text.len().saturating_mul(2))?;
    let decoded;
    let mut rest = if text.starts_with("-----BEGIN") {
        text
    } else {
        let bytes = encoding::decode_base64(text)?;
        decoded = String::from_utf8_lossy(&bytes).into_owned();
        &decoded
    };
    // The first key counts; other blocks are skipped.
    while let Some(pem) = Pem::first(rest) {
        let found = match &*pem.label {
            "RSA PRIVATE KEY" => rsa_key(&pem.bytes),
            "PRIVATE KEY" => pkcs8(&pem.bytes),
            "EC PRIVATE KEY" => Err(other_kind()),
            _ => {
                let at = rest.len() - pem.rest.len();
                rest = rest.get(at..).unwrap_or_default();
                continue;
            }
        };
        return found.map(Some);
    }
    Ok(Some(Value::Null))
}

fn other_kind() -> Failure {
    Failure::Refused("only RSA private keys can be read here".to_owned())
}

fn malformed() -> Failure {
    Failure::Failed("x509: failed to parse private key".to_owned())
}

/// The key in a PKCS #8 structure, which names its kind.
fn pkcs8(bytes: &[u8]) -> Result<Value, Failure> {
    const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    let inner = SliceReader::new(bytes)
        .and_then(|mut reader| {
            reader.sequence(|reader| {
                UintRef::decode(reader)?;
                let kind = AlgorithmIdentifierRef::decode(reader)?;
                let key = <&OctetStringRef>::decode(reader)?;
                while !reader.is_finished() {
                    reader.tlv_bytes()?;
                }
                Ok::<_, x509_cert::der::Error>((kind.oid, key.as_bytes().to_vec()))
            })
        })
        .map_err(|_| malformed())?;
    match inner {
        (RSA, key) => rsa_key(&key),
        _ => Err(other_kind()),
    }
}

/// The numbers of a key, in their order in the structure.
const NAMES: [&str; 8] = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

fn rsa_key(bytes: &[u8]) -> Result<Value, Failure> {
    let numbers = SliceReader::new(bytes)
        .and_then(|mut reader| {
            reader.sequence(|reader| {
                let version = UintRef::decode(reader)?;
                if version.as_bytes() != [0] {
                    return Err(version.tag().value_error().into());
                }
                let mut numbers = Vec::new();
                for _ in NAMES {
                    numbers.push(UintRef::decode(reader)?.as_bytes().to_vec());
                }
                Ok::<_, x509_cert::der::Error>(numbers)
            })
        })
        .map_err(|_| malformed())?;
    let number = |at: usize| {
        let bytes = numbers.get(at).map(Vec::as_slice).unwrap_or_default();
        BoxedUint::from_be_slice_vartime(bytes)
    };
    let primes = vec![number(3), number(4)];
    rsa::PrivateKey::from_components(number(0), number(1), number(2), primes)
        .map_err(|error| Failure::Failed(format!("crypto/rsa: {error}")))?;
    let fields = NAMES.into_iter().zip(&numbers);
    let fields =
        fields.map(|(name, bytes)| (name, encoding::encode_base64url_unpadded(bytes).into()));
    let kind = std::iter::once(("kty", Value::from("RSA")));
    Ok(Value::object(fields.chain(kind)))
}

//! Keys: certificates and public keys in PEM, and JSON Web Keys.

use ed25519_dalek::{Signer as _, Verifier as _};
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use rsa::{BoxedUint, Pkcs1v15Sign, Pss};
use sha2::{Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::algorithm::{Algorithm, Family, Hash, mac};
use super::failed;
use crate::{Failure, encoding};
use values::{Object, Value, Version, json};

/// A key that verifies signatures.
pub(super) struct Verifier {
    /// `kid`; empty if it has none.
    pub id: String,
    /// `alg`; empty if it is for any algorithm.
    pub algorithm: String,
    key: Public,
}

enum Public {
    Rsa(rsa::PublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
    P521(p521::ecdsa::VerifyingKey),
    Ed25519(ed25519_dalek::VerifyingKey),
    /// A shared secret.
    Secret(Vec<u8>),
    /// A key that verifies nothing, because it is private or of an unknown kind.
    Other,
}

impl Verifier {
    fn nameless(key: Public) -> Vec<Self> {
        vec![Self {
            id: String::new(),
            algorithm: String::new(),
            key,
        }]
    }

    /// Whether the key has made this signature.
    pub(super) fn verifies(&self, algorithm: Algorithm, signed: &[u8], signature: &[u8]) -> bool {
        let digest = algorithm.hash.digest(signed);
        match (&self.key, algorithm.family) {
            (Public::Rsa(key), Family::Rsa) => match algorithm.hash {
                Hash::Sha256 => key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, signature),
                Hash::Sha384 => key.verify(Pkcs1v15Sign::new::<Sha384>(), &digest, signature),
                Hash::Sha512 => key.verify(Pkcs1v15Sign::new::<Sha512>(), &digest, signature),
            }
            .is_ok(),
            (Public::Rsa(key), Family::RsaPss) => {
                /// Accepts a salt of any length.
                fn any<D: sha2::Digest>() -> Pss<D> {
                    Pss {
                        salt_len: None,
                        ..Pss::new()
                    }
                }
                match algorithm.hash {
                    Hash::Sha256 => key.verify(any::<Sha256>(), &digest, signature),
                    Hash::Sha384 => key.verify(any::<Sha384>(), &digest, signature),
                    Hash::Sha512 => key.verify(any::<Sha512>(), &digest, signature),
                }
                .is_ok()
            }
            (Public::P256(key), Family::Ecdsa) => p256::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_prehash(&digest, &signature).is_ok()),
            (Public::P384(key), Family::Ecdsa) => p384::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_prehash(&digest, &signature).is_ok()),
            (Public::P521(key), Family::Ecdsa) => p521::ecdsa::Signature::from_slice(signature)
                .is_ok_and(|signature| key.verify_prehash(&digest, &signature).is_ok()),
            (Public::Ed25519(key), Family::Ed25519) => {
                ed25519_dalek::Signature::from_slice(signature)
                    .is_ok_and(|signature| key.verify(signed, &signature).is_ok())
            }
            (Public::Secret(secret), Family::Hmac) => {
                mac(algorithm.hash, secret, signed) == signature
            }
            _ => false,
        }
    }
}

/// Reads keys: a certificate or public key in PEM, or JSON Web Keys.
///
/// # Errors
///
/// If there are none.
pub(super) fn parse(text: &str, version: Version) -> Result<Vec<Verifier>, Failure> {
    if let Some(pem) = Pem::first(text) {
        if !pem.rest.is_empty() {
            return Err(failed("extra data after a PEM certificate block"));
        }
        let why = |what: &str, why: &str| failed(format!("failed to parse a PEM {what}: {why}"));
        let info = match &*pem.label {
            "CERTIFICATE" => Certificate::from_der(&pem.bytes)
                .map_err(|_| why("certificate", "x509: malformed certificate"))?
                .tbs_certificate()
                .subject_public_key_info()
                .clone(),
            "PUBLIC KEY" => SubjectPublicKeyInfoOwned::from_der(&pem.bytes)
                .map_err(|_| why("public key", "asn1: structure error"))?,
            _ => {
                return Err(failed("failed to extract a Key from the PEM certificate"));
            }
        };
        return Ok(Verifier::nameless(
            public(&info).ok_or_else(|| why("public key", "x509: malformed public key"))?,
        ));
    }
    let wrong = |why| failed(format!("failed to parse a JWK key (set): {why}"));
    let described = jwks(text).map_err(wrong)?;
    if described.is_empty() && version == Version::V0 {
        return Err(wrong("there is no key".to_owned()));
    }
    let mut keys = Vec::new();
    for fields in described {
        let text = |name: &str| {
            fields
                .field(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let algorithm = text("alg");
        // The newest OPA skips keys that it doesn't know.
        if version == Version::V1
            && !algorithm.is_empty()
            && Algorithm::from_name(algorithm, version).is_none()
        {
            continue;
        }
        keys.push(Verifier {
            id: text("kid").to_owned(),
            algorithm: algorithm.to_owned(),
            key: public_of_jwk(&fields, version)?,
        });
    }
    Ok(keys)
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The public key in a certificate or a key structure.
fn public(info: &SubjectPublicKeyInfoOwned) -> Option<Public> {
    let bytes = info.subject_public_key.as_bytes()?;
    match info.algorithm.oid {
        RSA => {
            let mut reader = SliceReader::new(bytes).ok()?;
            let (n, e) = reader
                .sequence(|reader| {
                    let n = UintRef::decode(reader)?;
                    let e = UintRef::decode(reader)?;
                    Ok::<_, x509_cert::der::Error>((n.as_bytes().to_vec(), e.as_bytes().to_vec()))
                })
                .ok()?;
            Some(rsa_public(&n, &e))
        }
        EC => {
            let curve = info.algorithm.parameters.as_ref()?;
            match curve.decode_as::<ObjectIdentifier>().ok()? {
                P256 => p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                    .ok()
                    .map(Public::P256),
                P384 => p384::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                    .ok()
                    .map(Public::P384),
                P521 => p521::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                    .ok()
                    .map(Public::P521),
                _ => Some(Public::Other),
            }
        }
        ED25519 => {
            let bytes = bytes.try_into().ok()?;
            ed25519_dalek::VerifyingKey::from_bytes(bytes)
                .ok()
                .map(Public::Ed25519)
        }
        _ => Some(Public::Other),
    }
}

/// Go also accepts no signature of a key with less than 1024 bits.
fn rsa_public(n: &[u8], e: &[u8]) -> Public {
    let number = BoxedUint::from_be_slice_vartime;
    rsa::PublicKey::new(number(n), number(e)).map_or(Public::Other, Public::Rsa)
}

/// The keys in JSON: one, or a set.
fn jwks(text: &str) -> Result<Vec<Object>, String> {
    let parsed = json::parse(text).map_err(|error| error.message)?;
    let Value::Object(fields) = parsed else {
        return Err("it isn't a JSON object".to_owned());
    };
    match fields.field("keys") {
        None => Ok(vec![(*fields).clone()]),
        Some(Value::Array(keys)) => keys
            .iter()
            .map(|key| match key {
                Value::Object(fields) => Ok((**fields).clone()),
                _ => Err("a key isn't a JSON object".to_owned()),
            })
            .collect(),
        Some(_) => Err("`keys` isn't an array".to_owned()),
    }
}

/// The bytes in a field, which are in base64.
fn bytes(fields: &Object, name: &str) -> Result<Vec<u8>, Failure> {
    let text = fields.field(name).and_then(Value::as_str);
    text.and_then(|text| encoding::decode_base64url(text).ok())
        .filter(|bytes| !bytes.is_empty())
        .ok_or_else(|| {
            failed(format!(
                "failed to parse a JWK key (set): `{name}` is missing or not in base64"
            ))
        })
}

fn text<'v>(fields: &'v Object, name: &str) -> &'v str {
    fields
        .field(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn unknown_kind(kind: &str) -> Failure {
    failed(format!(
        "failed to parse a JWK key (set): unrecognized key type {kind}"
    ))
}

/// The bytes with zeros before them, up to the size of a curve.
fn padded(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut padded = vec![0; size.saturating_sub(bytes.len())];
    padded.extend(bytes);
    padded
}

fn public_of_jwk(fields: &Object, version: Version) -> Result<Public, Failure> {
    let is_private = fields.field("d").is_some();
    let invalid = || failed("failed to parse a JWK key (set): invalid key");
    let key = match (text(fields, "kty"), text(fields, "crv")) {
        ("RSA", _) => rsa_public(&bytes(fields, "n")?, &bytes(fields, "e")?),
        ("EC", curve @ ("P-256" | "P-384" | "P-521")) => {
            let size = match curve {
                "P-256" => 32,
                "P-384" => 48,
                _ => 66,
            };
            let mut point = vec![4];
            point.extend(padded(&bytes(fields, "x")?, size));
            point.extend(padded(&bytes(fields, "y")?, size));
            match size {
                32 => p256::ecdsa::VerifyingKey::from_sec1_bytes(&point)
                    .map(Public::P256)
                    .map_err(|_| invalid())?,
                48 => p384::ecdsa::VerifyingKey::from_sec1_bytes(&point)
                    .map(Public::P384)
                    .map_err(|_| invalid())?,
                _ => p521::ecdsa::VerifyingKey::from_sec1_bytes(&point)
                    .map(Public::P521)
                    .map_err(|_| invalid())?,
            }
        }
        ("OKP", "Ed25519") if version == Version::V1 => {
            let bytes = bytes(fields, "x")?;
            let bytes = bytes.as_slice().try_into().map_err(|_| invalid())?;
            ed25519_dalek::VerifyingKey::from_bytes(bytes)
                .map(Public::Ed25519)
                .map_err(|_| invalid())?
        }
        ("oct", _) => Public::Secret(bytes(fields, "k")?),
        (kind, _) => return Err(unknown_kind(kind)),
    };
    Ok(if is_private { Public::Other } else { key })
}

/// A key that makes signatures.
pub(super) enum Signer {
    Secret(Vec<u8>),
    Rsa(Box<rsa::PrivateKey>),
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    P521(p521::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
    /// A public key, which can't.
    Public,
}

impl Signer {
    /// Reads the first key in JSON.
    ///
    /// # Errors
    ///
    /// If there is none.
    pub(super) fn parse(text: &str, version: Version) -> Result<Self, Failure> {
        let keys =
            jwks(text).map_err(|why| failed(format!("failed to unmarshal JWK set: {why}")))?;
        let fields = keys
            .first()
            .ok_or_else(|| failed("no keys found in JWK set"))?;
        if let Public::Secret(secret) = public_of_jwk(fields, version)? {
            return Ok(Self::Secret(secret));
        }
        if fields.field("d").is_none() {
            return Ok(Self::Public);
        }
        let private = bytes(fields, "d")?;
        let invalid = || failed("invalid private key");
        Ok(
            match (self::text(fields, "kty"), self::text(fields, "crv")) {
                ("RSA", _) => {
                    let number = |name| {
                        bytes(fields, name).map(|bytes| BoxedUint::from_be_slice_vartime(&bytes))
                    };
                    let primes = vec![number("p")?, number("q")?];
                    let key = rsa::PrivateKey::from_components(
                        number("n")?,
                        number("e")?,
                        number("d")?,
                        primes,
                    );
                    Self::Rsa(Box::new(key.map_err(|_| invalid())?))
                }
                ("EC", "P-256") => p256::ecdsa::SigningKey::from_slice(&padded(&private, 32))
                    .map(Self::P256)
                    .map_err(|_| invalid())?,
                ("EC", "P-384") => p384::ecdsa::SigningKey::from_slice(&padded(&private, 48))
                    .map(Self::P384)
                    .map_err(|_| invalid())?,
                ("EC", "P-521") => p521::ecdsa::SigningKey::from_slice(&padded(&private, 66))
                    .map(Self::P521)
                    .map_err(|_| invalid())?,
                _ => {
                    let bytes = private.as_slice().try_into().map_err(|_| invalid())?;
                    Self::Ed25519(ed25519_dalek::SigningKey::from_bytes(bytes))
                }
            },
        )
    }

    /// Signs bytes.
    ///
    /// # Errors
    ///
    /// If the key isn't for this algorithm.
    pub(super) fn sign(&self, algorithm: Algorithm, signed: &[u8]) -> Result<Vec<u8>, Failure> {
        let invalid = || failed("the key can't sign by this algorithm");
        let digest = algorithm.hash.digest(signed);
        match (self, algorithm.family) {
            (Self::Secret(secret), Family::Hmac) => Ok(mac(algorithm.hash, secret, signed)),
            (Self::Rsa(key), Family::Rsa) => match algorithm.hash {
                Hash::Sha256 => key.sign(Pkcs1v15Sign::new::<Sha256>(), &digest),
                Hash::Sha384 => key.sign(Pkcs1v15Sign::new::<Sha384>(), &digest),
                Hash::Sha512 => key.sign(Pkcs1v15Sign::new::<Sha512>(), &digest),
            }
            .map_err(|_| invalid()),
            (Self::Rsa(key), Family::RsaPss) => {
                /// The salt is as long as the hash, or as the key has room for.
                fn salted<D: sha2::Digest>(room: usize) -> Pss<D> {
                    let length = <D as sha2::Digest>::output_size();
                    Pss {
                        salt_len: Some(length.min(room.saturating_sub(length + 2))),
                        ..Pss::new()
                    }
                }
                let mut salt = Salt::new(key, algorithm.hash, &digest);
                let size = rsa::traits::PublicKeyParts::size(&**key);
                match algorithm.hash {
                    Hash::Sha256 => key.sign_with_rng(&mut salt, salted::<Sha256>(size), &digest),
                    Hash::Sha384 => key.sign_with_rng(&mut salt, salted::<Sha384>(size), &digest),
                    Hash::Sha512 => key.sign_with_rng(&mut salt, salted::<Sha512>(size), &digest),
                }
                .map_err(|_| invalid())
            }
            (Self::P256(key), Family::Ecdsa) => {
                let signature: Result<p256::ecdsa::Signature, _> = key.sign_prehash(&digest);
                signature
                    .map(|signature| signature.to_bytes().to_vec())
                    .map_err(|_| invalid())
            }
            (Self::P384(key), Family::Ecdsa) => {
                let signature: Result<p384::ecdsa::Signature, _> = key.sign_prehash(&digest);
                signature
                    .map(|signature| signature.to_bytes().to_vec())
                    .map_err(|_| invalid())
            }
            (Self::P521(key), Family::Ecdsa) => {
                let signature: Result<p521::ecdsa::Signature, _> = key.sign_prehash(&digest);
                signature
                    .map(|signature| signature.to_bytes().to_vec())
                    .map_err(|_| invalid())
            }
            (Self::Ed25519(key), Family::Ed25519) => Ok(key.sign(signed).to_bytes().to_vec()),
            _ => Err(invalid()),
        }
    }
}

/// The salt of a signature. There are no random numbers here. It is derived from the key and the signed bytes, so
/// that nobody else can predict it, and the same call has the same value.
struct Salt {
    secret: Vec<u8>,
    hash: Hash,
    state: Vec<u8>,
}

impl Salt {
    fn new(key: &rsa::PrivateKey, hash: Hash, digest: &[u8]) -> Self {
        use rsa::traits::PrivateKeyParts as _;
        let secret = key.d().to_be_bytes().to_vec();
        let state = mac(hash, &secret, digest);
        Self {
            secret,
            hash,
            state,
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(self.state.len().max(1)) {
            for (byte, salt) in chunk.iter_mut().zip(&self.state) {
                *byte = *salt;
            }
            self.state = mac(self.hash, &self.secret, &self.state);
        }
    }
}

impl rsa::rand_core::TryRng for Salt {
    type Error = std::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        self.fill(bytes);
        Ok(())
    }
}

impl rsa::rand_core::TryCryptoRng for Salt {}

/// A block of PEM.
pub(crate) struct Pem {
    /// The label, such as `CERTIFICATE`.
    pub label: String,
    /// Its contents, in DER.
    pub bytes: Vec<u8>,
    /// The text after it.
    pub rest: String,
}

impl Pem {
    /// The first block in a text.
    pub(crate) fn first(text: &str) -> Option<Self> {
        let (before, opened) = text.split_once("-----BEGIN ")?;
        (before.is_empty() || before.ends_with('\n')).then_some(())?;
        let (label, body) = opened.split_once("-----")?;
        let (body, rest) = body.split_once(&format!("-----END {label}-----"))?;
        let body: String = body.split_whitespace().collect();
        Some(Self {
            label: label.to_owned(),
            bytes: encoding::decode_base64(&body).ok()?,
            rest: rest.trim_start_matches([' ', '\t', '\r', '\n']).to_owned(),
        })
    }
}

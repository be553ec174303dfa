//! The algorithms for signing tokens.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha384, Sha512};

use values::Version;

/// An algorithm, such as `RS256`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub family: Family,
    pub hash: Hash,
}

/// The kind of signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Hmac,
    /// `RSASSA-PKCS1-v1_5`.
    Rsa,
    RsaPss,
    Ecdsa,
    Ed25519,
}

/// The hash function of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Algorithm {
    /// The algorithm with this name. OPA 0.70 doesn't have `EdDSA`.
    pub(super) fn from_name(name: &str, version: Version) -> Option<Self> {
        if name == "EdDSA" && version == Version::V1 {
            return Some(Self {
                family: Family::Ed25519,
                hash: Hash::Sha512,
            });
        }
        let (family, size) = name.split_at_checked(2)?;
        let family = match family {
            "HS" => Family::Hmac,
            "RS" => Family::Rsa,
            "PS" => Family::RsaPss,
            "ES" => Family::Ecdsa,
            _ => return None,
        };
        let hash = match size {
            "256" => Hash::Sha256,
            "384" => Hash::Sha384,
            "512" => Hash::Sha512,
            _ => return None,
        };
        Some(Self { family, hash })
    }
}

impl Hash {
    /// The hash of these bytes.
    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sha384 => Sha384::digest(bytes).to_vec(),
            Self::Sha512 => Sha512::digest(bytes).to_vec(),
        }
    }
}

/// The message authentication code of these bytes.
pub(super) fn mac(hash: Hash, secret: &[u8], bytes: &[u8]) -> Vec<u8> {
    fn with<M: Mac + KeyInit>(secret: &[u8], bytes: &[u8]) -> Vec<u8> {
        // Secrets may have any length.
        <M as KeyInit>::new_from_slice(secret)
            .map(|mac| mac.chain_update(bytes).finalize().into_bytes().to_vec())
            .unwrap_or_default()
    }
    match hash {
        Hash::Sha256 => with::<Hmac<Sha256>>(secret, bytes),
        Hash::Sha384 => with::<Hmac<Sha384>>(secret, bytes),
        Hash::Sha512 => with::<Hmac<Sha512>>(secret, bytes),
    }
}

//! `crypto.*`: hashes and message authentication codes.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::encoding::hex;
use super::{Builtin, Call, Failure, Outcome, operand};
use values::{Value, budget};

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "crypto.hmac.equal",
        signature: "(mac1: string, mac2: string) => result: boolean",
        call: Call::Pure(equal),
    },
    Builtin {
        name: "crypto.hmac.md5",
        signature: "(x: string, key: string) => y: string",
        call: Call::Pure(keyed::<Hmac<Md5>>),
    },
    Builtin {
        name: "crypto.hmac.sha1",
        signature: "(x: string, key: string) => y: string",
        call: Call::Pure(keyed::<Hmac<Sha1>>),
    },
    Builtin {
        name: "crypto.hmac.sha256",
        signature: "(x: string, key: string) => y: string",
        call: Call::Pure(keyed::<Hmac<Sha256>>),
    },
    Builtin {
        name: "crypto.hmac.sha512",
        signature: "(x: string, key: string) => y: string",
        call: Call::Pure(keyed::<Hmac<Sha512>>),
    },
    Builtin {
        name: "crypto.md5",
        signature: "(x: string) => y: string",
        call: Call::Pure(digest::<Md5>),
    },
    Builtin {
        name: "crypto.sha1",
        signature: "(x: string) => y: string",
        call: Call::Pure(digest::<Sha1>),
    },
    Builtin {
        name: "crypto.sha256",
        signature: "(x: string) => y: string",
        call: Call::Pure(digest::<Sha256>),
    },
];

fn digest<D: Digest>(operands: &[Value]) -> Outcome {
    let bytes = operand::bytes(operands, 0)?;
    budget::step((bytes.len() / 8) as u64);
    Ok(Some(hex(&D::digest(bytes)).into()))
}

fn keyed<M: Mac + KeyInit>(operands: &[Value]) -> Outcome {
    let bytes = operand::bytes(operands, 0)?;
    budget::step((bytes.len() / 8) as u64);
    let key = operand::bytes(operands, 1)?;
    let mut mac =
        <M as KeyInit>::new_from_slice(key).map_err(|error| Failure::Failed(error.to_string()))?;
    mac.update(bytes);
    Ok(Some(hex(&mac.finalize().into_bytes()).into()))
}

fn equal(operands: &[Value]) -> Outcome {
    let equal = operand::bytes(operands, 0)? == operand::bytes(operands, 1)?;
    Ok(Some(equal.into()))
}

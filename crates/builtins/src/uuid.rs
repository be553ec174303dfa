//! `uuid.*`: the information in a UUID.

use super::{Builtin, Call, Outcome, operand};
use values::{Object, Value};

pub(super) const TABLE: &[Builtin] = &[
    Builtin {
        name: "uuid.parse",
        signature: "(uuid: string) => result: object[string: any]",
        call: Call::Pure(parse),
    },
    Builtin {
        name: "uuid.rfc4122",
        signature: "(k: string) => output: string",
        call: Call::Hosted(|host, operands| host.ask("uuid.rfc4122", operands)),
    },
];

/// The time from 1582, when UUIDs begin to count, to 1970, in units of 100 ns.
const EPOCH: i64 = 0x01b2_1dd2_1381_4000;

fn parse(operands: &[Value]) -> Outcome {
    let text = operand::string(operands, 0)?;
    // For something that isn't a UUID, the call is undefined.
    Ok(read(text).map(describe))
}

/// Parses the four forms that Go's library accepts.
fn read(text: &str) -> Option<[u8; 16]> {
    let text = match text.len() {
        45 if text.get(..9)?.eq_ignore_ascii_case("urn:uuid:") => text.get(9..)?,
        // It has any character at each end.
        38 => text.get(1..37)?,
        32 | 36 => text,
        _ => return None,
    };
    if text.len() == 36 {
        let is_hyphen = |at| text.as_bytes().get(at) == Some(&b'-');
        if ![8, 13, 18, 23].into_iter().all(is_hyphen) {
            return None;
        }
    }
    let digits: Option<Vec<u8>> = text
        .bytes()
        .enumerate()
        .filter(|(at, _)| text.len() == 32 || ![8, 13, 18, 23].contains(at))
        .map(|(_, byte)| Some(u8::try_from(char::from(byte).to_digit(16)?).unwrap_or(0)))
        .collect();
    let bytes: Vec<u8> = digits?
        .chunks_exact(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect();
    bytes.try_into().ok()
}

fn describe(uuid: [u8; 16]) -> Value {
    let [t0, t1, t2, t3, t4, t5, version, t7, variant, low, node @ ..] = uuid;
    let mut fields = Object::default();
    let mut put = |name: &str, value: Value| fields.insert(name.into(), value);
    put("version", i64::from(version >> 4).into());
    put(
        "variant",
        match variant {
            b if b & 0xc0 == 0x80 => "RFC4122",
            b if b & 0xe0 == 0xc0 => "Microsoft",
            b if b & 0xe0 == 0xe0 => "Future",
            _ => "Reserved",
        }
        .into(),
    );
    if let kind @ (1 | 2) = version >> 4 {
        let time = i64::from_be_bytes([version & 0x0f, t7, t4, t5, t0, t1, t2, t3]);
        put("time", (time - EPOCH).wrapping_mul(100).into());
        let sequence = u16::from_be_bytes([variant, low]) & 0x3fff;
        put("clocksequence", i64::from(sequence).into());
        let [first, ..] = node;
        put(
            "macvariables",
            match first & 0b11 {
                0b11 => "local:multicast",
                0b01 => "global:multicast",
                0b10 => "local:unicast",
                _ => "global:unicast",
            }
            .into(),
        );
        put(
            "nodeid",
            node.map(|byte| format!("{byte:02x}")).join("-").into(),
        );
        if kind == 2 {
            put("id", i64::from(u32::from_be_bytes([t0, t1, t2, t3])).into());
            put(
                "domain",
                match low {
                    0 => "Person".into(),
                    1 => "Group".into(),
                    2 => "Org".into(),
                    other => format!("Domain{other}").into(),
                },
            );
        }
    }
    fields.into()
}

//! A call whose value is remembered.

use crate::value::Value;

/// A function with its arguments, or a place with the key of what is asked of it.
///
/// Calls are ordered by a fingerprint first, so that few of them are compared whole: arguments are often large, and alike.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FunctionCall {
    fingerprint: u64,
    node: usize,
    pub(super) args: Vec<Value>,
}

impl FunctionCall {
    pub(super) fn new(node: usize, args: Vec<Value>) -> Self {
        let fingerprint = mixed(node as u64, fingerprint_of(&args, LEVELS));
        Self {
            fingerprint,
            node,
            args,
        }
    }
}

/// How deep a fingerprint looks into arguments. Deeper ones tell more of them apart, and take as long as that saves.
const LEVELS: u32 = 1;

/// How many of a collection's values it looks at.
const VALUES: usize = 4;

fn mixed(a: u64, b: u64) -> u64 {
    (a.rotate_left(5) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn fingerprint_of<'v>(values: impl IntoIterator<Item = &'v Value>, levels: u32) -> u64 {
    let fingerprints = values.into_iter().take(VALUES);
    fingerprints.fold(0, |all, value| mixed(all, fingerprint(value, levels)))
}

/// The same for values that are equal.
fn fingerprint(value: &Value, levels: u32) -> u64 {
    match value {
        Value::Null => 1,
        Value::Bool(value) => 2 + u64::from(*value),
        // There are many ways of writing one.
        Value::Number(_) => 4,
        Value::String(text) => {
            let bytes = text.as_bytes();
            let ends = match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(start), Some(end)) => {
                    mixed(u64::from_le_bytes(*start), u64::from_le_bytes(*end))
                }
                _ => bytes
                    .iter()
                    .fold(0, |ends, byte| ends << 8 | u64::from(*byte)),
            };
            mixed(bytes.len() as u64, ends)
        }
        _ if levels == 0 => 5,
        Value::Array(items) => mixed(items.len() as u64, fingerprint_of(items, levels - 1)),
        Value::Set(set) => mixed(set.len() as u64, fingerprint_of(set.iter(), levels - 1)),
        Value::Object(object) => mixed(
            object.len() as u64,
            fingerprint_of(object.values(), levels - 1),
        ),
    }
}

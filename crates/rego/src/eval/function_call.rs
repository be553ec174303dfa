//! Keys of the cache of function calls.

use values::Value;
use values::fingerprint::{self, mixed};

/// A function with its arguments, or the node of a partial rule with the key that is looked up in it.
///
/// It is ordered by a fingerprint first, because arguments are often large and alike: few pairs have to be compared
/// in full.
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

/// How many levels of nested collections the fingerprint includes. More would distinguish more calls, but cost as
/// much as it saves.
const LEVELS: u32 = 1;

/// How many values of each collection the fingerprint includes.
const VALUES: usize = 4;

fn fingerprint_of<'v>(values: impl IntoIterator<Item = &'v Value>, levels: u32) -> u64 {
    let fingerprints = values.into_iter().take(VALUES);
    fingerprints.fold(0, |all, value| {
        mixed(all.rotate_left(5), fingerprint(value, levels))
    })
}

/// A hash that is the same for equal values.
fn fingerprint(value: &Value, levels: u32) -> u64 {
    match value {
        Value::Null => 1,
        Value::Bool(value) => 2 + u64::from(*value),
        // Equal numbers can be written differently; `+ 0.0` turns `-0` into `0`.
        Value::Number(number) => mixed(4, (number.as_f64() + 0.0).to_bits()),
        Value::String(text) => mixed(text.len() as u64, fingerprint::of(text)),
        Value::Bytes(bytes) => mixed(bytes.bytes().len() as u64, fingerprint::of(bytes.text())),
        _ if levels == 0 => 5,
        Value::Array(items) => mixed(items.len() as u64, fingerprint_of(items, levels - 1)),
        Value::Set(set) => mixed(set.len() as u64, fingerprint_of(set.iter(), levels - 1)),
        Value::Object(object) => mixed(
            object.len() as u64,
            fingerprint_of(object.values(), levels - 1),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::FunctionCall;
    use values::json;

    fn call(node: usize, args: &[&str]) -> FunctionCall {
        let args = args.iter().map(|arg| json::parse(arg).expect("JSON"));
        FunctionCall::new(node, args.collect())
    }

    #[test]
    fn calls_with_equal_arguments_are_one_however_these_are_written() {
        for (one, other) in [
            ("1", "1.0"),
            ("0", "-0"),
            ("0", "-0.0"),
            ("1e400", "10e399"),
            ("12345678901234567890", "1234567890123456789e1"),
            (
                r#"{"a": 1, "b": [2, "c"]}"#,
                r#"{"b": [2.0, "c"], "a": 1e0}"#,
            ),
            (r#""caf\u00e9 or longer""#, "\"café or longer\""),
            ("[[[[1]]]]", "[[[[1.00]]]]"),
        ] {
            assert_eq!(call(7, &["null", one]), call(7, &["null", other]));
        }
    }

    #[test]
    fn other_functions_and_arguments_are_other_calls() {
        for (node, args) in [
            (8, ["1", "[[[2]]]"]),
            (7, ["2", "[[[2]]]"]),
            (7, ["1", "[[[3]]]"]),
        ] {
            assert_ne!(call(node, &args), call(7, &["1", "[[[2]]]"]));
        }
    }
}

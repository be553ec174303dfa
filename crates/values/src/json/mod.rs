//! Reads and writes JSON exactly as Go's `encoding/json` does, which no crate does: it writes `"<"` as `"\u003c"`.

mod read;
mod write;

pub use read::{JsonError, Keys, parse, parse_document, parse_used};
pub use write::{
    is_printable, quote, quoted, weight, write, write_bare, write_indented, write_into,
    write_lines, write_list, write_pretty,
};

#[cfg(test)]
mod tests {
    use super::read::{DEPTH, plain};
    use super::*;
    use crate::value::Value;

    fn shown(text: &str) -> String {
        parse(text).map_or_else(|error| error.message, |value| value.to_string())
    }

    /// What `sprintf("%v", [x])` returns in OPA 1.22.2.
    #[test]
    fn values_in_rego_notation() {
        assert_eq!(
            shown(r#"{"b":[1.0,null],"a":"x\n\u007f"}"#),
            r#"{"a": "x\n\x7f", "b": [1.0, null]}"#
        );
        assert_eq!(Value::set([]).to_string(), "set()");
        assert_eq!(Value::set([2i64.into(), 1i64.into()]).to_string(), "{1, 2}");
    }

    /// What `json.marshal` returns in OPA 1.22.2.
    #[test]
    fn escapes_as_go_does() {
        assert_eq!(
            write(&Value::from("<a&b>\u{2028}")),
            r#""\u003ca\u0026b\u003e\u2028""#
        );
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(shown(&"[".repeat(100_000)), "exceeded max depth");
    }

    fn round(text: &str) -> String {
        parse(text).map_or_else(
            |error| format!("{}:{}: {}", error.line, error.column, error.message),
            |value| write(&value),
        )
    }

    /// What `json.unmarshal` and `json.marshal` of OPA 0.70 return for the same strings.
    #[test]
    fn reads_and_writes_what_opa_does() {
        assert_eq!(
            round(r#" {"b": 1.50, "a": [1e3, -0, null]} "#),
            r#"{"a":[1e3,-0,null],"b":1.50}"#
        );
        assert_eq!(round(r#"{"a": 1, "a": 2}"#), r#"{"a":2}"#);
        assert_eq!(
            round(r#""<\u003e&\u2028\b\f\u0001\u007f\/""#),
            "\"\\u003c\\u003e\\u0026\\u2028\\b\\f\\u0001\u{7f}/\""
        );
        assert_eq!(
            round(r#""\ud83d\ude00 \ud83d\u0041 \ude00""#),
            "\"😀 \u{fffd}A \u{fffd}\""
        );
    }

    /// Go's messages.
    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(round(""), "1:1: EOF");
        assert_eq!(
            round("[1,\n  é]"),
            "2:3: invalid character 'Ã' looking for beginning of value"
        );
        assert_eq!(
            round("{\"a\" 1}"),
            "1:6: invalid character '1' after object key"
        );
        assert_eq!(
            round("{\"ä\": 1 2}"),
            "1:9: invalid character '2' after object key:value pair"
        );
        assert_eq!(
            round("[01]"),
            "1:3: invalid character '1' after array element"
        );
        assert_eq!(
            round("[1.]"),
            "1:4: invalid character ']' after decimal point in numeric literal"
        );
        assert_eq!(
            round("nul "),
            "1:4: invalid character ' ' in literal null (expecting 'l')"
        );
        assert_eq!(
            round("\"a\nb\""),
            "1:3: invalid character '\\n' in string literal"
        );
        assert_eq!(
            round("\"\\x\""),
            "1:3: invalid character 'x' in string escape code"
        );
        assert_eq!(round("[1"), "1:3: unexpected EOF");
        assert_eq!(
            round("1 \"x\""),
            "1:3: error: invalid character 'x' after top-level value"
        );
        assert_eq!(round("1e999999"), "1:1: invalid number: number too big");
    }

    #[test]
    fn finds_where_a_text_ends_wherever_that_is() {
        for before in 0..20 {
            for ending in ["\"", "\\", "\0", "\u{1f}"] {
                let text = "é!~\u{7f}x ".repeat(4);
                let before = text.char_indices().nth(before).map_or(0, |(at, _)| at);
                let text = format!("{}{ending}{text}", &text[..before]);
                assert_eq!(plain(&text), before, "{text:?}");
            }
        }
        assert_eq!(plain("[][][][][]"), 10);
    }

    #[test]
    fn stops_before_the_stack_ends() {
        let deep = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(&deep(DEPTH)).is_ok());
        let error = parse(&deep(1_000_000)).unwrap_err();
        assert_eq!(
            (error.message.as_str(), error.column),
            ("exceeded max depth", DEPTH + 1)
        );
    }

    /// OPA writes such keys as JSON in a string. If two look the same, it writes the later one.
    #[test]
    fn writes_keys_that_are_no_texts() {
        let one = || Value::from(1i64);
        let object = Value::object([
            (Value::array([one(), "<".into()]), one()),
            (Value::set([true.into()]), one()),
            ("1".into(), "text".into()),
            (one(), "number".into()),
        ]);
        assert_eq!(
            write(&object),
            r#"{"1":"text","[1,\"\\u003c\"]":1,"[true]":1}"#
        );
    }
}

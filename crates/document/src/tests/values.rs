//! Scalars and documents.

use super::{one, read, value};
use crate::comments;

#[test]
fn plain_scalars_follow_the_core_schema() {
    for (text, expected) in [
        ("null", "null"),
        ("Null", "null"),
        ("NULL", "null"),
        ("~", "null"),
        ("nUll", r#""nUll""#),
        ("true", "true"),
        ("True", "true"),
        ("TRUE", "true"),
        ("false", "false"),
        ("False", "false"),
        ("FALSE", "false"),
        ("tRue", r#""tRue""#),
        ("yes", r#""yes""#),
        ("on", r#""on""#),
        ("12", "12"),
        ("+12", "12"),
        ("-12", "-12"),
        ("012", "12"),
        ("0o17", "15"),
        ("0x1fA", "506"),
        ("-0x1", r#""-0x1""#),
        ("0o8", r#""0o8""#),
        ("0x", r#""0x""#),
        ("0x+1", r#""0x+1""#),
        ("1_000", r#""1_000""#),
        ("190:20:30", r#""190:20:30""#),
        ("2020-01-01", r#""2020-01-01""#),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "9.223372036854775808e18"),
        ("0xFFFFFFFFFFFFFFFF", "1.8446744073709552e19"),
        ("1.5", "1.5"),
        ("-1.", "-1.0"),
        ("+.5", "0.5"),
        ("1e3", "1000.0"),
        ("1.E-3", "0.001"),
        ("12e", r#""12e""#),
        (".", r#"".""#),
        (".e1", r#"".e1""#),
        ("+", r#""+""#),
        ("-.", r#""-.""#),
        (".inf", r#"".inf""#),
        ("-.INF", r#""-.INF""#),
        (".nan", r#"".nan""#),
        ("1e999", r#""1e999""#),
        ("infinity", r#""infinity""#),
        ("a b", r#""a b""#),
    ] {
        let expected = if expected.contains("e18") {
            "9.223372036854776e18"
        } else {
            expected
        };
        assert_eq!(value(text), expected, "{text}");
    }
}

#[test]
fn quoted_and_block_scalars_are_text() {
    assert_eq!(
        value("[\"1\", 'true', \"\", 'it''s', \"a\\tb\\u00e9\"]"),
        r#"["1","true","","it's","a\tbé"]"#
    );
    assert_eq!(
        value("a: |\n  1\n  2\n\nb: >-\n  3\n  4\n"),
        r#"{"a":"1\n2\n","b":"3 4"}"#
    );
}

#[test]
fn core_tags_hold_where_the_text_allows() {
    assert_eq!(
        value("[!!str 1, !!str , ! 2, !!int \"0x1F\", !!float 3, !!bool 'true', !!null '']"),
        r#"["1","","2",31,3.0,true,null]"#
    );
    assert_eq!(
        value("[!!int x, !!null y, !!bool 1, !!float .inf, !!binary 1]"),
        r#"["x","y","1",".inf","1"]"#
    );
}

#[test]
fn custom_tags_are_ignored() {
    assert_eq!(
        value("a: !foo 1\nb: !bar\n  c: !x\nd: !<tag:x,1:y> [2]\n"),
        r#"{"a":1,"b":{"c":null},"d":[2]}"#
    );
}

#[test]
fn json_is_read_with_tabs_and_surrogate_pairs() {
    assert_eq!(
        value("{\n\t\"a\": [\n\t\t1,\n\t\t\"\\ud834\\udd1e\\/\"\n\t],\n\t\"b\":\"c\"\n}\n"),
        "{\"a\":[1,\"𝄞/\"],\"b\":\"c\"}"
    );
}

#[test]
fn json_keys_may_be_longer_than_yaml_allows() {
    let key = "k".repeat(3000);
    let text = format!("{{\"{key}\": 1}}");
    assert_eq!(value(&text), format!("{{\"{key}\":1}}"));
}

#[test]
fn every_line_break_counts() {
    assert_eq!(
        value("a: 1\r\nb: 2\rc:\r- x\r\n- |\r\n  y\r\n"),
        r#"{"a":1,"b":2,"c":["x","y\n"]}"#
    );
}

#[test]
fn a_text_may_hold_no_document_or_many() {
    assert!(read("").is_empty());
    assert!(read("# nothing\n\n").is_empty());
    assert!(read("\u{FEFF}").is_empty());
    assert_eq!(value("---"), "null");
    assert_eq!(value("--- # nothing\n"), "null");
    let values: Vec<_> = read("a\n---\n---\n- 1\n...\n---\nb: 2\n")
        .iter()
        .map(|document| super::json(&document.as_ref().unwrap().root))
        .collect();
    assert_eq!(values, [r#""a""#, "null", "[1]", r#"{"b":2}"#]);
}

#[test]
fn comments_are_kept_in_order() {
    let text = "# é one\na: | # two\n  # text\nb: 1 #three\r\n# four\n";
    let found: Vec<_> = comments(text)
        .iter()
        .map(|comment| (comment.text, comment.span.slice(text)))
        .collect();
    assert_eq!(
        found,
        [
            (" é one", "# é one"),
            (" two", "# two"),
            ("three", "#three"),
            (" four", "# four")
        ]
    );
}

#[test]
fn comments_around_documents_are_not_lost() {
    let text = "# 1\n---\n# 2\na: 1\n# 3\n...\n# 4\n---\nb: 1\n...\n# 5\n";
    let found: Vec<_> = comments(text).iter().map(|comment| comment.text).collect();
    assert_eq!(found, [" 1", " 2", " 3", " 4", " 5"]);
}

#[test]
fn comments_after_a_fault_are_not_lost() {
    let text = "# 1\na: [\n---\n# 2\nb: 1\n";
    let found: Vec<_> = comments(text).iter().map(|comment| comment.text).collect();
    assert_eq!(found, [" 1", " 2"]);
}

#[test]
fn nodes_are_counted() {
    assert_eq!(one("a: [1, 2]\nb: x\n").node_count, 5);
    assert_eq!(one("a: &a [1, 2]\nb: *a\n").node_count, 7);
}

/// To YAML, `{{ x }}` is a mapping with a mapping as its key; nobody means that.
#[test]
fn an_unquoted_template_is_the_string_that_is_written() {
    for text in ["{{ .Values.image }}", "{{x}}", "{{ include \"a\" . }}"] {
        assert_eq!(
            value(&format!("a: {text}")),
            format!("{{\"a\":{}}}", serde_json::to_string(text).unwrap())
        );
        assert_eq!(
            value(&format!("[{text}, 1]")),
            format!("[{},1]", serde_json::to_string(text).unwrap())
        );
    }
}

#[test]
fn what_only_begins_like_a_template_is_refused() {
    for text in ["{{a: 1}: 2}", "{{a}, {b}}", "{{a}: b}", "{ {a} }", "{{a} }"] {
        let text = format!("a: {text}");
        assert!(read(&text)[0].is_err(), "{text}");
    }
}

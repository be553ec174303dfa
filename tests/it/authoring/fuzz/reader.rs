//! YAML and JSON: spans are within the text, on the boundaries of characters; a comment or blank line changes no
//! value; a value is the same in all its layouts.

use document::{Document, Limits, LineIndex, Node, ParseError, Span, Value};

use super::tree::{Tree, is_printable};
use crate::authoring::chance::Chance;

/// Any text: the bytes themselves, and the tokens of YAML that they select.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    read(&text);
    read(&tokens(bytes));
}

fn read(text: &str) {
    let documents = parse(text);
    assert_eq!(documents, parse(text), "another time something else");
    let parsed = document::parsed(text, &Limits::default());
    assert_eq!(documents, parsed, "the parser reads something else");
    let lines = LineIndex::new(text);
    for document in &documents {
        match document {
            Ok(document) => assert_spans_hold(text, document),
            Err(fault) => {
                assert_on_edges(text, fault.span, &fault.message);
                assert!(!fault.message.is_empty());
                let start = lines.position(fault.span.start);
                assert!(start.line >= 1 && start.line <= lines.line_count() && start.column >= 1);
            }
        }
    }
    for comment in document::comments(text) {
        assert_on_edges(text, comment.span, comment.text);
        assert!(comment.span.slice(text).starts_with('#'));
    }
    assert_same_after_a_comment(text, &documents);
    assert_as_json(text, &documents);
}

/// A comment and a blank line above everything change no value.
fn assert_same_after_a_comment(text: &str, documents: &[Result<Document<'_>, ParseError>]) {
    let (mark, rest) = match text.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", text),
    };
    let below = format!("{mark}# above\n\n{rest}");
    let below = parse(&below);
    let same = documents.len() == below.len()
        && documents.iter().zip(&below).all(|pair| match pair {
            (Ok(one), Ok(other)) => is_same(&one.root, &other.root),
            (Err(one), Err(other)) => one.kind == other.kind,
            _ => false,
        });
    assert!(same, "a comment above changes {documents:?}\nto {below:?}");
}

/// A text that is JSON has the same value here as in JSON.
fn assert_as_json(text: &str, documents: &[Result<Document<'_>, ParseError>]) {
    if !text.chars().all(is_printable) {
        return;
    }
    let Ok(json) = serde_json::from_str::<serde_json::Value>(text) else {
        return;
    };
    let [Ok(document)] = documents else {
        panic!("JSON that can't be read: {documents:?}");
    };
    if document.repeated_keys.is_empty() {
        assert!(is_json(&document.root, &json), "{json}\n{document:?}");
    }
}

/// A value in random layouts.
pub fn values(bytes: &[u8]) {
    let mut chance = Chance::from_bytes(bytes);
    let tree = Tree::of_chance(&mut chance, 4);
    let json = tree.json();
    let read = parse(&json);
    let [Ok(expected)] = read.as_slice() else {
        panic!("{json}\n{read:?}");
    };
    for has_comments in [false, true] {
        let yaml = tree.yaml(&mut chance, has_comments);
        let read = parse(&yaml);
        let [Ok(document)] = read.as_slice() else {
            panic!("{json}\n{yaml}\n{read:?}");
        };
        assert!(
            is_same(&document.root, &expected.root),
            "{json}\n{yaml}\n{document:?}"
        );
        assert_spans_hold(&yaml, document);
    }
}

/// A text of YAML tokens that the bytes select.
fn tokens(bytes: &[u8]) -> String {
    const TOKENS: [&str; 64] = [
        "\n",
        "\n  ",
        "\n    ",
        "\n\t",
        " ",
        "- ",
        "? ",
        ": ",
        ":",
        ", ",
        ",",
        "[",
        "]",
        "{",
        "}",
        "a",
        "b",
        "<<",
        "&x ",
        "*x",
        "&y ",
        "*y ",
        "!!str ",
        "!t ",
        "!<tag:x> ",
        "|",
        ">",
        "|-",
        ">+",
        "|2",
        "\"",
        "'",
        "\\n",
        "\\u00e9",
        "\\x",
        "# c",
        "#",
        "---",
        "--- ",
        "\n---\n",
        "\n...\n",
        "%YAML 1.2\n",
        "%TAG ! x\n",
        "\u{feff}",
        "\r\n",
        "\r",
        "é",
        "\u{1f600}",
        "\u{2028}",
        "\u{85}",
        "null",
        "true",
        "1",
        "1.5",
        "0x1f",
        ".inf",
        "~",
        "pipeline:",
        "  - stage:\n",
        "<+input>",
        "\u{0}",
        "\u{7f}",
        "=",
        "*",
    ];
    bytes
        .iter()
        .map(|byte| TOKENS[usize::from(*byte) % TOKENS.len()])
        .collect()
}

pub fn parse(text: &str) -> Vec<Result<Document<'_>, ParseError>> {
    document::parse(text, &Limits::default())
}

/// Whether two values are the same, regardless of their spans.
pub fn is_same(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.value, &other.value) {
        (Value::Sequence(one), Value::Sequence(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same(a, b))
        }
        (Value::Mapping(one), Value::Mapping(other)) => {
            one.len() == other.len()
                && one
                    .iter()
                    .zip(other.iter())
                    .all(|(a, b)| a.key == b.key && is_same(&a.node, &b.node))
        }
        (Value::Float(one), Value::Float(other)) => one.to_bits() == other.to_bits(),
        (one, other) => one == other,
    }
}

fn is_json(node: &Node<'_>, json: &serde_json::Value) -> bool {
    use serde_json::Value as Json;
    match (&node.value, json) {
        (Value::Null, Json::Null) => true,
        (Value::Bool(one), Json::Bool(other)) => one == other,
        // `-0` is the integer 0 in YAML, and a float for serde_json.
        (Value::Integer(0), Json::Number(other)) => other.as_f64() == Some(0.0),
        (Value::Integer(one), Json::Number(other)) => other.as_i64() == Some(*one),
        (Value::Float(one), Json::Number(other)) => other.as_f64() == Some(*one),
        (Value::String(one), Json::String(other)) => one == other,
        (Value::Sequence(one), Json::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_json(a, b))
        }
        (Value::Mapping(one), Json::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|entry| {
                    other
                        .get(entry.key.as_ref())
                        .is_some_and(|value| is_json(&entry.node, value))
                })
        }
        _ => false,
    }
}

fn assert_spans_hold(text: &str, document: &Document<'_>) {
    assert_on_edges(text, document.span, "the document");
    for key in &document.repeated_keys {
        for span in [key.span, key.again, key.last] {
            assert_on_edges(text, span, &key.key);
        }
    }
    let mut nodes = vec![&document.root];
    while let Some(node) = nodes.pop() {
        assert_on_edges(text, node.span, "a value");
        match &node.value {
            Value::Sequence(items) => nodes.extend(items),
            Value::Mapping(mapping) => {
                for entry in mapping {
                    assert_on_edges(text, entry.key_span, &entry.key);
                    nodes.push(&entry.node);
                }
            }
            _ => {}
        }
    }
}

/// The span is within the text, and splits no character.
pub fn assert_on_edges(text: &str, span: Span, about: &str) {
    let (start, end) = (span.start as usize, span.end as usize);
    assert!(
        start <= end && text.is_char_boundary(start) && text.is_char_boundary(end),
        "{span:?} of {about} in {text:?}"
    );
}

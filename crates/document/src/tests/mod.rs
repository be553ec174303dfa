//! What the crate promises, by example.

mod aliases;
mod chance;
mod embedded;
mod errors;
mod hostile;
mod keys;
mod line_separators;
mod places;
mod scanner;
mod spans;
mod values;

use super::{Document, Limits, Node, ParseError, ParseErrorKind, Span, Step, Value, parse};

/// The documents of a text, under the default limits.
fn read(text: &str) -> Vec<Result<Document<'_>, ParseError>> {
    parse(text, &Limits::default())
}

/// The only document of a text.
fn one(text: &str) -> Document<'_> {
    let mut documents = read(text);
    assert_eq!(documents.len(), 1, "documents in {text:?}");
    documents.remove(0).expect(text)
}

/// The only error of a text: its kind, message and the text it points at.
fn error(text: &str) -> (ParseErrorKind, String, &str) {
    let mut documents = read(text);
    assert_eq!(documents.len(), 1, "documents in {text:?}");
    let error = documents.remove(0).expect_err(text);
    (error.kind, error.message, error.span.slice(text))
}

/// A value as JSON, in which floats always have a decimal point.
fn json(node: &Node<'_>) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => format!("{value:?}"),
        Value::String(text) => format!("{text:?}"),
        Value::Sequence(items) => {
            let items: Vec<_> = items.iter().map(json).collect();
            format!("[{}]", items.join(","))
        }
        Value::Mapping(mapping) => {
            let entries: Vec<_> = mapping
                .iter()
                .map(|entry| format!("{:?}:{}", entry.key, json(&entry.node)))
                .collect();
            format!("{{{}}}", entries.join(","))
        }
    }
}

/// The only document of a text as JSON.
fn value(text: &str) -> String {
    json(&one(text).root)
}

/// A path written as `a.0.b`.
fn path(text: &str) -> Vec<Step> {
    text.split('.')
        .filter(|step| !step.is_empty())
        .map(|step| {
            step.parse()
                .map_or_else(|_| Step::Key(step.to_owned()), Step::Index)
        })
        .collect()
}

/// Calls a function with every span of a tree, including those of keys.
fn each_span(node: &Node<'_>, see: &mut impl FnMut(Span)) {
    see(node.span);
    match &node.value {
        Value::Sequence(items) => items.iter().for_each(|item| each_span(item, see)),
        Value::Mapping(mapping) => {
            for entry in mapping {
                see(entry.key_span);
                each_span(&entry.node, see);
            }
        }
        _ => {}
    }
}

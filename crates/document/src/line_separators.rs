//! Characters that end a line in YAML 1.1, but not in YAML 1.2. A comment with one of them hides what a YAML 1.1
//! reader sees after it.

use memchr::memchr2;

use super::{Document, Limits, Node, ParseError, Span, Value, parse};

/// U+0085, U+2028 and U+2029.
pub const LINE_SEPARATORS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Parses every document like [`parse`]. If YAML 1.1 would read a document differently because of one of these
/// characters, that is an error at the character.
#[must_use]
pub fn parse_alike<'t>(text: &'t str, limits: &Limits) -> Vec<Result<Document<'t>, ParseError>> {
    let mut documents = parse(text, limits);
    if has_separator(text) {
        refuse_what_differs(text, limits, &mut documents);
    }
    documents
}

fn has_separator(text: &str) -> bool {
    // One of these two bytes begins each of them.
    let may_be = memchr2(0xC2, 0xE2, text.as_bytes()).is_some();
    may_be && text.contains(LINE_SEPARATORS)
}

/// The error at the first of these characters in a text that has no use for them.
pub(super) fn refused(text: &str) -> Option<ParseError> {
    has_separator(text).then(|| error_in(text, 0))
}

#[cold]
fn refuse_what_differs<'t>(
    text: &'t str,
    limits: &Limits,
    documents: &mut Vec<Result<Document<'t>, ParseError>>,
) {
    let broken = with_line_breaks(text);
    let others = parse(&broken, limits);
    let is_as_many = others.len() == documents.len();
    let mut from = 0;
    for (i, document) in documents.iter_mut().enumerate() {
        let Ok(read) = document else { continue };
        let end = read.span.end;
        let is_alike = matches!(others.get(i), Some(Ok(other)) if is_same(&read.root, &other.root));
        if !is_as_many || !is_alike {
            *document = Err(error_in(text, from));
        }
        from = end;
    }
    if documents.is_empty() && !is_as_many {
        documents.push(Err(error_in(text, 0)));
    }
}

/// The text with line breaks instead of these characters. All offsets stay the same.
fn with_line_breaks(text: &str) -> String {
    let mut broken = String::with_capacity(text.len());
    for c in text.chars() {
        if LINE_SEPARATORS.contains(&c) {
            broken.extend(std::iter::repeat_n(' ', c.len_utf8() - 1));
            broken.push('\n');
        } else {
            broken.push(c);
        }
    }
    broken
}

/// Whether two values are equal. White space counts in keys, but not in other strings.
fn is_same(a: &Node<'_>, b: &Node<'_>) -> bool {
    match (&a.value, &b.value) {
        (Value::Sequence(a), Value::Sequence(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| is_same(a, b))
        }
        (Value::Mapping(a), Value::Mapping(b)) => {
            let is_same_entry = |(a, b): (&super::Entry<'_>, &super::Entry<'_>)| {
                a.key == b.key && is_same(&a.node, &b.node)
            };
            a.len() == b.len() && a.iter().zip(b.iter()).all(is_same_entry)
        }
        (Value::String(a), Value::String(b)) => is_same_text(a, b),
        (a, b) => a == b,
    }
}

fn is_same_text(a: &str, b: &str) -> bool {
    let visible = |text: &str| {
        text.chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
    };
    a == b || visible(a) == visible(b)
}

/// The error at the first of these characters after an offset, or else in the whole text.
fn error_in(text: &str, from: u32) -> ParseError {
    let rest = text.get(from as usize..).unwrap_or_default();
    let found = rest.find(LINE_SEPARATORS).map(|at| at + from as usize);
    let at = found
        .or_else(|| text.find(LINE_SEPARATORS))
        .unwrap_or_default();
    let character = text.get(at..).and_then(|rest| rest.chars().next());
    let character = character.unwrap_or_default();
    let start = u32::try_from(at).unwrap_or(u32::MAX);
    let end = u32::try_from(at + character.len_utf8()).unwrap_or(u32::MAX);
    let code = u32::from(character);
    ParseError::line_separator(code, Span::new(start, end))
}

//! Documents that are strings in other documents.

use std::rc::Rc;

use super::line_separators::refused;
use super::{Document, Entry, Limits, Node, ParseError, RepeatedKey, Span, Step, Value, parse};

/// Why a string in a document can't be read as a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmbeddedError {
    /// It can't be parsed; the span is in the outer text.
    Parse(ParseError),
    /// It holds more than one document; the span is the second one's, in the outer text.
    Many(Span),
}

/// Replaces the string at a path by the document that it contains. Its spans are in the outer text. They are exact if
/// each line of the inner text is a line of the outer text (in block scalars, and in quotes without escapes), and
/// otherwise cover the whole scalar. Inner values may only be edited inside a literal block scalar (`|`); elsewhere
/// they count as [shared](Document::shared).
///
/// `None` if there is no string at the path, or no value in the string.
///
/// # Errors
///
/// If the string can't be parsed, or contains several documents.
pub fn embedded<'d>(
    outer: &'d Document<'_>,
    text: &str,
    path: &[Step],
    limits: &Limits,
) -> Result<Option<Document<'d>>, EmbeddedError> {
    let Some(scalar) = outer.root.at(path) else {
        return Ok(None);
    };
    let Value::String(inner_text) = &scalar.value else {
        return Ok(None);
    };
    let source_map = SourceMap::new(text, inner_text, scalar.span);
    let limits = Limits {
        depth: limits.depth.saturating_sub(path.len()),
        ..*limits
    };
    let documents = match refused(inner_text) {
        // The outer text has a line break there, so the indentation of what follows isn't known.
        Some(error) => vec![Err(error)],
        None => parse(inner_text, &limits),
    };
    let mut documents = documents.into_iter();
    let inner = match documents.next() {
        None => return Ok(None),
        Some(Err(error)) => {
            let span = source_map.outer_span(error.span);
            return Err(EmbeddedError::Parse(ParseError { span, ..error }));
        }
        Some(Ok(inner)) => inner,
    };
    // An empty document after a last `---` doesn't count.
    for further in documents {
        match further {
            Err(error) => {
                let span = source_map.outer_span(error.span);
                return Err(EmbeddedError::Parse(ParseError { span, ..error }));
            }
            Ok(further) if further.root.value != Value::Null => {
                return Err(EmbeddedError::Many(source_map.outer_span(further.span)));
            }
            Ok(_) => {}
        }
    }
    if inner.root.value == Value::Null {
        return Ok(None);
    }
    let mut root: Node<'d> = outer.root.clone();
    let mut inner_root = inner.root;
    source_map.move_to(&mut inner_root);
    replace(&mut root, path, inner_root);
    let under: Rc<[Step]> = path.into();
    let repeated = inner.repeated_keys.into_iter().map(|repeated| RepeatedKey {
        way: repeated.way,
        under: Rc::clone(&under),
        span: source_map.outer_span(repeated.span),
        again: source_map.outer_span(repeated.again),
        last: source_map.outer_span(repeated.last),
        key: repeated.key,
    });
    let mut shared = outer.shared.clone();
    if source_map.is_editable() {
        shared.extend(
            inner
                .shared
                .into_iter()
                .map(|span| source_map.outer_span(span)),
        );
    } else {
        shared.push(scalar.span);
    }
    Ok(Some(Document {
        root,
        span: outer.span,
        repeated_keys: outer
            .repeated_keys
            .iter()
            .cloned()
            .chain(repeated)
            .collect(),
        shared,
        node_count: outer.node_count.saturating_add(inner.node_count),
    }))
}

/// Replaces the node at a path that exists.
fn replace<'d>(root: &mut Node<'d>, path: &[Step], node: Node<'d>) {
    let mut at = root;
    for step in path {
        let next = match (&mut at.value, step) {
            (Value::Mapping(mapping), Step::Key(key)) => mapping.get_mut(key),
            (Value::Sequence(items), Step::Index(index)) => items.get_mut(*index),
            _ => None,
        };
        match next {
            Some(next) => at = next,
            None => return,
        }
    }
    *at = node;
}

/// A line of the inner text, and where it is in the outer text, in bytes.
#[derive(Clone, Copy, Debug)]
struct Line {
    inner: u32,
    outer: u32,
    length: u32,
}

/// Maps offsets in the inner text to the outer text.
#[derive(Debug)]
struct SourceMap {
    scalar: Span,
    /// In order; empty if the lines of the inner text aren't lines of the outer text.
    lines: Vec<Line>,
    is_literal: bool,
}

impl SourceMap {
    fn new(text: &str, inner: &str, scalar: Span) -> Self {
        let written = scalar.slice(text);
        let is_block = written.starts_with(['|', '>']);
        let lines = if is_block {
            block_lines(written, inner, scalar.start)
        } else {
            line_in_quotes(written, inner, scalar.start)
        };
        Self {
            scalar,
            is_literal: written.starts_with('|') && lines.is_some(),
            lines: lines.unwrap_or_default(),
        }
    }

    fn is_editable(&self) -> bool {
        self.is_literal
    }

    /// The span in the outer text of a span in the inner text.
    fn outer_span(&self, span: Span) -> Span {
        match (self.offset(span.start), self.offset(span.end)) {
            (Some(start), Some(end)) => Span::new(start, end.max(start)),
            _ => self.scalar,
        }
    }

    fn offset(&self, at: u32) -> Option<u32> {
        let next = self.lines.partition_point(|line| line.inner <= at);
        let line = self.lines.get(next.checked_sub(1)?)?;
        // The line break isn't part of the line, and may be two bytes in the outer text.
        Some(line.outer + (at - line.inner).min(line.length))
    }

    /// Moves the spans of a tree to the outer text. The recursion is limited by the limits of the document.
    fn move_to(&self, node: &mut Node<'_>) {
        node.span = self.outer_span(node.span);
        match &mut node.value {
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.move_to(item)),
            Value::Mapping(mapping) => {
                for Entry { key_span, node, .. } in mapping.entries_mut() {
                    *key_span = self.outer_span(*key_span);
                    self.move_to(node);
                }
            }
            _ => {}
        }
    }
}

/// The lines of a block scalar, if each line of the inner text is a line of the outer text with the same indentation;
/// `None` if lines were folded.
fn block_lines(written: &str, inner: &str, start: u32) -> Option<Vec<Line>> {
    let mut lines = Vec::new();
    let mut indent = None;
    let mut inner_at = 0;
    let header = line_length(written);
    let mut at = header.1;
    for inner_line in inner.split('\n') {
        let rest = written.get(at..)?;
        let (length, with_break) = line_length(rest);
        let outer_line = rest.get(..length)?;
        if inner_line.is_empty() {
            // An empty line may be indented less, and the last one doesn't exist in the outer text.
            if !outer_line.trim_matches(' ').is_empty() && inner_at < inner.len() {
                return None;
            }
            lines.push(line(inner_at, start, at + length, 0)?);
        } else {
            let this_indent = length.checked_sub(inner_line.len())?;
            if *indent.get_or_insert(this_indent) != this_indent
                || outer_line.get(this_indent..)? != inner_line
                || outer_line.get(..this_indent)?.contains(|c| c != ' ')
            {
                return None;
            }
            lines.push(line(inner_at, start, at + this_indent, inner_line.len())?);
        }
        inner_at += inner_line.len() + 1;
        at += with_break;
    }
    Some(lines)
}

/// A plain or quoted scalar that is the same in both texts.
fn line_in_quotes(written: &str, inner: &str, start: u32) -> Option<Vec<Line>> {
    let quote = usize::from(written.starts_with(['"', '\'']));
    let content = written.get(quote..written.len().checked_sub(quote)?)?;
    (content == inner && !inner.contains('\n'))
        .then(|| line(0, start, quote, inner.len()).map(|line| vec![line]))?
}

fn line(inner: usize, start: u32, outer: usize, length: usize) -> Option<Line> {
    Some(Line {
        inner: u32::try_from(inner).ok()?,
        outer: start.checked_add(u32::try_from(outer).ok()?)?,
        length: u32::try_from(length).ok()?,
    })
}

/// The length of the first line without its line break, and with it.
fn line_length(text: &str) -> (usize, usize) {
    let length = text.find(['\n', '\r']).unwrap_or(text.len());
    let rest = text.get(length..).unwrap_or_default();
    let line_break = if rest.starts_with("\r\n") {
        2
    } else {
        rest.len().min(1)
    };
    (length, length + line_break)
}

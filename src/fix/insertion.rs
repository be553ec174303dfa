//! Inserts a key into a mapping.

use document::{Entry, Node, Span, Step, Value};

use super::edit::TextEdit;
use super::layout::Layout;
use super::located_node::{LocatedNode, is_flow};
use super::operation::Content;
use super::replacement;
use super::scalar::{Style, inline, scalar};

/// The indentation of a level, if no sibling shows it.
const STEP: usize = 2;

/// The edit that adds a content under keys that are missing in a node.
pub(super) fn edit(
    layout: Layout<'_>,
    place: &LocatedNode<'_, '_>,
    missing: &[Step],
    content: &Content,
) -> Option<TextEdit> {
    let keys = missing
        .iter()
        .map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
        .collect::<Option<Vec<_>>>()?;
    match &place.node.value {
        Value::Mapping(_) if is_flow(layout, place.node) => {
            in_braces(layout, place, &keys, content)
        }
        // The mapping in `[a: 1]` can't have a second key.
        Value::Mapping(_) if place.in_flow => None,
        Value::Mapping(_) => after_siblings(layout, place.node, &keys, content),
        Value::Null if place.node.span.is_empty() && !place.in_flow => {
            below_key(layout, place, &keys, content)
        }
        Value::Null => replacement::edit(layout, place, &nested(&keys, content)),
        _ => None,
    }
}

/// Inserts a line after the last entry of a block mapping and the comment on its line.
fn after_siblings(
    layout: Layout<'_>,
    mapping: &Node<'_>,
    keys: &[&str],
    content: &Content,
) -> Option<TextEdit> {
    let end = mapping.span.end;
    if !layout.ends_line(end) || !is_closed(layout, mapping) {
        return None;
    }
    let own: Vec<_> = own_entries(mapping).collect();
    let indentation = layout.indentation(mapping.span.start).or_else(|| {
        // A tag or an anchor before the first key hides where the mapping begins.
        let columns = own
            .iter()
            .filter_map(|entry| layout.before_on_line(entry.key_span.start, |c| c == ' '));
        columns.map(str::len).min()
    })?;
    let style = own
        .last()
        .map_or(Style::Plain, |entry| key_style(layout, entry));
    let step = step(layout, mapping, indentation);
    Some(lines(layout, end, indentation, step, style, keys, content))
}

/// Inserts lines below a key that has no value.
fn below_key(
    layout: Layout<'_>,
    place: &LocatedNode<'_, '_>,
    keys: &[&str],
    content: &Content,
) -> Option<TextEdit> {
    let (entry, mapping) = place.entry?;
    if !place.is_left_out(layout) {
        return None;
    }
    // A key after a tag or an anchor is further to the right than its mapping.
    let indentation = layout.indentation(entry.key_span.start)?;
    let style = key_style(layout, entry);
    let step = step(layout, mapping, indentation);
    let end = place.node.span.end;
    Some(lines(
        layout,
        end,
        indentation + step,
        step,
        style,
        keys,
        content,
    ))
}

/// How much deeper the first mapping in a block mapping is indented.
fn step(layout: Layout<'_>, mapping: &Node<'_>, indentation: usize) -> usize {
    own_entries(mapping)
        .filter(|entry| !is_flow(layout, &entry.node))
        .filter_map(|entry| {
            let inner = own_entries(&entry.node).next()?;
            let deeper = layout.indentation(inner.key_span.start)?;
            mapping
                .span
                .contains(inner.key_span)
                .then_some(deeper.checked_sub(indentation)?)
        })
        .find(|step| *step > 0)
        .unwrap_or(STEP)
}

/// The edit that inserts lines after the line of an offset.
fn lines(
    layout: Layout<'_>,
    after: u32,
    indentation: usize,
    step: usize,
    style: Style,
    keys: &[&str],
    content: &Content,
) -> TextEdit {
    let line_break = layout.line_break(after);
    let mut text = String::new();
    for (depth, key) in keys.iter().enumerate() {
        text.push_str(line_break);
        text.push_str(&" ".repeat(indentation + depth * step));
        text.push_str(&scalar(key, style, false));
        text.push(':');
    }
    text.push(' ');
    text.push_str(&inline(content, style, style, false, false));
    TextEdit {
        span: Span::empty(layout.line_end(after)),
        text,
    }
}

/// Inserts an entry after the last one of a flow mapping, on a line of its own if that one is on one.
fn in_braces(
    layout: Layout<'_>,
    place: &LocatedNode<'_, '_>,
    keys: &[&str],
    content: &Content,
) -> Option<TextEdit> {
    let span = place.node.span;
    let written = layout.under(span);
    let inner = written.strip_prefix('{')?.strip_suffix('}')?;
    if inner.contains("<<") {
        return None;
    }
    let (key, rest) = keys.split_first()?;
    let value = nested(rest, content);
    let Some(last) = own_entries(place.node).last() else {
        let style = if place.is_json(layout) {
            Style::Double
        } else {
            Style::Plain
        };
        let key = scalar(key, style, true);
        return inner.trim().is_empty().then(|| TextEdit {
            span: Span::new(span.start + 1, span.end - 1),
            text: format!("{key}: {}", inline(&value, style, style, false, true)),
        });
    };
    let value_span = last.node.span;
    // The value of an alias is elsewhere, and a missing one is nowhere.
    if value_span.is_empty() || !span.contains(value_span) {
        return None;
    }
    let style = key_style(layout, last);
    let between = layout.under(Span::new(last.key_span.end, value_span.start));
    let compact = between == ":";
    let before = layout.before_on_line(last.key_span.start, char::is_whitespace);
    let gap = if let Some(before) = before
        && last.key_span.start > span.start
    {
        format!("{}{before}", layout.line_break(span.start))
    } else if compact {
        String::new()
    } else {
        " ".to_owned()
    };
    let colon = if compact { ":" } else { ": " };
    let key = scalar(key, style, true);
    Some(TextEdit {
        span: Span::empty(value_span.end),
        text: format!(
            ",{gap}{key}{colon}{}",
            inline(&value, style, style, compact, true)
        ),
    })
}

/// The entries in the source of a mapping, without merged ones.
fn own_entries<'d, 't>(mapping: &'d Node<'t>) -> impl Iterator<Item = &'d Entry<'t>> {
    let entries = mapping.as_mapping().into_iter().flatten();
    entries.filter(|entry| mapping.span.contains(entry.key_span))
}

fn key_style(layout: Layout<'_>, entry: &Entry<'_>) -> Style {
    Style::from_written(layout.under(entry.key_span))
}

fn nested(keys: &[&str], content: &Content) -> Content {
    keys.iter()
        .rev()
        .fold(content.clone(), |content, key| content.under(key))
}

/// Whether a line may follow the last line of a block without becoming part of it, or taking anything from it. Blank
/// lines at the end of a block scalar may belong to its text.
fn is_closed(layout: Layout<'_>, block: &Node<'_>) -> bool {
    let mut last = block;
    while let Some(inner) = last_child(last) {
        last = inner;
    }
    let written = layout.under(last.span);
    if !written.starts_with(['|', '>']) || !block.span.contains(last.span) {
        return true;
    }
    let header = written.lines().next().unwrap_or_default();
    let header = header.split('#').next().unwrap_or_default();
    let after = layout.after(layout.line_end(last.span.end));
    let blank_lines = after.len() - after.trim_start().len();
    let blank_lines = after.get(..blank_lines).unwrap_or_default();
    let blank_lines = blank_lines
        .rfind(['\n', '\r'])
        .and_then(|end| blank_lines.get(..end));
    !header.contains('+') && !blank_lines.is_some_and(|lines| lines.contains([' ', '\t']))
}

/// The child of a collection that ends last, if it is in the source of the collection.
fn last_child<'d, 't>(node: &'d Node<'t>) -> Option<&'d Node<'t>> {
    match &node.value {
        Value::Mapping(_) => own_entries(node)
            .map(|entry| &entry.node)
            .filter(|child| node.span.contains(child.span))
            .max_by_key(|child| child.span.end),
        Value::Sequence(items) => items.last().filter(|child| node.span.contains(child.span)),
        _ => None,
    }
}

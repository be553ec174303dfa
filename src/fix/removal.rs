//! Removes an entry from its mapping.

use document::{Entry, Node, Span};

use super::edit::TextEdit;
use super::layout::{Layout, forward};
use super::located_node::{LocatedNode, is_flow};

/// The edit that removes an entry with its lines. `None` if it is the only one, because what is left wouldn't be a
/// mapping.
pub(super) fn edit(layout: Layout<'_>, place: &LocatedNode<'_, '_>) -> Option<TextEdit> {
    let (entry, mapping) = place.entry?;
    let entries: Vec<_> = mapping.as_mapping()?.iter().collect();
    let stands_here = |each: &Entry<'_>| {
        mapping.span.contains(each.key_span) && mapping.span.contains(each.node.span)
    };
    // Merged entries and the values of aliases are elsewhere.
    if entries.len() < 2
        || !entries.iter().all(|each| stands_here(each))
        || layout.under(mapping.span).contains("<<")
    {
        return None;
    }
    let span = if is_flow(layout, mapping) {
        in_braces(layout, entry, &entries)?
    } else if place.in_flow {
        return None;
    } else {
        lines(layout, entry, mapping)?
    };
    Some(TextEdit {
        span,
        text: String::new(),
    })
}

/// The entry with the comma before it; for the first entry, with the comma after it.
fn in_braces(layout: Layout<'_>, entry: &Entry<'_>, entries: &[&Entry<'_>]) -> Option<Span> {
    let at = entries
        .iter()
        .position(|each| each.key_span == entry.key_span)?;
    let is_comma = |span: Span| layout.under(span).trim() == ",";
    if let Some(previous) = at.checked_sub(1).and_then(|before| entries.get(before)) {
        let comma = Span::new(previous.node.span.end, entry.key_span.start);
        return is_comma(comma).then(|| Span::new(comma.start, entry.node.span.end));
    }
    let next = entries.get(1)?;
    let comma = Span::new(entry.node.span.end, next.key_span.start);
    is_comma(comma).then(|| Span::new(entry.key_span.start, comma.end))
}

/// The lines of an entry that shares them with nothing else.
fn lines(layout: Layout<'_>, entry: &Entry<'_>, mapping: &Node<'_>) -> Option<Span> {
    let end = entry.node.span.end;
    // The first key may share its line with the dash of a sequence.
    let before = layout.before_on_line(entry.key_span.start, |c| c == ' ')?;
    if !layout.ends_line(end) {
        return None;
    }
    let start = entry.key_span.start - forward(0, before.len());
    let line_end = layout.line_end(end);
    let after = layout.after(line_end);
    let line_break = ["\r\n", "\n", "\r"]
        .into_iter()
        .find(|line_break| after.starts_with(line_break));
    match line_break {
        Some(line_break) => Some(Span::new(start, forward(line_end, line_break.len()))),
        // On the last line of the file, the line break before it is removed too.
        None if start > mapping.span.start => {
            let before = layout.before(start);
            let kept = before
                .strip_suffix("\r\n")
                .or_else(|| before.strip_suffix(['\n', '\r']))?;
            Some(Span::new(forward(0, kept.len()), line_end))
        }
        None => None,
    }
}

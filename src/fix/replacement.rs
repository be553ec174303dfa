//! Replaces a scalar.

use document::{Span, Value};

use super::edit::TextEdit;
use super::layout::Layout;
use super::located_node::LocatedNode;
use super::operation::Content;
use super::scalar::{Style, inline};

/// The longest tag before an item of a sequence, in bytes.
const LONGEST_TAG: usize = 1_024;

/// The edit that replaces a scalar by a content.
pub(super) fn edit(
    layout: Layout<'_>,
    place: &LocatedNode<'_, '_>,
    content: &Content,
) -> Option<TextEdit> {
    if matches!(place.node.value, Value::Mapping(_) | Value::Sequence(_)) {
        return None;
    }
    let span = place.node.span;
    let written = layout.under(span);
    if is_tagged(layout, place) || has_comment(written) {
        return None;
    }
    let json = place.is_json(layout);
    let (keys, values) = if json {
        (Style::Double, Style::Double)
    } else {
        (Style::Plain, Style::from_written(written))
    };
    let text = inline(content, keys, values, false, place.in_flow);
    if !written.is_empty() {
        return Some(TextEdit { span, text });
    }
    place.is_left_out(layout).then(|| TextEdit {
        span,
        text: format!(" {text}"),
    })
}

/// Whether the value has a tag, which determines how it is read.
fn is_tagged(layout: Layout<'_>, place: &LocatedNode<'_, '_>) -> bool {
    let start = place.node.span.start;
    let between = match place.entry {
        Some((entry, _)) if entry.key_span.end <= start => {
            layout.under(Span::new(entry.key_span.end, start))
        }
        _ => layout.before_within(start, LONGEST_TAG),
    };
    let words = between.trim_start_matches(':').split_whitespace();
    words.last().is_some_and(|word| word.starts_with('!'))
}

/// Whether a comment follows the `|` or `>` of a block scalar.
fn has_comment(written: &str) -> bool {
    let header = written.lines().next().unwrap_or_default();
    written.starts_with(['|', '>']) && header.contains('#')
}

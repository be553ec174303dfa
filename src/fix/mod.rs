//! From a change of a value to edits of the text it was read from.
//!
//! A rule says what to change as operations on the value ([`Operation`]); [`edits()`] finds the
//! stretches of text that say so, and what to write in their places. Everything outside of these
//! stays byte for byte: comments, the order of keys, quotes, indentation, line breaks. Where the text
//! leaves a doubt (a value that an alias repeats, a key written twice, a mapping of one pair without
//! braces …) there are no edits.

pub mod diff;
mod edit;
mod insertion;
mod layout;
mod operation;
mod place;
mod removal;
mod replacement;
mod scalar;
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
mod tests;

pub use edit::{Edit, apply};
pub use operation::{Content, Operation};

use crate::document::{Document, Span};

use layout::Layout;
use place::Place;

/// The edits of a document's text that make all the operations true; none where that can't be done
/// with certainty. `text` is the whole file's.
#[must_use]
pub fn edits(text: &str, document: &Document<'_>, operations: &[Operation]) -> Option<Vec<Edit>> {
    let layout = Layout::new(text);
    let mut edits = operations
        .iter()
        .map(|operation| edit(layout, document, operation))
        .collect::<Option<Vec<_>>>()?;
    edits.sort_by_key(|edit| edit.span);
    let apart =
        edits.is_sorted_by(|a, b| a.span.end <= b.span.start && a.span.start < b.span.start);
    (apart && !edits.is_empty()).then_some(edits)
}

fn edit(layout: Layout<'_>, document: &Document<'_>, operation: &Operation) -> Option<Edit> {
    let path = operation.path();
    // Parsers disagree on which of two equal keys counts.
    if document
        .repeated_keys
        .iter()
        .any(|repeated| path.starts_with(&repeated.path))
    {
        return None;
    }
    let (place, missing) = Place::find(layout, document, path)?;
    let edit = match operation {
        Operation::Add { content, .. } if !missing.is_empty() => {
            insertion::edit(layout, &place, missing, content)
        }
        Operation::Add { content, .. } | Operation::Replace { content, .. }
            if missing.is_empty() =>
        {
            replacement::edit(layout, &place, content)
        }
        Operation::Remove { .. } if missing.is_empty() => removal::edit(layout, &place),
        _ => None,
    }?;
    let changes_others =
        |shared: &Span| shared.contains(place.node.span) || edit.span.contains(*shared);
    (!document.shared.iter().any(changes_others)).then_some(edit)
}

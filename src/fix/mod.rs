//! Turns changes of a value into edits of its source.
//!
//! A rule states what to change as operations on the value ([`Operation`]). [`edits()`] finds the ranges of the
//! source that they affect, and what to write there. Everything else stays the same, byte for byte: comments, the
//! order of keys, quotes, indentation and line breaks. If the source leaves any doubt (a value that an alias repeats,
//! a repeated key, a mapping of one pair without braces …), there are no edits.

pub mod diff;
mod edit;
mod insertion;
mod layout;
mod located_node;
mod operation;
mod removal;
mod replacement;
mod scalar;
mod shared;
#[cfg(test)]
mod tests;

pub use edit::{TextEdit, apply};
pub use operation::{Content, Operation};

use std::collections::HashSet;

use document::{Document, Span, Step};

use layout::Layout;
use located_node::LocatedNode;
use shared::Shared;

/// The edits that make all the operations in a document; `None` if that can't be done with certainty. `text` is that
/// of the whole file.
#[must_use]
pub fn edits(
    text: &str,
    document: &Document<'_>,
    operations: &[Operation],
) -> Option<Vec<TextEdit>> {
    Editor::new(text, document).edits(operations)
}

/// Makes edits of one document.
pub(crate) struct Editor<'d, 't> {
    layout: Layout<'d>,
    document: &'d Document<'t>,
    /// The spans of keys that replace equal ones before them.
    repeating: HashSet<Span>,
    shared: Shared,
}

impl<'d, 't> Editor<'d, 't> {
    /// An editor for a document of a file with this text.
    pub fn new(text: &'d str, document: &'d Document<'t>) -> Self {
        let last_ones = document.repeated_keys.iter().map(|repeated| repeated.last);
        Self {
            layout: Layout::new(text),
            document,
            repeating: last_ones.collect(),
            shared: Shared::new(&document.shared),
        }
    }

    /// The edits that make all the operations; `None` if that can't be done with certainty.
    pub fn edits(&self, operations: &[Operation]) -> Option<Vec<TextEdit>> {
        let mut edits = operations
            .iter()
            .map(|operation| self.edit(operation))
            .collect::<Option<Vec<_>>>()?;
        sort::by_key(&mut edits, |edit| edit.span);
        let apart =
            edits.is_sorted_by(|a, b| a.span.end <= b.span.start && a.span.start < b.span.start);
        (apart && !edits.is_empty()).then_some(edits)
    }

    fn edit(&self, operation: &Operation) -> Option<TextEdit> {
        let path = operation.path();
        // Parsers disagree about which of two equal keys counts.
        if self.has_repeated_key(path) {
            return None;
        }
        let layout = self.layout;
        let (place, missing) = LocatedNode::find(layout, self.document, path)?;
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
            self.shared.any_holds(place.node.span) || self.shared.any_within(edit.span);
        (!changes_others).then_some(edit)
    }

    /// Whether a mapping on a path has the path's key more than once.
    fn has_repeated_key(&self, path: &[Step]) -> bool {
        if self.repeating.is_empty() {
            return false;
        }
        let mut node = &self.document.root;
        for step in path {
            if let (Some(mapping), Step::Key(key)) = (node.as_mapping(), step)
                && let Some(entry) = mapping.get(key)
                && self.repeating.contains(&entry.key_span)
            {
                return true;
            }
            match node.at(std::slice::from_ref(step)) {
                Some(next) => node = next,
                None => return false,
            }
        }
        false
    }
}

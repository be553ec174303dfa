//! From a path to a place in the text.

use super::{Node, Span, Value};

/// One step down a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// Into a mapping, by key.
    Key(String),
    /// Into a sequence, by index, from 0.
    Index(usize),
}

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// The whole path exists: the span of its value, in bytes.
    Value(Span),
    /// The path ends early: the span that stands for the last node on it that exists, in bytes.
    Ancestor(Span),
}

impl Location {
    /// The span, whichever it is, in bytes.
    #[must_use]
    pub const fn span(self) -> Span {
        match self {
            Self::Value(span) | Self::Ancestor(span) => span,
        }
    }
}

impl Node<'_> {
    /// The node at a path, if the whole path exists.
    #[must_use]
    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |node, step| node.child(step).map(|(child, _)| child))
    }

    /// Where in the text the value at a path is, or else what the reader should look at.
    ///
    /// When the path ends early, that is the key of the last mapping entry on it; for an item of
    /// a sequence the item itself, and for an item or a root that is a mapping its first key.
    #[must_use]
    pub fn locate(&self, path: &[Step]) -> Location {
        let mut node = self;
        let mut handle = self.head();
        for step in path {
            let Some((child, key)) = node.child(step) else {
                return Location::Ancestor(handle);
            };
            node = child;
            handle = key.unwrap_or_else(|| child.head());
        }
        Location::Value(node.span)
    }

    /// The node one step down, and its key if it has one.
    fn child(&self, step: &Step) -> Option<(&Self, Option<Span>)> {
        match (&self.value, step) {
            (Value::Mapping(mapping), Step::Key(key)) => {
                let entry = mapping.get(key)?;
                Some((&entry.node, Some(entry.key_span)))
            }
            (Value::Sequence(items), Step::Index(index)) => Some((items.get(*index)?, None)),
            _ => None,
        }
    }

    /// What stands for a node that has no key: its own first key, or else all of it. A key that
    /// was merged in is elsewhere in the text and would point at the wrong node.
    fn head(&self) -> Span {
        self.as_mapping()
            .and_then(|mapping| mapping.iter().next())
            .map(|entry| entry.key_span)
            .filter(|key| self.span.contains(*key))
            .unwrap_or(self.span)
    }
}

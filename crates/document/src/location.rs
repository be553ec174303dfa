//! Finds the text of the value at a path.

use super::{Node, Span, Value};

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// To the value of a key in a mapping.
    Key(String),
    /// To the item of a sequence with this index, counted from 0.
    Index(usize),
}

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// The path exists. The span is that of its value, in bytes.
    Value(Span),
    /// The path doesn't exist. The span represents the last node on it that does, in bytes.
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
    /// The node at a path, if the path exists.
    #[must_use]
    pub fn at(&self, path: &[Step]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |node, step| node.child(step).map(|(child, _)| child))
    }

    /// The location of the value at a path, or of the nearest thing to it that exists.
    ///
    /// If the path doesn't exist, that is the key of the last mapping entry on it. For an item of a sequence it is
    /// the item, but for an item or a root that is a mapping it is the mapping's first key.
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

    /// The node one step below, with its key if it has one.
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

    /// The span that represents a node without a key: its first key, or else all of it. A merged key doesn't count,
    /// because it is elsewhere in the text.
    fn head(&self) -> Span {
        self.as_mapping()
            .and_then(|mapping| mapping.iter().next())
            .map(|entry| entry.key_span)
            .filter(|key| self.span.contains(*key))
            .unwrap_or(self.span)
    }
}

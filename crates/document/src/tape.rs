//! Tapes: documents as flat lists of their parts.

use std::borrow::Cow;

use super::{Span, scalar::Reading};

/// A part of a document. The children of a sequence or mapping follow it, each with its own children. Those of a
/// mapping are keys and values in turn.
pub(super) enum Part<'t> {
    Scalar {
        text: Cow<'t, str>,
        reading: Reading,
        span: Span,
    },
    /// Refers to the part that has the anchor.
    Alias { target: usize, span: Span },
    /// `after` is the index of the part after all the children.
    Sequence {
        items: usize,
        after: usize,
        span: Span,
    },
    Mapping {
        entries: usize,
        after: usize,
        span: Span,
    },
}

/// The parts of a document, the root first.
#[derive(Default)]
pub(super) struct Tape<'t> {
    pub parts: Vec<Part<'t>>,
    /// The parts that aliases refer to, in the order of the aliases. They are read more than once.
    pub shared: Vec<usize>,
}

impl Tape<'_> {
    /// The index after a part and all its children.
    pub(crate) fn after(&self, at: usize) -> usize {
        match self.parts.get(at) {
            Some(Part::Sequence { after, .. } | Part::Mapping { after, .. }) => *after,
            _ => at + 1,
        }
    }

    /// The part at an index, or the one that it refers to.
    pub(crate) fn resolve(&self, at: usize) -> usize {
        match self.parts.get(at) {
            Some(Part::Alias { target, .. }) => *target,
            _ => at,
        }
    }

    /// Whether a part is a scalar, which a key has to be.
    pub(crate) fn is_scalar(&self, at: usize) -> bool {
        matches!(self.parts.get(self.resolve(at)), Some(Part::Scalar { .. }))
    }

    /// Whether a part is the merge key: `<<`, plain or tagged as one.
    pub(crate) fn is_merge_key(&self, at: usize) -> bool {
        matches!(
            self.parts.get(at),
            Some(Part::Scalar { text, reading: Reading::Core | Reading::Merge, .. }) if text == "<<"
        )
    }

    /// The mappings that a merge key with this value merges, by priority. If the value or an item of it isn't a
    /// mapping, the index of that part.
    pub(crate) fn merged(&self, value: usize) -> Result<Vec<usize>, usize> {
        let whole = self.resolve(value);
        match self.parts.get(whole) {
            Some(Part::Mapping { .. }) => Ok(vec![value]),
            Some(Part::Sequence { items, .. }) => {
                let mut at = whole + 1;
                (0..*items)
                    .map(|_| {
                        let item = at;
                        at = self.after(item);
                        match self.parts.get(self.resolve(item)) {
                            Some(Part::Mapping { .. }) => Ok(item),
                            _ => Err(item),
                        }
                    })
                    .collect()
            }
            _ => Err(value),
        }
    }

    /// The span of a part; for an alias, that of the alias itself.
    pub(crate) fn span(&self, at: usize) -> Span {
        match self.parts.get(at) {
            Some(
                Part::Scalar { span, .. }
                | Part::Alias { span, .. }
                | Part::Sequence { span, .. }
                | Part::Mapping { span, .. },
            ) => *span,
            None => Span::default(),
        }
    }
}

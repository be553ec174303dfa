//! From a tape to a tree.

use std::{borrow::Cow, mem};

use super::{
    Entry, Mapping, Node, RepeatedKey, Span, Step, Value,
    tape::{Part, Tape},
};

/// The tree of a document.
pub(super) struct Tree<'t> {
    pub root: Node<'t>,
    pub repeated_keys: Vec<RepeatedKey>,
    pub node_count: usize,
}

/// Builds the tree of a sound tape. Recurses as deep as the document is, aliases expanded; the
/// recorder has seen to it that this stays within the limits.
pub(super) fn build(tape: Tape<'_>) -> Tree<'_> {
    let mut builder = Builder {
        tape,
        copying: false,
        repeated_keys: Vec::new(),
        node_count: 0,
    };
    let root = builder.node(0, &Trail::Root);
    Tree {
        root,
        repeated_keys: builder.repeated_keys,
        node_count: builder.node_count,
    }
}

struct Builder<'t> {
    tape: Tape<'t>,
    /// Whether the parts being read belong to an alias. Their repeated keys have been reported
    /// where they stand.
    copying: bool,
    repeated_keys: Vec<RepeatedKey>,
    node_count: usize,
}

/// The way from the root to a node, kept on the stack; it becomes a path only when one is needed.
enum Trail<'p> {
    Root,
    Key(&'p Trail<'p>, &'p str),
    Index(&'p Trail<'p>, usize),
}

impl Trail<'_> {
    fn path(&self) -> Vec<Step> {
        let mut path = Vec::new();
        let mut trail = self;
        loop {
            trail = match trail {
                Trail::Root => break,
                Trail::Key(parent, key) => {
                    path.push(Step::Key((*key).to_owned()));
                    parent
                }
                Trail::Index(parent, index) => {
                    path.push(Step::Index(*index));
                    parent
                }
            };
        }
        path.reverse();
        path
    }
}

impl<'t> Builder<'t> {
    fn node(&mut self, at: usize, trail: &Trail<'_>) -> Node<'t> {
        let span = self.tape.span(at);
        let value = match self.tape.parts.get(at) {
            Some(Part::Alias { target, .. }) => {
                let target = *target;
                return self.copy(target, trail);
            }
            Some(Part::Scalar { reading, .. }) => {
                let reading = *reading;
                reading.value(self.text(at))
            }
            Some(Part::Sequence { items, .. }) => {
                let items = *items;
                Value::Sequence(self.sequence(at, items, trail))
            }
            Some(Part::Mapping { entries, .. }) => {
                let entries = *entries;
                Value::Mapping(self.mapping(at, entries, trail))
            }
            // No sound tape leads here.
            None => Value::Null,
        };
        self.node_count += 1;
        Node { span, value }
    }

    fn sequence(&mut self, at: usize, items: usize, trail: &Trail<'_>) -> Vec<Node<'t>> {
        let mut child = at + 1;
        (0..items)
            .map(|index| {
                let node = self.node(child, &Trail::Index(trail, index));
                child = self.tape.after(child);
                node
            })
            .collect()
    }

    fn mapping(&mut self, at: usize, count: usize, trail: &Trail<'_>) -> Mapping<'t> {
        let mut entries = Vec::with_capacity(count);
        let mut merges = Vec::new();
        let mut key_at = at + 1;
        for _ in 0..count {
            let value_at = key_at + 1;
            if self.tape.is_merge_key(key_at) {
                merges.push(value_at);
            } else {
                let (key, key_span) = self.key(key_at);
                let node = self.node(value_at, &Trail::Key(trail, &key));
                entries.push(Entry {
                    key,
                    key_span,
                    node,
                });
            }
            key_at = self.tape.after(value_at);
        }
        let own = entries.len();
        for value in merges {
            self.merge(value, trail, &mut entries);
        }
        let (mapping, ousted) = Mapping::unique(entries, own);
        if !self.copying {
            self.repeated_keys.extend(ousted.into_iter().map(|lost| {
                let key = lost.entry.key.into_owned();
                RepeatedKey {
                    path: Trail::Key(trail, &key).path(),
                    key,
                    span: lost.entry.key_span,
                    again: lost.next,
                    last: lost.by,
                }
            }));
        }
        mapping
    }

    /// Adds the entries a merge key brings in, those that win first.
    fn merge(&mut self, value: usize, trail: &Trail<'_>, entries: &mut Vec<Entry<'t>>) {
        // The recorder has refused values that cannot be merged.
        let sources = self.tape.merged(value).unwrap_or_default();
        let elsewhere = self.tape.resolve(value) != value;
        for source in sources {
            let node = if elsewhere {
                self.copy(source, trail)
            } else {
                self.node(source, trail)
            };
            if let Value::Mapping(mapping) = node.value {
                entries.extend(mapping.into_entries());
            }
        }
    }

    /// Builds the node of a part that belongs to an alias.
    fn copy(&mut self, at: usize, trail: &Trail<'_>) -> Node<'t> {
        let before = mem::replace(&mut self.copying, true);
        let node = self.node(at, trail);
        self.copying = before;
        node
    }

    fn key(&mut self, at: usize) -> (Cow<'t, str>, Span) {
        let at = self.tape.resolve(at);
        (self.text(at), self.tape.span(at))
    }

    /// The text of a scalar: taken off the tape, or copied if an alias may come back for it.
    fn text(&mut self, at: usize) -> Cow<'t, str> {
        match self.tape.parts.get_mut(at) {
            Some(Part::Scalar { text, .. }) if !self.tape.shared.is_empty() => text.clone(),
            Some(Part::Scalar { text, .. }) => mem::take(text),
            _ => Cow::Borrowed(""),
        }
    }
}

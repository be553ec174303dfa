//! Builds a tree from a tape.

use std::{borrow::Cow, cell::OnceCell, mem, rc::Rc};

use super::{
    Document, Entry, Mapping, Node, RepeatedKey, Span, Step, Value, cut,
    tape::{Part, Tape},
};

/// Builds the document of a valid tape, which may begin with a marker. The recursion is as deep as the document with
/// its aliases expanded, which the recorder has limited.
pub(super) fn document(tape: Tape<'_>, marker: Option<Span>) -> Document<'_> {
    let shared = tape.shared.iter().map(|&part| tape.span(part)).collect();
    let mut builder = Builder {
        tape,
        copying: false,
        repeated_keys: Vec::new(),
        node_count: 0,
        nothing: Rc::default(),
    };
    let root = builder.node(0, &Trail::root());
    let value = root.span;
    Document {
        root,
        span: marker.map_or(value, |marker| {
            Span::new(marker.start, marker.end.max(value.end))
        }),
        repeated_keys: builder.repeated_keys,
        shared,
        node_count: builder.node_count,
    }
}

struct Builder<'t> {
    tape: Tape<'t>,
    /// Whether the parts being read belong to an alias. Their repeated keys have already been reported where they
    /// are.
    copying: bool,
    repeated_keys: Vec<RepeatedKey<'t>>,
    node_count: usize,
    /// The path of a document that isn't in another one.
    nothing: Rc<[Step]>,
}

/// The way from the root to a node, on the stack. It is only allocated where it is needed.
struct Trail<'p> {
    step: TrailStep<'p>,
    written: OnceCell<Rc<Way>>,
}

enum TrailStep<'p> {
    Root,
    Key(&'p Trail<'p>, &'p str),
    Index(&'p Trail<'p>, usize),
}

impl<'p> Trail<'p> {
    const fn root() -> Self {
        Self {
            step: TrailStep::Root,
            written: OnceCell::new(),
        }
    }

    const fn key(parent: &'p Trail<'p>, key: &'p str) -> Self {
        Self {
            step: TrailStep::Key(parent, key),
            written: OnceCell::new(),
        }
    }

    const fn index(parent: &'p Trail<'p>, index: usize) -> Self {
        Self {
            step: TrailStep::Index(parent, index),
            written: OnceCell::new(),
        }
    }

    /// The way, allocated once for everything on it.
    fn way(&self) -> Rc<Way> {
        let write = || {
            Rc::new(match &self.step {
                TrailStep::Root => Way::Root,
                TrailStep::Key(parent, key) => {
                    Way::Step(parent.way(), Step::Key(cut((*key).to_owned())))
                }
                TrailStep::Index(parent, index) => Way::Step(parent.way(), Step::Index(*index)),
            })
        };
        Rc::clone(self.written.get_or_init(write))
    }
}

/// A way from the root. Everything in one mapping or below it shares the beginning: separate paths for a million keys
/// would take memory proportional to the product of keys and lengths.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    Root,
    Step(Rc<Way>, Step),
}

impl Way {
    /// The steps, from the root.
    pub(crate) fn path(&self) -> Vec<Step> {
        let mut path = Vec::new();
        let mut way = self;
        while let Self::Step(parent, step) = way {
            path.push(step.clone());
            way = parent;
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
            // A valid tape has no such part.
            None => Value::Null,
        };
        self.node_count += 1;
        Node { span, value }
    }

    fn sequence(&mut self, at: usize, items: usize, trail: &Trail<'_>) -> Vec<Node<'t>> {
        let mut child = at + 1;
        (0..items)
            .map(|index| {
                let node = self.node(child, &Trail::index(trail, index));
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
                let node = self.node(value_at, &Trail::key(trail, &key));
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
            self.repeated_keys
                .extend(ousted.into_iter().map(|lost| RepeatedKey {
                    key: lost.entry.key,
                    way: trail.way(),
                    under: Rc::clone(&self.nothing),
                    span: lost.entry.key_span,
                    again: lost.next,
                    last: lost.by,
                }));
        }
        mapping
    }

    /// Adds the entries that a merge key brings in, by priority.
    fn merge(&mut self, value: usize, trail: &Trail<'_>, entries: &mut Vec<Entry<'t>>) {
        // The recorder has refused values that can't be merged.
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

    /// The text of a scalar. It is taken from the tape, or copied if an alias may need it again.
    fn text(&mut self, at: usize) -> Cow<'t, str> {
        match self.tape.parts.get_mut(at) {
            Some(Part::Scalar { text, .. }) if !self.tape.shared.is_empty() => text.clone(),
            Some(Part::Scalar { text, .. }) => mem::take(text),
            _ => Cow::Borrowed(""),
        }
    }
}

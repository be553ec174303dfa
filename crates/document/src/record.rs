//! Records the parser's events on a tape, and checks them.

use std::{borrow::Cow, collections::BTreeMap};

use super::{
    Limits, ParseError, Span,
    input::Input,
    quoted,
    scalar::Reading,
    tape::{Part, Tape},
};

/// How many bytes of text count as one node when copies are counted.
const BYTES_A_NODE: usize = 256;

/// The size of a part once all aliases in it are expanded.
#[derive(Clone, Copy)]
struct Size {
    /// Nodes, as [`Limits::alias_nodes`] counts them.
    nodes: usize,
    /// Levels of sequences and mappings, including its own.
    height: usize,
}

/// A sequence or mapping whose end hasn't been reached.
struct Open {
    /// Its index on the tape.
    part: usize,
    is_mapping: bool,
    /// The parser's number for its anchor; 0 if it has none.
    anchor: usize,
    /// How many children it has so far. In a mapping, keys and values count separately.
    children: usize,
    /// Whether the last key is the merge key.
    merge_key: bool,
    /// Whether its first key is a mapping, as in `{{ … }}`.
    doubled: bool,
    /// How many aliases came before it.
    shared: usize,
    size: Size,
    /// The end of its last child.
    end: u32,
}

/// Records one document on a tape, and refuses what must not become a tree.
pub(super) struct Recorder<'t, 'c> {
    input: Input<'t>,
    limits: Limits,
    /// How many nodes the aliases of the file have copied so far.
    copied: &'c mut usize,
    tape: Tape<'t>,
    open: Vec<Open>,
    /// The parts that have anchors, by the parser's numbers; without a size while they are open.
    anchors: BTreeMap<usize, (usize, Option<Size>)>,
    /// The end of the last token that exists in the text.
    token_end: u32,
}

impl<'t, 'c> Recorder<'t, 'c> {
    /// A recorder for the document whose content follows an offset.
    pub(crate) fn new(input: Input<'t>, limits: Limits, copied: &'c mut usize, start: u32) -> Self {
        Self {
            input,
            limits,
            copied,
            tape: Tape::default(),
            open: Vec::new(),
            anchors: BTreeMap::new(),
            token_end: start,
        }
    }

    /// Records a scalar whose content is at a span.
    pub(crate) fn scalar(
        &mut self,
        text: Cow<'t, str>,
        reading: Reading,
        span: Span,
        anchor: usize,
    ) -> Result<(), ParseError> {
        let size = Size {
            nodes: 1 + text.len() / BYTES_A_NODE,
            height: 0,
        };
        self.token_end = self.token_end.max(span.end);
        let part = self.push(Part::Scalar {
            text,
            reading,
            span,
        });
        if anchor != 0 {
            self.anchors.insert(anchor, (part, Some(size)));
        }
        self.attach(part, size, span.end)
    }

    /// Records a missing scalar: after the colon of its key, if it has one.
    pub(crate) fn left_out(
        &mut self,
        reading: Reading,
        at: u32,
        anchor: usize,
    ) -> Result<(), ParseError> {
        let is_value = self.open.last().is_some_and(Open::awaits_value);
        let at = if is_value {
            self.input.after_colon(self.token_end)
        } else {
            at
        };
        self.scalar(Cow::Borrowed(""), reading, Span::empty(at), anchor)
    }

    /// Records an empty scalar at an offset.
    pub(crate) fn left_out_at(&mut self, at: u32) -> Result<(), ParseError> {
        self.scalar(Cow::Borrowed(""), Reading::Core, Span::empty(at), 0)
    }

    /// Records a block scalar. The parser's span includes what follows its content.
    pub(crate) fn block(
        &mut self,
        text: Cow<'t, str>,
        reading: Reading,
        content: Span,
        anchor: usize,
    ) -> Result<(), ParseError> {
        let start = self.input.block_indicator(self.token_end, content.start);
        let mut span = Span::new(start, content.end);
        span.end = self.input.block_end(span);
        self.scalar(text, reading, span, anchor)
    }

    /// Records an alias.
    pub(crate) fn alias(&mut self, anchor: usize, span: Span) -> Result<(), ParseError> {
        let Some(&(target, size)) = self.anchors.get(&anchor) else {
            return Err(self.unknown_alias(span));
        };
        let Some(size) = size else {
            let name = quoted(span.slice(self.input.text()), '`');
            let message = format!("the alias {name} refers to itself");
            return Err(ParseError::syntax(message, span));
        };
        if self.open.len().saturating_add(size.height) > self.limits.depth {
            return Err(ParseError::too_deep(self.limits.depth, span));
        }
        let copied = self.copied.saturating_add(size.nodes);
        if copied > self.limits.alias_nodes {
            return Err(ParseError::too_many_copies(self.limits.alias_nodes, span));
        }
        *self.copied = copied;
        self.tape.shared.push(target);
        self.token_end = span.end;
        let part = self.push(Part::Alias { target, span });
        self.attach(part, size, span.end)
    }

    /// The error for an alias that has no anchor before it.
    pub(crate) fn unknown_alias(&self, span: Span) -> ParseError {
        let name = span.slice(self.input.text());
        let anchor = name.strip_prefix('*').unwrap_or(name);
        let message = format!(
            "the alias {} refers to nothing: no {} comes before it",
            quoted(name, '`'),
            quoted(&format!("&{anchor}"), '`')
        );
        ParseError::syntax(message, span)
    }

    /// Opens a sequence.
    pub(crate) fn open_sequence(
        &mut self,
        mut token: Span,
        anchor: usize,
    ) -> Result<(), ParseError> {
        // If a block sequence isn't indented deeper than its key, the parser's token is the first item.
        if token.is_empty() && self.open.last().is_some_and(Open::awaits_value) {
            let start = self.input.first_dash(self.token_end, token.start);
            token = Span::empty(start.min(token.start));
        }
        let (items, after, span) = (0, 0, token);
        self.open(Part::Sequence { items, after, span }, token, anchor)
    }

    /// Opens a mapping.
    pub(crate) fn open_mapping(&mut self, token: Span, anchor: usize) -> Result<(), ParseError> {
        let (entries, after, span) = (0, 0, token);
        self.open(
            Part::Mapping {
                entries,
                after,
                span,
            },
            token,
            anchor,
        )
    }

    fn open(&mut self, part: Part<'t>, token: Span, anchor: usize) -> Result<(), ParseError> {
        let is_mapping = matches!(part, Part::Mapping { .. });
        if self.open.last().is_some_and(Open::awaits_key) {
            let is_first = self.open.last().is_some_and(|open| open.children == 0);
            if !(is_first && self.is_doubled(token)) {
                return Err(self.collection_as_key(token, is_mapping));
            }
            if let Some(parent) = self.open.last_mut() {
                parent.doubled = true;
            }
        }
        if self.open.len() >= self.limits.depth {
            let span = self.input.visible(token);
            return Err(ParseError::too_deep(self.limits.depth, span));
        }
        self.token_end = self.token_end.max(token.end);
        let part = self.push(part);
        if anchor != 0 {
            self.anchors.insert(anchor, (part, None));
        }
        self.open.push(Open {
            part,
            is_mapping,
            anchor,
            children: 0,
            merge_key: false,
            doubled: false,
            shared: self.tape.shared.len(),
            size: Size {
                nodes: 1,
                height: 1,
            },
            end: token.end,
        });
        Ok(())
    }

    /// Closes the innermost sequence or mapping. The token is its closing bracket; it is empty for a block, which
    /// ends with its last child.
    pub(crate) fn close(&mut self, token: Span) -> Result<(), ParseError> {
        let Some(closed) = self.open.pop() else {
            return Ok(());
        };
        let close = if token.is_empty() {
            closed.end
        } else {
            token.end
        };
        if closed.doubled {
            return self.template(&closed, close);
        }
        let next = self.tape.parts.len();
        match self.tape.parts.get_mut(closed.part) {
            Some(Part::Sequence { items, after, span }) => {
                (*items, *after, span.end) = (closed.children, next, close);
            }
            Some(Part::Mapping {
                entries,
                after,
                span,
            }) => (*entries, *after, span.end) = (closed.children / 2, next, close),
            _ => {}
        }
        if closed.anchor != 0 {
            self.anchors
                .insert(closed.anchor, (closed.part, Some(closed.size)));
        }
        self.token_end = self.token_end.max(close);
        self.attach(closed.part, closed.size, close)
    }

    /// Records an unquoted `{{ … }}` as the string that its author meant. To YAML, it is a mapping with a mapping as
    /// its key.
    fn template(&mut self, closed: &Open, end: u32) -> Result<(), ParseError> {
        let span = Span::new(self.tape.span(closed.part).start, end);
        let text = span.slice(self.input.text());
        if closed.children != 2 || !text.ends_with("}}") {
            let key = Span::new(span.start + 1, span.start + 2);
            return Err(self.collection_as_key(key, true));
        }
        self.tape.parts.truncate(closed.part);
        let inside = self.tape.shared.split_off(closed.shared);
        let outside = inside.into_iter().filter(|target| *target < closed.part);
        self.tape.shared.extend(outside);
        // The parser numbers anchors in order.
        while let Some(last) = self.anchors.last_entry()
            && last.get().0 >= closed.part
        {
            last.remove();
        }
        self.scalar(Cow::Borrowed(text), Reading::Text, span, closed.anchor)
    }

    /// The tape of the finished document.
    pub(crate) fn finish(self) -> Tape<'t> {
        self.tape
    }

    fn push(&mut self, part: Part<'t>) -> usize {
        self.tape.parts.push(part);
        self.tape.parts.len() - 1
    }

    /// Makes a complete part the child of the innermost sequence or mapping.
    fn attach(&mut self, part: usize, size: Size, end: u32) -> Result<(), ParseError> {
        let Some(parent) = self.open.last_mut() else {
            return Ok(());
        };
        let is_key = parent.awaits_key();
        let is_merge = parent.awaits_value() && parent.merge_key;
        parent.children += 1;
        parent.size.nodes = parent.size.nodes.saturating_add(size.nodes);
        parent.size.height = parent.size.height.max(size.height.saturating_add(1));
        parent.end = parent.end.max(end);
        if is_key {
            parent.merge_key = self.tape.is_merge_key(part);
            if !self.tape.is_scalar(part) && !parent.doubled {
                let target = self.tape.parts.get(self.tape.resolve(part));
                let is_mapping = matches!(target, Some(Part::Mapping { .. }));
                return Err(self.collection_as_key(self.tape.span(part), is_mapping));
            }
        }
        if is_merge && let Err(wrong) = self.tape.merged(part) {
            let span = self.input.visible(self.tape.span(wrong));
            let message = "the value of `<<` has to be a mapping or a list of mappings".to_owned();
            return Err(ParseError::syntax(message, span));
        }
        Ok(())
    }

    fn collection_as_key(&self, token: Span, is_mapping: bool) -> ParseError {
        let what = if is_mapping { "mapping" } else { "sequence" };
        let hint = if self.is_doubled(token) {
            ": quote the whole value if `{{` is part of a string"
        } else {
            ""
        };
        let message = format!("a {what} can't be a key{hint}");
        ParseError::syntax(message, self.input.visible(token))
    }

    /// Whether a token is the second brace of `{{`.
    fn is_doubled(&self, token: Span) -> bool {
        let before = self.input.text().get(..token.start as usize);
        token.slice(self.input.text()) == "{" && before.is_some_and(|it| it.ends_with('{'))
    }
}

impl Open {
    const fn awaits_key(&self) -> bool {
        self.is_mapping && self.children.is_multiple_of(2)
    }

    const fn awaits_value(&self) -> bool {
        self.is_mapping && !self.children.is_multiple_of(2)
    }
}

//! Block mappings and sequences, as their indentation nests them.

use super::{
    Scalar, Span, Unsure,
    cursor::{Cursor, Line},
    flow::Flow,
    plain::Context,
};
use crate::{record::Recorder, tape::Tape};

/// A longer key, which nobody writes, is left to the parser and its limit.
pub(super) const MOST_KEY_BYTES: usize = 1024;

/// A block mapping or sequence whose end hasn't been reached.
#[derive(Clone, Copy)]
struct Level {
    kind: Kind,
    /// How many spaces come before its keys or dashes.
    indent: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mapping,
    Sequence,
    /// A sequence whose dashes are indented as its key is.
    SequenceOfKey,
}

/// Reads one document.
pub(super) struct Structure<'t, 'c> {
    cursor: Cursor<'t>,
    recorder: Recorder<'t, 'c>,
    /// The open collections, the innermost last.
    levels: Vec<Level>,
    /// The offset of the value that comes next if it is missing; `None` where there can't be one.
    awaited: Option<u32>,
}

impl<'t, 'c> Structure<'t, 'c> {
    /// Reads the document that begins at the cursor. Without a value, its value is at `start`.
    pub(super) const fn new(cursor: Cursor<'t>, recorder: Recorder<'t, 'c>, start: u32) -> Self {
        Self {
            cursor,
            recorder,
            levels: Vec::new(),
            awaited: Some(start),
        }
    }

    /// Reads the document. The cursor moves to what ends it.
    pub(super) fn read(mut self, cursor: &mut Cursor<'t>) -> Result<Tape<'t>, Unsure> {
        while let Line::Content(indent) = self.cursor.next_line()? {
            self.line(indent)?;
        }
        while !self.levels.is_empty() {
            self.close()?;
        }
        self.leave_out()?;
        *cursor = self.cursor;
        Ok(self.recorder.finish())
    }

    /// What begins on a line with this indentation.
    fn line(&mut self, indent: usize) -> Result<(), Unsure> {
        while self
            .levels
            .last()
            .is_some_and(|level| level.indent > indent)
        {
            self.close()?;
        }
        let is_dash = self.cursor.is_at_indicator(b'-');
        match self.levels.last() {
            Some(level) if level.indent == indent => match (level.kind, is_dash) {
                (Kind::Mapping, true) => self.sequence_of_key(indent),
                (Kind::Mapping, false) => self.entry(),
                (_, true) => self.item(indent),
                (Kind::SequenceOfKey, false) => {
                    self.close()?;
                    self.entry()
                }
                (Kind::Sequence, false) => Err(Unsure),
            },
            // A line indented deeper than the innermost collection can only be the value that is expected.
            _ if self.awaited.take().is_some() => self.node(indent),
            _ => Err(Unsure),
        }
    }

    /// The first dash of a sequence that is indented as its key is.
    fn sequence_of_key(&mut self, indent: usize) -> Result<(), Unsure> {
        if self.awaited.take().is_none() {
            return Err(Unsure);
        }
        self.open_sequence(Kind::SequenceOfKey, indent)?;
        self.item(indent)
    }

    /// A key of the innermost mapping, and the rest of its line.
    fn entry(&mut self) -> Result<(), Unsure> {
        self.leave_out()?;
        let key = self.scalar()?;
        self.cursor.skip_spaces();
        if !self.cursor.is_at_indicator(b':') {
            return Err(Unsure);
        }
        self.value_of(key)
    }

    /// A dash of the innermost sequence, and the rest of its line.
    fn item(&mut self, indent: usize) -> Result<(), Unsure> {
        self.leave_out()?;
        match self.dash(indent)? {
            Some(indent) => self.node(indent),
            None => Ok(()),
        }
    }

    /// Skips a dash. Returns the indentation of an item that follows it on its line.
    fn dash(&mut self, indent: usize) -> Result<Option<usize>, Unsure> {
        self.cursor.advance(1);
        let spaces = self.cursor.skip_spaces();
        if self.cursor.ends_line()? {
            self.awaited = Some(self.cursor.offset());
            return Ok(None);
        }
        Ok(Some(indent + 1 + spaces))
    }

    /// A value that may be a block mapping or sequence, and begins at this column.
    fn node(&mut self, mut indent: usize) -> Result<(), Unsure> {
        while self.cursor.is_at_indicator(b'-') {
            self.open_sequence(Kind::Sequence, indent)?;
            match self.dash(indent)? {
                Some(inner) => indent = inner,
                None => return Ok(()),
            }
        }
        if self.is_at_scalar() {
            let scalar = self.scalar()?;
            self.cursor.skip_spaces();
            if !self.cursor.is_at_indicator(b':') {
                return self.scalar_value(scalar);
            }
            let start = Span::empty(scalar.span.start);
            self.recorder.open_mapping(start, 0)?;
            self.levels.push(Level {
                kind: Kind::Mapping,
                indent,
            });
            return self.value_of(scalar);
        }
        self.other_value()
    }

    /// A key, whose colon is next, and the part of its value that is on the line.
    fn value_of(&mut self, key: Scalar<'t>) -> Result<(), Unsure> {
        if self.cursor.span_from(key.span.start).len() as usize > MOST_KEY_BYTES {
            return Err(Unsure);
        }
        key.record(&mut self.recorder)?;
        self.cursor.advance(1);
        let colon_end = self.cursor.offset();
        if self.cursor.ends_line()? {
            self.awaited = Some(colon_end);
            return Ok(());
        }
        if !self.is_at_scalar() {
            return self.other_value();
        }
        let scalar = self.scalar()?;
        self.cursor.skip_spaces();
        self.scalar_value(scalar)
    }

    /// A scalar that isn't a key. It goes to the end of the line, or beyond.
    fn scalar_value(&mut self, mut scalar: Scalar<'t>) -> Result<(), Unsure> {
        let indent = self.indent()?;
        if scalar.is_plain() {
            scalar = self.cursor.continued(scalar, indent)?;
        }
        if !self.cursor.ends_line()? {
            return Err(Unsure);
        }
        scalar.record(&mut self.recorder)
    }

    /// A value that isn't a plain or quoted scalar.
    fn other_value(&mut self) -> Result<(), Unsure> {
        if matches!(self.cursor.peek(), Some(b'|' | b'>')) {
            let scalar = self.cursor.block_scalar(self.indent()?)?;
            return scalar.record(&mut self.recorder);
        }
        Flow::new(&mut self.cursor, &mut self.recorder).read()?;
        if self.cursor.ends_line()? {
            Ok(())
        } else {
            Err(Unsure)
        }
    }

    /// The indentation of the innermost collection. It is an error if the whole document is a scalar, because its
    /// lines may begin in the first column, as markers do.
    fn indent(&self) -> Result<usize, Unsure> {
        self.levels.last().map(|level| level.indent).ok_or(Unsure)
    }

    fn is_at_scalar(&self) -> bool {
        !matches!(self.cursor.peek(), Some(b'|' | b'>' | b'[' | b'{'))
    }

    /// The first line of a plain or quoted scalar.
    fn scalar(&mut self) -> Result<Scalar<'t>, Unsure> {
        match self.cursor.peek() {
            Some(quote @ (b'"' | b'\'')) => self.cursor.quoted(quote),
            _ => self.cursor.plain(Context::Block),
        }
    }

    /// Opens a sequence whose first dash is next.
    fn open_sequence(&mut self, kind: Kind, indent: usize) -> Result<(), Unsure> {
        self.recorder.open_sequence(self.cursor.here(), 0)?;
        self.levels.push(Level { kind, indent });
        Ok(())
    }

    /// Closes the innermost collection, whose last value may be missing.
    fn close(&mut self) -> Result<(), Unsure> {
        self.leave_out()?;
        self.levels.pop();
        self.recorder.close(Span::default())?;
        Ok(())
    }

    /// Records the value that is expected as missing, if there is one.
    fn leave_out(&mut self) -> Result<(), Unsure> {
        if let Some(at) = self.awaited.take() {
            self.recorder.left_out_at(at)?;
        }
        Ok(())
    }
}

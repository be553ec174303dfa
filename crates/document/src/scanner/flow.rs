//! Flow collections: `[a, b]`, `{a: b}`.

use super::{Scalar, Span, Unsure, cursor::Cursor, plain::Context, structure::MOST_KEY_BYTES};
use crate::record::Recorder;

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// An item, a key or the closing bracket.
    Child,
    /// The value of a key, after its colon.
    Value,
    /// A comma or the closing bracket.
    Separator,
}

/// Reads flow collections.
pub(super) struct Flow<'s, 't, 'c> {
    cursor: &'s mut Cursor<'t>,
    recorder: &'s mut Recorder<'t, 'c>,
    /// The closing brackets of the open collections, the innermost last.
    brackets: Vec<u8>,
}

impl<'s, 't, 'c> Flow<'s, 't, 'c> {
    pub(super) const fn new(
        cursor: &'s mut Cursor<'t>,
        recorder: &'s mut Recorder<'t, 'c>,
    ) -> Self {
        Self {
            cursor,
            recorder,
            brackets: Vec::new(),
        }
    }

    /// Reads the collection whose opening bracket is next.
    pub(super) fn read(mut self) -> Result<(), Unsure> {
        let mut next = self.node()?;
        while !self.brackets.is_empty() {
            next = match next {
                Next::Child => self.child()?,
                Next::Value => self.value()?,
                Next::Separator => self.separator()?,
            };
        }
        Ok(())
    }

    fn is_in_mapping(&self) -> bool {
        self.brackets.last() == Some(&b'}')
    }

    fn is_at_close(&self) -> bool {
        self.cursor.peek() == self.brackets.last().copied()
    }

    fn child(&mut self) -> Result<Next, Unsure> {
        self.cursor.skip_lines()?;
        if self.is_at_close() {
            self.close()
        } else if self.is_in_mapping() {
            self.key()
        } else {
            self.node()
        }
    }

    fn key(&mut self) -> Result<Next, Unsure> {
        let start = self.cursor.at();
        let is_quoted = matches!(self.cursor.peek(), Some(b'"' | b'\''));
        let key = self.scalar()?;
        let end = key.span.end;
        key.record(self.recorder)?;
        self.cursor.skip_spaces();
        match self.cursor.peek() {
            Some(b':') if self.cursor.at() - start <= MOST_KEY_BYTES => {
                self.cursor.advance(1);
                // After a plain key, a bracket needs a space before it.
                match self.cursor.peek() {
                    Some(b'[' | b'{') if !is_quoted => Err(Unsure),
                    _ => Ok(Next::Value),
                }
            }
            Some(b',' | b'}') => {
                self.recorder.left_out_at(end)?;
                Ok(Next::Separator)
            }
            _ => Err(Unsure),
        }
    }

    fn value(&mut self) -> Result<Next, Unsure> {
        let colon_end = self.cursor.offset();
        self.cursor.skip_spaces();
        if matches!(self.cursor.peek(), Some(b',' | b'}')) {
            self.recorder.left_out_at(colon_end)?;
            return Ok(Next::Separator);
        }
        self.node()
    }

    /// An item or a value.
    fn node(&mut self) -> Result<Next, Unsure> {
        match self.cursor.peek() {
            Some(b'[') => {
                let bracket = self.bracket();
                self.recorder.open_sequence(bracket, 0)?;
                self.brackets.push(b']');
                Ok(Next::Child)
            }
            Some(b'{') => {
                let bracket = self.bracket();
                self.recorder.open_mapping(bracket, 0)?;
                self.brackets.push(b'}');
                Ok(Next::Child)
            }
            _ => {
                self.scalar()?.record(self.recorder)?;
                Ok(Next::Separator)
            }
        }
    }

    fn separator(&mut self) -> Result<Next, Unsure> {
        self.cursor.skip_lines()?;
        if self.is_at_close() {
            return self.close();
        }
        if self.cursor.peek() != Some(b',') {
            return Err(Unsure);
        }
        self.cursor.advance(1);
        Ok(Next::Child)
    }

    fn close(&mut self) -> Result<Next, Unsure> {
        let bracket = self.bracket();
        self.brackets.pop();
        self.recorder.close(bracket)?;
        Ok(Next::Separator)
    }

    fn scalar(&mut self) -> Result<Scalar<'t>, Unsure> {
        match self.cursor.peek() {
            Some(quote @ (b'"' | b'\'')) => self.cursor.quoted(quote),
            _ => self.cursor.plain(Context::Flow),
        }
    }

    /// Skips a bracket.
    fn bracket(&mut self) -> Span {
        let start = self.cursor.offset();
        self.cursor.advance(1);
        self.cursor.span_from(start)
    }
}

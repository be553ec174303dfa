//! A position in the text, with the reading that doesn't depend on the context.

use super::{Span, Unsure};

/// A position in the text.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

/// What a line begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// A token, after this many spaces.
    Content(usize),
    /// `---`.
    DocumentStart,
    /// `...`.
    DocumentEnd,
    /// There are no more lines.
    End,
}

impl<'t> Cursor<'t> {
    /// The start of a text of less than 4 GiB.
    pub(super) const fn new(text: &'t str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) fn offset(&self) -> u32 {
        u32::try_from(self.at).unwrap_or(u32::MAX)
    }

    /// The empty span before the next byte.
    pub(super) fn here(&self) -> Span {
        Span::empty(self.offset())
    }

    /// The span from an offset to the next byte.
    pub(super) fn span_from(&self, start: u32) -> Span {
        Span::new(start, self.offset())
    }

    /// The text between two offsets, in bytes.
    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The bytes from the next one to the end.
    pub(super) fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// The next byte.
    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The byte after the next one.
    pub(super) fn peek_second(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at + 1).copied()
    }

    /// The byte before the next one.
    fn previous(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at.checked_sub(1)?).copied()
    }

    /// Skips bytes that have been looked at.
    pub(super) fn advance(&mut self, bytes: usize) {
        self.at += bytes;
    }

    /// Skips spaces, and returns how many there were.
    pub(super) fn skip_spaces(&mut self) -> usize {
        // Mostly there are none, or those of an indentation, which are skipped eight at a time.
        if self.peek() != Some(b' ') {
            return 0;
        }
        let start = self.at;
        while let Some(bytes) = self.rest().first_chunk() {
            let others = u64::from_le_bytes(*bytes) ^ u64::from_le_bytes([b' '; 8]);
            self.at += others.trailing_zeros() as usize / 8;
            if others != 0 {
                return self.at - start;
            }
        }
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.at - start
    }

    /// Skips up to `most` spaces, and returns how many there were.
    pub(super) fn skip_spaces_up_to(&mut self, most: usize) -> usize {
        let start = self.at;
        while self.at - start < most && self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.at - start
    }

    /// Whether a line break or the end of the text is next.
    pub(super) fn is_at_break(&self) -> bool {
        matches!(self.peek(), None | Some(b'\n' | b'\r'))
    }

    /// Whether the next byte is this indicator, followed by a space or a line break as it has to be.
    pub(super) fn is_at_indicator(&self, indicator: u8) -> bool {
        self.peek() == Some(indicator) && ends_token(self.peek_second())
    }

    /// Whether the `#` that is next begins a comment, and isn't part of a string.
    pub(super) fn is_after_space(&self) -> bool {
        self.previous() == Some(b' ')
    }

    /// Skips the rest of the line, up to its line break, and returns it.
    pub(super) fn rest_of_line(&mut self) -> &'t str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let line = rest.split_once('\n').map_or(rest, |(line, _)| {
            // The alphabet allows no other carriage returns.
            line.strip_suffix('\r').unwrap_or(line)
        });
        self.at += line.len();
        line
    }

    /// Skips the line break that is next. Returns false at the end of the text.
    pub(super) fn skip_break(&mut self) -> bool {
        if self.peek() == Some(b'\r') {
            self.at += 1;
        }
        let is_break = self.peek() == Some(b'\n');
        self.at += usize::from(is_break);
        is_break
    }

    /// Skips spaces and a comment. Returns whether that is the end of the line; if so, the line break is next.
    pub(super) fn ends_line(&mut self) -> Result<bool, Unsure> {
        self.skip_spaces();
        match self.peek() {
            None | Some(b'\n' | b'\r') => Ok(true),
            Some(b'#') if self.is_after_space() => {
                self.rest_of_line();
                Ok(true)
            }
            Some(b'#' | b'\t') => Err(Unsure),
            Some(_) => Ok(false),
        }
    }

    /// Skips spaces and line breaks in a flow collection.
    pub(super) fn skip_lines(&mut self) -> Result<(), Unsure> {
        self.skip_spaces();
        while self.skip_break() {
            // A marker may begin the line.
            if self.skip_spaces() == 0 && matches!(self.peek(), Some(b'-' | b'.')) {
                return Err(Unsure);
            }
        }
        Ok(())
    }

    /// Moves to the next line that has more than a comment, from the start or the end of a line. It stops at a
    /// marker.
    pub(super) fn next_line(&mut self) -> Result<Line, Unsure> {
        loop {
            let spaces = self.skip_spaces();
            match self.peek() {
                None => return Ok(Line::End),
                Some(b'\n' | b'\r') => {
                    self.skip_break();
                }
                Some(b'#') => {
                    self.rest_of_line();
                }
                Some(b'\t') => return Err(Unsure),
                Some(_) => return Ok(self.marker(spaces).unwrap_or(Line::Content(spaces))),
            }
        }
    }

    /// The marker that is next, after this many spaces.
    fn marker(&self, spaces: usize) -> Option<Line> {
        if spaces > 0 {
            return None;
        }
        let line = match self.text.get(self.at..self.at + 3)? {
            "---" => Line::DocumentStart,
            "..." => Line::DocumentEnd,
            _ => return None,
        };
        let next = self.text.as_bytes().get(self.at + 3).copied();
        ends_token(next).then_some(line)
    }

    /// Skips a marker that is alone on its line.
    pub(super) fn skip_marker(&mut self) -> Result<Span, Unsure> {
        let start = self.offset();
        self.at += 3;
        let marker = self.span_from(start);
        if self.ends_line()? {
            Ok(marker)
        } else {
            Err(Unsure)
        }
    }
}

/// Whether a byte ends a token before it: a blank, a line break or the end of the text.
pub(super) const fn ends_token(byte: Option<u8>) -> bool {
    matches!(byte, None | Some(b' ' | b'\t' | b'\n' | b'\r'))
}

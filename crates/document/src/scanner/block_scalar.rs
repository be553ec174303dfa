//! Literal and folded scalars: `|` and `>`.

use std::{borrow::Cow, iter::repeat_n};

use super::{Scalar, Unsure, cursor::Cursor};
use crate::scalar::Reading;

/// What happens to line breaks at the end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    /// `-`: none are kept.
    Strip,
    /// One is kept.
    Clip,
    /// `+`: all are kept.
    Keep,
}

/// The indicators after the `|` or `>`.
struct Header {
    chomping: Chomping,
    /// How many spaces deeper than its parent the text is indented; 0 if that depends on its first line.
    increment: usize,
}

/// The text that has been read.
#[derive(Default)]
struct Lines {
    is_folded: bool,
    text: String,
    /// How many empty lines follow the last one that isn't empty.
    breaks: usize,
    /// Whether a line comes before, with a line break after it.
    follows_break: bool,
    /// Whether the line before begins with a blank.
    follows_blank: bool,
}

impl<'t> Cursor<'t> {
    /// The block scalar whose `|` or `>` is next, in a mapping or sequence with this indentation. The cursor moves to
    /// the start of the line after it.
    pub(super) fn block_scalar(&mut self, indent: usize) -> Result<Scalar<'t>, Unsure> {
        let start = self.offset();
        let mut lines = Lines {
            is_folded: self.peek() == Some(b'>'),
            ..Lines::default()
        };
        self.advance(1);
        let header = self.block_header();
        if !self.ends_line()? {
            return Err(Unsure);
        }
        let mut span = self.span_from(start);
        self.skip_break();
        let indent = match header.increment {
            0 => self.first_indent(indent)?,
            increment => indent + increment,
        };
        let mut line_start = self.skip_empty_lines(indent, &mut lines.breaks);
        if self.at() - line_start.at() < indent || self.peek().is_none() {
            return Err(Unsure);
        }
        while self.at() - line_start.at() == indent && self.peek().is_some() {
            let line = self.rest_of_line();
            lines.push(line);
            if line.bytes().any(|byte| !matches!(byte, b' ' | b'\t')) {
                span.end = self.offset();
            }
            lines.follows_break = self.skip_break();
            line_start = self.skip_empty_lines(indent, &mut lines.breaks);
        }
        *self = line_start;
        Ok(Scalar {
            text: Cow::Owned(lines.chomped(header.chomping)),
            reading: Reading::Text,
            span,
        })
    }

    fn block_header(&mut self) -> Header {
        let chomping = self.chomping();
        let mut increment = 0;
        if let Some(digit @ b'1'..=b'9') = self.peek() {
            increment = usize::from(digit - b'0');
            self.advance(1);
        }
        Header {
            chomping: chomping
                .or_else(|| self.chomping())
                .unwrap_or(Chomping::Clip),
            increment,
        }
    }

    fn chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.peek() {
            Some(b'-') => Chomping::Strip,
            Some(b'+') => Chomping::Keep,
            _ => return None,
        };
        self.advance(1);
        Some(chomping)
    }

    /// The indentation of the first line that isn't empty.
    fn first_indent(&self, parent: usize) -> Result<usize, Unsure> {
        let mut ahead = *self;
        let mut widest = 0;
        loop {
            let spaces = ahead.skip_spaces();
            if ahead.peek().is_none() {
                return Err(Unsure);
            }
            if !ahead.is_at_break() {
                // Empty lines before it may not be indented deeper.
                let is_sure = spaces > parent && spaces >= widest;
                return if is_sure { Ok(spaces) } else { Err(Unsure) };
            }
            widest = widest.max(spaces);
            ahead.skip_break();
        }
    }

    /// Skips empty lines and the indentation of the line after them. Returns the start of that line.
    fn skip_empty_lines(&mut self, indent: usize, breaks: &mut usize) -> Self {
        loop {
            let line_start = *self;
            self.skip_spaces_up_to(indent);
            if !self.skip_break() {
                return line_start;
            }
            *breaks += 1;
        }
    }
}

impl Lines {
    /// Adds a line. In a folded scalar, a single line break becomes a space unless one of the two lines begins with a
    /// blank.
    fn push(&mut self, line: &str) {
        let is_blank = line.starts_with([' ', '\t']);
        let is_joined = self.is_folded && self.follows_break && !self.follows_blank && !is_blank;
        if is_joined && self.breaks == 0 {
            self.text.push(' ');
        } else if self.follows_break && !is_joined {
            self.text.push('\n');
        }
        self.text.extend(repeat_n('\n', self.breaks));
        self.text.push_str(line);
        self.breaks = 0;
        self.follows_blank = is_blank;
    }

    fn chomped(mut self, chomping: Chomping) -> String {
        if chomping != Chomping::Strip {
            // The last line counts as complete even if the text ends.
            self.text.push('\n');
        }
        if chomping == Chomping::Keep {
            self.text.extend(repeat_n('\n', self.breaks));
        }
        self.text
    }
}

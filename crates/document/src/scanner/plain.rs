//! Plain scalars: those without quotes.

use std::borrow::Cow;

use super::{
    Scalar, Span, Unsure,
    cursor::{Cursor, ends_token},
};
use crate::scalar::Reading;

/// What a plain scalar is in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// In a block mapping or sequence.
    Block,
    /// In a flow collection.
    Flow,
}

impl<'t> Cursor<'t> {
    /// The first line of the plain scalar that begins here. The cursor moves past it and the blanks after it: to the
    /// `:` of a key, a comment, a line break or an indicator.
    pub(super) fn plain(&mut self, context: Context) -> Result<Scalar<'t>, Unsure> {
        if !self.may_start_plain(context) {
            return Err(Unsure);
        }
        let (start, at) = (self.offset(), self.at());
        let end = self.plain_line(context)?;
        Ok(Scalar {
            text: Cow::Borrowed(self.slice(at, end)),
            reading: Reading::Core,
            span: Span::new(start, start + length(end - at)),
        })
    }

    /// Whether a plain scalar may begin with the next byte.
    fn may_start_plain(&self, context: Context) -> bool {
        match self.peek() {
            Some(b'-') => match self.peek_second() {
                Some(b',' | b'[' | b']' | b'{' | b'}') => context == Context::Block,
                next => !ends_token(next),
            },
            Some(b'?' | b':') => context == Context::Block && !ends_token(self.peek_second()),
            Some(
                b',' | b'[' | b']' | b'{' | b'}' | b'#' | b'&' | b'*' | b'!' | b'|' | b'>' | b'\''
                | b'"' | b'%' | b'@' | b'`' | b' ' | b'\t' | b'\n' | b'\r',
            )
            | None => false,
            Some(_) => true,
        }
    }

    /// Skips one line of a plain scalar and the blanks after it. Returns where the blanks begin.
    fn plain_line(&mut self, context: Context) -> Result<usize, Unsure> {
        let mut end = self.at();
        loop {
            while self.peek().is_some_and(is_ordinary) {
                self.advance(1);
                end = self.at();
            }
            match self.peek() {
                None | Some(b'\n' | b'\r') => return Ok(end),
                Some(b'\t') => return Err(Unsure),
                Some(b' ') => {
                    self.advance(1);
                    continue;
                }
                Some(b'#') if self.is_after_space() => return Ok(end),
                Some(b':') if ends_token(self.peek_second()) => return Ok(end),
                Some(b':') if context == Context::Flow && is_flow(self.peek_second()) => {
                    return Ok(end);
                }
                next if context == Context::Flow && is_flow(next) => return Ok(end),
                Some(_) => self.advance(1),
            }
            end = self.at();
        }
    }

    /// Adds the lines that continue a plain scalar, which are indented deeper than the collection that it is in. The
    /// cursor is at the end of the scalar's first line.
    pub(super) fn continued(
        &mut self,
        mut scalar: Scalar<'t>,
        indent: usize,
    ) -> Result<Scalar<'t>, Unsure> {
        while self.is_at_break() {
            let mut ahead = *self;
            let (mut breaks, mut spaces) = (0, 0);
            while ahead.skip_break() {
                breaks += 1;
                spaces = ahead.skip_spaces();
            }
            if spaces <= indent || ahead.is_at_break() || ahead.peek() == Some(b'#') {
                break;
            }
            let start = ahead.at();
            let end = ahead.plain_line(Context::Block)?;
            if ahead.peek() == Some(b':') {
                return Err(Unsure);
            }
            let text = scalar.text.to_mut();
            if breaks == 1 {
                text.push(' ');
            }
            text.extend(std::iter::repeat_n('\n', breaks - 1));
            text.push_str(ahead.slice(start, end));
            scalar.span.end = ahead.offset() - length(ahead.at() - end);
            *self = ahead;
        }
        Ok(scalar)
    }
}

/// The bytes that are part of a plain scalar in any context.
const ORDINARY: [bool; 256] = ordinary();

#[allow(
    clippy::indexing_slicing,
    reason = "the table is made when the crate is compiled"
)]
const fn ordinary() -> [bool; 256] {
    let mut ordinary = [true; 256];
    let mut others = b"\t\n\r #,:[]{}".as_slice();
    while let Some((byte, rest)) = others.split_first() {
        ordinary[*byte as usize] = false;
        others = rest;
    }
    ordinary
}

fn is_ordinary(byte: u8) -> bool {
    ORDINARY.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Whether a byte is special in flow collections.
const fn is_flow(byte: Option<u8>) -> bool {
    matches!(byte, Some(b',' | b'[' | b']' | b'{' | b'}'))
}

/// A length in a text of less than 4 GiB.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

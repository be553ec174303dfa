//! Quoted scalars on a single line.

use std::borrow::Cow;

use super::{Scalar, Unsure, cursor::Cursor};
use crate::scalar::Reading;

impl<'t> Cursor<'t> {
    /// The scalar whose opening quote is next. The cursor moves past its closing quote.
    pub(super) fn quoted(&mut self, quote: u8) -> Result<Scalar<'t>, Unsure> {
        let start = self.offset();
        self.advance(1);
        let mut text = Cow::Borrowed("");
        let mut from = self.at();
        loop {
            self.skip_to_quote(quote)?;
            let part = self.slice(from, self.at());
            let Some(escaped) = self.escaped(quote)? else {
                add(&mut text, part);
                self.advance(1);
                break;
            };
            let text = text.to_mut();
            text.push_str(part);
            text.push(escaped);
            self.advance(2);
            from = self.at();
        }
        Ok(Scalar {
            text,
            reading: Reading::Text,
            span: self.span_from(start),
        })
    }

    /// Skips characters that aren't special.
    fn skip_to_quote(&mut self, quote: u8) -> Result<(), Unsure> {
        loop {
            match self.peek() {
                None | Some(b'\n' | b'\r') => return Err(Unsure),
                Some(b'\\') if quote == b'"' => return Ok(()),
                Some(byte) if byte == quote => return Ok(()),
                Some(_) => self.advance(1),
            }
        }
    }

    /// The character that the next two bytes escape; `None` at the closing quote.
    fn escaped(&self, quote: u8) -> Result<Option<char>, Unsure> {
        match (self.peek(), self.peek_second()) {
            (Some(b'\''), Some(b'\'')) => Ok(Some('\'')),
            (Some(b'\\'), Some(escape)) => match escape {
                b'"' | b'\\' | b'/' => Ok(Some(char::from(escape))),
                b'n' => Ok(Some('\n')),
                b'r' => Ok(Some('\r')),
                b't' => Ok(Some('\t')),
                _ => Err(Unsure),
            },
            (Some(byte), _) if byte == quote => Ok(None),
            _ => Err(Unsure),
        }
    }
}

/// Adds the last part of a string, which is the only part if there are no escapes.
fn add<'t>(text: &mut Cow<'t, str>, part: &'t str) {
    if text.is_empty() {
        *text = Cow::Borrowed(part);
    } else {
        text.to_mut().push_str(part);
    }
}

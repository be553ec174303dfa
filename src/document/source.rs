//! The text, and what can be read off it between two tokens.

use std::ops::Range;

use super::Span;

/// A text of less than 4 GiB.
#[derive(Clone, Copy)]
pub(super) struct Source<'t>(&'t str);

impl<'t> Source<'t> {
    /// The text, unless it is too long for its offsets.
    pub fn new(text: &'t str) -> Option<Self> {
        u32::try_from(text.len()).ok().map(|_| Self(text))
    }

    pub const fn text(self) -> &'t str {
        self.0
    }

    /// An offset into the text: at most its length, and at the start of a code point.
    pub fn offset(self, at: usize) -> u32 {
        u32::try_from(self.0.floor_char_boundary(at)).unwrap_or(u32::MAX)
    }

    /// A range of the parser's as a span.
    pub fn span(self, range: Range<usize>) -> Span {
        Span::new(self.offset(range.start), self.offset(range.end))
    }

    /// The code point at an offset; the empty span at the end of the text.
    pub fn code_point(self, at: u32) -> Span {
        let wide = self.rest(at).chars().next().map_or(0, char::len_utf8);
        Span::new(at, self.offset(at as usize + wide))
    }

    /// The span itself, widened to a code point if it is empty.
    pub fn visible(self, span: Span) -> Span {
        if span.is_empty() {
            self.code_point(span.start)
        } else {
            span
        }
    }

    /// Where a value left out would stand: after the `:` that follows a key, or after the key.
    pub fn after_colon(self, key_end: u32) -> u32 {
        let between = self.skip(key_end, |_| false);
        if self.rest(between).starts_with(':') {
            between + 1
        } else {
            key_end
        }
    }

    /// Where the `|` or `>` of a block scalar stands, whose content starts at `content` and whose
    /// properties and indicators follow `from`.
    pub fn block_indicator(self, from: u32, content: u32) -> u32 {
        let mut at = from;
        loop {
            at = self.skip(at, |next| matches!(next, ':' | '-' | '?' | ','));
            let rest = self.rest(at);
            match rest.chars().next() {
                Some('|' | '>') => return at,
                // A tag or an anchor lasts until the next blank, whatever is in it.
                Some('!' | '&') => {
                    let long = rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
                    at = self.offset(at as usize + long);
                }
                _ => return content,
            }
        }
    }

    /// The end of the last line of a block scalar that holds text. The parser's own end is the
    /// next token.
    pub fn block_end(self, block: Span) -> u32 {
        let text = block.slice(self.0);
        let filled = text.trim_end().len();
        let line = text.get(filled..).unwrap_or_default();
        let long = line.find(['\n', '\r']).unwrap_or(line.len());
        self.offset(block.start as usize + filled + long)
    }

    /// The first offset that is no white space, comment or character to `pass`.
    fn skip(self, from: u32, pass: impl Fn(char) -> bool) -> u32 {
        let mut rest = self.rest(from);
        loop {
            rest = rest
                .trim_start_matches(|next| matches!(next, ' ' | '\t' | '\n' | '\r') || pass(next));
            if !rest.starts_with('#') {
                return self.offset(self.0.len() - rest.len());
            }
            let long = rest.find(['\n', '\r']).unwrap_or(rest.len());
            rest = rest.get(long..).unwrap_or_default();
        }
    }

    fn rest(self, from: u32) -> &'t str {
        self.0.get(from as usize..).unwrap_or_default()
    }
}

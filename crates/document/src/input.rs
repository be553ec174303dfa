//! The source text, and lookups in it that the parser's tokens don't answer.

use std::ops::Range;

use super::Span;

/// A text of less than 4 GiB.
#[derive(Clone, Copy)]
pub(super) struct Input<'t>(&'t str);

impl<'t> Input<'t> {
    /// The text, unless it is too long for its offsets.
    pub(crate) fn new(text: &'t str) -> Option<Self> {
        u32::try_from(text.len()).ok().map(|_| Self(text))
    }

    pub(crate) const fn text(self) -> &'t str {
        self.0
    }

    /// Where the text starts, after a byte order mark if there is one.
    pub(crate) fn start(self) -> u32 {
        if self.0.starts_with('\u{FEFF}') { 3 } else { 0 }
    }

    /// An offset into the text: at most its length, and at the start of a code point.
    pub(crate) fn offset(self, at: usize) -> u32 {
        u32::try_from(self.0.floor_char_boundary(at)).unwrap_or(u32::MAX)
    }

    /// A range of the parser's as a span.
    pub(crate) fn span(self, range: Range<usize>) -> Span {
        Span::new(self.offset(range.start), self.offset(range.end))
    }

    /// The code point at an offset; the empty span at the end of the text.
    pub(crate) fn code_point(self, at: u32) -> Span {
        let wide = self.rest(at).chars().next().map_or(0, char::len_utf8);
        Span::new(at, self.offset(at as usize + wide))
    }

    /// The span itself, widened to a code point if it is empty.
    pub(crate) fn visible(self, span: Span) -> Span {
        if span.is_empty() {
            self.code_point(span.start)
        } else {
            span
        }
    }

    /// Where a value left out would be: after the `:` that follows a key, or after the key.
    pub(crate) fn after_colon(self, key_end: u32) -> u32 {
        let between = self.skip(key_end, &[]);
        if self.rest(between).starts_with(':') {
            between + 1
        } else {
            key_end
        }
    }

    /// Where the `|` or `>` of a block scalar is, whose content starts at `content` and whose
    /// properties and indicators follow `from`.
    pub(crate) fn block_indicator(self, from: u32, content: u32) -> u32 {
        self.indicator(from, &[':', '-', '?', ','], &['|', '>'])
            .unwrap_or(content)
    }

    /// Where the first `-` of a sequence is, which is the value of a key that ends at `from`
    /// and whose first item starts at `item`.
    pub(crate) fn first_dash(self, from: u32, item: u32) -> u32 {
        self.indicator(from, &[':'], &['-']).unwrap_or(item)
    }

    /// Where the next of some indicators is, after white space, comments, tags and anchors,
    /// and other indicators to pass.
    fn indicator(self, from: u32, pass: &[char], wanted: &[char]) -> Option<u32> {
        let mut at = from;
        loop {
            at = self.skip(at, pass);
            let rest = self.rest(at);
            if rest.starts_with(wanted) {
                return Some(at);
            }
            if !rest.starts_with(['!', '&']) {
                return None;
            }
            // A tag or an anchor lasts until the next blank, whatever is in it.
            let long = rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
            at = self.offset(at as usize + long);
        }
    }

    /// Where a character is next, from an offset on.
    pub(crate) fn find(self, character: char, from: u32) -> Option<Span> {
        let ahead = self.rest(from).find(character)?;
        Some(self.code_point(self.offset(from as usize + ahead)))
    }

    /// The first escape that YAML does not know in the double-quoted text at an offset.
    pub(crate) fn unknown_escape(self, quote: u32) -> Option<Span> {
        let mut characters = self.rest(quote).char_indices();
        while let Some((at, character)) = characters.next() {
            if character != '\\' {
                continue;
            }
            let (_, escaped) = characters.next()?;
            if !"0abt\tnvfre \"/\\N_LPxuU\r\n".contains(escaped) {
                let start = self.offset(quote as usize + at);
                return Some(Span::new(
                    start,
                    start + 1 + self.code_point(start + 1).len(),
                ));
            }
        }
        None
    }

    /// The end of the last line of a block scalar that holds text. The parser's own end is the
    /// next token.
    pub(crate) fn block_end(self, block: Span) -> u32 {
        let text = block.slice(self.0);
        let filled = text.trim_end().len();
        let line = text.get(filled..).unwrap_or_default();
        let long = line.find(['\n', '\r']).unwrap_or(line.len());
        self.offset(block.start as usize + filled + long)
    }

    /// The first offset that is no white space, comment or character to `pass`.
    fn skip(self, from: u32, pass: &[char]) -> u32 {
        let mut rest = self.rest(from);
        loop {
            rest = rest.trim_start_matches(|next| {
                matches!(next, ' ' | '\t' | '\n' | '\r') || pass.contains(&next)
            });
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

//! A module's text as the formatter looks at it: rows, comments, and which bracket closes which.

use super::tree::Loc;
use compiler::syntax;
use values::Version;

/// A module's text.
#[derive(Debug)]
pub(super) struct SourceText<'t> {
    pub text: &'t str,
    /// Where each row begins.
    rows: Vec<usize>,
    pub comments: Vec<Comment<'t>>,
    braces: Pairs,
    brackets: Pairs,
    parens: Pairs,
}

/// A comment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comment<'t> {
    pub row: i64,
    /// Where it begins, in bytes.
    pub start: usize,
    /// Whether it begins its row.
    pub is_first: bool,
    /// As it is written, from `#` on.
    pub raw: &'t str,
}

impl<'t> Comment<'t> {
    /// As it is printed: without the white space at its end.
    pub(super) fn shown(&self) -> &'t str {
        self.raw.trim_end_matches(is_go_space)
    }

    /// Whether it begins a METADATA block.
    pub(super) fn is_metadata(&self) -> bool {
        let said = self.raw.get(1..).unwrap_or_default();
        self.is_first && said.trim_matches(is_go_space).starts_with("METADATA")
    }
}

/// What Go's `unicode.IsSpace` holds for white space.
pub(super) fn is_go_space(c: char) -> bool {
    c.is_whitespace()
}

/// Two characters that enclose something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Brace,
    Square,
    Paren,
}

/// Every opening character of a kind with what closes it, or the end of the text. As in OPA, which
/// counts characters, those in strings and comments count too.
#[derive(Debug, Default)]
struct Pairs {
    opens: Vec<(usize, usize)>,
}

impl Pairs {
    fn find(text: &str, open: u8, close: u8) -> Self {
        let mut opens: Vec<(usize, usize)> = Vec::new();
        let mut pending: Vec<usize> = Vec::new();
        for (at, byte) in text.bytes().enumerate() {
            if byte == open {
                pending.push(opens.len());
                opens.push((at, text.len()));
            } else if byte == close
                && let Some(pair) = pending.pop().and_then(|i| opens.get_mut(i))
            {
                pair.1 = at;
            }
        }
        Self { opens }
    }

    /// The first pair that opens in a stretch of the text and closes in it.
    fn first_in(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let i = self.opens.partition_point(|(open, _)| *open < start);
        self.opens
            .get(i)
            .copied()
            .filter(|(open, close)| *open < end && *close < end)
    }
}

impl<'t> SourceText<'t> {
    pub(super) fn new(text: &'t str, version: Version) -> Self {
        let mut rows = vec![0];
        rows.extend(text.match_indices('\n').map(|(at, _)| at + 1));
        let mut source = Self {
            text,
            rows,
            comments: Vec::new(),
            braces: Pairs::find(text, b'{', b'}'),
            brackets: Pairs::find(text, b'[', b']'),
            parens: Pairs::find(text, b'(', b')'),
        };
        source.comments = syntax::comments(text, version)
            .into_iter()
            .map(|(at, raw)| {
                let (row, column) = source.place(at);
                Comment {
                    row,
                    start: at,
                    is_first: column == 0,
                    raw,
                }
            })
            .collect();
        source
    }

    /// Row, from 1, and column, from 0, of an offset.
    pub(super) fn place(&self, at: usize) -> (i64, usize) {
        let row = self.rows.partition_point(|start| *start <= at);
        let start = row.checked_sub(1).and_then(|i| self.rows.get(i));
        (
            i64::try_from(row).unwrap_or(i64::MAX),
            at - start.copied().unwrap_or_default(),
        )
    }

    pub(super) fn row(&self, at: usize) -> i64 {
        self.place(at).0
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The text of a location.
    pub(super) fn text_of(&self, loc: Loc) -> &'t str {
        self.slice(loc.start, loc.end)
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Whether a location's text begins with a parenthesis.
    pub(super) fn opens_paren(&self, loc: Loc) -> bool {
        loc.start < loc.end && self.byte(loc.start) == Some(b'(')
    }

    /// How many line breaks a location's text has.
    pub(super) fn breaks(&self, loc: Loc) -> i64 {
        if loc.end <= loc.start {
            return 0;
        }
        // A break at the end is the last character of its row.
        self.row(loc.end) - self.row(loc.start)
    }

    /// How many line breaks a location's text has before the white space at its end.
    pub(super) fn inner_breaks(&self, loc: Loc) -> i64 {
        let text = self.text_of(loc).trim_end_matches([' ', '\t', '\r', '\n']);
        self.breaks(Loc {
            end: loc.start + text.len(),
            ..loc
        })
    }

    /// The text of a row, up to an offset.
    pub(super) fn row_text(&self, row: i64, end: usize) -> &'t str {
        let index = usize::try_from(row).unwrap_or(usize::MAX);
        let start = index.checked_sub(1).and_then(|i| self.rows.get(i)).copied();
        let Some(start) = start.filter(|start| *start <= end) else {
            return "";
        };
        let next = self
            .rows
            .get(index)
            .map_or(self.text.len(), |next| next - 1);
        self.slice(start, next.min(end))
    }

    fn pairs(&self, bracket: Bracket) -> &Pairs {
        match bracket {
            Bracket::Brace => &self.braces,
            Bracket::Square => &self.brackets,
            Bracket::Paren => &self.parens,
        }
    }

    /// The row of what closes the first bracket in a location's text, as OPA counts: from the
    /// location's row, by the line breaks between the two brackets. `skip` is passed over before.
    pub(super) fn closing_row(
        &self,
        skip: Option<Bracket>,
        bracket: Bracket,
        loc: Loc,
    ) -> Option<i64> {
        let mut from = loc.start;
        let mut breaks = 0;
        if let Some(skip) = skip {
            let (open, close) = self.pairs(skip).first_in(from, loc.end)?;
            breaks += self.row(close) - self.row(open);
            from = close;
        }
        let (open, close) = self.pairs(bracket).first_in(from, loc.end)?;
        breaks += self.row(close) - self.row(open);
        Some(loc.row + breaks)
    }

    /// The word that begins at an offset.
    pub(super) fn word(&self, at: usize) -> &'t str {
        let rest = self.slice(at, self.text.len());
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        rest.get(..length.unwrap_or(rest.len())).unwrap_or_default()
    }

    /// The first place from an offset on that is no white space, comment or opening parenthesis.
    pub(super) fn past_parens(&self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            match byte {
                b'(' | b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                b'#' => at += self.line_left(at),
                _ => break,
            }
        }
        at
    }

    /// The first place from an offset on that is no white space or comment.
    pub(super) fn past_space(&self, mut at: usize) -> usize {
        loop {
            match self.byte(at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
                Some(b'#') => at += self.line_left(at),
                _ => return at,
            }
        }
    }

    /// How many bytes are left of a row.
    fn line_left(&self, at: usize) -> usize {
        let left = self.slice(at, self.text.len());
        left.find('\n').unwrap_or(left.len())
    }
}

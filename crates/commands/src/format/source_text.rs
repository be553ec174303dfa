//! A module's source: its rows, comments and pairs of brackets.

use super::tree::Loc;
use compiler::syntax;
use values::Version;

/// A module's source.
#[derive(Debug)]
pub(super) struct SourceText<'t> {
    pub text: &'t str,
    /// The offset of each row.
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
    /// The offset of its `#`, in bytes.
    pub start: usize,
    /// Whether it is at the start of its row.
    pub is_first: bool,
    /// The comment as it is written, including the `#`.
    pub raw: &'t str,
}

impl<'t> Comment<'t> {
    /// The comment as it is printed, without white space at its end.
    pub(super) fn shown(&self) -> &'t str {
        self.raw.trim_end_matches(is_go_space)
    }

    /// Whether it begins a METADATA block.
    pub(super) fn is_metadata(&self) -> bool {
        let said = self.raw.get(1..).unwrap_or_default();
        self.is_first && said.trim_matches(is_go_space).starts_with("METADATA")
    }
}

/// Whether Go's `unicode.IsSpace` takes it for white space.
pub(super) fn is_go_space(c: char) -> bool {
    c.is_whitespace()
}

/// A kind of brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Brace,
    Square,
    Paren,
}

/// Each opening bracket of a kind with the one that closes it, or the end of the source. As in OPA, those in strings
/// and comments count too.
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

    /// The first pair that is entirely within a range.
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

    /// The row, counted from 1, and the column, counted from 0, of an offset.
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

    /// The source at a location.
    pub(super) fn text_of(&self, loc: Loc) -> &'t str {
        self.slice(loc.start, loc.end)
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Whether a location begins with a parenthesis.
    pub(super) fn opens_paren(&self, loc: Loc) -> bool {
        loc.start < loc.end && self.byte(loc.start) == Some(b'(')
    }

    /// The number of line breaks in a location.
    pub(super) fn breaks(&self, loc: Loc) -> i64 {
        if loc.end <= loc.start {
            return 0;
        }
        // A line break at its end is the last character of its row.
        self.row(loc.end) - self.row(loc.start)
    }

    /// The number of line breaks in a location, without those in white space at its end.
    pub(super) fn inner_breaks(&self, loc: Loc) -> i64 {
        let text = self.text_of(loc).trim_end_matches([' ', '\t', '\r', '\n']);
        self.breaks(Loc {
            end: loc.start + text.len(),
            ..loc
        })
    }

    /// The source of a row, up to an offset.
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

    /// The row of the bracket that closes the first one in a location, as OPA counts it: the row of the location,
    /// plus the number of line breaks between the two. `skip` is ignored before that.
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

    /// The word at an offset.
    pub(super) fn word(&self, at: usize) -> &'t str {
        let rest = self.slice(at, self.text.len());
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        rest.get(..length.unwrap_or(rest.len())).unwrap_or_default()
    }

    /// The next offset that isn't in white space or a comment, or at an opening parenthesis.
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

    /// The next offset that isn't in white space or a comment.
    pub(super) fn past_space(&self, mut at: usize) -> usize {
        loop {
            match self.byte(at) {
                Some(b' ' | b'\t' | b'\r' | b'\n') => at += 1,
                Some(b'#') => at += self.line_left(at),
                _ => return at,
            }
        }
    }

    /// How many bytes of the row are left.
    fn line_left(&self, at: usize) -> usize {
        let left = self.slice(at, self.text.len());
        left.find('\n').unwrap_or(left.len())
    }
}

//! Lines and columns.

use memchr::memchr2_iter;

/// The byte order mark that some editors write at the start of a file.
const MARK: char = '\u{FEFF}';

/// Code points are counted in advance for each block of this many bytes, so that finding a column far out on a long
/// line takes no longer than finding one near its start.
const BLOCK: usize = 1024;

/// A position in a text, as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in Unicode code points, counted from 1. A byte order mark at the start has no column.
    pub column: u32,
    /// The offset in bytes, counted from 0.
    pub offset: u32,
}

/// Finds lines and columns of byte offsets. Lines end with `\n`, `\r\n` or a lone `\r`.
#[derive(Clone, Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    /// The offset of the first byte of each line.
    starts: Vec<u32>,
    /// How many code points begin before each block; `None` if each byte is one.
    counts: Option<Vec<u32>>,
}

impl<'t> LineIndex<'t> {
    /// Finds the lines of a text. Offsets beyond 4 GiB all count as the same.
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![if text.starts_with(MARK) {
            offset(MARK.len_utf8())
        } else {
            0
        }];
        for at in memchr2_iter(b'\n', b'\r', bytes) {
            if bytes.get(at..at + 2) != Some(b"\r\n") {
                starts.push(offset(at + 1));
            }
        }
        let counts = (!text.is_ascii()).then(|| {
            let mut counted = 0;
            let count = |block| {
                let before = counted;
                counted += code_points(block);
                before
            };
            bytes.chunks(BLOCK).map(count).collect()
        });
        Self {
            text,
            starts,
            counts,
        }
    }

    /// The position of an offset in bytes. An offset beyond the text counts as its end, one inside a code point as
    /// the start of the code point.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        let at = self.text.floor_char_boundary(offset as usize);
        let offset = self::offset(at);
        let line = self.starts.partition_point(|&start| start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let column = self
            .count(at)
            .saturating_sub(self.count(start as usize))
            .saturating_add(1);
        Position {
            line: self::offset(line),
            column,
            offset,
        }
    }

    /// A line, counted from 1, without its line break and byte order mark.
    #[must_use]
    pub fn line_text(&self, line: u32) -> Option<&'t str> {
        let index = line.checked_sub(1)? as usize;
        let start = *self.starts.get(index)? as usize;
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        let text = self.text.get(start..end)?;
        Some(text.trim_end_matches(['\n', '\r']))
    }

    /// The offset in bytes of the start of a line, counted from 1.
    #[must_use]
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get(line.checked_sub(1)? as usize).copied()
    }

    /// The number of lines, which is one more than that of line breaks.
    #[must_use]
    pub fn line_count(&self) -> u32 {
        offset(self.starts.len())
    }

    /// How many code points begin before an offset.
    fn count(&self, at: usize) -> u32 {
        let Some(counts) = &self.counts else {
            return offset(at);
        };
        let block = at / BLOCK;
        let Some(before) = counts.get(block).copied() else {
            // Only the end of a text that fills its last block is beyond every block.
            return counts.last().map_or(0, |&last| {
                let tail = self.text.as_bytes().get((block - 1) * BLOCK..);
                last + tail.map_or(0, code_points)
            });
        };
        let rest = self.text.as_bytes().get(block * BLOCK..at);
        before + rest.map_or(0, code_points)
    }
}

/// How many code points begin in a stretch of UTF-8.
fn code_points(bytes: &[u8]) -> u32 {
    let continued = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    offset(bytes.iter().filter(|byte| !continued(byte)).count())
}

/// A count as this module stores it.
fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

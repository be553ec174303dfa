//! The writer, which all parts of the formatter use: rows, indentation and comments.

use super::Dialect;
use super::imports::Keywords;
use super::source_text::{Comment, SourceText};
use super::tree::{Expr, Loc, Term};
use compiler::problem::Problem;
use compiler::syntax::ast::Name;
use std::collections::HashSet;

/// How many comments have been written: the index of the first one that hasn't.
pub(super) type Rest = usize;

/// The comments that are left; or why the writing ended, with the comments left at that point.
pub(super) type Written = Result<Rest, (Rest, Stop)>;

/// Why the writing of a node ended.
#[derive(Debug)]
pub(super) enum Stop {
    /// There is a comment that can't be kept, so the source is copied instead.
    Comment,
    /// It can't be formatted.
    Problem(Problem),
}

#[expect(
    clippy::struct_excessive_bools,
    reason = "OPA's writer has each of them"
)]
pub(super) struct Writer<'m> {
    pub source: &'m SourceText<'m>,
    pub dialect: Dialect,
    /// The index of the module, which the locations of problems carry.
    pub module: u32,
    pub keywords: Keywords,
    /// Whether heads are written as references.
    pub has_references: bool,
    /// The wildcards that are written by name, because they occur twice.
    pub named_wildcards: HashSet<Name>,
    pub out: String,
    pub problems: Vec<Problem>,
    pub level: usize,
    /// Whether the current row has begun.
    pub inline: bool,
    /// The comment at the end of the current row.
    pub before_end: Option<usize>,
    delay: bool,
    /// Whether a copied text is followed by the comment on its last row.
    pub comment_on_final_row: bool,
    /// The comments that were written with an import.
    taken: HashSet<usize>,
    /// The expression whose first term gets parentheses.
    pub paren_expr: Option<*const Expr>,
    pub paren_term: Option<*const Term>,
}

/// Drops the comments that are left, as OPA does if it passes on an error without them.
pub(super) fn lost(written: Written, all: Rest) -> Written {
    written.map_err(|(_, stop)| (all, stop))
}

/// Whether a string may follow a dot, or be a variable.
pub(super) fn is_name(text: &str) -> bool {
    let mut chars = text.bytes();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == b'_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == b'_')
}

impl<'m> Writer<'m> {
    pub(super) fn new(source: &'m SourceText<'m>, dialect: Dialect, keywords: Keywords) -> Self {
        Self {
            source,
            dialect,
            module: 0,
            keywords,
            has_references: false,
            named_wildcards: HashSet::new(),
            out: String::with_capacity(source.text.len()),
            problems: Vec::new(),
            level: 0,
            inline: false,
            before_end: None,
            delay: false,
            comment_on_final_row: false,
            taken: HashSet::new(),
            paren_expr: None,
            paren_term: None,
        }
    }

    pub(super) fn is_newer(&self) -> bool {
        self.dialect.is_newer()
    }

    /// The state in which no comments are left.
    pub(super) fn none_left(&self) -> Rest {
        self.source.comments.len()
    }

    // Rows.

    pub(super) fn write(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn start_line(&mut self) {
        self.inline = true;
        for _ in 0..self.level {
            self.out.push('\t');
        }
    }

    pub(super) fn end_line(&mut self) {
        self.inline = false;
        if !self.delay
            && let Some(comment) = self.before_end.take()
        {
            self.write(" ");
            self.write_comment_text(comment);
        }
        self.delay = false;
        self.write("\n");
    }

    pub(super) fn blank_line(&mut self) {
        if self.inline {
            self.end_line();
        }
        self.write("\n");
    }

    fn write_line_of(&mut self, comment: usize) {
        if !self.inline {
            self.start_line();
        }
        self.write_comment_text(comment);
        self.end_line();
    }

    pub(super) fn delay_before_end(&mut self) {
        self.delay = true;
    }

    pub(super) fn start_multiline(&mut self) {
        self.end_line();
        self.up();
        self.start_line();
    }

    pub(super) fn up(&mut self) {
        self.level += 1;
    }

    pub(super) fn down(&mut self) {
        self.level = self.level.saturating_sub(1);
    }

    // Comments.

    pub(super) fn comment(&self, index: usize) -> Option<&'m Comment<'m>> {
        self.source.comments.get(index)
    }

    fn write_comment_text(&mut self, index: usize) {
        if let Some(comment) = self.comment(index) {
            self.write(comment.shown());
        }
    }

    pub(super) fn take(&mut self, comment: usize) {
        self.taken.insert(comment);
    }

    /// The first comment that is left, with its index.
    pub(super) fn first_left(&self, rest: Rest) -> Option<(usize, &'m Comment<'m>)> {
        (rest..self.none_left())
            .find(|index| !self.taken.contains(index))
            .and_then(|index| Some((index, self.comment(index)?)))
    }

    /// The index of the first comment on a row or after it.
    pub(super) fn first_from(&self, rest: Rest, row: i64) -> usize {
        let left = self.source.comments.get(rest..).unwrap_or_default();
        rest + left.partition_point(|comment| comment.row < row)
    }

    /// Whether a comment that is left is between two rows.
    pub(super) fn has_comment_between(&self, rest: Rest, after: i64, before: i64) -> bool {
        let from = self.first_from(rest, after.saturating_add(1));
        (from..self.none_left())
            .take_while(|index| self.comment(*index).is_some_and(|c| c.row < before))
            .any(|index| !self.taken.contains(&index))
    }

    /// Writes the comments above a row, and keeps the one at its end until the row ends.
    pub(super) fn insert_comments(&mut self, rest: Rest, row: i64) -> Written {
        let at = self.first_from(rest, row);
        let last = self.write_comments(rest, at);
        if last.is_some_and(|last| row - last > 1) {
            self.blank_line();
        }
        let is_at = |comment: &Comment<'_>| comment.row == row;
        let is_there = self.comment(at).is_some_and(is_at) && !self.taken.contains(&at);
        let after = if self.comment(at).is_some_and(is_at) {
            at + 1
        } else {
            at
        };
        self.before_line_end(after, is_there.then_some(at))
    }

    /// Writes the comments above the row of a closing bracket, if that row is known.
    pub(super) fn insert_comments_at(&mut self, rest: Rest, row: Option<i64>) -> Written {
        match row {
            Some(row) => self.insert_comments(rest, row),
            None => Ok(rest),
        }
    }

    /// Writes comments on their own rows, and returns the row of the last one.
    pub(super) fn write_comments(&mut self, from: usize, to: usize) -> Option<i64> {
        let mut before: Option<i64> = None;
        let mut in_metadata = false;
        for index in from..to {
            let Some(comment) = self.comment(index).filter(|_| !self.taken.contains(&index)) else {
                continue;
            };
            if let Some(before) = before {
                let distance = comment.row - before;
                if distance > 1 {
                    self.blank_line();
                    in_metadata = false;
                } else if self.is_newer() && in_metadata && comment.is_metadata() {
                    self.blank_line();
                }
            }
            in_metadata |= comment.is_metadata();
            self.write_line_of(index);
            before = Some(comment.row);
        }
        before
    }

    /// Keeps a comment until the row ends.
    fn before_line_end(&mut self, rest: Rest, comment: Option<usize>) -> Written {
        let Some(new) = comment else {
            return Ok(rest);
        };
        if self.before_end.is_none() {
            self.before_end = Some(new);
            return Ok(rest);
        }
        if self.is_newer() {
            self.before_end = None;
            return Err((rest, Stop::Comment));
        }
        let problem = self.cannot_place(new);
        Err((rest, Stop::Problem(problem)))
    }

    /// Writes the comments that are left at the end of the module.
    pub(super) fn write_last_comments(&mut self, rest: Rest) {
        let mut any = false;
        for index in rest..self.none_left() {
            if !self.taken.contains(&index) {
                self.write_line_of(index);
                any = true;
            }
        }
        if any {
            self.write("\n");
        }
    }

    /// Copies the source as it is, and skips the comments in it.
    pub(super) fn write_unformatted(&mut self, loc: Loc, rest: Rest) -> Written {
        let text = self.source.text_of(loc);
        if text.is_empty() {
            let problem = self.problem_at(loc, "original unformatted text is empty");
            return Err((self.none_left(), Stop::Problem(problem)));
        }
        let last_row = loc.row + self.source.breaks(loc);
        self.write(text);
        let mut left = self.first_from(rest, last_row);
        if self.comment_on_final_row
            && let Some(comment) = self.comment(left)
            && comment.row == last_row
        {
            if !self.taken.contains(&left) {
                self.write(" ");
                self.write(comment.raw);
            }
            left += 1;
        }
        Ok(left)
    }
}

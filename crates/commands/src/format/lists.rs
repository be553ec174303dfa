//! Writes lists: the elements of arrays and sets, the fields of objects, and arguments.

use super::order::compare;
use super::tree::{Loc, Loose, Term};
use super::writer::{Rest, Stop, Writer, Written, lost};

/// An item between two commas.
pub(super) trait Item {
    /// The term at its start.
    fn first(&self) -> &Term;
    fn loose(&self) -> Loose;
}

impl Item for Term {
    fn first(&self) -> &Term {
        self
    }

    fn loose(&self) -> Loose {
        self.loose
    }
}

impl Item for (Term, Term) {
    fn first(&self) -> &Term {
        &self.0
    }

    /// OPA doesn't look into fields here.
    fn loose(&self) -> Loose {
        Loose::default()
    }
}

/// The items by rows, as they are in the source; all in one row if the locations aren't known.
fn rows<T: Item>(mut items: Vec<&T>, last: Loc) -> Vec<Vec<&T>> {
    if items.iter().any(|item| item.loose().any()) {
        return vec![items];
    }
    sort::by_key(&mut items, |item| {
        (item.first().loc.row, item.first().loc.column)
    });
    let mut rows = Vec::new();
    let mut current: Vec<&T> = Vec::new();
    let mut row = last.row;
    for item in items {
        if item.first().loc.row > row && !(rows.is_empty() && current.is_empty()) {
            rows.push(std::mem::take(&mut current));
        }
        row = item.first().loc.row;
        current.push(item);
    }
    rows.push(current);
    rows
}

impl<'m> Writer<'m> {
    /// Writes terms in order. If they are elements (`are_elements`), a union always gets parentheses.
    pub(super) fn write_terms(
        &mut self,
        terms: &'m [Term],
        last: Loc,
        close: Option<i64>,
        rest: Rest,
        are_elements: bool,
    ) -> Written {
        let rows = rows(terms.iter().collect(), last);
        self.write_rows(&rows, last, close, rest, &|writer, term, rest| {
            writer.write_element(term, rest, are_elements)
        })
    }

    /// Writes the elements of a set.
    pub(super) fn write_set(
        &mut self,
        terms: &'m [Term],
        last: Loc,
        close: Option<i64>,
        rest: Rest,
    ) -> Written {
        let mut terms: Vec<_> = terms.iter().collect();
        if needs_order(&terms) {
            sort::by(&mut terms, |a, b| compare(a, b));
        }
        let rows = rows(terms, last);
        self.write_rows(&rows, last, close, rest, &|writer, term, rest| {
            writer.write_element(term, rest, true)
        })
    }

    /// Writes the fields of an object.
    pub(super) fn write_fields(
        &mut self,
        fields: &'m [(Term, Term)],
        last: Loc,
        close: Option<i64>,
        rest: Rest,
    ) -> Written {
        let mut fields: Vec<_> = fields.iter().collect();
        if needs_order(&fields) {
            sort::by(&mut fields, |a, b| compare(&a.0, &b.0));
        }
        let rows = rows(fields, last);
        self.write_rows(&rows, last, close, rest, &Self::write_field)
    }

    fn write_element(&mut self, term: &'m Term, rest: Rest, are_elements: bool) -> Written {
        let parens = term.is_union()
            && ((self.is_newer() && are_elements) || self.source.opens_paren(term.loc));
        if parens {
            self.write("(");
        }
        let written = self.write_term(term, rest);
        if parens {
            self.write(")");
        }
        written
    }

    fn write_field(&mut self, (key, value): &'m (Term, Term), mut rest: Rest) -> Written {
        let has_parens = |writer: &Self, term: &Term| {
            term.is_union() && (writer.is_newer() || writer.source.opens_paren(term.loc))
        };
        let key_parens = has_parens(self, key);
        if key_parens {
            self.write("(");
        }
        rest = lost(self.write_term(key, rest), self.none_left())?;
        if key_parens {
            self.write(")");
        }
        self.write(": ");
        let value_parens = has_parens(self, value);
        if value_parens {
            self.write("(");
        }
        let written = self.write_term(value, rest);
        if value_parens {
            self.write(")");
        }
        written
    }

    fn write_rows<T: Item>(
        &mut self,
        rows: &[Vec<&'m T>],
        last: Loc,
        close: Option<i64>,
        mut rest: Rest,
        write: &impl Fn(&mut Self, &'m T, Rest) -> Written,
    ) -> Written {
        let mut is_multiline = rows.len() > 1;
        if self.is_newer()
            && let [row] = rows
        {
            if close.is_some_and(|close| self.has_comment_between(rest, last.row, close)) {
                return Err((rest, Stop::Comment));
            }
            is_multiline = row
                .first()
                .is_some_and(|item| self.begins_below(last, item.first().loc));
        }
        if is_multiline {
            self.delay_before_end();
            self.start_multiline();
        }
        let all = self.none_left();
        for (i, row) in rows.iter().enumerate() {
            if i > 0 {
                self.write(",");
                self.end_line();
                self.start_line();
            }
            for (i, item) in row.iter().enumerate() {
                if i > 0 {
                    self.write(", ");
                }
                rest = lost(write(self, item, rest), all)?;
            }
        }
        if is_multiline {
            self.write(",");
            self.end_line();
            rest = lost(self.insert_comments_at(rest, close), all)?;
            self.down();
            self.start_line();
        }
        Ok(rest)
    }

    /// Whether a line break comes before the first element. OPA searches the text of the list for that of the
    /// element.
    fn begins_below(&self, list: Loc, first: Loc) -> bool {
        let text = self.source.text_of(list);
        text.find(self.source.text_of(first))
            .and_then(|at| text.get(..at))
            .and_then(|before| before.find('\n'))
            .is_some_and(|at| at > 0)
    }
}

/// Whether OPA's order of elements is visible, because it isn't their order in the source.
fn needs_order<T: Item>(items: &[&T]) -> bool {
    let is_loose = items.iter().any(|item| item.loose().any());
    let place = |item: &&T| (item.first().loc.row, item.first().loc.column);
    is_loose
        || items
            .windows(2)
            .any(|pair| matches!(pair, [a, b] if place(a) == place(b)))
}

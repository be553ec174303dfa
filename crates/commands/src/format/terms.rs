//! Writes terms.

use super::shown::shown;
use super::source_text::Bracket;
use super::tree::{Expr, Infix, Loc, Term, TermKind};
use super::writer::{Rest, Stop, Writer, Written, is_name, lost};
use values::json;

impl<'m> Writer<'m> {
    /// Writes a term. OPA 1.22 copies it as it is if a comment in it can't be kept.
    pub(super) fn write_term(&mut self, term: &'m Term, rest: Rest) -> Written {
        if !self.is_newer() || self.first_left(rest).is_none() {
            return self.write_term_in(false, term, rest);
        }
        let (length, level) = (self.out.len(), self.level);
        let stop = match self.write_term_in(false, term, rest) {
            Ok(rest) => return Ok(rest),
            Err((_, stop)) => stop,
        };
        if !matches!(stop, Stop::Comment) {
            return Err((self.none_left(), stop));
        }
        self.out.truncate(length);
        self.level = level;
        let last_row = term.loc.row + self.source.breaks(term.loc);
        if !self.source.text_of(term.loc).is_empty()
            && let Some(comment) = self.before_end.and_then(|at| self.comment(at))
            && (term.loc.row..=last_row).contains(&comment.row)
        {
            self.before_end = None;
        }
        let rest = lost(self.write_unformatted(term.loc, rest), self.none_left())?;
        Err((rest, stop))
    }

    /// Writes a term. With `parens`, an operation gets parentheses.
    pub(super) fn write_term_in(&mut self, parens: bool, term: &'m Term, rest: Rest) -> Written {
        let mut parens = parens;
        if self.paren_term == Some(std::ptr::from_ref(term)) {
            self.paren_term = None;
            parens = true;
        }
        let all = self.none_left();
        let mut rest = lost(self.insert_comments(rest, term.loc.row), all)?;
        if !self.inline {
            self.start_line();
        }
        rest = lost(self.write_kind(parens, term, rest), all)?;
        if !self.inline {
            self.start_line();
        }
        Ok(rest)
    }

    fn write_kind(&mut self, parens: bool, term: &'m Term, rest: Rest) -> Written {
        match &term.kind {
            TermKind::Null => self.write("null"),
            TermKind::Bool(value) => self.write(if *value { "true" } else { "false" }),
            TermKind::Number(text) => self.write(text),
            TermKind::String(text) => self.write_string(text, term.loc),
            TermKind::Var(name) => {
                let name = self.var(name);
                self.write(&name);
            }
            TermKind::Ref(parts) if self.is_newer() => return self.write_reference(parts, rest),
            TermKind::Ref(parts) => {
                self.write_reference(parts, self.none_left())?;
            }
            TermKind::Array(items) => {
                let close = self.source.closing_row(None, Bracket::Square, term.loc);
                self.write("[");
                let written = self.write_terms(items, term.loc, close, rest, true);
                self.write("]");
                return written;
            }
            TermKind::Set(items) if items.is_empty() => {
                self.write("set()");
                let close = self.source.closing_row(None, Bracket::Paren, term.loc);
                return self.insert_comments_at(rest, close);
            }
            TermKind::Set(items) => {
                let close = self.source.closing_row(None, Bracket::Brace, term.loc);
                self.write("{");
                let written = self.write_set(items, term.loc, close, rest);
                self.write("}");
                return written;
            }
            TermKind::Object(fields) => {
                let close = self.source.closing_row(None, Bracket::Brace, term.loc);
                self.write("{");
                let written = self.write_fields(fields, term.loc, close, rest);
                self.write("}");
                return written;
            }
            TermKind::ArrayComprehension(head, body) => {
                self.write("[");
                let written = self.write_comprehension(Bracket::Square, head, body, term.loc, rest);
                self.write("]");
                return written;
            }
            TermKind::SetComprehension(head, body) => {
                self.write("{");
                let written = self.write_comprehension(Bracket::Brace, head, body, term.loc, rest);
                self.write("}");
                return written;
            }
            TermKind::ObjectComprehension(key, value, body) => {
                self.write("{");
                let written = self.write_object_comprehension(key, value, body, term.loc, rest);
                self.write("}");
                return written;
            }
            TermKind::Call(call) => return self.write_call(parens, call, term.loc, rest),
            TermKind::Template(template) => return self.write_template(template, rest),
        }
        Ok(rest)
    }

    /// A variable as it was written.
    fn var(&self, name: &str) -> String {
        match name.strip_prefix('$') {
            Some(number) if self.named_wildcards.contains(name) => format!("_{number}"),
            Some(_) => "_".to_owned(),
            None => name.to_owned(),
        }
    }

    fn write_string(&mut self, text: &str, loc: Loc) {
        let written = self.source.text_of(loc);
        if written.starts_with('`') {
            return self.write(written);
        }
        if self.is_newer() {
            // The text of an `else` ends with the string.
            let quote = written
                .chars()
                .next_back()
                .filter(|c| matches!(c, '"' | '`'));
            if let Some(at) = quote.and_then(|quote| written.find(quote)) {
                return self.write(written.get(at..).unwrap_or_default());
            }
        }
        self.write(&json::quoted(text, false));
    }

    // References.

    pub(super) fn write_reference(&mut self, parts: &'m [Term], mut rest: Rest) -> Written {
        let Some((head, path)) = parts.split_first() else {
            return Ok(rest);
        };
        let parens = head.as_call().is_some() && self.source.opens_paren(head.loc);
        rest = lost(self.write_term_in(parens, head, rest), self.none_left())?;
        for part in path {
            match &part.kind {
                TermKind::String(text) => self.write_key(text, part.loc),
                TermKind::Var(name) => {
                    let name = self.var(name);
                    self.write(&format!("[{name}]"));
                }
                _ => {
                    self.write("[");
                    rest = match self.write_term(part, rest) {
                        Ok(rest) => rest,
                        Err((rest, Stop::Comment)) => {
                            // This keeps the bracket out of the comment.
                            self.write("\n");
                            rest
                        }
                        Err((_, stop)) => return Err((self.none_left(), stop)),
                    };
                    self.write("]");
                }
            }
        }
        Ok(rest)
    }

    /// Writes a key after a dot, if it is allowed there, or else in brackets.
    fn write_key(&mut self, text: &str, loc: Loc) {
        let is_keyword = self.keywords.has(text);
        // OPA 1.22 accepts keywords after dots, and keeps what was written.
        let may_be_keyword = self.is_newer() && !self.source.text_of(loc).starts_with('"');
        if is_name(text) && (!is_keyword || may_be_keyword) {
            self.write(".");
            self.write(text);
        } else {
            self.write(&format!("[{}]", json::quoted(text, false)));
        }
    }

    // Calls.

    fn write_call(&mut self, parens: bool, call: &'m [Term], loc: Loc, mut rest: Rest) -> Written {
        let Some((operator, operands)) = call.split_first() else {
            return Ok(rest);
        };
        let Some(infix) = operator.infix() else {
            return self.write_plain_call(operator, operands, rest);
        };
        if infix.sign == "in" {
            return self.write_in(true, infix, operands, loc, rest);
        }
        if parens {
            self.write("(");
        }
        let [left, right] = operands else {
            self.refuse_operands(infix, operands, loc);
            return Ok(rest);
        };
        let all = self.none_left();
        rest = lost(self.write_term_in(true, left, rest), all)?;
        self.write_sign(infix);
        rest = lost(self.write_term_in(true, right, rest), all)?;
        if parens {
            self.write(")");
        }
        Ok(rest)
    }

    pub(super) fn write_plain_call(
        &mut self,
        operator: &'m Term,
        operands: &'m [Term],
        rest: Rest,
    ) -> Written {
        match &operator.kind {
            TermKind::Ref(parts) if self.is_newer() => {
                self.write_reference(parts, rest)?;
            }
            _ => {
                let text = shown(operator, self.canonical_keywords());
                self.write(&text);
            }
        }
        self.write("(");
        let close = self.source.closing_row(None, Bracket::Paren, operator.loc);
        let written = self.write_terms(operands, operator.loc, close, rest, false);
        self.write(")");
        lost(written, self.none_left())
    }

    pub(super) fn write_in(
        &mut self,
        parens: bool,
        infix: &'static Infix,
        operands: &'m [Term],
        loc: Loc,
        mut rest: Rest,
    ) -> Written {
        let all = self.none_left();
        match operands {
            [value, domain] if infix.arity == 2 => {
                rest = lost(self.write_term_in(true, value, rest), all)?;
                self.write(" in ");
                lost(self.write_term_in(true, domain, rest), all)
            }
            [key, value, domain] if infix.arity == 3 => {
                if parens {
                    self.write("(");
                }
                let written = self.write_in_pair(key, value, domain, rest);
                if parens {
                    self.write(")");
                }
                lost(written, all)
            }
            operands => {
                self.refuse_operands(infix, operands, loc);
                Ok(rest)
            }
        }
    }

    fn write_in_pair(
        &mut self,
        key: &'m Term,
        value: &'m Term,
        domain: &'m Term,
        mut rest: Rest,
    ) -> Written {
        rest = self.write_term_in(true, key, rest)?;
        self.write(", ");
        rest = self.write_term_in(true, value, rest)?;
        self.write(" in ");
        self.write_term_in(true, domain, rest)
    }

    // Comprehensions.

    fn write_object_comprehension(
        &mut self,
        key: &'m Term,
        value: &'m Term,
        body: &'m [Expr],
        loc: Loc,
        mut rest: Rest,
    ) -> Written {
        if self.is_newer() {
            let parens = key.is_union();
            if parens {
                self.write("(");
            }
            rest = lost(self.write_term(key, rest), self.none_left())?;
            if parens {
                self.write(")");
            }
        } else {
            if key.loc.row - loc.row > 1 {
                self.end_line();
                self.start_line();
            }
            rest = self.write_term(key, rest)?;
        }
        self.write(": ");
        self.write_comprehension(Bracket::Brace, value, body, loc, rest)
    }

    fn write_comprehension(
        &mut self,
        bracket: Bracket,
        head: &'m Term,
        body: &'m [Expr],
        loc: Loc,
        mut rest: Rest,
    ) -> Written {
        if head.loc.row - loc.row >= 1 {
            self.end_line();
            self.start_line();
        }
        let parens = head.as_call().is_some()
            && ((self.is_newer() && head.is_union()) || self.source.opens_paren(head.loc));
        rest = lost(self.write_term_in(parens, head, rest), self.none_left())?;
        self.write(" |");
        self.write_body_of(bracket, body, head.loc, loc, rest)
    }

    /// Writes the body of a comprehension or an `every`, on one row if it is on one in the source.
    pub(super) fn write_body_of(
        &mut self,
        bracket: Bracket,
        body: &'m [Expr],
        head: Loc,
        whole: Loc,
        mut rest: Rest,
    ) -> Written {
        let Some(first) = body.first() else {
            return Ok(rest);
        };
        let is_multiline = first.loc.row > head.row || !is_one_row(body);
        if is_multiline {
            self.end_line();
            self.up();
            let written = self.write_rows_of(bracket, body, whole, rest);
            self.down();
            self.start_line();
            return written;
        }
        self.write(" ");
        for (i, expr) in body.iter().enumerate() {
            if i > 0 {
                self.write("; ");
            }
            rest = self.write_expr(expr, rest)?;
        }
        let close = self.source.closing_row(None, bracket, whole);
        lost(self.insert_comments_at(rest, close), self.none_left())
    }

    fn write_rows_of(
        &mut self,
        bracket: Bracket,
        body: &'m [Expr],
        whole: Loc,
        mut rest: Rest,
    ) -> Written {
        rest = self.write_body(body, rest)?;
        let close = self.source.closing_row(None, bracket, whole);
        lost(self.insert_comments_at(rest, close), self.none_left())
    }
}

/// Whether the expressions of a body are on one row, or aren't known to be on several.
fn is_one_row(body: &[Expr]) -> bool {
    body.iter().any(|expr| expr.loose.any())
        || body
            .windows(2)
            .all(|pair| matches!(pair, [a, b] if b.loc.row <= a.loc.row))
}

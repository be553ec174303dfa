//! Writes the expressions of bodies.

use super::source_text::Bracket;
use super::tree::{Every, Expr, ExprKind, Infix, Loc, Term, TermKind, With, leading_term};
use super::writer::{Rest, Stop, Writer, Written, lost};

impl<'m> Writer<'m> {
    pub(super) fn write_expr(&mut self, expr: &'m Expr, mut rest: Rest) -> Written {
        let has_parens = self.paren_expr == Some(std::ptr::from_ref(expr));
        if has_parens {
            self.paren_expr = None;
        }
        rest = self.insert_comments(rest, expr.loc.row)?;
        if !self.inline {
            self.start_line();
        }
        if expr.is_negated {
            self.write("not ");
        }
        if has_parens {
            self.write("(");
        }
        rest = match &expr.kind {
            ExprKind::Some(loc, symbols) => {
                lost(self.write_some(*loc, symbols, rest), self.none_left())?
            }
            ExprKind::Every(every) => {
                let loc = if self.is_newer() { expr.loc } else { every.loc };
                lost(self.write_every(every, loc, rest), self.none_left())?
            }
            ExprKind::Not(operand) => {
                lost(self.write_not(operand, expr.loc, rest), self.none_left())?
            }
            ExprKind::And(_) | ExprKind::Or(_) => {
                lost(self.write_joined(expr, rest), self.none_left())?
            }
            ExprKind::Call(call) => self.write_statement_call(call, rest)?,
            ExprKind::Term(term) => self.write_term(term, rest)?,
        };
        if has_parens {
            self.write(")");
        }
        if expr.with.is_empty() {
            Ok(rest)
        } else if self.is_newer() {
            self.write_withs(expr, rest)
        } else {
            self.write_withs_070(expr, rest)
        }
    }

    /// OPA 0.70 compares each `with` to the one before, and always leaves the first one on the row.
    fn write_withs_070(&mut self, expr: &'m Expr, mut rest: Rest) -> Written {
        let level = self.level;
        let mut before: Option<&With> = None;
        for with in &expr.with {
            if before.is_none_or(|before| before.loc.row == with.loc.row) {
                rest = self.write_with(with, rest, false)?;
            } else {
                self.level = level + 1;
                self.end_line();
                self.start_line();
                rest = self.write_with(with, rest, true)?;
            }
            before = Some(with);
        }
        self.level = level;
        Ok(rest)
    }

    fn write_withs(&mut self, expr: &'m Expr, mut rest: Rest) -> Written {
        let level = self.level;
        let mut last_row = self.end_row_of_terms(expr);
        let mut withs = expr.with.as_slice();
        if let Some((first, others)) = withs.split_first()
            && first.loc.row == last_row
        {
            rest = self.write_with(first, rest, false)?;
            last_row = first.loc.row;
            withs = others;
        }
        for with in withs {
            let is_below = with.loc.row > last_row;
            if is_below {
                self.level = level + 1;
                self.end_line();
                self.start_line();
                last_row = with.loc.row;
            }
            match self.write_with(with, rest, is_below) {
                Ok(left) => rest = left,
                Err(stopped) => {
                    self.level = level;
                    return Err(stopped);
                }
            }
        }
        self.level = level;
        Ok(rest)
    }

    /// The row on which an expression ends, without its `with` modifiers.
    fn end_row_of_terms(&self, expr: &Expr) -> i64 {
        let mut loc = expr.loc;
        if let Some(with) = expr.with.first()
            && with.loc.start > loc.start
            && with.loc.start <= loc.end
        {
            loc.end = with.loc.start;
        }
        loc.row + self.source.inner_breaks(loc)
    }

    fn write_some(&mut self, loc: Loc, symbols: &'m [Term], mut rest: Rest) -> Written {
        rest = self.insert_comments(rest, loc.row)?;
        self.write("some ");
        let mut row = loc.row;
        for (i, symbol) in symbols.iter().enumerate() {
            match &symbol.kind {
                TermKind::Var(_) => {
                    if symbol.loc.row > row {
                        self.end_line();
                        self.start_line();
                        self.write("\t");
                        row = symbol.loc.row;
                    } else if i > 0 {
                        self.write(" ");
                    }
                    rest = self.write_term(symbol, rest)?;
                    if i + 1 < symbols.len() {
                        self.write(",");
                    }
                }
                TermKind::Call(call) => {
                    if let Some((operator, operands)) = call.split_first()
                        && let Some(infix) = operator.infix()
                    {
                        rest = self.write_in(false, infix, operands, loc, rest)?;
                    }
                }
                _ => {}
            }
        }
        Ok(rest)
    }

    fn write_every(&mut self, every: &'m Every, loc: Loc, mut rest: Rest) -> Written {
        rest = self.insert_comments(rest, loc.row)?;
        self.write("every ");
        if let Some(key) = &every.key {
            rest = self.write_term(key, rest)?;
            self.write(", ");
        }
        rest = self.write_term(&every.value, rest)?;
        self.write(" in ");
        rest = self.write_term(&every.domain, rest)?;
        self.write(" {");
        rest = match self.write_body_of(Bracket::Brace, &every.body, loc, loc, rest) {
            Ok(rest) | Err((rest, Stop::Comment)) => rest,
            stopped => return stopped,
        };
        if let [expr] = every.body.as_slice()
            && expr.loc.row == every.loc.row
        {
            self.write(" ");
        }
        self.write("}");
        Ok(rest)
    }

    fn write_statement_call(&mut self, call: &'m [Term], mut rest: Rest) -> Written {
        let Some((operator, operands)) = call.split_first() else {
            return Ok(rest);
        };
        let Some(infix) = operator.infix() else {
            return self.write_plain_call(operator, operands, rest);
        };
        if infix.sign == "in" {
            return self.write_in(false, infix, operands, operator.loc, rest);
        }
        match operands {
            [left, right] => {
                rest = lost(self.write_term(left, rest), self.none_left())?;
                self.write_sign(infix);
                self.write_term(right, rest)
            }
            [left, right, result] => {
                rest = lost(self.write_term(result, rest), self.none_left())?;
                self.write(" = ");
                rest = lost(self.write_term(left, rest), self.none_left())?;
                self.write_sign(infix);
                lost(self.write_term(right, rest), self.none_left())
            }
            operands => {
                self.refuse_operands(infix, operands, operator.loc);
                self.write_plain_call(operator, operands, rest)
            }
        }
    }

    pub(super) fn write_sign(&mut self, infix: &Infix) {
        self.write(" ");
        self.write(infix.sign);
        self.write(" ");
    }

    fn write_with(&mut self, with: &'m With, mut rest: Rest, is_below: bool) -> Written {
        rest = lost(self.insert_comments(rest, with.loc.row), self.none_left())?;
        if !is_below {
            self.write(" ");
        }
        self.write("with ");
        rest = lost(self.write_term(&with.target, rest), self.none_left())?;
        self.write(" as ");
        match self.write_term(&with.value, rest) {
            // The value has been copied as it is.
            Err((rest, Stop::Comment)) => Ok(rest),
            written => written,
        }
    }

    /// Notes that the union at the start of an expression needs parentheses, because a brace before it would turn it
    /// into a comprehension.
    pub(super) fn mark_leading_union(&mut self, expr: &'m Expr) {
        if expr.is_negated {
            return;
        }
        if expr.is_joined() {
            if let Some(leading) = self.leading_operand(expr) {
                self.mark_leading_union(leading);
            }
            return;
        }
        let ExprKind::Call(call) = &expr.kind else {
            return;
        };
        if expr.is_union() {
            self.paren_expr = Some(std::ptr::from_ref(expr));
            return;
        }
        if let Some(leading) = leading_term(call).filter(|term| term.is_union()) {
            self.paren_term = Some(std::ptr::from_ref(leading));
        }
    }
}

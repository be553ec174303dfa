//! Writes `not`, `and` and `or` with bodies, and template strings, which OPA has since 1.20 and 1.12.

use super::shown::shown;
use super::source_text::Bracket;
use super::tree::{
    Expr, ExprKind, Loc, Operand, Part, Template, Term, TermKind, is_union, leading_term,
};
use super::writer::{Rest, Stop, Writer, Written, lost};
use values::json;

/// An operand in a chain of `and` and `or`.
struct Link<'m> {
    body: &'m [Expr],
    /// The location of its opening brace, if it has one.
    brace: Option<Loc>,
    has_parens: bool,
}

/// An operator with its right operand.
struct Step<'m> {
    word: &'static str,
    right: Link<'m>,
    /// The row on which everything before the operator ends.
    end_row: i64,
}

impl Step<'_> {
    fn is_below(&self) -> bool {
        let start = self
            .right
            .brace
            .or_else(|| self.right.body.first().map(|expr| expr.loc));
        start.is_some_and(|start| start.row > self.end_row)
    }
}

impl<'m> Writer<'m> {
    pub(super) fn write_not(&mut self, operand: &'m Operand, loc: Loc, mut rest: Rest) -> Written {
        rest = lost(self.insert_comments(rest, loc.row), self.none_left())?;
        self.write("not ");
        let Some(first) = operand.body.first() else {
            return Ok(rest);
        };
        if operand.has_braces || operand.body.len() > 1 {
            return self.write_braced(&operand.body, loc, rest);
        }
        let has_parens = !first.with.is_empty()
            || first.is_joined()
            || matches!(first.kind, ExprKind::Not(_))
            || leads_with_brace(first);
        if has_parens {
            self.write("(");
        }
        rest = self.swallow_comment(|writer| writer.write_expr(first, rest))?;
        if has_parens {
            self.write(")");
        }
        Ok(rest)
    }

    /// Writes a body in braces. Its location begins on the row of the brace.
    fn write_braced(&mut self, body: &'m [Expr], loc: Loc, mut rest: Rest) -> Written {
        if let Some(first) = body.first().filter(|expr| expr.is_union()) {
            self.paren_expr = Some(std::ptr::from_ref(first));
        }
        self.write("{");
        rest = self
            .swallow_comment(|writer| writer.write_body_of(Bracket::Brace, body, loc, loc, rest))?;
        if body.last().is_some_and(|last| last.loc.row == loc.row) {
            self.write(" ");
        }
        self.write("}");
        Ok(rest)
    }

    /// Continues if a comment ended the writing; other errors also lose the comments.
    fn swallow_comment(&mut self, write: impl FnOnce(&mut Self) -> Written) -> Written {
        match write(self) {
            Ok(rest) | Err((rest, Stop::Comment)) => Ok(rest),
            written @ Err(_) => lost(written, self.none_left()),
        }
    }

    pub(super) fn write_joined(&mut self, expr: &'m Expr, mut rest: Rest) -> Written {
        let level = self.level;
        let (first, steps) = self.chain(expr);
        rest = self.swallow_comment(|writer| writer.write_link(&first, rest))?;
        for step in &steps {
            self.write(" ");
            self.write(step.word);
            if step.is_below() {
                self.level = level + 1;
                self.end_line();
                self.start_line();
            } else {
                self.write(" ");
            }
            rest = self.swallow_comment(|writer| writer.write_link(&step.right, rest))?;
        }
        self.level = level;
        Ok(rest)
    }

    fn write_link(&mut self, link: &Link<'m>, rest: Rest) -> Written {
        if let Some(brace) = link.brace {
            return self.write_braced(link.body, brace, rest);
        }
        let Some(first) = link.body.first() else {
            return Ok(rest);
        };
        if link.has_parens {
            self.write("(");
        }
        let written = self.write_expr(first, rest);
        if link.has_parens {
            self.write(")");
        }
        written
    }

    /// The operands of a chain. An operand on the left belongs to the same chain, unless it needs parentheses.
    fn chain(&self, expr: &'m Expr) -> (Link<'m>, Vec<Step<'m>>) {
        let mut steps = Vec::new();
        let mut expr = expr;
        loop {
            let (word, operands) = match &expr.kind {
                ExprKind::And(operands) => ("and", operands),
                ExprKind::Or(operands) => ("or", operands),
                _ => {
                    // This isn't reached, because an operand that isn't a chain ends the loop below.
                    let first = Link {
                        body: std::slice::from_ref(expr),
                        brace: None,
                        has_parens: false,
                    };
                    return (first, steps);
                }
            };
            let [left, right] = operands.as_ref();
            let right = self.link(right, word, true, expr.loc);
            if let [inner] = left.body.as_slice()
                && !left.has_braces
                && inner.is_joined()
                && !needs_parens(inner, word, false)
            {
                steps.push(Step {
                    word,
                    right,
                    end_row: self.end_row_of(&left.body),
                });
                expr = inner;
                continue;
            }
            let first = self.link(left, word, false, expr.loc);
            let closing = first
                .brace
                .and_then(|brace| self.source.closing_row(None, Bracket::Brace, brace));
            steps.push(Step {
                word,
                right,
                end_row: closing.unwrap_or_else(|| self.end_row_of(first.body)),
            });
            steps.reverse();
            return (first, steps);
        }
    }

    fn link(&self, operand: &'m Operand, word: &str, is_right: bool, node: Loc) -> Link<'m> {
        match operand.body.as_slice() {
            [expr] if !operand.has_braces => Link {
                body: &operand.body,
                brace: None,
                has_parens: needs_parens(expr, word, is_right),
            },
            body => Link {
                body,
                brace: Some(self.brace_before(body, node)),
                has_parens: false,
            },
        }
    }

    /// The brace before a body as OPA finds it: the last one in the text of the operator.
    fn brace_before(&self, body: &[Expr], node: Loc) -> Loc {
        let Some(first) = body.first() else {
            return node;
        };
        let before = self.source.slice(node.start, first.loc.start.min(node.end));
        match before.rfind('{') {
            Some(at) => Loc {
                row: node.row + self.source.row(node.start + at) - self.source.row(node.start),
                start: node.start + at,
                ..node
            },
            None => node,
        }
    }

    fn end_row_of(&self, body: &[Expr]) -> i64 {
        body.last()
            .map_or(0, |last| last.loc.row + self.source.inner_breaks(last.loc))
    }

    /// The expression at the start of a chain that has nothing before it.
    pub(super) fn leading_operand(&self, expr: &'m Expr) -> Option<&'m Expr> {
        let (first, _) = self.chain(expr);
        first
            .body
            .first()
            .filter(|_| first.brace.is_none() && !first.has_parens)
    }

    // Template strings.

    pub(super) fn write_template(&mut self, template: &'m Template, mut rest: Rest) -> Written {
        let quote = if template.is_raw { "`" } else { "\"" };
        self.write("$");
        self.write(quote);
        for (i, part) in template.parts.iter().enumerate() {
            match part {
                Part::Value(term) => self.write_template_text(term, template.is_raw),
                Part::Expr(expr) => {
                    self.write("{");
                    self.up();
                    rest = self.write_in_template(expr, template.parts.get(i + 1), rest)?;
                    self.write("}");
                    self.down();
                }
            }
        }
        self.write(quote);
        Ok(rest)
    }

    /// Writes the expression in braces, with the comments before and after it.
    fn write_in_template(
        &mut self,
        expr: &'m Expr,
        next: Option<&'m Part>,
        mut rest: Rest,
    ) -> Written {
        if self.before_end.is_some() {
            self.end_line();
            self.start_line();
        } else {
            let before = self.first_from(rest, expr.loc.row);
            if before > rest {
                self.write(" ");
                self.inline = true;
                self.write_comments(rest, before);
                rest = before;
            }
        }
        rest = self.write_expr(expr, rest)?;
        if let Some(next) = next {
            let after = self.first_from(rest, next.loc().row);
            if after > rest {
                self.end_line();
                self.write_comments(rest, after);
                rest = after;
                self.start_line();
            }
        }
        Ok(rest)
    }

    fn write_template_text(&mut self, term: &Term, is_raw: bool) {
        match &term.kind {
            TermKind::String(text) if is_raw => self.write(&with_escaped_braces(text)),
            TermKind::String(text) => {
                let quoted = with_escaped_braces(&json::quoted(text, false));
                let inner = quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"'));
                self.write(inner.unwrap_or_default());
            }
            _ => {
                let text = shown(term, self.canonical_keywords());
                self.write(&text);
            }
        }
    }
}

/// A string in which each opening brace has a `\`, as OPA writes it.
pub(super) fn with_escaped_braces(text: &str) -> String {
    if text.matches('{').count() == text.matches("\\{").count() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 1);
    let mut before = None;
    for c in text.chars() {
        if c == '{' && before != Some('\\') {
            out.push('\\');
        }
        out.push(c);
        before = Some(c);
    }
    out
}

/// Whether an operand without braces needs parentheses to be parsed as the same expression.
fn needs_parens(expr: &Expr, word: &str, is_right: bool) -> bool {
    if !expr.with.is_empty() {
        return true;
    }
    match expr.kind {
        ExprKind::Or(_) => word == "and" || is_right,
        ExprKind::And(_) => word == "and" && is_right,
        _ => leads_with_brace(expr),
    }
}

/// Whether the source begins with a brace, which would be parsed as that of a body.
fn leads_with_brace(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Term(term) => term_leads_with_brace(term),
        ExprKind::Call(call) => leading_term(call).is_some_and(term_leads_with_brace),
        _ => false,
    }
}

fn term_leads_with_brace(term: &Term) -> bool {
    match &term.kind {
        TermKind::Set(items) => !items.is_empty(),
        TermKind::Object(_)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..) => true,
        TermKind::Ref(parts) => parts.first().is_some_and(term_leads_with_brace),
        TermKind::Call(call) => {
            let infix = call.first().and_then(Term::infix);
            infix.is_some_and(|infix| call.len() == infix.arity + 1)
                && call.get(1).is_some_and(term_leads_with_brace)
        }
        _ => false,
    }
}

impl Expr {
    /// Whether it is an `and` or `or`.
    pub(super) fn is_joined(&self) -> bool {
        matches!(self.kind, ExprKind::And(_) | ExprKind::Or(_))
    }

    /// Whether it is the union of two sets.
    pub(super) fn is_union(&self) -> bool {
        matches!(&self.kind, ExprKind::Call(call) if call.len() == 3 && is_union(call))
    }
}

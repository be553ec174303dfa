//! `and`, `or` and `not` with bodies, which OPA has since 1.20 if they are imported.
//!
//! After one of these words, a brace opens a body, and a parenthesis may open a group. Before one, either may also
//! begin a term, so the parser tries, and only knows at the end what it was.

use super::ast::{Body, Expr, ExprKind, Location, Operand, Term, TermKind};
use super::parser::{Parser, State};
use super::token::Token;

/// What a brace or parenthesis at the start of an expression begins.
pub(super) enum Joined {
    /// An expression of `and`, `or` or `not`.
    Expr(Box<Expr>),
    /// An error, which has been reported.
    Wrong,
    /// Something else. The parser is back at the start.
    Other,
}

/// What parentheses contain.
pub(super) enum Group {
    /// A group of operands.
    Operand(Operand),
    /// An error, which has been reported.
    Wrong,
    /// A term. The parser is back at the start.
    Term,
}

impl Operand {
    /// A single expression without braces.
    pub(super) fn new(expr: Expr) -> Self {
        Self {
            at: expr.at,
            body: vec![expr],
            has_braces: false,
        }
    }

    /// Whether it consists of one expression with `and` or `or`.
    fn is_joined(&self) -> bool {
        matches!(self.body.as_slice(), [expr] if matches!(expr.kind, ExprKind::And(_) | ExprKind::Or(_)))
    }

    /// Whether it consists of one negated expression.
    fn is_negated(&self) -> bool {
        matches!(self.body.as_slice(), [expr] if expr.negated || matches!(expr.kind, ExprKind::Not(_)))
    }

    /// If it only calls functions without a result, the first of them, with its location.
    fn void_call(&self) -> Option<(String, Location)> {
        let mut calls = self.body.iter().map(|expr| {
            let ExprKind::Call(call) = &expr.kind else {
                return None;
            };
            let name = call.first().and_then(Term::operator)?;
            let is_void = builtins::find(&name).is_some_and(|builtin| !builtin.has_result());
            (is_void && !expr.negated).then_some((name, expr.at))
        });
        let first = calls.next()??;
        calls.all(|call| call.is_some()).then_some(first)
    }
}

impl<'t> Parser<'t> {
    /// The current token, if it is `and` or `or`.
    pub(super) fn joining_word(&self) -> Option<&'static str> {
        match self.token() {
            Token::LogicalAnd => Some("and"),
            Token::LogicalOr => Some("or"),
            _ => None,
        }
    }

    /// An expression that begins with a brace or parenthesis, if it has `and` or `or`.
    pub(super) fn joined(&mut self) -> Joined {
        let operand = match self.token() {
            Token::OpenBrace => {
                let before = self.save();
                let at = self.here();
                self.scan();
                let body = self.body(Token::CloseBrace);
                if body.is_some() {
                    self.scan();
                }
                let Some(body) = body.filter(|_| self.joining_word().is_some()) else {
                    self.restore(before);
                    return Joined::Other;
                };
                // Only now is it certain that it isn't the body of a rule.
                if self.refuses_union(at, &body, "") {
                    return Joined::Wrong;
                }
                Operand {
                    at: self.since(at),
                    body,
                    has_braces: true,
                }
            }
            Token::OpenParen => match self.group(false, "") {
                Group::Operand(operand) => operand,
                Group::Wrong => return Joined::Wrong,
                Group::Term => return Joined::Other,
            },
            _ => return Joined::Other,
        };
        match self.with_what_follows(operand) {
            Some(expr) => Joined::Expr(Box::new(expr)),
            None => Joined::Wrong,
        }
    }

    /// An operand with the operands joined to it, and the `with` that applies to all of them.
    pub(super) fn with_what_follows(&mut self, operand: Operand) -> Option<Expr> {
        let expr = if self.joining_word().is_some() {
            self.chain(operand)?
        } else {
            operand.body.into_iter().next()?
        };
        self.attach_with(expr)
    }

    /// An expression with the `with` that follows it.
    pub(super) fn attach_with(&mut self, mut expr: Expr) -> Option<Expr> {
        if self.token() == Token::With {
            expr.with = self.with()?;
        }
        Some(expr)
    }

    /// The negation of an operand, beginning at its `not`.
    pub(super) fn negation(&self, not: Location, operand: Operand) -> Expr {
        Self::plain(self.since(not), ExprKind::Not(Box::new(operand)))
    }

    /// `not { … }`, beginning at the brace.
    pub(super) fn negated_body(&mut self, not: Location) -> Option<Expr> {
        let operand = self.braces(|parser, brace, braces, term| {
            let kind = led_by(term).type_name();
            parser.hint(format!(
                "write `not ({braces})` to negate the value, or `not {{{braces}}}` for a body holding it"
            ));
            parser.problem(
                brace,
                format!("`{{...}}` in an operand position must contain expression(s), got: {kind}"),
            );
        })?;
        if self.refuses_union(operand.at, &operand.body, "not ") {
            return None;
        }
        Some(self.negation(not, operand))
    }

    /// A body in braces. If they contain a value instead, an error is reported for the term that begins with them.
    fn braces(
        &mut self,
        report: impl FnOnce(&mut Self, Location, &'t str, &Term),
    ) -> Option<Operand> {
        let before = self.save();
        let brace = self.here();
        self.scan();
        let is_empty = self.token() == Token::CloseBrace;
        if let Some(body) = self.body(Token::CloseBrace) {
            self.scan();
            return Some(Operand {
                at: self.since(brace),
                body,
                has_braces: true,
            });
        }
        if !is_empty {
            let (failed, problems) = (self.save(), self.problems.clone());
            self.restore(before);
            if let Some(term) = self.infix() {
                let text = self.slice_of(self.since(brace));
                report(self, brace, text, &term);
            } else {
                self.problems = problems;
                self.restore(failed);
            }
        }
        None
    }

    /// Operands joined by `or`, beginning with the first. `and` has higher precedence.
    pub(super) fn chain(&mut self, first: Operand) -> Option<Expr> {
        self.deeper(|parser| parser.or_chain(first))?
    }

    fn or_chain(&mut self, first: Operand) -> Option<Expr> {
        let mut left = self.and_chain(first)?;
        let mut row = 0;
        while self.joining_word() == Some("or") {
            row = self.one_more(row, "operators in a row")?;
            self.scan();
            let right = self.operand(Some("or"))?;
            let right = self.and_chain(right)?;
            left = self.join(left, right, "or", ExprKind::Or);
        }
        left.body.into_iter().next()
    }

    fn and_chain(&mut self, first: Operand) -> Option<Operand> {
        let mut left = first;
        let mut row = 0;
        while self.joining_word() == Some("and") {
            row = self.one_more(row, "operators in a row")?;
            self.scan();
            let right = self.operand(Some("and"))?;
            left = self.join(left, right, "and", ExprKind::And);
        }
        Some(left)
    }

    fn join(
        &mut self,
        left: Operand,
        right: Operand,
        word: &str,
        kind: fn(Box<[Operand; 2]>) -> ExprKind,
    ) -> Operand {
        for operand in [&left, &right] {
            if let Some((name, at)) = operand.void_call() {
                self.hint(format!(
                    "`{name}` produces no value and always succeeds, so the operand can never fail; move it out of the operand, or add an expression that can fail"
                ));
                self.problem(
                    at,
                    format!("operand of `{word}` cannot consist only of calls to `{name}`"),
                );
            }
        }
        let at = self.since(left.at);
        Operand::new(Self::plain(at, kind(Box::new([left, right]))))
    }

    /// An operand of this word, if it is known.
    fn operand(&mut self, word: Option<&str>) -> Option<Operand> {
        if self.token() == Token::OpenBrace {
            let operand = self.braces(|parser, brace, braces, _| {
                if let Some(word) = word {
                    parser.refuse_brace(brace, braces, word);
                }
            })?;
            // If the caller is only trying, it discards the problem.
            self.refuses_union(operand.at, &operand.body, "");
            return Some(operand);
        }
        let not = (self.token() == Token::Not).then(|| self.here());
        if not.is_some() {
            self.scan();
        }
        let takes_body = self.state.keywords.not;
        if let Some(not) = not.filter(|_| takes_body && self.token() == Token::OpenBrace) {
            return self.negated_body(not).map(Operand::new);
        }
        if self.token() == Token::OpenParen
            && self.state.keywords.join()
            && (not.is_none() || takes_body)
        {
            let prefix = if not.is_some() { "not " } else { "" };
            match (self.group(true, prefix), not) {
                (Group::Operand(operand), Some(not)) => {
                    return Some(Operand::new(self.negation(not, operand)));
                }
                (Group::Operand(operand), None) => return Some(operand),
                (Group::Wrong, _) => return None,
                (Group::Term, _) => {}
            }
        }
        let start = self.here();
        let mut expr = self.expr()?;
        expr.at = self.since(start);
        match not {
            // A `with` after it applies to all that is joined.
            Some(not) if takes_body => expr = self.negation(not, Operand::new(expr)),
            _ => expr.negated = not.is_some(),
        }
        Some(Operand::new(expr))
    }

    /// A group of operands in parentheses. `is_operand` says that the parentheses are themselves an operand, after
    /// `prefix`.
    pub(super) fn group(&mut self, is_operand: bool, prefix: &str) -> Group {
        let before = self.save();
        let read = self.deeper(|parser| parser.in_parentheses(is_operand, prefix, before));
        read.unwrap_or(Group::Wrong)
    }

    fn in_parentheses(&mut self, is_operand: bool, prefix: &str, before: State<'t>) -> Group {
        let open = self.here();
        self.scan();
        if self.token() == Token::CloseParen && is_operand {
            self.problem(open, "empty parenthesized group".to_owned());
            return Group::Wrong;
        }
        let mut operand = match self.token() {
            Token::CloseParen => None,
            _ => self.operand(None),
        };
        let Some(operand) = &mut operand else {
            self.restore(before);
            return Group::Term;
        };
        if self.joining_word().is_some() {
            let joined = self.chain(operand.clone());
            let Some(expr) = joined.and_then(|expr| self.attach_with(expr)) else {
                return Group::Wrong;
            };
            return self.close_group(open, vec![expr]);
        }
        if self.token() == Token::With
            && !operand.has_braces
            && let [expr] = operand.body.as_mut_slice()
        {
            let with_at = self.here();
            let Some(with) = self.with() else {
                return Group::Wrong;
            };
            expr.with = with;
            if let Some(word) = self.joining_word() {
                self.refuse_with(with_at, word);
                return Group::Wrong;
            }
            let group = self.close_group(open, operand.body.clone());
            if is_operand || self.joining_word().is_some() || matches!(group, Group::Wrong) {
                return group;
            }
        } else if operand.has_braces {
            let braces = self.slice_of(self.since(operand.at));
            self.restore(before);
            self.scan();
            let term = self.parse_term();
            self.restore(before);
            if term.is_none() {
                self.hint(format!(
                    "drop the parens to keep the body: `{prefix}{braces}`"
                ));
                self.problem(
                    open,
                    "`(...)` in an operand position cannot contain a body".to_owned(),
                );
                return Group::Wrong;
            }
        } else if operand.is_joined() || operand.is_negated() {
            return self.close_group(open, operand.body.clone());
        }
        self.restore(before);
        Group::Term
    }

    fn close_group(&mut self, open: Location, body: Body) -> Group {
        if self.token() != Token::CloseParen {
            let message = "expected ) to close parenthesized group";
            self.problem(self.here(), message.to_owned());
            return Group::Wrong;
        }
        self.scan();
        Group::Operand(Operand {
            at: self.since(open),
            body,
            has_braces: false,
        })
    }

    // What is refused.

    /// Refuses a `with` before `and` or `or`, because it isn't clear what it applies to.
    pub(super) fn refuse_with(&mut self, at: Location, word: &str) {
        self.hint(format!(
            "Wrap the operand in `(...)` or `{{...}}` to scope, or move `with` after the `{word}` expression to apply it to the whole expression"
        ));
        self.problem(
            at,
            format!("`with` modifier is not allowed on operand of `{word}`"),
        );
    }

    /// Refuses an operand that begins with a brace, but isn't a body.
    pub(super) fn refuse_brace(&mut self, at: Location, operand: &str, word: &str) {
        self.hint(format!(
            "wrap the operand to keep the value: `({operand}) {word} ...`"
        ));
        self.problem(
            at,
            format!("operand of `{word}` cannot begin with `{{` unless the braces hold a body"),
        );
    }

    /// Refuses an expression that begins with a brace, but isn't a body. `{}` alone is an empty body.
    pub(super) fn refuse_brace_of(&mut self, expr: &Expr, word: &str) {
        let is_empty = matches!(&expr.kind, ExprKind::Term(term)
            if matches!(&term.kind, TermKind::Object(fields) if fields.is_empty()));
        if is_empty && expr.with.is_empty() {
            return self.problem(expr.at, "found empty body".to_owned());
        }
        self.refuse_brace(expr.at, self.slice_of(expr.at), word);
    }

    /// Refuses `{a | b}` where a body is expected, because it may also be a comprehension.
    fn refuses_union(&mut self, brace: Location, body: &Body, prefix: &str) -> bool {
        let Some(first) = body.first() else {
            return false;
        };
        let is_union = matches!(&first.kind, ExprKind::Call(call)
        if call.first().is_some_and(|operator| {
            operator.operator().as_deref() == Some("or") && self.slice_of(operator.at) == "|"
        }));
        if !is_union || self.slice_of(first.at).trim_start().starts_with('(') {
            return false;
        }
        let braces = self.slice_of(self.since(brace));
        let union = self.slice_of(first.at);
        let before = self.slice(brace.start as usize, first.at.start as usize);
        let after = braces.get(before.len() + union.len()..).unwrap_or_default();
        self.hint(format!(
            "write `{prefix}({braces})` for the comprehension, or `{prefix}{before}({union}){after}` for the set union"
        ));
        self.problem(
            Location { end: brace.start + 1, ..brace },
            "ambiguous `{ ... | ... }` operand: read as a body holding a set-union expression, not as a comprehension".to_owned(),
        );
        true
    }
}

/// The term that the source of a term begins with, which is the left operand of an operator.
fn led_by(term: &Term) -> &Term {
    const OPERATORS: &[&str] = &[
        "plus",
        "minus",
        "mul",
        "div",
        "rem",
        "and",
        "or",
        "equal",
        "neq",
        "lt",
        "lte",
        "gt",
        "gte",
        "internal.member_2",
        "internal.member_3",
    ];
    let mut term = term;
    while let TermKind::Call(call) = &term.kind
        && let [operator, left, _, ..] = call.as_slice()
        && operator
            .operator()
            .is_some_and(|name| OPERATORS.contains(&name.as_str()))
    {
        term = left;
    }
    term
}

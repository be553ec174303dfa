//! Bodies and their expressions: `some`, `every`, `with` and operators.

use super::ast::{Body, Every, Expr, ExprKind, Location, Operand, Term, TermKind, With};
use super::logic::{Group, Joined};
use super::parser::Parser;
use super::token::Token;
use values::Version;

/// The operators, from the lowest precedence to the highest.
const LEVELS: [&[(Token, &str)]; 5] = [
    &[
        (Token::Equal, "equal"),
        (Token::NotEqual, "neq"),
        (Token::Less, "lt"),
        (Token::Greater, "gt"),
        (Token::LessEqual, "lte"),
        (Token::GreaterEqual, "gte"),
    ],
    &[(Token::Or, "or")],
    &[(Token::And, "and")],
    &[(Token::Add, "plus"), (Token::Sub, "minus")],
    &[
        (Token::Mul, "mul"),
        (Token::Div, "div"),
        (Token::Rem, "rem"),
    ],
];

const RELATION: usize = 0;

impl Parser<'_> {
    pub(super) fn body(&mut self, end: Token) -> Option<Body> {
        self.body_of(false, end)
    }

    pub(super) fn body_of(&mut self, is_statement: bool, end: Token) -> Option<Body> {
        self.deeper(|parser| parser.expressions(is_statement, end))?
    }

    pub(super) fn expressions(&mut self, is_statement: bool, end: Token) -> Option<Body> {
        if self.token() == end {
            self.problem(self.here(), "found empty body".to_owned());
            return None;
        }
        let mut body = Body::new();
        loop {
            body.push(self.literal()?);
            if self.token() == Token::Semicolon {
                self.scan();
                continue;
            }
            if self.token() == end || is_statement {
                return Some(body);
            }
            if !self.broke_line() {
                if self.problems.is_empty() {
                    self.hint_at_missing_keyword();
                    self.illegal(&format!("expected \\n or ; or {}", end.name()));
                }
                return None;
            }
        }
    }

    /// Hints at the import that would make a keyword of the word after an expression.
    pub(super) fn hint_at_missing_keyword(&mut self) {
        if self.version == Version::V0 || !self.hints.is_empty() {
            return;
        }
        let (word, example) = match (self.token(), self.word()) {
            (Token::Name, "in") => ("in", "x in xs"),
            (Token::Name, "and") => ("and", "x and y"),
            (Token::Name, "or") => ("or", "x or y"),
            (Token::Comma, _) => {
                let before = self.save();
                self.scan();
                let term = self.infix();
                self.restore(before);
                let is_member = term.is_some_and(|term| matches!(&term.kind, TermKind::Call(call)
                    if call.first().and_then(Term::operator).is_some_and(|name| name.starts_with("internal.member_"))));
                if !is_member {
                    return;
                }
                ("in", "x in xs")
            }
            _ => return,
        };
        self.hint(format!(
            "`import future.keywords.{word}` for `{example}` expressions"
        ));
    }

    pub(super) fn literal(&mut self) -> Option<Expr> {
        self.open();
        let start = self.here();
        let mut expr = self.literal_somewhere()?;
        expr.at = self.since(start);
        // The location of an operand of `not` without braces is that of the whole expression.
        if let ExprKind::Not(operand) = &mut expr.kind
            && !operand.has_braces
        {
            for inner in &mut operand.body {
                inner.at = expr.at;
            }
        }
        Some(expr)
    }

    /// An expression of a body. The caller sets its location.
    pub(super) fn literal_somewhere(&mut self) -> Option<Expr> {
        if self.state.keywords.join() {
            match self.joined() {
                Joined::Expr(expr) => return Some(*expr),
                Joined::Wrong => return None,
                Joined::Other => {}
            }
        }
        let not = (self.token() == Token::Not).then(|| self.here());
        if not.is_some() {
            self.scan();
        }
        match self.token() {
            Token::OpenBrace if self.state.keywords.not && not.is_some() => {
                let negation = self.negated_body(not?)?;
                self.with_what_follows(Operand::new(negation))
            }
            Token::Some if not.is_some() => {
                self.illegal("illegal negation of 'some'");
                None
            }
            Token::Every if not.is_some() => {
                self.illegal("illegal negation of 'every'");
                None
            }
            Token::Some => self.some(),
            Token::Every => self.every(),
            _ => self.plain_literal(not),
        }
    }

    /// An expression that begins with neither a brace nor a keyword. `not` is the location of a `not` before it.
    pub(super) fn plain_literal(&mut self, not: Option<Location>) -> Option<Expr> {
        let before = self.save();
        if let Some(not) = not
            && self.state.keywords.not
            && self.token() == Token::OpenParen
        {
            match self.group(true, "not ") {
                Group::Operand(operand) => {
                    let negation = self.negation(not, operand);
                    return self.with_what_follows(Operand::new(negation));
                }
                Group::Wrong => return None,
                Group::Term => {}
            }
        }
        let start = self.here();
        let mut expr = self.expr()?;
        let with_at = self.here();
        if self.token() == Token::With {
            expr.with = self.with()?;
        }
        if matches!(&expr.kind, ExprKind::Term(term) if term.as_var().is_some_and(|name| &**name == "every"))
        {
            let after = self.save();
            self.restore(before);
            self.state.keywords.all();
            let is_every = self.every().is_some();
            self.restore(after);
            if is_every {
                self.hint(
                    "`import future.keywords.every` for `every x in xs { ... }` expressions"
                        .to_owned(),
                );
            }
        }
        match not {
            // The `with` of a negated expression applies to the negation.
            Some(not) if self.state.keywords.not => {
                let with = std::mem::take(&mut expr.with);
                expr.at = self.since(start);
                expr = self.negation(not, Operand::new(expr));
                expr.with = with;
            }
            _ => expr.negated = not.is_some(),
        }
        let Some(word) = self.joining_word() else {
            return Some(expr);
        };
        if !expr.with.is_empty() {
            self.refuse_with(with_at, word);
            return None;
        }
        expr.at = self.since(not.unwrap_or(start));
        if not.is_none() && self.slice_of(expr.at).starts_with('{') {
            self.refuse_brace_of(&expr, word);
            return None;
        }
        let expr = self.chain(Operand::new(expr))?;
        self.attach_with(expr)
    }

    pub(super) fn plain(at: Location, kind: ExprKind) -> Expr {
        Expr {
            at,
            negated: false,
            kind,
            with: Vec::new(),
            generated: false,
            assigns: false,
        }
    }

    pub(super) fn with(&mut self) -> Option<Vec<With>> {
        let mut all = Vec::new();
        while self.token() == Token::With {
            let start = self.here();
            self.scan();
            if self.token() != Token::Name {
                self.illegal("expected ident");
                return None;
            }
            let target = self.parse_term()?;
            if !matches!(target.kind, TermKind::Ref(_) | TermKind::Var(_)) {
                self.illegal("expected with target path");
            }
            if self.token() != Token::As {
                self.illegal("expected as keyword");
                return None;
            }
            self.scan();
            let value = self.infix()?;
            all.push(With {
                at: self.since(start),
                target,
                value,
            });
        }
        Some(all)
    }

    /// `some x in xs`, or `some x, y`.
    pub(super) fn some(&mut self) -> Option<Expr> {
        let start = self.here();
        let before = self.save();
        self.scan();
        if let Some(term) = self.infix()
            && let TermKind::Call(call) = &term.kind
        {
            let operands = match call.first().and_then(Term::operator).as_deref() {
                Some("internal.member_2") => 3,
                Some("internal.member_3") => 4,
                _ => {
                    self.illegal("expected `x in xs` or `x, y in xs` expression");
                    return None;
                }
            };
            if call.len() != operands {
                self.illegal("illegal domain");
                return None;
            }
            let mut expr = Self::plain(start, ExprKind::Some(vec![term]));
            if self.token() == Token::With {
                expr.with = self.with()?;
            }
            return Some(expr);
        }
        self.restore(before);
        self.state.keywords.all();
        self.scan();
        let meant_in = matches!(self.infix(), Some(Term { kind: TermKind::Call(call), .. })
            if call.first().and_then(Term::operator).is_some_and(|name| name.starts_with("internal.member_")));
        self.restore(before);
        if meant_in {
            self.hint("`import future.keywords.in` for `some x in xs` expressions".to_owned());
        }
        let mut symbols = Vec::new();
        loop {
            self.scan();
            if self.token() != Token::Name {
                self.illegal("expected var");
                return None;
            }
            symbols.push(self.var());
            self.scan();
            if self.token() != Token::Comma {
                break;
            }
        }
        Some(Self::plain(start, ExprKind::Some(symbols)))
    }

    pub(super) fn every(&mut self) -> Option<Expr> {
        let start = self.here();
        self.scan();
        let term = self.infix()?;
        let TermKind::Call(call) = term.kind else {
            self.illegal("expected `x[, y] in xs { ... }` expression");
            return None;
        };
        let mut operands = call.into_iter();
        let operator = operands.next().and_then(|term| term.operator());
        let operands: Vec<_> = operands.collect();
        let (key, value, domain) = match (operator.as_deref(), operands.len()) {
            (Some("internal.member_2"), 2) => {
                let [value, domain] = <[Term; 2]>::try_from(operands).ok()?;
                (None, value, domain)
            }
            (Some("internal.member_3"), 3) => {
                let [key, value, domain] = <[Term; 3]>::try_from(operands).ok()?;
                if key.as_var().is_none() {
                    self.illegal("expected key to be a variable");
                    return None;
                }
                (Some(key), value, domain)
            }
            (Some("internal.member_2" | "internal.member_3"), _) => {
                self.illegal("illegal domain");
                return None;
            }
            _ => {
                self.illegal("expected `x[, y] in xs { ... }` expression");
                return None;
            }
        };
        if value.as_var().is_none() {
            self.illegal("expected value to be a variable");
            return None;
        }
        if self.token() != Token::OpenBrace {
            self.illegal("missing body");
            return None;
        }
        self.scan();
        let body = self.body(Token::CloseBrace)?;
        self.scan();
        let mut expr = Self::plain(
            start,
            ExprKind::Every(Box::new(Every {
                key,
                value,
                domain,
                body,
            })),
        );
        if self.token() == Token::With {
            expr.with = self.with()?;
        }
        Some(expr)
    }

    pub(super) fn expr(&mut self) -> Option<Expr> {
        let start = self.here();
        let left = self.infix()?;
        if let Some(operator) = self.operator(&[(Token::Assign, "assign"), (Token::Unify, "eq")]) {
            let right = self.infix()?;
            return Some(Self::plain(
                start,
                ExprKind::Call(vec![operator, left, right]),
            ));
        }
        let kind = match left.kind {
            TermKind::Call(call) => ExprKind::Call(call),
            _ => ExprKind::Term(left),
        };
        Some(Self::plain(start, kind))
    }

    // Terms.

    /// A term with operators.
    pub(super) fn infix(&mut self) -> Option<Term> {
        self.membership(true)
    }

    /// A term with operators in a list, which ends at a comma.
    pub(super) fn infix_in_list(&mut self) -> Option<Term> {
        self.membership(false)
    }

    pub(super) fn membership(&mut self, may_have_key: bool) -> Option<Term> {
        let start = self.here();
        let mut left = self.binary(RELATION)?;
        if may_have_key && self.token() == Token::Comma {
            let before = self.save();
            self.scan();
            if let Some(middle) = self.binary(RELATION)
                && let Some(operator) = self.member_operator("member_3")
                && let Some(right) = self.binary(RELATION)
            {
                left = Term::new(
                    self.since(start),
                    TermKind::Call(vec![operator, left, middle, right]),
                );
            } else {
                self.restore(before);
                return Some(left);
            }
        }
        let mut operators = 0;
        loop {
            // For OPA 1.22, `in[1]` is a reference even after a term.
            self.open();
            let Some(operator) = self.member_operator("member_2") else {
                return Some(left);
            };
            operators = self.one_more(operators, "operators in a row")?;
            let problems = self.problems.len();
            let Some(right) = self.binary(RELATION) else {
                return self.goes_on_after(problems).then_some(left);
            };
            left = Term::new(
                self.since(start),
                TermKind::Call(vec![operator, left, right]),
            );
        }
    }

    /// Whether the term on the left of an operator is read as if it had none, because what is on its right
    /// is none. As in OPA, more can then be wrong with what the term is in.
    fn goes_on_after(&self, problems: usize) -> bool {
        self.problems.len() > problems && !self.has_given_up()
    }

    pub(super) fn member_operator(&mut self, name: &str) -> Option<Term> {
        if self.token() != Token::In {
            return None;
        }
        let at = self.here();
        self.scan();
        Some(Term::new(
            at,
            TermKind::Ref(vec![Term::var(at, "internal"), Term::text(at, name)]),
        ))
    }

    pub(super) fn operator(&mut self, wanted: &[(Token, &str)]) -> Option<Term> {
        let (_, name) = wanted.iter().find(|(token, _)| *token == self.token())?;
        let at = self.here();
        self.scan();
        Some(Term::new(at, TermKind::Ref(vec![Term::var(at, *name)])))
    }

    /// Operators of this level of precedence or a higher one.
    pub(super) fn binary(&mut self, level: usize) -> Option<Term> {
        let Some(operators) = LEVELS.get(level) else {
            return self.parse_term();
        };
        let start = self.here();
        let outer = std::mem::take(&mut self.height);
        let mut left = self.binary(level + 1)?;
        let mut row = 0;
        while let Some(operator) = self.operator(operators) {
            row = self.one_more(row, "operators in a row")?;
            let problems = self.problems.len();
            let Some(right) = self.binary(level + 1) else {
                if self.goes_on_after(problems) {
                    break;
                }
                return None;
            };
            self.rises()?;
            left = Term::new(
                self.since(start),
                TermKind::Call(vec![operator, left, right]),
            );
        }
        self.height = self.height.max(outer);
        Some(left)
    }
}

//! Terms and expressions. Rules and modules are in `rule.rs`.
//!
//! The grammar needs to try: `{a | b}` is a comprehension if it can be, else a set of one union. So
//! the parser saves its place, and goes back; terms that were read once are remembered.

use std::fmt::Write as _;

use std::collections::BTreeMap;

use super::ast::{
    Body, Every, Expr, ExprKind, Location, Module, Operand, Part, Template, Term, TermKind, With,
};
use super::lexer::{Lexed, Lexer};
use super::logic::{Group, Joined};
use super::token::Token;
use crate::json;
use crate::number::Number;
use crate::problem::{Code, Problem};
use crate::value::Value;

/// Which Rego a module is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// Of OPA before 1.0: keywords have to be imported.
    V0,
    /// Of OPA from 1.0 on.
    V1,
}

/// Terms in terms, at the most.
const DEPTH: usize = 200;

/// Operators in a row, and `else` after `else`, at the most: each makes the tree deeper, too.
const ROW: usize = 500;

/// Terms and operators in one another, all told: so deep the tree may be.
const HIGHEST: usize = DEPTH + ROW;

/// A module's text as a tree. `index` is the module's number, which its positions carry.
///
/// # Errors
///
/// Everything that is wrong with it, in OPA's words.
pub fn parse_module(text: &str, index: u32, version: Version) -> Result<Module, Vec<Problem>> {
    Parser::new(text, index, version).module()
}

/// A query's text as a body, and as many expressions as it holds.
///
/// # Errors
///
/// Everything that is wrong with it, in OPA's words.
pub fn parse_query(text: &str, index: u32, version: Version) -> Result<Body, Vec<Problem>> {
    Parser::new(text, index, version).query()
}

/// The names that are keywords by import or version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each keyword is imported alone"
)]
pub(super) struct Keywords {
    pub within: bool,
    pub every: bool,
    pub contains: bool,
    pub if_: bool,
    pub and: bool,
    pub or: bool,
    /// Whether `not` takes a body.
    pub not: bool,
}

impl Keywords {
    /// Those that Rego v1 has without an import.
    pub(super) fn all(&mut self) {
        *self = Self {
            within: true,
            every: true,
            contains: true,
            if_: true,
            ..*self
        };
    }

    /// Those that Rego v2 has besides.
    pub(super) fn all_of_v2(&mut self) {
        self.all();
        self.and = true;
        self.or = true;
        self.not = true;
    }

    /// Whether expressions may be joined by words.
    pub(super) fn join(self) -> bool {
        self.and || self.or
    }

    pub(super) fn any(self) -> bool {
        self != Self::default()
    }

    pub(super) fn has(self, token: Token) -> bool {
        match token {
            Token::In => self.within,
            Token::Every => self.every,
            Token::Contains => self.contains,
            Token::If => self.if_,
            Token::LogicalAnd => self.and,
            Token::LogicalOr => self.or,
            _ => false,
        }
    }

    pub(super) fn add(&mut self, name: &str) {
        match name {
            "in" => self.within = true,
            "every" => {
                self.every = true;
                self.within = true;
            }
            "contains" => self.contains = true,
            "if" => self.if_ = true,
            "and" => self.and = true,
            "or" => self.or = true,
            "not" => self.not = true,
            _ => {}
        }
    }
}

/// Where the parser is; copied to come back to.
#[derive(Debug, Clone, Copy)]
pub(super) struct State<'t> {
    lexer: Lexer<'t>,
    current: Lexed,
    /// Whether the white space before the current token is what is looked at.
    space_first: bool,
    last_end: usize,
    /// Where the rule or expression begins that was begun last.
    opening: Option<usize>,
    wildcards: usize,
    problems: usize,
    hints: usize,
    pub keywords: Keywords,
    pub rego_v1: bool,
}

pub(super) struct Parser<'t> {
    pub text: &'t str,
    index: u32,
    pub version: Version,
    pub state: State<'t>,
    pub problems: Vec<Problem>,
    hints: Vec<String>,
    depth: usize,
    /// What nests too deeply. Whatever else is wrong then follows from that.
    too_deep: Option<Problem>,
    /// What was read where a term begins.
    seen: BTreeMap<usize, Seen<'t>>,
    /// How deep the deepest of the terms is that were read in the one that is being read.
    height: usize,
}

/// What was read at a place.
enum Seen<'t> {
    /// A term, which may be read there again: the second time it is kept.
    Once,
    /// This, which took the parser there; and how deep it is.
    Known(Option<Term>, State<'t>, usize),
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, index: u32, version: Version) -> Self {
        let mut keywords = Keywords::default();
        if version == Version::V1 {
            keywords.all();
        }
        let nothing = Lexed {
            token: Token::Space,
            start: 0,
            end: 0,
            wrong: None,
            line_break: false,
            space: false,
        };
        let state = State {
            lexer: Lexer::new(text),
            current: nothing,
            space_first: false,
            last_end: 0,
            opening: None,
            wildcards: 0,
            problems: 0,
            hints: 0,
            keywords,
            rego_v1: false,
        };
        let mut parser = Self {
            text,
            index,
            version,
            state,
            problems: Vec::new(),
            hints: Vec::new(),
            depth: 0,
            too_deep: None,
            seen: BTreeMap::new(),
            height: 0,
        };
        parser.scan();
        parser
    }

    // Tokens.

    /// The current token.
    pub(super) fn token(&self) -> Token {
        let current = &self.state.current;
        if self.state.space_first {
            return Token::Space;
        }
        if current.wrong.is_some() {
            return Token::Illegal;
        }
        if current.token == Token::Name && !self.begins_reference() {
            let name = self.word();
            if let Some(keyword) = Token::keyword(name) {
                return keyword;
            }
            let imported = Token::future_keyword(name).or_else(|| Token::logical_keyword(name));
            if let Some(keyword) = imported.filter(|k| self.state.keywords.has(*k)) {
                return keyword;
            }
        }
        current.token
    }

    /// Whether the current word is the head of a reference, be it a keyword elsewhere: `if.x`, as Rego
    /// v1 allows where a rule or an expression begins.
    fn begins_reference(&self) -> bool {
        let current = &self.state.current;
        let after = self.text.as_bytes().get(current.end);
        self.version == Version::V1
            && self.state.opening == Some(current.start)
            && matches!(after, Some(b'.' | b'['))
    }

    /// Says that a rule or an expression begins here.
    pub(super) fn open(&mut self) {
        self.state.opening = Some(self.state.current.start);
    }

    /// The current token's text.
    pub(super) fn word(&self) -> &'t str {
        self.slice(self.state.current.start, self.state.current.end)
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Goes on to the next token, over white space.
    pub(super) fn scan(&mut self) {
        if self.state.space_first {
            self.state.space_first = false;
            return;
        }
        self.advance();
    }

    /// Goes on to the next token, or to the white space before it.
    fn scan_space(&mut self) {
        if self.state.space_first {
            self.state.space_first = false;
            return;
        }
        self.advance();
        self.state.space_first = self.state.current.space;
    }

    fn advance(&mut self) {
        self.advance_with(Lexer::next);
    }

    fn advance_with(&mut self, next: impl FnOnce(&mut Lexer<'t>) -> Lexed) {
        self.state.last_end = self.state.current.end;
        self.state.current = next(&mut self.state.lexer);
        self.state.current.wrong = self.state.current.wrong.or_else(|| self.wrong_character());
        if let Some(wrong) = self.state.current.wrong {
            self.problem(self.here(), wrong.to_owned());
        }
    }

    pub(super) fn save(&self) -> State<'t> {
        State {
            problems: self.problems.len(),
            hints: self.hints.len(),
            ..self.state
        }
    }

    pub(super) fn restore(&mut self, state: State<'t>) {
        self.problems.truncate(state.problems);
        self.hints.truncate(state.hints);
        self.state = state;
    }

    /// Where the current token is.
    pub(super) fn here(&self) -> Location {
        self.at(self.state.current.start, self.state.current.end)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a module is no larger than 4 GiB"
    )]
    fn at(&self, start: usize, end: usize) -> Location {
        Location {
            module: self.index,
            start: start as u32,
            end: end.max(start) as u32,
        }
    }

    /// The text of a place.
    pub(super) fn slice_of(&self, at: Location) -> &'t str {
        self.slice(at.start as usize, at.end as usize)
    }

    /// From a place to the end of the last token that was taken.
    pub(super) fn since(&self, start: Location) -> Location {
        self.at(start.start as usize, self.state.last_end)
    }

    /// From a place to the end of the current token.
    fn through(&self, start: Location) -> Location {
        self.at(start.start as usize, self.state.current.end)
    }

    pub(super) fn broke_line(&self) -> bool {
        self.state.current.line_break
    }

    // Problems.

    pub(super) fn problem(&mut self, at: Location, mut message: String) {
        match self.hints.as_slice() {
            [] => {}
            [hint] => {
                let _ = write!(message, " (hint: {hint})");
            }
            hints => {
                let _ = write!(message, " (hints: {})", hints.join(", "));
            }
        }
        self.hints.clear();
        self.problems.push(Problem::new(Code::Parse, at, message));
    }

    /// What was hinted at was about a statement, and what follows isn't.
    pub(super) fn forget_hints(&mut self) {
        self.hints.clear();
    }

    pub(super) fn hint(&mut self, hint: String) {
        self.hints.push(hint);
    }

    /// The current token may not be here.
    pub(super) fn illegal(&mut self, note: &str) {
        let token = self.token();
        if self.state.current.token == Token::Template {
            return self.problem(
                self.here(),
                "template strings ($\"…\") need OPA 1.12 or later: use sprintf or concat"
                    .to_owned(),
            );
        }
        if token == Token::Illegal {
            return self.problem(self.here(), "illegal token".to_owned());
        }
        let kind = if token.is_keyword() {
            "keyword"
        } else {
            "token"
        };
        let colon = if note.is_empty() { "" } else { ": " };
        self.problem(
            self.here(),
            format!("unexpected {} {kind}{colon}{note}", token.name()),
        );
    }

    /// What OPA 1.22 says of a character that it says nothing of in v0.
    fn wrong_character(&self) -> Option<&'static str> {
        let is_told = self.version == Version::V1 && self.state.current.token == Token::Illegal;
        match self.word() {
            "$" if is_told => Some("illegal $ character"),
            "\u{a0}" if is_told => {
                Some("illegal non-breaking space character, use a regular space instead")
            }
            _ => None,
        }
    }

    // Expressions.

    pub(super) fn query(&mut self) -> Result<Body, Vec<Problem>> {
        let mut body = Body::new();
        while self.token() != Token::End {
            match self.body_of(true, Token::End) {
                Some(more) => body.extend(more),
                None => break,
            }
        }
        self.finish(body)
    }

    pub(super) fn finish<T>(&mut self, value: T) -> Result<T, Vec<Problem>> {
        if let Some(problem) = self.too_deep.take() {
            return Err(vec![problem]);
        }
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(std::mem::take(&mut self.problems))
        }
    }

    pub(super) fn body(&mut self, end: Token) -> Option<Body> {
        self.body_of(false, end)
    }

    pub(super) fn body_of(&mut self, is_statement: bool, end: Token) -> Option<Body> {
        self.deeper(|parser| parser.expressions(is_statement, end))?
    }

    fn expressions(&mut self, is_statement: bool, end: Token) -> Option<Body> {
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

    /// Hints at the import that makes an operator of the word that is after an expression.
    fn hint_at_missing_keyword(&mut self) {
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
        // What `not` negates without braces is where all of it does.
        if let ExprKind::Not(operand) = &mut expr.kind
            && !operand.has_braces
        {
            for inner in &mut operand.body {
                inner.at = expr.at;
            }
        }
        Some(expr)
    }

    /// An expression of a body, whose place is yet to be told.
    fn literal_somewhere(&mut self) -> Option<Expr> {
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

    /// An expression that begins with neither a brace nor a keyword; `not` is where that is before it.
    fn plain_literal(&mut self, not: Option<Location>) -> Option<Expr> {
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
            // What is replaced is replaced around the negation.
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
    fn some(&mut self) -> Option<Expr> {
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

    fn every(&mut self) -> Option<Expr> {
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

    /// A term with operators, in a list, where a comma ends it.
    fn infix_in_list(&mut self) -> Option<Term> {
        self.membership(false)
    }

    fn membership(&mut self, may_have_key: bool) -> Option<Term> {
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
            // To OPA 1.22, `in[1]` is a reference after a term, too.
            self.open();
            let Some(operator) = self.member_operator("member_2") else {
                return Some(left);
            };
            operators = self.one_more(operators, "operators")?;
            let right = self.binary(RELATION)?;
            left = Term::new(
                self.since(start),
                TermKind::Call(vec![operator, left, right]),
            );
        }
    }

    fn member_operator(&mut self, name: &str) -> Option<Term> {
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

    fn operator(&mut self, wanted: &[(Token, &str)]) -> Option<Term> {
        let (_, name) = wanted.iter().find(|(token, _)| *token == self.token())?;
        let at = self.here();
        self.scan();
        Some(Term::new(at, TermKind::Ref(vec![Term::var(at, *name)])))
    }

    /// Operators of one level of precedence and those that bind more tightly.
    fn binary(&mut self, level: usize) -> Option<Term> {
        let Some(operators) = LEVELS.get(level) else {
            return self.parse_term();
        };
        let start = self.here();
        let outer = std::mem::take(&mut self.height);
        let mut left = self.binary(level + 1)?;
        let mut row = 0;
        while let Some(operator) = self.operator(operators) {
            row = self.one_more(row, "operators")?;
            let right = self.binary(level + 1)?;
            self.rises()?;
            left = Term::new(
                self.since(start),
                TermKind::Call(vec![operator, left, right]),
            );
        }
        self.height = self.height.max(outer);
        Some(left)
    }

    /// Says that what was read is deeper by one than what is in it.
    fn rises(&mut self) -> Option<()> {
        self.height += 1;
        if self.height > HIGHEST {
            self.give_up(format!(
                "terms and operators nest deeper than {HIGHEST} levels"
            ));
            return None;
        }
        Some(())
    }

    /// Counts what may be in a row only so often.
    pub(super) fn one_more(&mut self, so_far: usize, what: &str) -> Option<usize> {
        if so_far == ROW {
            self.give_up(format!("there are more than {ROW} {what} in a row"));
            return None;
        }
        Some(so_far + 1)
    }

    /// Reads what is one level deeper, if it may be.
    pub(super) fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        if self.depth >= DEPTH {
            self.give_up(format!("terms nest deeper than {DEPTH} levels"));
        }
        if self.too_deep.is_some() {
            return None;
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        Some(read)
    }

    fn give_up(&mut self, message: String) {
        let problem = Problem::new(Code::Parse, self.here(), message);
        self.too_deep.get_or_insert(problem);
    }

    pub(super) fn parse_term(&mut self) -> Option<Term> {
        // What was read at this place before is read alike again, unless keywords have come.
        let place = self.state.current.start;
        if let Some(Seen::Known(term, after, height)) = self.seen.get(&place)
            && after.keywords == self.state.keywords
        {
            let (term, after) = (term.clone(), *after);
            self.height = self.height.max(*height);
            self.state = State {
                problems: self.problems.len(),
                wildcards: self.state.wildcards.max(after.wildcards),
                ..after
            };
            return term;
        }
        let problems = self.problems.len();
        let outer = std::mem::take(&mut self.height);
        let term = self.deeper(Self::new_term)?;
        self.rises()?;
        if self.problems.len() == problems {
            self.keep(place, term.as_ref());
        }
        self.height = self.height.max(outer);
        term
    }

    /// Keeps a term in case it is read once more. Most aren't, and a copy of each would be a copy of all that
    /// nests in it: only what is read for the second time is kept, and nothing of what is in it any longer.
    fn keep(&mut self, place: usize, term: Option<&Term>) {
        let seen = match self.seen.get(&place) {
            None => Seen::Once,
            Some(_) => Seen::Known(term.cloned(), self.state, self.height),
        };
        if matches!(seen, Seen::Known(..)) {
            let end = self.state.last_end.max(place + 1);
            let inner: Vec<usize> = self.seen.range(place + 1..end).map(|(at, _)| *at).collect();
            for at in inner {
                self.seen.remove(&at);
            }
        }
        self.seen.insert(place, seen);
    }

    fn new_term(&mut self) -> Option<Term> {
        let at = self.here();
        let term = match self.token() {
            Token::Null => Term::new(at, TermKind::Value(Value::Null)),
            Token::True => Term::new(at, TermKind::Value(true.into())),
            Token::False => Term::new(at, TermKind::Value(false.into())),
            Token::Sub if self.negates_reference() => return self.negated_reference(),
            Token::Sub | Token::Dot | Token::Number => self.number()?,
            Token::String => self.string()?,
            Token::Name | Token::Contains => self.var(),
            // The functions of these names are called as ever.
            Token::LogicalAnd | Token::LogicalOr if self.is_called() => self.var(),
            Token::Template if self.version == Version::V1 => self.template()?,
            Token::OpenBracket => self.array()?,
            Token::OpenBrace => self.set_or_object()?,
            Token::OpenParen => {
                self.scan();
                let mut inner = self.infix()?;
                if self.token() != Token::CloseParen {
                    self.problem(self.here(), "non-terminated expression".to_owned());
                    return None;
                }
                inner.at = self.through(at);
                inner
            }
            _ => {
                self.illegal("");
                return None;
            }
        };
        self.finish_term(term, false)
    }

    /// What follows a term directly: a reference, a call.
    pub(super) fn finish_term(&mut self, head: Term, over_space: bool) -> Option<Term> {
        if over_space {
            self.scan();
        } else {
            self.scan_space();
        }
        match self.token() {
            Token::OpenParen | Token::Dot | Token::OpenBracket => return self.reference(head),
            Token::Space => self.scan(),
            _ => {}
        }
        let is_root = head
            .as_var()
            .is_some_and(|name| matches!(&**name, "data" | "input"));
        Some(if is_root {
            Term::new(head.at, TermKind::Ref(vec![head]))
        } else {
            head
        })
    }

    /// Whether a parenthesis follows the current word directly.
    fn is_called(&self) -> bool {
        self.text.as_bytes().get(self.state.current.end) == Some(&b'(')
    }

    /// A template string, from its `$` on.
    fn template(&mut self) -> Option<Term> {
        let start = self.here();
        let is_raw = self.text.as_bytes().get(self.state.current.end) == Some(&b'`');
        let mut parts = Vec::new();
        self.state.lexer.pass_quote();
        // What is wrong with the first part is said of the whole.
        self.advance_with(|lexer| Lexed {
            start: start.start as usize,
            ..lexer.template(is_raw)
        });
        if self.state.current.wrong.is_some() {
            self.problem(self.here(), "illegal token".to_owned());
            return None;
        }
        let mut from = start.start as usize + 2;
        loop {
            let (token, at) = (self.state.current.token, self.here());
            if self.state.current.wrong.is_some() {
                self.problem(at, "expected template-string part".to_owned());
                return None;
            }
            let written = self.slice(from, (at.end as usize).saturating_sub(1));
            let Some(text) = template_text(written, is_raw) else {
                let part = self.slice(from - 1, at.end as usize);
                self.problem(at, format!("illegal template-string part: {part}"));
                return None;
            };
            if !text.is_empty() {
                parts.push(Part::Value(Term::text(at, text.as_str())));
            }
            if token == Token::TemplateEnd {
                let template = Template { is_raw, parts };
                return Some(Term::new(
                    self.through(start),
                    TermKind::Template(Box::new(template)),
                ));
            }
            parts.push(self.in_template()?);
            self.advance_with(|lexer| lexer.template(is_raw));
            from = self.state.current.start;
        }
    }

    /// What is in the braces of a template string, up to and with the current token being the `}`.
    fn in_template(&mut self) -> Option<Part> {
        let brace = self.here();
        self.scan();
        let has_comment = self
            .slice(brace.end as usize, self.here().start as usize)
            .contains('#');
        let Some(expr) = self.literal() else {
            self.problem(self.here(), "invalid template-string expression".to_owned());
            return None;
        };
        let operator = match &expr.kind {
            ExprKind::Call(call) => call.first().and_then(Term::operator),
            _ => None,
        };
        let unexpected = match (&expr.kind, operator.as_deref()) {
            _ if expr.negated => Some("negation ('not')"),
            (_, Some("eq")) => Some("unification ('=')"),
            (_, Some("assign")) => Some("assignment (':=')"),
            (ExprKind::Every(_), _) => Some("'every'"),
            (ExprKind::Some(_), _) => Some("'some'"),
            _ => None,
        };
        if let Some(what) = unexpected {
            let message = format!("unexpected {what} in template-string expression");
            self.problem(expr.at, message);
            return None;
        }
        if self.token() != Token::CloseBrace {
            let message = "expected } to end template string expression";
            self.problem(self.here(), message.to_owned());
            return None;
        }
        Some(match expr {
            Expr {
                kind: ExprKind::Term(term),
                ..
            } if term.as_value().is_some() && !has_comment => Part::Value(term),
            expr => Part::Expr(expr),
        })
    }

    pub(super) fn var(&mut self) -> Term {
        let name = self.word();
        if name == "_" {
            return Term::var(self.here(), self.wildcard());
        }
        Term::var(self.here(), name)
    }

    pub(super) fn wildcard(&mut self) -> String {
        let number = self.state.wildcards;
        self.state.wildcards += 1;
        format!("${number}")
    }

    /// Whether what is after `-` is no number: OPA 1.22 takes it from 0 then.
    fn negates_reference(&mut self) -> bool {
        if self.version == Version::V0 {
            return false;
        }
        let kept = self.save();
        self.scan();
        let is_name = matches!(self.token(), Token::Name | Token::Contains);
        self.restore(kept);
        is_name
    }

    fn negated_reference(&mut self) -> Option<Term> {
        let sign = self.here();
        self.scan();
        let name = self.var();
        let term = self.finish_term(name, false)?;
        let minus = Term::new(sign, TermKind::Ref(vec![Term::var(sign, "minus")]));
        let zero = Term::new(sign, TermKind::Value(0_i64.into()));
        Some(Term::new(
            self.since(sign),
            TermKind::Call(vec![minus, zero, term]),
        ))
    }

    fn number(&mut self) -> Option<Term> {
        let start = self.here();
        let mut text = String::new();
        if self.token() == Token::Sub {
            text.push('-');
            self.scan();
            if !matches!(self.token(), Token::Number | Token::Dot) {
                self.illegal("expected number");
                return None;
            }
        }
        if self.token() == Token::Dot {
            text.push('.');
            self.scan();
            if self.token() != Token::Number {
                self.illegal("expected number");
                return None;
            }
        }
        let is_whole = !text.ends_with('.');
        if self.version == Version::V1 && is_whole && has_leading_zero(self.word()) {
            self.illegal("expected number without leading zero");
            return None;
        }
        if is_whole && self.word().starts_with("00") {
            self.illegal("expected number");
            return None;
        }
        text.push_str(self.word());
        if let Some(number) = Number::parse_literal(&text) {
            Some(Term::new(
                self.through(start),
                TermKind::Value(number.into()),
            ))
        } else {
            self.problem(self.here(), "number too big".to_owned());
            None
        }
    }

    fn string(&mut self) -> Option<Term> {
        let word = self.word();
        let at = self.here();
        if let Some(raw) = word.strip_prefix('`') {
            return Some(Term::text(at, raw.strip_suffix('`').unwrap_or(raw)));
        }
        // OPA 1.22 takes what has no escapes as it is, tabs and the like included.
        let inner = word
            .strip_prefix('"')
            .and_then(|word| word.strip_suffix('"'));
        if let Some(inner) = inner
            && self.version == Version::V1
            && !inner.contains('\\')
        {
            return Some(Term::text(at, inner));
        }
        if let Ok(value @ Value::String(_)) = json::parse(word) {
            Some(Term::new(at, TermKind::Value(value)))
        } else {
            self.problem(at, format!("illegal string literal: {word}"));
            None
        }
    }

    fn call(&mut self, operator: Term) -> Option<Term> {
        let start = operator.at;
        self.scan();
        let mut call = vec![operator];
        if self.token() != Token::CloseParen {
            call = self.list(Token::CloseParen, call)?;
        }
        let at = self.through(start);
        self.scan_space();
        let is_set =
            call.len() == 1 && call.first().and_then(Term::operator).as_deref() == Some("set");
        Some(Term::new(
            at,
            if is_set {
                TermKind::Set(Vec::new())
            } else {
                TermKind::Call(call)
            },
        ))
    }

    fn reference(&mut self, head: Term) -> Option<Term> {
        let start = head.at;
        if matches!(
            head.kind,
            TermKind::Value(_) | TermKind::Ref(_) | TermKind::Template(_)
        ) {
            self.problem(
                start,
                format!("illegal ref (head cannot be {})", head.type_name()),
            );
        }
        let mut parts = vec![head];
        loop {
            match self.token() {
                Token::Dot => {
                    self.scan_space();
                    let is_name = self.token() == Token::Name
                        || (self.version == Version::V1 && self.token().is_keyword());
                    if !is_name {
                        self.illegal("expected identifier");
                        return None;
                    }
                    parts.push(Term::text(self.here(), self.word()));
                    self.scan_space();
                }
                Token::OpenParen => {
                    let operator = Term::new(self.since(start), TermKind::Ref(parts));
                    let term = self.call(operator)?;
                    return match self.token() {
                        Token::Space => {
                            self.scan();
                            Some(term)
                        }
                        Token::Dot | Token::OpenBracket => self.reference(term),
                        _ => Some(term),
                    };
                }
                Token::OpenBracket => {
                    self.scan();
                    let part = self.infix()?;
                    if self.token() != Token::CloseBracket {
                        self.illegal("expected [");
                        return None;
                    }
                    parts.push(part);
                    self.scan_space();
                }
                Token::Space => {
                    let at = self.since(start);
                    self.scan();
                    return Some(Term::new(at, TermKind::Ref(parts)));
                }
                _ => return Some(Term::new(self.since(start), TermKind::Ref(parts))),
            }
        }
    }

    fn array(&mut self) -> Option<Term> {
        let start = self.here();
        let kind = self.array_kind()?;
        Some(Term::new(self.through(start), kind))
    }

    fn array_kind(&mut self) -> Option<TermKind> {
        self.scan();
        if self.token() == Token::CloseBracket {
            return Some(TermKind::Array(Vec::new()));
        }
        let may_be_comprehension = !self.leading_comma();
        let before = self.save();
        let head = self.parse_term()?;
        match self.token() {
            Token::CloseBracket => return Some(TermKind::Array(vec![head])),
            Token::Comma => {
                self.scan();
                return self
                    .list(Token::CloseBracket, vec![head])
                    .map(TermKind::Array);
            }
            Token::Or if may_be_comprehension => {
                self.scan();
                if let Some(body) = self.body(Token::CloseBracket) {
                    return Some(TermKind::ArrayComprehension(Box::new(head), body));
                }
                if self.token() != Token::Comma {
                    return None;
                }
            }
            _ => {}
        }
        self.restore(before);
        self.list(Token::CloseBracket, Vec::new())
            .map(TermKind::Array)
    }

    /// `[, a]`, which OPA reads for the sake of old policies.
    fn leading_comma(&mut self) -> bool {
        let is_there = self.token() == Token::Comma;
        if is_there {
            self.scan();
        }
        is_there
    }

    fn set_or_object(&mut self) -> Option<Term> {
        let start = self.here();
        let kind = self.set_or_object_kind()?;
        Some(Term::new(self.through(start), kind))
    }

    fn set_or_object_kind(&mut self) -> Option<TermKind> {
        self.scan();
        if self.token() == Token::CloseBrace {
            return Some(TermKind::Object(Vec::new()));
        }
        let may_be_comprehension = !self.leading_comma();
        let before = self.save();
        let head = self.parse_term()?;
        match self.token() {
            Token::Or if may_be_comprehension => return self.set(before, head, true),
            Token::CloseBrace | Token::Comma => {
                return self.set(before, head, may_be_comprehension);
            }
            Token::Colon => return self.object(head, may_be_comprehension),
            _ => {}
        }
        self.restore(before);
        let head = self.infix_in_list()?;
        match self.token() {
            Token::CloseBrace | Token::Comma => return self.set(before, head, false),
            Token::Colon => return self.object(head, may_be_comprehension),
            _ => {}
        }
        self.illegal("non-terminated set");
        None
    }

    fn set(
        &mut self,
        before: State<'t>,
        head: Term,
        may_be_comprehension: bool,
    ) -> Option<TermKind> {
        match self.token() {
            Token::CloseBrace => Some(TermKind::Set(vec![head])),
            Token::Comma => {
                self.scan();
                self.list(Token::CloseBrace, vec![head]).map(TermKind::Set)
            }
            Token::Or => {
                if may_be_comprehension {
                    self.scan();
                    if let Some(body) = self.body(Token::CloseBrace) {
                        return Some(TermKind::SetComprehension(Box::new(head), body));
                    }
                    if self.token() != Token::Comma {
                        return None;
                    }
                }
                self.restore(before);
                self.list(Token::CloseBrace, Vec::new()).map(TermKind::Set)
            }
            _ => None,
        }
    }

    fn object(&mut self, key: Term, may_be_comprehension: bool) -> Option<TermKind> {
        self.scan();
        let before = self.save();
        let value = self.parse_term()?;
        let mut may_be_relation = true;
        if may_be_comprehension {
            if matches!(self.token(), Token::CloseBrace | Token::Comma) {
                may_be_relation = false;
            }
            if matches!(self.token(), Token::CloseBrace | Token::Comma | Token::Or)
                && let Some(kind) = self.finish_object(key.clone(), value, true)
            {
                return Some(kind);
            }
        }
        self.restore(before);
        if may_be_relation {
            let value = self.infix_in_list()?;
            if matches!(self.token(), Token::CloseBrace | Token::Comma) {
                return self.finish_object(key, value, false);
            }
        }
        self.illegal("non-terminated object");
        None
    }

    fn finish_object(
        &mut self,
        key: Term,
        value: Term,
        may_be_comprehension: bool,
    ) -> Option<TermKind> {
        match self.token() {
            Token::CloseBrace => Some(TermKind::Object(vec![(key, value)])),
            Token::Or if may_be_comprehension => {
                self.scan();
                let body = self.body(Token::CloseBrace)?;
                Some(TermKind::ObjectComprehension(
                    Box::new(key),
                    Box::new(value),
                    body,
                ))
            }
            Token::Or => {
                self.illegal("non-terminated object");
                None
            }
            Token::Comma => {
                self.scan();
                self.pairs(vec![(key, value)]).map(TermKind::Object)
            }
            _ => None,
        }
    }

    /// Terms, up to and with the current token being `end`.
    fn list(&mut self, end: Token, mut terms: Vec<Term>) -> Option<Vec<Term>> {
        while self.token() != end {
            terms.push(self.infix_in_list()?);
            if self.token() == Token::Comma {
                self.scan();
            } else if self.token() != end {
                self.illegal(&format!("expected \",\" or \"{}\"", end.name()));
                return None;
            }
        }
        Some(terms)
    }

    fn pairs(&mut self, mut pairs: Vec<(Term, Term)>) -> Option<Vec<(Term, Term)>> {
        while self.token() != Token::CloseBrace {
            let key = self.infix_in_list()?;
            if self.token() != Token::Colon {
                self.illegal("expected \":\"");
                return None;
            }
            self.scan();
            pairs.push((key, self.infix_in_list()?));
            if self.token() == Token::Comma {
                self.scan();
            } else if self.token() != Token::CloseBrace {
                self.illegal("expected \",\" or \"}\"");
                return None;
            }
        }
        Some(pairs)
    }
}

/// Operators by how tightly they bind, the loosest first.
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

/// A stretch of a template string as text; none where it has wrong escapes.
fn template_text(written: &str, is_raw: bool) -> Option<String> {
    let mut text = String::with_capacity(written.len() + 2);
    let mut rest = written.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some('{')) => {}
            // An escape that isn't ours is one of JSON's.
            ('\\', Some(escaped)) if !is_raw => {
                text.push(c);
                text.push(*escaped);
                rest.next();
            }
            _ => text.push(c),
        }
    }
    if is_raw || !text.contains('\\') {
        return Some(text);
    }
    match json::parse(&format!("\"{text}\"")) {
        Ok(Value::String(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// Whether a number is written as `01`; `0.1` and `0e1` aren't.
fn has_leading_zero(word: &str) -> bool {
    let after = word.strip_prefix('0').unwrap_or_default();
    match after.as_bytes() {
        [] | [b'.', ..] | [b'e' | b'E', _, ..] => false,
        [..] => true,
    }
}

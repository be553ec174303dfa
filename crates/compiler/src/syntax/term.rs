//! Terms: references, calls, numbers, strings and template strings.

use super::ast::{Expr, ExprKind, Part, Template, Term, TermKind};
use super::lexer::Lexed;
use super::parser::Parser;
use super::token::Token;
use values::{Number, Value, Version, json};

impl Parser<'_> {
    pub(super) fn new_term(&mut self) -> Option<Term> {
        let at = self.here();
        let term = match self.token() {
            Token::Null => Term::new(at, TermKind::Value(Value::Null)),
            Token::True => Term::new(at, TermKind::Value(true.into())),
            Token::False => Term::new(at, TermKind::Value(false.into())),
            Token::Sub if self.negates_reference() => return self.negated_reference(),
            Token::Sub | Token::Dot | Token::Number => self.number()?,
            Token::String => self.string()?,
            Token::Name | Token::Contains => self.var(),
            // Functions with these names can still be called.
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

    /// A term with the references and calls that directly follow it.
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

    /// Whether a parenthesis directly follows the current word.
    pub(super) fn is_called(&self) -> bool {
        self.text.as_bytes().get(self.state.current.end) == Some(&b'(')
    }

    /// A template string, beginning at its `$`.
    pub(super) fn template(&mut self) -> Option<Term> {
        let start = self.here();
        let is_raw = self.begin_template();
        let mut parts = Vec::new();
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

    /// Goes from the `$` of a template string to its first part. Returns whether the string is a raw one.
    pub(super) fn begin_template(&mut self) -> bool {
        let start = self.state.current.start;
        let is_raw = self.text.as_bytes().get(self.state.current.end) == Some(&b'`');
        self.state.lexer.pass_quote();
        // A problem in the first part is reported for the whole string.
        self.advance_with(|lexer| Lexed {
            start,
            ..lexer.template(is_raw)
        });
        is_raw
    }

    /// The expression in the braces of a template string. The `}` becomes the current token.
    pub(super) fn in_template(&mut self) -> Option<Part> {
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

    /// Whether `-` is followed by something other than a number. OPA 1.22 then subtracts it from 0.
    pub(super) fn negates_reference(&mut self) -> bool {
        if self.version == Version::V0 {
            return false;
        }
        let kept = self.save();
        self.scan();
        let is_name = matches!(self.token(), Token::Name | Token::Contains);
        self.restore(kept);
        is_name
    }

    pub(super) fn negated_reference(&mut self) -> Option<Term> {
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

    pub(super) fn number(&mut self) -> Option<Term> {
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

    pub(super) fn string(&mut self) -> Option<Term> {
        let word = self.word();
        let at = self.here();
        if let Some(raw) = word.strip_prefix('`') {
            return Some(Term::text(at, raw.strip_suffix('`').unwrap_or(raw)));
        }
        // OPA 1.22 accepts a string without escapes as it is, even with tabs and the like.
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

    pub(super) fn call(&mut self, operator: Term) -> Option<Term> {
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

    pub(super) fn reference(&mut self, head: Term) -> Option<Term> {
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
            if matches!(self.token(), Token::Dot | Token::OpenBracket) {
                self.one_more(parts.len() - 1, "parts in a reference")?;
            }
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
                        Token::Dot | Token::OpenBracket => {
                            self.deeper(|parser| parser.reference(term))?
                        }
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
}

/// The value of a part of a template string; `None` if it has an invalid escape.
fn template_text(written: &str, is_raw: bool) -> Option<String> {
    let mut text = String::with_capacity(written.len() + 2);
    let mut rest = written.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, rest.peek()) {
            ('\\', Some('{')) => {}
            // Any other escape is one of JSON's.
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

/// Whether a number begins with a superfluous zero, as in `01`; `0.1` and `0e1` don't.
fn has_leading_zero(word: &str) -> bool {
    let after = word.strip_prefix('0').unwrap_or_default();
    match after.as_bytes() {
        [] | [b'.', ..] | [b'e' | b'E', _, ..] => false,
        [..] => true,
    }
}

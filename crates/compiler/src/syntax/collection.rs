//! Arrays, sets, objects and comprehensions.
//!
//! The parser has to try: `{a | b}` is a comprehension if it can be parsed as one, and a set with a union otherwise.
//! So it saves its state, and restores it.

use super::ast::{Term, TermKind};
use super::parser::{Parser, State};
use super::token::Token;
use values::Version;

impl<'t> Parser<'t> {
    pub(super) fn array(&mut self) -> Option<Term> {
        let start = self.here();
        let kind = self.array_kind()?;
        Some(Term::new(self.through(start), kind))
    }

    pub(super) fn array_kind(&mut self) -> Option<TermKind> {
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

    /// Skips the comma in `[, a]`, which OPA accepts for the sake of old policies.
    pub(super) fn leading_comma(&mut self) -> bool {
        let is_there = self.token() == Token::Comma;
        if is_there {
            self.scan();
        }
        is_there
    }

    pub(super) fn set_or_object(&mut self) -> Option<Term> {
        let start = self.here();
        let kind = self.set_or_object_kind()?;
        Some(Term::new(self.through(start), kind))
    }

    pub(super) fn set_or_object_kind(&mut self) -> Option<TermKind> {
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

    pub(super) fn set(
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

    pub(super) fn object(&mut self, key: Term, may_be_comprehension: bool) -> Option<TermKind> {
        self.scan();
        let before = self.save();
        let value = self.parse_term()?;
        let mut may_be_relation = true;
        if may_be_comprehension {
            if matches!(self.token(), Token::CloseBrace | Token::Comma) {
                // OPA 0.70 tries it once more, and so forgets what is wrong with the rest.
                if self.version == Version::V1 {
                    return self.finish_object(key, value, true);
                }
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

    pub(super) fn finish_object(
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

    /// Terms, up to the token `end`, which becomes the current one.
    pub(super) fn list(&mut self, end: Token, mut terms: Vec<Term>) -> Option<Vec<Term>> {
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

    pub(super) fn pairs(&mut self, mut pairs: Vec<(Term, Term)>) -> Option<Vec<(Term, Term)>> {
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

#[cfg(test)]
mod tests {
    use crate::syntax::parse_module;
    use values::Version;

    /// What can't be a comprehension is read once more, and so is what is in it: if what is wrong with that
    /// weren't kept, each level would double the time.
    #[test]
    fn what_is_wrong_deep_in_collections_is_found_at_once() {
        for open in ["{x: 1 | ", "{1 + {x: 1 | ", "{x: 1 | y := {z: 2 + "] {
            for version in [Version::V0, Version::V1] {
                let module = format!("package p\na := {})", open.repeat(60));
                let problems = parse_module(&module, 0, version).expect_err("it doesn't end");
                assert!(!problems.is_empty(), "{open}");
            }
        }
    }
}

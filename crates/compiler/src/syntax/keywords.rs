//! The words that are keywords only after an import, or only in some versions.

use super::ast::{Import, Term, path_name};
use super::token::Token;
use values::Version;

/// Which words are keywords.
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
    /// Whether `not` may be followed by a body.
    pub not: bool,
}

impl Keywords {
    /// Makes keywords of the words that are keywords in Rego v1 without an import.
    pub(super) fn all(&mut self) {
        *self = Self {
            within: true,
            every: true,
            contains: true,
            if_: true,
            ..*self
        };
    }

    /// Makes keywords of the words that Rego v2 adds.
    pub(super) fn all_of_v2(&mut self) {
        self.all();
        self.and = true;
        self.or = true;
        self.not = true;
    }

    /// Makes keywords of the words that an import introduces, if the parser accepts it.
    pub(super) fn import(&mut self, import: &Import, version: Version) {
        let root = import.path.first().and_then(Term::as_var);
        match (root.map(|name| &**name), version) {
            (Some("future"), _) => match import.path.get(2).and_then(Term::as_text) {
                Some(word) if import.path.len() == 3 => self.add(word),
                _ if version == Version::V0 => self.all(),
                _ => self.all_of_v2(),
            },
            (Some("rego"), Version::V0) => self.all(),
            (Some("rego"), Version::V1)
                if path_name(&import.path).as_deref() == Some("rego.v2") =>
            {
                self.all_of_v2();
            }
            _ => {}
        }
    }

    /// Whether `and` or `or` is a keyword.
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

//! The words that are keywords only by import or version.

use super::ast::{Import, Term, path_name};
use super::token::Token;
use values::Version;

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

    /// Those that an import brings, which the parser lets pass.
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

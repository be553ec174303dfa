//! Parses Rego into syntax trees as OPA's parser does: with the grammar of both versions, its messages and its
//! locations.

pub mod ast;
mod collection;
mod expression;
mod import;
mod keywords;
mod lexer;
mod logic;
mod metadata;
mod module;
mod parser;
mod rule;
mod term;
mod token;
pub mod visit;

pub use metadata::comments;
pub use parser::{parse_module, parse_query};
pub use rule::shown;

/// Whether a name isn't a keyword in any version of Rego.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    token::Token::keyword(name).is_none() && token::Token::future_keyword(name).is_none()
}

/// Whether a name is a keyword of Rego v1.
#[must_use]
pub fn is_keyword_v1(name: &str) -> bool {
    token::Token::keyword(name).is_some() || token::Token::future_keyword(name).is_some()
}

#![doc = include_str!("../README.md")]
//!
//! # How it works
//!
//! A text is first written down as a flat tape (`tape`, `record`), where an alias is one small note that
//! says what it refers to. Only when the whole document is known to be sound, and to stay within the
//! [`Limits`] with every alias expanded, is the tree built from the tape (`tree`).
//!
//! # Why there are two readers
//!
//! YAML in full takes a parser (granit) with a queue of tokens and places counted in characters; what
//! people write takes a fraction of it. So a scanner of bytes (`scanner`) goes first. It knows block
//! and flow collections and scalars in every style. It doesn't know anchors, tags, tabs between tokens
//! or errors: where it finds anything that it isn't sure of, it gives the whole text up, and the parser
//! reads it from the start (`parse`). That costs up to a seventh more; what the scanner reads takes a fifth.
//!
//! Both write on the same tape, so all that follows is shared, and no result says which of them has
//! read it. `tests/scanner.rs` compares them on files, on every short text of what YAML is made of,
//! and on as many texts by chance as one wants to wait for.

#![warn(unreachable_pub)]

mod comment;
mod embedded;
mod error;
mod events;
mod input;
mod limits;
mod line_separators;
mod location;
mod mapping;
mod node;
mod parse;
mod position;
mod quote;
mod record;
mod scalar;
mod scanner;
mod span;
mod tape;
mod tree;

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has done its work"
)]
mod tests;

use std::{borrow::Cow, rc::Rc};

use tree::Way;

pub use comment::{Comment, comments};
pub use embedded::{EmbeddedError, embedded};
pub use error::{ParseError, ParseErrorKind};
pub use events::Events;
pub use limits::Limits;
pub use line_separators::{LINE_SEPARATORS, parse_alike};
pub use location::{Location, Step};
pub use mapping::{Entry, Mapping};
pub use node::{Node, Value};
pub use parse::{parse, parsed, scanned};
pub use position::{LineIndex, Position};
pub use quote::{cut, cut_after, quoted};
pub use span::Span;

/// One document of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Document<'t> {
    /// The value of the whole document.
    pub root: Node<'t>,
    /// From the `---` that opens the document, or else from the start of its value, to the end of
    /// its value. In bytes.
    pub span: Span,
    /// Keys that a later, equal key of the same mapping made void; in the order of the mappings'
    /// ends, inner ones first.
    pub repeated_keys: Vec<RepeatedKey<'t>>,
    /// Values that an alias repeats elsewhere: who changes the text under one of these spans changes
    /// more than one place. In the order of the aliases, in bytes.
    pub shared: Vec<Span>,
    /// How many values were made for the tree, those copied for aliases and merges included; a
    /// measure of the document's size after expansion.
    pub node_count: usize,
}

/// A key that has no effect, for an equal one follows it in the same mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedKey<'t> {
    /// The key.
    pub key: Cow<'t, str>,
    /// The way to the mapping that it is in, below the steps that lead to its document.
    way: Rc<Way>,
    under: Rc<[Step]>,
    /// The location of the void key, in bytes.
    pub span: Span,
    /// Where an equal key follows next, in bytes.
    pub again: Span,
    /// The location of the key whose value holds, in bytes.
    pub last: Span,
}

impl RepeatedKey<'_> {
    /// The way from the root to the key; its last step is the key itself. Of keys on the way to it that are
    /// longer than anybody writes, the beginning.
    #[must_use]
    pub fn path(&self) -> Vec<Step> {
        let mut path = self.under.to_vec();
        path.extend(self.way.path());
        path.push(Step::Key(self.key.clone().into_owned()));
        path
    }
}

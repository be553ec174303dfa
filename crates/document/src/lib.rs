#![doc = include_str!("../README.md")]
//!
//! # How it works
//!
//! A text is first recorded as a flat tape (`tape`, `record`), on which an alias is a single entry that refers to its
//! target. Only when the whole document is known to be valid, and to stay within the [`Limits`] with every alias
//! expanded, is the tree built from the tape (`tree`).
//!
//! # Why there are two readers
//!
//! Full YAML takes a parser (granit) with a queue of tokens and positions counted in characters, but what people
//! write needs a fraction of it. So a scanner of bytes (`scanner`) goes first. It knows block and flow collections
//! and scalars in every style, but no anchors, tags, tabs between tokens, or errors. If it isn't sure of anything, it
//! gives up on the whole text, and the parser reads it from the start (`parse`). That costs up to a seventh more, and
//! a text that the scanner reads takes a fifth of the time.
//!
//! Both write the same tape, so everything after that is shared, and no result depends on which of them was used.
//! `tests/scanner.rs` compares them on files, on every short text made of YAML's special characters, and on random
//! texts.

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
    /// From the `---` that opens the document, or else from the start of its value, to the end of its value, in
    /// bytes.
    pub span: Span,
    /// Keys that have no effect because an equal key follows in the same mapping. They are in the order in which the
    /// mappings end, so inner ones come first.
    pub repeated_keys: Vec<RepeatedKey<'t>>,
    /// The values that aliases repeat elsewhere. Changing the text at one of these spans changes more than one place.
    /// In the order of the aliases, in bytes.
    pub shared: Vec<Span>,
    /// How many nodes the tree has, including those copied for aliases and merges.
    pub node_count: usize,
}

/// A key that has no effect, because an equal one follows in the same mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedKey<'t> {
    /// The key.
    pub key: Cow<'t, str>,
    /// The way to the mapping that it is in, below the steps that lead to its document.
    way: Rc<Way>,
    under: Rc<[Step]>,
    /// The location of the key, in bytes.
    pub span: Span,
    /// The location of the next equal key, in bytes.
    pub again: Span,
    /// The location of the equal key whose value counts, in bytes.
    pub last: Span,
}

impl RepeatedKey<'_> {
    /// The path from the root to the key, whose last step is the key itself. Very long keys on the way are cut.
    #[must_use]
    pub fn path(&self) -> Vec<Step> {
        let mut path = self.under.to_vec();
        path.extend(self.way.path());
        path.push(Step::Key(self.key.clone().into_owned()));
        path
    }
}

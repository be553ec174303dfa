//! Values and their locations.

use std::borrow::Cow;

use super::{Mapping, Span};

/// A value and the text it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// The value's location, in bytes.
    ///
    /// Quotes, brackets and the `|` or `>` of a block scalar are included. A block mapping goes
    /// from its first key, a block sequence from its first `-`, to the end of the last child. A
    /// value left out is the empty span after its `:` or `-`. The value of an alias has the span
    /// of the anchored text.
    pub span: Span,
    /// The value.
    pub value: Value<'t>,
}

/// A value of the YAML 1.2 core schema, as far as JSON can say it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A finite number that is no `Integer`, by its notation or its size.
    Float(f64),
    /// Text.
    String(Cow<'t, str>),
    /// A list.
    Sequence(Vec<Node<'t>>),
    /// Keys and their values.
    Mapping(Mapping<'t>),
}

impl<'t> Node<'t> {
    /// The value under a key, when this node is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_mapping()?.get(key).map(|entry| &entry.node)
    }

    /// The text, when this node is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items, when this node is a sequence.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, when this node is one.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&Mapping<'t>> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }
}

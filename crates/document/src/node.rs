//! Values and their locations.

use std::borrow::Cow;

use super::{Mapping, Span};

/// A value and where it is in the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Node<'t> {
    /// The location of the value, in bytes.
    ///
    /// It includes quotes, brackets, and the `|` or `>` of a block scalar. A block mapping begins with its first key,
    /// a block sequence with its first `-`, and both end with their last child. A missing value has the empty span
    /// after its `:` or `-`. The value of an alias has the span of the anchored text.
    pub span: Span,
    /// The value.
    pub value: Value<'t>,
}

/// A value of the YAML 1.2 core schema that JSON also has.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'t> {
    /// `null`, or no value.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A finite number that isn't an `Integer`, because of how it is written or because of its size.
    Float(f64),
    /// A string.
    String(Cow<'t, str>),
    /// A sequence.
    Sequence(Vec<Node<'t>>),
    /// A mapping.
    Mapping(Mapping<'t>),
}

impl<'t> Node<'t> {
    /// The value of a key, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_mapping()?.get(key).map(|entry| &entry.node)
    }

    /// The string, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if this is a sequence.
    #[must_use]
    pub fn as_sequence(&self) -> Option<&[Self]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, if this is one.
    #[must_use]
    pub fn as_mapping(&self) -> Option<&Mapping<'t>> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }
}

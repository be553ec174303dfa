use document::Step;

/// A change of a value, as in JSON Patch (RFC 6902), with an array as its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Adds a value, or replaces the one that is there. Unlike in JSON Patch, it also makes missing mappings on the
    /// way.
    Add {
        /// The path from the document's root.
        path: Vec<Step>,
        /// The value.
        content: Content,
    },
    /// Replaces a value.
    Replace {
        /// The path from the document's root.
        path: Vec<Step>,
        /// The value.
        content: Content,
    },
    /// Removes an entry from its mapping.
    Remove {
        /// The path from the document's root.
        path: Vec<Step>,
    },
}

impl Operation {
    /// The path of the change.
    #[must_use]
    pub fn path(&self) -> &[Step] {
        match self {
            Self::Add { path, .. } | Self::Replace { path, .. } | Self::Remove { path } => path,
        }
    }
}

/// A value to write. Rules only need strings, and mappings of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A string.
    Text(String),
    /// A mapping.
    Mapping(Vec<(String, Content)>),
}

impl Content {
    /// A mapping with the content under this key.
    #[must_use]
    pub fn under(self, key: &str) -> Self {
        Self::Mapping(vec![(key.to_owned(), self)])
    }
}

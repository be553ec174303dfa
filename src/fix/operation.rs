use document::Step;

/// A change of a value, as in JSON Patch (RFC 6902), with the path as its steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// Puts a value there, in the place of one that is there already. Unlike in JSON Patch,
    /// mappings on the way that are missing are made.
    Add {
        /// Where, from the document's root.
        path: Vec<Step>,
        /// What.
        content: Content,
    },
    /// Puts a value in the place of another.
    Replace {
        /// Where, from the document's root.
        path: Vec<Step>,
        /// What.
        content: Content,
    },
    /// Takes an entry out of its mapping.
    Remove {
        /// Where, from the document's root.
        path: Vec<Step>,
    },
}

impl Operation {
    /// Where it changes something.
    #[must_use]
    pub fn path(&self) -> &[Step] {
        match self {
            Self::Add { path, .. } | Self::Replace { path, .. } | Self::Remove { path } => path,
        }
    }
}

/// What is written: no more than what rules ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text(String),
    /// Keys and what is under them.
    Mapping(Vec<(String, Content)>),
}

impl Content {
    /// The content under one more key.
    #[must_use]
    pub fn under(self, key: &str) -> Self {
        Self::Mapping(vec![(key.to_owned(), self)])
    }
}

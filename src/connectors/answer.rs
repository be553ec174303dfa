//! What was read from one document, and whether it is all of what was asked for.

use std::collections::{BTreeMap, BTreeSet};

use document::Span;

use super::{Connector, ImportProblem};

/// The connectors of a document.
#[derive(Debug, Default)]
pub struct Answer {
    pub connectors: Vec<Connector>,
    /// What is there instead of a connector.
    pub errors: Vec<ReadError>,
    /// Which part of a longer answer it is.
    pub page: Option<Page>,
    /// The scopes of which it has every connector.
    pub scopes: BTreeSet<String>,
    /// The scopes that whoever made it may not see.
    pub unseen: BTreeSet<String>,
    /// When the account had these connectors, as a list says it.
    pub made_at: Option<String>,
}

/// What can't be read, and its place.
#[derive(Debug)]
pub struct ReadError {
    pub span: Span,
    pub message: String,
}

impl ReadError {
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { span, message }
    }
}

impl From<document::ParseError> for ReadError {
    fn from(error: document::ParseError) -> Self {
        Self::new(error.span, error.message)
    }
}

impl FromIterator<Result<Connector, ReadError>> for Answer {
    fn from_iter<I: IntoIterator<Item = Result<Connector, ReadError>>>(read: I) -> Self {
        let mut answer = Self::default();
        for connector in read {
            match connector {
                Ok(connector) => answer.connectors.push(connector),
                Err(error) => answer.errors.push(error),
            }
        }
        answer
    }
}

/// A page of an answer of Harness's API.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Which one, from 0.
    pub index: i64,
    /// How many there are.
    pub of: i64,
    /// How many connectors there are on all of them.
    pub items: i64,
}

/// The pages that were read, by how many there should be.
#[derive(Debug, Default)]
pub struct Pages(BTreeMap<(i64, i64), (String, BTreeSet<i64>)>);

impl Pages {
    pub fn add(&mut self, path: &str, page: Option<Page>) {
        if let Some(page) = page.filter(|page| page.of > 1) {
            let (_, read) = self
                .0
                .entry((page.of, page.items))
                .or_insert_with(|| (path.to_owned(), BTreeSet::new()));
            read.insert(page.index);
        }
    }

    /// A problem for each answer of which pages are missing.
    pub fn missing(self) -> impl Iterator<Item = ImportProblem> {
        self.0.into_iter().filter_map(|((of, _), (path, read))| {
            let read_pages = i64::try_from(read.len()).unwrap_or(i64::MAX);
            (read_pages < of).then(|| {
                let were = if read_pages == 1 { "was" } else { "were" };
                let message = format!(
                    "the response has {of} pages, but only {read_pages} {were} given: ask for the others too (`pageIndex`), or for a larger `pageSize`"
                );
                ImportProblem::new(&path, None, message)
            })
        })
    }
}

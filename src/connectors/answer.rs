//! The connectors read from one document, and whether it has all of them.

use std::collections::{BTreeMap, BTreeSet};

use document::Span;

use super::{Connector, ImportProblem};

/// The connectors of a document.
#[derive(Debug, Default)]
pub struct Answer {
    pub connectors: Vec<Connector>,
    /// The places where something other than a connector is.
    pub errors: Vec<ReadError>,
    /// Which page of a longer answer it is.
    pub page: Option<Page>,
    /// The scopes whose connectors are all in it.
    pub scopes: BTreeSet<String>,
    /// The scopes that its author isn't allowed to see.
    pub unseen: BTreeSet<String>,
    /// When the account had these connectors, according to a list.
    pub made_at: Option<String>,
}

/// Something that can't be read, with its location.
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
    /// The index of the page, from 0.
    pub index: i64,
    /// The number of pages.
    pub of: i64,
    /// The number of connectors on all pages.
    pub items: i64,
}

/// The pages that have been read, by the totals that they name.
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

    /// A problem for each answer that has missing pages.
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

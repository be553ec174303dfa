//! Reads the YAML that people write: block mappings and sequences, scalars in every style, collections
//! in brackets, comments and several documents.
//!
//! It reads bytes, without a queue of tokens, and writes on the tape that the parser's events are
//! written on. It knows no error: at the first thing that it isn't sure of, from an anchor to a
//! misplaced tab, it gives the whole text up, and the parser reads it from the start. What it does
//! read, it reads as the parser would; `tests/scanner.rs` holds the two against each other.

mod alphabet;
mod block_scalar;
mod cursor;
mod flow;
mod plain;
mod quoted;
mod structure;

use std::borrow::Cow;

use super::{
    Document, Limits, ParseError, Span, input::Input, record::Recorder, scalar::Reading, tree,
};
use cursor::{Cursor, Line};
use structure::Structure;

/// The text holds something that is left to the parser.
#[derive(Debug)]
pub(super) struct Unsure;

/// What the recorder refuses, the parser has to report: another error may come before it.
impl From<ParseError> for Unsure {
    fn from(_: ParseError) -> Self {
        Self
    }
}

/// Every document of a text, if all of it can be read here.
pub(super) fn documents(input: Input<'_>, limits: Limits) -> Result<Vec<Document<'_>>, Unsure> {
    if !alphabet::covers(input.text()) {
        return Err(Unsure);
    }
    let mut cursor = Cursor::new(input.text());
    // No tree is built before the last line has been read: whoever gives up has lost little.
    let mut tapes = Vec::new();
    loop {
        let mut line = cursor;
        let marker = match line.next_line()? {
            Line::End => break,
            Line::DocumentEnd => {
                line.skip_marker()?;
                cursor = line;
                continue;
            }
            Line::DocumentStart => {
                let marker = line.skip_marker()?;
                cursor = line;
                Some(marker)
            }
            // Its indentation belongs to the document.
            Line::Content(_) => None,
        };
        // There are no aliases here, and so no copies.
        let mut copied = 0;
        let start = marker.map_or(cursor.offset(), |marker: Span| marker.end);
        let recorder = Recorder::new(input, limits, &mut copied, start);
        tapes.push((
            Structure::new(cursor, recorder, start).read(&mut cursor)?,
            marker,
        ));
    }
    Ok(tapes
        .into_iter()
        .map(|(tape, marker)| tree::document(tape, marker))
        .collect())
}

/// A scalar, before it is known whether it is a key.
struct Scalar<'t> {
    text: Cow<'t, str>,
    reading: Reading,
    span: Span,
}

impl<'t> Scalar<'t> {
    /// Whether it is written without quotes.
    fn is_plain(&self) -> bool {
        self.reading == Reading::Core
    }

    fn record(self, recorder: &mut Recorder<'t, '_>) -> Result<(), Unsure> {
        const NO_ANCHOR: usize = 0;
        Ok(recorder.scalar(self.text, self.reading, self.span, NO_ANCHOR)?)
    }
}

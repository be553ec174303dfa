//! Scans the YAML that people write: block mappings and sequences, scalars in every style, flow collections, comments
//! and several documents.
//!
//! It reads bytes, without a queue of tokens, and writes on the same tape as the parser's events. It reports no
//! errors: at the first thing that it isn't sure of, from an anchor to a misplaced tab, it gives up, and the parser
//! reads the text from the start. What it does read, it reads as the parser would; `tests/scanner.rs` compares the
//! two.

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

/// The text has something that the parser has to read.
#[derive(Debug)]
pub(super) struct Unsure;

/// The parser has to report what the recorder refuses, because another error may come first.
impl From<ParseError> for Unsure {
    fn from(_: ParseError) -> Self {
        Self
    }
}

/// The documents of a text, if the scanner can read all of it.
pub(super) fn documents(input: Input<'_>, limits: Limits) -> Result<Vec<Document<'_>>, Unsure> {
    if !alphabet::covers(input.text()) {
        return Err(Unsure);
    }
    let mut cursor = Cursor::new(input.text());
    // No tree is built before the last line has been read, so giving up costs little.
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
            // The indentation belongs to the document.
            Line::Content(_) => None,
        };
        // Without aliases, nothing is copied.
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

/// A scalar that may turn out to be a key.
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

//! Parses documents.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, options};

use super::{
    Document, Limits, ParseError, Span, error, input::Input, record::Recorder, scalar::Reading,
    scanner, tree,
};

/// Parses every document of a YAML or JSON text, in order.
///
/// A document that can't be parsed is a [`ParseError`], and parsing continues at the next `---` or `...`. A text
/// without documents, which is empty or has only comments, returns none.
#[must_use]
pub fn parse<'t>(text: &'t str, limits: &Limits) -> Vec<Result<Document<'t>, ParseError>> {
    scanned(text, limits).unwrap_or_else(|| parsed(text, limits))
}

/// The documents as the scanner alone reads them; `None` if [`parse`] needs the parser. For tests.
#[doc(hidden)]
#[must_use]
pub fn scanned<'t>(
    text: &'t str,
    limits: &Limits,
) -> Option<Vec<Result<Document<'t>, ParseError>>> {
    let documents = scanner::documents(Input::new(text)?, *limits).ok()?;
    Some(documents.into_iter().map(Ok).collect())
}

/// The documents as the parser alone reads them, which is always what [`parse`] returns. For tests.
#[doc(hidden)]
#[must_use]
pub fn parsed<'t>(text: &'t str, limits: &Limits) -> Vec<Result<Document<'t>, ParseError>> {
    match Input::new(text) {
        Some(input) => Reader::new(input, *limits).read(),
        None => vec![Err(ParseError::too_long())],
    }
}

struct Reader<'t> {
    input: Input<'t>,
    limits: Limits,
    parser: Parser<'t, StrInput<'t>>,
    /// The end of the last document, or where the first may begin.
    document_end: Option<u32>,
    /// How many nodes the aliases of the file have copied so far.
    copied: usize,
}

impl<'t> Reader<'t> {
    fn new(input: Input<'t>, limits: Limits) -> Self {
        let options = options! {
            // An event for an unknown alias has its name and span; an error wouldn't.
            emit_unresolved_aliases: true,
            flow_nesting_limit: limits.depth,
            block_nesting_limit: limits.depth,
            // YAML's limit of 1024 would refuse long keys that are valid JSON. The parser buffers the tokens of
            // anything that may be a key, so the limit isn't larger.
            simple_key_max_lookahead: 16 * 1024,
            // Finding them takes a tenth of a check's time, and `comments` finds them where they matter.
            emit_comments: false,
        };
        Self {
            input,
            limits,
            parser: Parser::new_from_str_with_options(input.text(), options),
            document_end: Some(input.start()),
            copied: 0,
        }
    }

    fn read(mut self) -> Vec<Result<Document<'t>, ParseError>> {
        // After an error, parsing continues at a `---` or `...`. This ends the loop if the parser ever stops moving
        // forward.
        let most = self.input.text().len() / 3 + 1;
        let mut documents = Vec::new();
        while documents.len() < most
            && let Some(document) = self.next_document()
        {
            let failed = document.is_err();
            documents.push(document);
            if failed && !self.recover() {
                break;
            }
        }
        documents
    }

    /// The next document; `None` at the end of the text.
    fn next_document(&mut self) -> Option<Result<Document<'t>, ParseError>> {
        loop {
            let (event, span) = match self.parser.next_event()? {
                Ok(next) => next,
                Err(error) => return Some(Err(self.parse_error(&error))),
            };
            let span = self.span(&span);
            match event {
                Event::StreamEnd => return None,
                Event::DocumentStart(explicit, _) => {
                    let (marker, start) = if explicit {
                        (Some(span), span.end)
                    } else {
                        (None, self.document_end.unwrap_or(span.start))
                    };
                    return Some(self.document(marker, start));
                }
                _ => {}
            }
        }
    }

    /// The document that begins here, with or without a marker. Its content follows the offset `start`.
    fn document(&mut self, marker: Option<Span>, start: u32) -> Result<Document<'t>, ParseError> {
        let mut copied = self.copied;
        let mut recorder = Recorder::new(self.input, self.limits, &mut copied, start);
        loop {
            let (event, token) = match self.parser.next_event() {
                Some(Ok(next)) => next,
                Some(Err(error)) => return Err(self.parse_error(&error)),
                None => break,
            };
            let span = self.span(&token);
            match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let reading = Reading::from_style(style, tag.as_deref());
                    match style {
                        ScalarStyle::Literal | ScalarStyle::Folded => {
                            recorder.block(text, reading, span, anchor)?;
                        }
                        ScalarStyle::Plain if span.is_empty() => {
                            recorder.left_out(reading, span.start, anchor)?;
                        }
                        _ => recorder.scalar(text, reading, span, anchor)?,
                    }
                }
                Event::SequenceStart(_, anchor, _) => recorder.open_sequence(span, anchor)?,
                Event::MappingStart(_, anchor, _) => recorder.open_mapping(span, anchor)?,
                Event::SequenceEnd | Event::MappingEnd => recorder.close(span)?,
                Event::Alias(anchor) => recorder.alias(anchor, span)?,
                Event::UnresolvedAlias(_) => return Err(recorder.unknown_alias(span)),
                Event::DocumentEnd => {
                    self.nothing_follows(span)?;
                    self.document_end = Some(span.end);
                    break;
                }
                _ => {}
            }
        }
        let tape = recorder.finish();
        self.copied = copied;
        Ok(tree::document(tape, marker))
    }

    /// Checks that nothing follows a document that has no `...`. The parser would take it for another document with
    /// an error.
    fn nothing_follows(&mut self, end: Span) -> Result<(), ParseError> {
        if end.is_empty()
            && let Some(Err(error)) = self.parser.peek()
        {
            return Err(self.parse_error(&error));
        }
        Ok(())
    }

    /// Moves to the document after one that failed, if there is one.
    fn recover(&mut self) -> bool {
        // Where an implicit document could begin isn't known here, so its first token decides.
        self.document_end = None;
        matches!(self.parser.proceed_next_document(), Ok(true))
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        span.byte_range()
            .map_or_else(Span::default, |range| self.input.span(range))
    }

    fn parse_error(&self, error: &ScanError) -> ParseError {
        let at = self
            .input
            .offset(error.marker().byte_offset().unwrap_or_default());
        let span = self.input.code_point(at);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => ParseError::too_deep(self.limits.depth, span),
            ErrorKind::UnexpectedCharacter { character } => {
                // The error may be at the start of the scalar.
                let span = self.input.find(*character, at).unwrap_or(span);
                ParseError::syntax(error::unexpected(*character), span)
            }
            ErrorKind::UnknownQuotedScalarEscape => {
                let span = self.input.unknown_escape(at).unwrap_or(span);
                ParseError::syntax(error::unknown_escape(span.slice(self.input.text())), span)
            }
            kind => ParseError::syntax(error::message(kind), span),
        }
    }
}

//! From text to documents.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, options};

use super::{
    Document, Limits, ParseError, Span, error, input::Input, record::Recorder, scalar::Reading,
    scanner, tree,
};

/// Reads every document of a YAML or JSON text, in order.
///
/// A document that cannot be read is one [`ParseError`], and reading goes on at the next `---` or
/// `...`. A text without any document, because it is empty or holds only comments, gives none.
#[must_use]
pub fn parse<'t>(text: &'t str, limits: &Limits) -> Vec<Result<Document<'t>, ParseError>> {
    scanned(text, limits).unwrap_or_else(|| parsed(text, limits))
}

/// What [`parse`] reads without the parser; none where it needs the parser. For tests.
#[doc(hidden)]
#[must_use]
pub fn scanned<'t>(
    text: &'t str,
    limits: &Limits,
) -> Option<Vec<Result<Document<'t>, ParseError>>> {
    let documents = scanner::documents(Input::new(text)?, *limits).ok()?;
    Some(documents.into_iter().map(Ok).collect())
}

/// What the parser reads, which is what [`parse`] always gives. For tests.
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
    /// Where the last document has ended, or the first may start.
    document_end: Option<u32>,
    /// Nodes the aliases of the file have copied so far.
    copied: usize,
}

impl<'t> Reader<'t> {
    fn new(input: Input<'t>, limits: Limits) -> Self {
        let options = options! {
            // An event for an unknown alias tells its name and span, an error would not.
            emit_unresolved_aliases: true,
            flow_nesting_limit: limits.depth,
            block_nesting_limit: limits.depth,
            // YAML's own 1024 would refuse long keys that are sound JSON. Whatever may be a key is
            // held back as tokens for as long, so it is no larger.
            simple_key_max_lookahead: 16 * 1024,
            // Looking for them is a tenth of a check, and `comments` finds them where they matter.
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
        // After an error, reading takes up again at a `---` or `...`. Should the parser ever stop
        // moving forward, this ends the loop.
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

    /// The next document, or nothing at the end of the text.
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

    /// The document that has just been opened, by a marker or without, and whose content follows
    /// an offset.
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

    /// Makes sure that a document without a `...` is not followed by leftovers, which the parser
    /// takes for a faulty document of their own.
    fn nothing_follows(&mut self, end: Span) -> Result<(), ParseError> {
        if end.is_empty()
            && let Some(Err(error)) = self.parser.peek()
        {
            return Err(self.parse_error(&error));
        }
        Ok(())
    }

    /// Goes on to the document after a failed one, if there is one.
    fn recover(&mut self) -> bool {
        // What an implicit document may follow is not known here; so take its first token.
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
                // The error may lie at the start of the scalar.
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

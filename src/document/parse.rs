//! From text to documents.

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, StrInput, options};

use super::{
    Comment, Document, Fault, Limits, Span, control::Lookout, record::Recorder, scalar::Reading,
    source::Source, tree,
};

/// Reads every document of a YAML or JSON text, in order.
///
/// A document that cannot be read is one [`Fault`], and reading goes on at the next `---` or
/// `...`. A text without any document, because it is empty or holds only comments, gives none.
#[must_use]
pub fn parse<'t>(text: &'t str, limits: &Limits) -> Vec<Result<Document<'t>, Fault>> {
    match Source::new(text) {
        Some(source) => Reader::new(source, *limits).read(),
        None => vec![Err(Fault::too_long())],
    }
}

struct Reader<'t> {
    source: Source<'t>,
    limits: Limits,
    parser: Parser<'t, StrInput<'t>>,
    lookout: Lookout<'t>,
    /// Comments that belong to the document being read, or to the next.
    comments: Vec<Comment<'t>>,
    /// Nodes the aliases of the file have copied so far.
    copied: usize,
}

impl<'t> Reader<'t> {
    fn new(source: Source<'t>, limits: Limits) -> Self {
        let options = options! {
            // An event for an unknown alias tells its name and span, an error would not.
            emit_unresolved_aliases: true,
            flow_nesting_limit: limits.depth,
            block_nesting_limit: limits.depth,
            // They take no more memory than the text does.
            max_buffered_comment_events: usize::MAX,
        };
        Self {
            source,
            limits,
            parser: Parser::new_from_str_with_options(source.text(), options),
            lookout: Lookout::new(source),
            comments: Vec::new(),
            copied: 0,
        }
    }

    fn read(mut self) -> Vec<Result<Document<'t>, Fault>> {
        // After an error, reading takes up again at a `---` or `...`. Should the parser ever stop
        // moving forward, this ends the loop.
        let most = self.source.text().len() / 3 + 1;
        let mut documents = Vec::new();
        while documents.len() < most
            && let Some(document) = self.next_document()
        {
            let failed = document.is_err();
            documents.push(document);
            if failed && !self.recover(documents.last_mut()) {
                break;
            }
        }
        self.finish(&mut documents);
        documents
    }

    /// The next document, or nothing at the end of the text.
    fn next_document(&mut self) -> Option<Result<Document<'t>, Fault>> {
        loop {
            let (event, span) = match self.parser.next_event()? {
                Ok(next) => next,
                Err(error) => return Some(Err(self.fault(&error))),
            };
            let span = self.span(&span);
            match event {
                Event::StreamEnd => return None,
                Event::DocumentStart(explicit, _) => {
                    let marker = if explicit {
                        span
                    } else {
                        Span::empty(span.start)
                    };
                    return Some(self.document(marker));
                }
                Event::Comment(..) => self.comment(span),
                _ => {}
            }
        }
    }

    /// The document that has just been opened, by a marker or without.
    fn document(&mut self, marker: Span) -> Result<Document<'t>, Fault> {
        let mut copied = self.copied;
        let mut recorder = Recorder::new(self.source, self.limits, &mut copied, marker.end);
        loop {
            let (event, token) = match self.parser.next_event() {
                Some(Ok(next)) => next,
                Some(Err(error)) => return Err(self.fault(&error)),
                None => break,
            };
            let span = self.span(&token);
            let quoted = matches!(
                event,
                Event::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted, ..)
            );
            self.lookout.pass(span, quoted)?;
            match event {
                Event::Scalar(text, style, anchor, tag) => {
                    let reading = Reading::of(style, tag.as_deref());
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
                Event::Comment(..) => self.comment(span),
                Event::DocumentEnd => break,
                _ => {}
            }
        }
        let tree = tree::build(recorder.finish());
        self.copied = copied;
        let span = if marker.is_empty() {
            tree.root.span
        } else {
            Span::new(marker.start, marker.end.max(tree.root.span.end))
        };
        Ok(Document {
            root: tree.root,
            span,
            repeated_keys: tree.repeated_keys,
            comments: std::mem::take(&mut self.comments),
            node_count: tree.node_count,
        })
    }

    /// Goes on to the document after a failed one, if there is one.
    fn recover(&mut self, failed: Option<&mut Result<Document<'t>, Fault>>) -> bool {
        self.comments.clear();
        let found = self.parser.proceed_next_document();
        // The parser may have stumbled over a forbidden character, and have blamed another.
        let next = match self.parser.peek() {
            Some(Ok((Event::DocumentStart(..), span))) => {
                span.byte_range().map(|range| range.start)
            }
            _ => None,
        };
        let end = self.source.offset(next.unwrap_or(self.source.text().len()));
        if let (Some(failed), Some(fault)) = (failed, self.lookout.before(end)) {
            *failed = Err(fault);
        }
        self.lookout.reach(end);
        matches!(found, Ok(true))
    }

    /// Settles what stands after the last document.
    fn finish(mut self, documents: &mut Vec<Result<Document<'t>, Fault>>) {
        let end = self.source.offset(self.source.text().len());
        let forbidden = self.lookout.before(end);
        match (documents.last_mut(), forbidden) {
            (Some(last @ Ok(_)), Some(fault)) => *last = Err(fault),
            (None, Some(fault)) => documents.push(Err(fault)),
            (Some(Ok(last)), None) => last.comments.append(&mut self.comments),
            _ => {}
        }
    }

    fn comment(&mut self, span: Span) {
        let text = span.slice(self.source.text());
        self.comments.push(Comment {
            text: text.strip_prefix('#').unwrap_or(text),
            span,
        });
    }

    fn span(&self, span: &granit_parser::Span) -> Span {
        span.byte_range()
            .map_or_else(Span::default, |range| self.source.span(range))
    }

    fn fault(&self, error: &ScanError) -> Fault {
        let at = self
            .source
            .offset(error.marker().byte_offset().unwrap_or_default());
        let span = self.source.code_point(at);
        match error.kind() {
            ErrorKind::RecursionLimitExceeded => Fault::too_deep(self.limits.depth, span),
            kind => Fault::syntax(super::fault::message(kind), span),
        }
    }
}

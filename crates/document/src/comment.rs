//! The comments of a text. They are no part of a value, so a check doesn't look for them; who edits
//! or suppresses does.

use granit_parser::{Event, Parser, options};

use super::{Span, input::Input};

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'t> {
    /// What follows the `#`, as written, without the end of the line.
    pub text: &'t str,
    /// From the `#` to the end of the text, in bytes.
    pub span: Span,
}

/// Every comment of a YAML text, in source order; of a document that can't be read, those before
/// the error.
#[must_use]
pub fn comments(text: &str) -> Vec<Comment<'_>> {
    let Some(source) = Input::new(text) else {
        return Vec::new();
    };
    let options = options! {
        emit_unresolved_aliases: true,
        // They take no more memory than the text does.
        max_buffered_comment_events: usize::MAX,
    };
    let mut parser = Parser::new_from_str_with_options(source.text(), options);
    let mut comments = Vec::new();
    // Should the parser ever stop moving forward after a error, this ends the loop.
    let mut faults_left = source.text().len() / 3 + 1;
    while let Some(event) = parser.next_event() {
        match event {
            Ok((Event::Comment(..), span)) => {
                if let Some(range) = span.byte_range() {
                    let span = source.span(range);
                    let text = span.slice(text);
                    comments.push(Comment {
                        text: text.strip_prefix('#').unwrap_or(text),
                        span,
                    });
                }
            }
            Ok(_) => {}
            Err(_) if faults_left == 0 => break,
            Err(_) => {
                faults_left -= 1;
                if !matches!(parser.proceed_next_document(), Ok(true)) {
                    break;
                }
            }
        }
    }
    comments
}

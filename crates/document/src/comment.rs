//! The comments of a YAML text. They aren't part of any value, so `parse` leaves them out; whoever edits a text or
//! suppresses findings in it needs them.

use granit_parser::{Event, Parser, options};

use super::{Span, input::Input};

/// A comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comment<'t> {
    /// What follows the `#`, as written, without the line break.
    pub text: &'t str,
    /// From the `#` to the end of the comment, in bytes.
    pub span: Span,
}

/// Every comment of a YAML text, in source order. If a document can't be parsed, those in it after the error are
/// missing.
#[must_use]
pub fn comments(text: &str) -> Vec<Comment<'_>> {
    let Some(source) = Input::new(text) else {
        return Vec::new();
    };
    let options = options! {
        emit_unresolved_aliases: true,
        // Comments take no more memory than the text does.
        max_buffered_comment_events: usize::MAX,
    };
    let mut parser = Parser::new_from_str_with_options(source.text(), options);
    let mut comments = Vec::new();
    // This ends the loop if the parser ever stops moving forward after an error.
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

//! The parser's events, for who makes other values of YAML than this crate does.

use granit_parser::{Event, Options, Parser, ScanError, Span, StrInput};

/// What the parser finds in a text, one after the other. Its code is generic, and this crate has it compiled already.
pub struct Events<'t>(Parser<'t, StrInput<'t>>);

impl<'t> Events<'t> {
    /// The events of a text.
    #[must_use]
    pub fn new(text: &'t str, options: Options) -> Self {
        Self(Parser::new_from_str_with_options(text, options))
    }
}

impl<'t> Iterator for Events<'t> {
    type Item = Result<(Event<'t>, Span), ScanError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next_event()
    }
}

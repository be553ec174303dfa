//! The events of the parser, for code that makes other values of YAML than this crate.

use granit_parser::{Event, Options, Parser, ScanError, Span, StrInput};

/// The events of a text, in order. The parser is generic, so this compiles it once, in this crate.
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

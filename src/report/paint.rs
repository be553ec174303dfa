//! Helpers for text: colors, counts with nouns, and strings that are safe for a terminal.

use std::borrow::Cow;

use super::Severity;

/// A number with its noun, such as `1 error` or `2 errors`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A string from a file in a form that is safe for a terminal.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    terminal::escaped(text)
}

/// Colors, if they are wanted.
#[derive(Clone, Copy)]
pub(crate) struct Paint {
    color: bool,
}

impl Paint {
    pub const fn new(color: bool) -> Self {
        Self { color }
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    pub fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    /// In the color for errors.
    pub fn alarm(self, text: &str) -> String {
        self.severity(Severity::Error, text)
    }

    pub fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.with(code, text)
    }
}

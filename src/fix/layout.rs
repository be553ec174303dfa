use document::Span;

/// The source text around a location: its lines, white space and comments.
#[derive(Clone, Copy)]
pub(super) struct Layout<'t>(&'t str);

impl<'t> Layout<'t> {
    pub const fn new(text: &'t str) -> Self {
        Self(text)
    }

    pub fn under(self, span: Span) -> &'t str {
        span.slice(self.0)
    }

    /// The text from the start of a line to an offset, without a byte order mark; `None` if it has other characters
    /// than those allowed. These end the search, because a line may be as long as the file.
    pub fn before_on_line(self, at: u32, is_allowed: impl Fn(char) -> bool) -> Option<&'t str> {
        let before = self.before(at);
        let is_skipped = |c| !matches!(c, '\n' | '\r') && is_allowed(c);
        let kept = before.trim_end_matches(is_skipped);
        let is_start = matches!(kept, "" | "\u{FEFF}") || kept.ends_with(['\n', '\r']);
        is_start.then(|| before.get(kept.len()..)).flatten()
    }

    /// The text from an offset to the end of its line.
    pub fn after_on_line(self, at: u32) -> &'t str {
        let after = self.after(at);
        let end = after.find(['\n', '\r']).unwrap_or(after.len());
        after.get(..end).unwrap_or_default()
    }

    pub fn before(self, at: u32) -> &'t str {
        self.0.get(..at as usize).unwrap_or_default()
    }

    /// At most this many bytes of text before an offset.
    pub fn before_within(self, at: u32, most: usize) -> &'t str {
        let before = self.before(at);
        let start = before.floor_char_boundary(before.len().saturating_sub(most));
        before.get(start..).unwrap_or_default()
    }

    pub fn after(self, at: u32) -> &'t str {
        self.0.get(at as usize..).unwrap_or_default()
    }

    /// The end of the line of an offset, before its line break.
    pub fn line_end(self, at: u32) -> u32 {
        forward(at, self.after_on_line(at).len())
    }

    /// The line break after an offset, or else the one before it, or else the most common one.
    pub fn line_break(self, at: u32) -> &'static str {
        let breaks = |text: &str| {
            ["\r\n", "\n", "\r"]
                .into_iter()
                .find(|line_break| text.starts_with(line_break))
        };
        breaks(self.after(self.line_end(at)))
            .or_else(|| {
                let before = self.before(at);
                let last = before.rfind(['\n', '\r'])?;
                let start = if before.get(..=last)?.ends_with("\r\n") {
                    last - 1
                } else {
                    last
                };
                breaks(before.get(start..)?)
            })
            .unwrap_or("\n")
    }

    /// The column, counted from 0, of the first key of a block mapping. `None` if anything but spaces and dashes
    /// comes before it, because that may count as indentation or not.
    pub fn indentation(self, key_start: u32) -> Option<usize> {
        let before = self.before_on_line(key_start, |c| matches!(c, ' ' | '-' | '?'))?;
        // `--- key: value` doesn't begin with dashes of sequences.
        (!before.contains("--")).then_some(before.len())
    }

    /// Whether only white space and a comment follow on the line.
    pub fn ends_line(self, at: u32) -> bool {
        let after = self.after(at);
        let rest = after.trim_start_matches([' ', '\t']);
        let is_comment = rest.starts_with('#') && rest.len() < after.len();
        rest.is_empty() || rest.starts_with(['\n', '\r']) || is_comment
    }
}

/// An offset this many bytes further on.
pub(super) fn forward(at: u32, bytes: usize) -> u32 {
    u32::try_from(bytes).map_or(u32::MAX, |bytes| at.saturating_add(bytes))
}

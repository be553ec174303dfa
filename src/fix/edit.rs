use document::Span;

/// A stretch of text and what to write in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// What goes away, in bytes; empty where text is put in.
    pub span: Span,
    /// What is written instead.
    pub text: String,
}

impl TextEdit {
    /// Whether another stretch overlaps this one or borders on it: then it matters which of two
    /// edits comes first.
    #[must_use]
    pub fn touches(&self, other: Span) -> bool {
        self.span.start <= other.end && other.start <= self.span.end
    }
}

/// The text with the edits made, which are apart from each other and sorted. One that doesn't fit
/// the text is left out.
#[must_use]
pub fn apply<'e>(text: &str, edits: impl IntoIterator<Item = &'e TextEdit>) -> String {
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if let Some(kept) = text.get(done..start)
            && text.is_char_boundary(end)
        {
            edited.push_str(kept);
            edited.push_str(&edit.text);
            done = end;
        }
    }
    edited.push_str(text.get(done..).unwrap_or_default());
    edited
}

use document::Span;

/// A range of the text, and what replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// The range to replace, in bytes; empty to insert text.
    pub span: Span,
    /// The new text.
    pub text: String,
}

impl TextEdit {
    /// Whether another range overlaps or borders on this one, so that the order of two edits would matter.
    #[must_use]
    pub fn touches(&self, other: Span) -> bool {
        self.span.start <= other.end && other.start <= self.span.end
    }
}

/// Applies edits to a text. They must be sorted, and not overlap. An edit that doesn't fit the text is left out.
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

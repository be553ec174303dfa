//! Quotes strings of the source in messages. A long one is cut, and followed by its length.
//!
//! `policies/lib/value.rego` cuts what the policies quote in the same way.

/// Strings of up to this many characters (Unicode code points) are quoted in full.
pub(crate) const MOST_QUOTED: usize = 500;

/// How many characters are kept of a longer one.
pub(crate) const MOST_KEPT: usize = 100;

/// A string in quotes: `'build'`, or `'bbbbb…' (1,250,000 characters)`.
#[must_use]
pub fn quoted(text: &str, quote: char) -> String {
    match kept(text, MOST_QUOTED, MOST_KEPT) {
        None => format!("{quote}{text}{quote}"),
        Some(kept) => format!("{quote}{kept}…{quote} ({} characters)", length(text)),
    }
}

/// A string without quotes: itself, or `bbbbb… (1,250,000 characters)`.
#[must_use]
pub fn cut(text: String) -> String {
    shortened(text, MOST_QUOTED, MOST_KEPT)
}

/// The beginning of a string of more than `most` characters, with its length, or else the string itself.
#[must_use]
pub fn cut_after(text: String, most: usize) -> String {
    shortened(text, most, most)
}

fn shortened(text: String, most: usize, keep: usize) -> String {
    match kept(&text, most, keep) {
        None => text,
        Some(kept) => format!("{kept}… ({} characters)", length(&text)),
    }
}

/// The first `keep` characters of a string that has more than `most`.
fn kept(text: &str, most: usize, keep: usize) -> Option<&str> {
    // A character takes a byte or more, so most strings need no counting.
    if text.len() <= most {
        return None;
    }
    text.char_indices().nth(most)?;
    let (end, _) = text.char_indices().nth(keep)?;
    text.get(..end)
}

/// A number of characters with a comma every three digits.
fn length(text: &str) -> String {
    let digits = text.chars().count().to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_longer_than_anybody_writes_is_cut_with_its_length() {
        let most = "é".repeat(MOST_QUOTED);
        assert_eq!(quoted(&most, '\''), format!("'{most}'"));
        assert_eq!(cut(most.clone()), most);
        let kept = "é".repeat(MOST_KEPT);
        for (length, shown) in [(501, "501"), (1_000, "1,000"), (1_250_000, "1,250,000")] {
            let long = "é".repeat(length);
            assert_eq!(
                quoted(&long, '`'),
                format!("`{kept}…` ({shown} characters)")
            );
            assert_eq!(cut(long), format!("{kept}… ({shown} characters)"));
        }
    }
}

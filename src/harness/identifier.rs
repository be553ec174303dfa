//! Identifiers of Harness's entities.

/// Whether a string can be an entity's identifier. Source: Harness's documentation of entity identifiers.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_$-".contains(&byte))
}

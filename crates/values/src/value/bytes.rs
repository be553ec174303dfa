//! Strings that aren't UTF-8.

/// A string that isn't UTF-8. OPA's strings may be, for example after decoding base64.
#[derive(Debug)]
pub struct Bytes {
    bytes: Box<[u8]>,
    text: Box<str>,
}

impl Bytes {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
        }
        Self {
            bytes: bytes.into(),
            text: text.into(),
        }
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The string as Go reads its characters: each byte that isn't part of one is U+FFFD.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its parts: each is a valid string, and the invalid bytes after it.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let chunks = self.bytes.utf8_chunks();
        chunks.map(|chunk| (chunk.valid(), chunk.invalid()))
    }
}

use crate::document::{self, Document, Fault, Limits, LineIndex};

/// A file to be checked, as a host hands it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// What it is called in the report; files are reported in the order of their paths.
    pub path: String,
    /// What it holds.
    pub content: Content,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Its bytes, hopefully UTF-8.
    Bytes(Vec<u8>),
    /// Nothing could be read, for this reason.
    Unreadable(String),
}

impl SourceFile {
    /// A file of which the text is at hand.
    #[must_use]
    pub fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            content: Content::Bytes(text.into().into_bytes()),
        }
    }

    /// A file of which the bytes are at hand.
    #[must_use]
    pub fn bytes(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self {
            path: path.into(),
            content: Content::Bytes(bytes),
        }
    }

    /// A file that could not be read: it is reported, not passed over.
    #[must_use]
    pub fn unreadable(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            content: Content::Unreadable(reason.into()),
        }
    }
}

/// A file that has been read: its documents, or why there are none.
#[derive(Debug)]
pub(crate) struct Source<'f> {
    pub path: &'f str,
    pub text: &'f str,
    pub documents: Vec<Result<Document<'f>, Fault>>,
    pub refused: Option<Refused>,
}

/// Why a file was not read.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It could not be, or it holds no text.
    Unreadable(String),
    /// It is larger than allowed.
    TooLarge { limit: usize },
}

impl<'f> Source<'f> {
    pub fn read(file: &'f SourceFile, max_bytes: usize) -> Self {
        let mut source = Self {
            path: &file.path,
            text: "",
            documents: Vec::new(),
            refused: None,
        };
        match text(&file.content, max_bytes) {
            Ok(text) => {
                source.text = text;
                source.documents = document::parse(text, &Limits::default());
            }
            Err(refused) => source.refused = Some(refused),
        }
        source
    }

    /// Whether Harness would look for its entities here.
    pub fn is_harness_path(&self) -> bool {
        self.path.split(['/', '\\']).any(|part| part == ".harness")
    }

    /// Whether it is a file of this tool's, which lies beside Harness's.
    pub fn is_own_file(&self) -> bool {
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or(self.path);
        matches!(name, "harness-image-guard.yaml" | "harness-image-guard.yml")
    }

    pub fn lines(&self) -> LineIndex<'f> {
        LineIndex::new(self.text)
    }
}

fn text(content: &Content, max_bytes: usize) -> Result<&str, Refused> {
    match content {
        Content::Unreadable(reason) => Err(Refused::Unreadable(reason.clone())),
        Content::Bytes(bytes) if bytes.len() > max_bytes => {
            Err(Refused::TooLarge { limit: max_bytes })
        }
        Content::Bytes(bytes) => str::from_utf8(bytes).map_err(|error| {
            Refused::Unreadable(format!(
                "it is not UTF-8 text: the byte at offset {} belongs to no character",
                error.valid_up_to()
            ))
        }),
    }
}

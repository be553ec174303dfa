use document::{Document, Limits, LineIndex, ParseError, ParseErrorKind};

use crate::harness::{ConnectorList, connector_list};
use crate::unparsable::{Unparsable, looks_like_harness, may_have_root_key};
use crate::wide::decode_wide;

/// A file to check, as a host passes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path in the report. Files are reported in the order of their paths.
    pub path: String,
    /// Its path in its repository, if that begins further up than `path`.
    pub location: Option<String>,
    /// Its path from the configuration's folder, if that isn't `path`.
    pub configured_path: Option<String>,
    /// Its contents.
    pub content: Content,
    /// Whether a search found it, instead of the user naming it. Then it is passed over if it can't be parsed, and
    /// nothing shows that it is Harness's.
    pub is_searched: bool,
    /// Whether it is a list of connectors that the configuration names.
    pub is_connector_list: bool,
}

/// The contents of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The bytes, which should be UTF-8.
    Bytes(Vec<u8>),
    /// It couldn't be read, for this reason.
    Unreadable(String),
    /// It is a link to a file that doesn't exist, for this reason.
    Missing(String),
}

impl SourceFile {
    fn new(path: impl Into<String>, content: Content) -> Self {
        Self {
            path: path.into(),
            location: None,
            configured_path: None,
            content,
            is_searched: false,
            is_connector_list: false,
        }
    }

    /// A file with this text.
    #[must_use]
    pub fn text(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(path, Content::Bytes(text.into().into_bytes()))
    }

    /// A file with these bytes.
    #[must_use]
    pub fn bytes(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self::new(path, Content::Bytes(bytes))
    }

    /// A file that couldn't be read. It is reported, not passed over.
    #[must_use]
    pub fn unreadable(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(path, Content::Unreadable(reason.into()))
    }

    /// A link to a file that doesn't exist.
    #[must_use]
    pub fn missing(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::new(path, Content::Missing(reason.into()))
    }

    /// Makes the file a list of connectors that the configuration names.
    #[must_use]
    pub fn connector_list(mut self) -> Self {
        self.is_connector_list = true;
        self
    }

    /// Sets the path in its repository.
    #[must_use]
    pub fn located(mut self, location: impl Into<String>) -> Self {
        self.location = Some(location.into());
        self
    }

    /// Sets the path from the configuration's folder, which exceptions refer to.
    #[must_use]
    pub fn configured(mut self, path: impl Into<String>) -> Self {
        self.configured_path = Some(path.into());
        self
    }

    /// Says that a search found it.
    #[must_use]
    pub fn searched(mut self) -> Self {
        self.is_searched = true;
        self
    }
}

/// A file that has been read: its documents, or why there are none.
#[derive(Debug)]
pub(crate) struct ReadFile<'f> {
    pub path: &'f str,
    location: &'f str,
    /// Its path from the configuration's folder.
    pub configured_path: &'f str,
    pub text: &'f str,
    pub documents: Vec<Result<Document<'f>, ParseError>>,
    pub refused: Option<Refused>,
    /// Why it is passed over if it can't be parsed.
    pub unparsable: Option<Unparsable>,
    /// Whether its documents are the connectors of a list.
    pub is_connector_list: bool,
    /// The lists in it. Their connectors are its documents.
    pub lists: Vec<ConnectorList<'f>>,
}

/// Why a file wasn't read.
#[derive(Debug)]
pub(crate) enum Refused {
    /// It couldn't be, or it isn't text.
    Unreadable(String),
    /// It is UTF-16 or UTF-32.
    Utf16,
    /// It is larger than allowed.
    TooLarge { limit: usize },
    /// It is Terraform.
    Terraform,
}

impl<'f> ReadFile<'f> {
    /// The text of a file.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn text_of(file: &'f SourceFile, max_bytes: usize) -> Result<&'f str, String> {
        text(&file.content, max_bytes).map_err(|refused| match refused {
            Refused::Unreadable(reason) => reason,
            Refused::Utf16 => "it is UTF-16 or UTF-32, but has to be UTF-8".to_owned(),
            Refused::TooLarge { limit } => format!("it has more than {limit} bytes"),
            Refused::Terraform => "it is Terraform code, not Terraform's state as JSON".to_owned(),
        })
    }

    pub fn read(file: &'f SourceFile, max_bytes: usize) -> Self {
        let mut source = Self {
            path: &file.path,
            location: file.location.as_deref().unwrap_or(&file.path),
            configured_path: file.configured_path.as_deref().unwrap_or(&file.path),
            text: "",
            documents: Vec::new(),
            refused: None,
            unparsable: None,
            is_connector_list: file.is_connector_list,
            lists: Vec::new(),
        };
        if !file.is_searched && is_terraform(&file.path) {
            source.refused = Some(Refused::Terraform);
            return source;
        }
        match text(&file.content, max_bytes) {
            Ok(text) => {
                source.text = text;
                source.documents = document::parse_alike(text, &Limits::default());
                if file.is_connector_list {
                    (source.lists, source.documents) = connectors_of(source.documents);
                }
            }
            Err(refused) => source.refused = Some(refused),
        }
        if file.is_searched && !file.is_connector_list && !source.is_harness_path() {
            source.unparsable = source.passed_over(&file.content);
        }
        source
    }

    /// Why a file that a search found is passed over; `None` if it can be parsed, or is Harness's anyway.
    #[cold]
    fn passed_over(&self, content: &Content) -> Option<Unparsable> {
        let Some(refused) = &self.refused else {
            let faults = self.documents.iter().filter_map(|read| read.as_ref().err());
            let kinds: Vec<_> = faults.map(|fault| fault.kind).collect();
            if kinds.is_empty() {
                return None;
            }
            // If it is valid, but refused, other readers may accept it.
            let is_refused = kinds.iter().any(|kind| *kind != ParseErrorKind::Syntax);
            let is_harness = looks_like_harness(self.text, self.path)
                || is_refused && may_have_root_key(self.text);
            return (!is_harness).then(|| Unparsable::of_text(self.text, self.path));
        };
        let bytes = match content {
            Content::Missing(_) => return Some(Unparsable::Missing),
            Content::Unreadable(_) => return None,
            Content::Bytes(bytes) => bytes,
        };
        let (text, unparsable) = match (refused, decode_wide(bytes)) {
            // Its contents beyond the limit aren't known.
            (Refused::TooLarge { .. }, _) => return None,
            (_, Some(text)) => (text, Unparsable::Utf16),
            (_, None) => (lossy(bytes), Unparsable::NotUtf8),
        };
        (!looks_like_harness(&text, self.path)).then_some(unparsable)
    }

    /// Whether Harness would look for entities here.
    pub fn is_harness_path(&self) -> bool {
        self.location
            .split(['/', '\\'])
            .any(|part| part == ".harness")
    }

    /// Whether it is a file of this tool, next to those of Harness.
    pub fn is_own_file(&self) -> bool {
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or(self.path);
        matches!(
            name,
            "harness-image-guard.yaml" | "harness-image-guard.yml" | "harness-connectors.yaml"
        )
    }

    pub fn lines(&self) -> LineIndex<'f> {
        LineIndex::new(self.text)
    }
}

type Documents<'t> = Vec<Result<Document<'t>, ParseError>>;

/// The lists in a file that is one, and their connectors, each as a document.
#[cold]
fn connectors_of(documents: Documents<'_>) -> (Vec<ConnectorList<'_>>, Documents<'_>) {
    let (mut lists, mut connectors) = (Vec::new(), Vec::new());
    for document in documents {
        match document.and_then(|document| connector_list(&document)) {
            Ok(mut list) => {
                connectors.append(&mut list.connectors);
                lists.push(list);
            }
            Err(fault) => connectors.push(Err(fault)),
        }
    }
    (lists, connectors)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn is_terraform(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    [".tf", ".tf.json", ".tfvars", ".tfvars.json"]
        .iter()
        .any(|extension| path.ends_with(extension))
}

fn text(content: &Content, max_bytes: usize) -> Result<&str, Refused> {
    match content {
        Content::Unreadable(reason) | Content::Missing(reason) => {
            Err(Refused::Unreadable(reason.clone()))
        }
        Content::Bytes(bytes) if bytes.len() > max_bytes => {
            Err(Refused::TooLarge { limit: max_bytes })
        }
        Content::Bytes(bytes) if decode_wide(bytes).is_some() => Err(Refused::Utf16),
        Content::Bytes(bytes) => str::from_utf8(bytes).map_err(|error| {
            Refused::Unreadable(format!(
                "it is not UTF-8 text: the byte at offset {} belongs to no character",
                error.valid_up_to()
            ))
        }),
    }
}

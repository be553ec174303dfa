//! The source lines of the files in a report.

use std::collections::HashMap;

use document::LineIndex;

use crate::source::{Content, SourceFile};

/// The lines of the files. Only the last file's are kept.
#[derive(Default)]
pub struct Sources<'f> {
    texts: HashMap<&'f str, &'f [u8]>,
    current: Option<(&'f str, Option<LineIndex<'f>>)>,
}

impl<'f> Sources<'f> {
    /// The lines of a file; `None` if it isn't text.
    pub fn lines(&mut self, path: &str, files: &'f [SourceFile]) -> Option<&LineIndex<'f>> {
        if self
            .current
            .as_ref()
            .is_none_or(|(current, _)| *current != path)
        {
            let (path, bytes) = self.find(path, files)?;
            let text = str::from_utf8(bytes).ok();
            self.current = Some((path, text.map(LineIndex::new)));
        }
        self.current.as_ref()?.1.as_ref()
    }

    fn find(&mut self, path: &str, files: &'f [SourceFile]) -> Option<(&'f str, &'f [u8])> {
        // With a single file, which is what people check before a commit, a table would take longer to compile than
        // everything else here.
        if let [file] = files {
            return content(file).filter(|(known, _)| *known == path);
        }
        if self.texts.is_empty() {
            self.texts.extend(files.iter().filter_map(content));
        }
        let (path, bytes) = self.texts.get_key_value(path)?;
        Some((path, bytes))
    }
}

fn content(file: &SourceFile) -> Option<(&str, &[u8])> {
    match &file.content {
        Content::Bytes(bytes) => Some((&file.path, bytes)),
        _ => None,
    }
}

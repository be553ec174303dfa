//! References in JSON schemas: URLs whose fragment is a JSON Pointer, resolved and written as Go's `net/url` does.

use crate::uri;
use values::Value;

/// A parsed reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reference {
    scheme: String,
    /// What follows the scheme in `urn:a:b`.
    opaque: String,
    /// User, host and port; `None` if there is no `//`.
    authority: Option<String>,
    path: String,
    query: Option<String>,
    /// The fragment as it is written; `pointer` is the decoded form.
    fragment: String,
    pointer: String,
}

impl Reference {
    /// Parses a reference.
    ///
    /// # Errors
    ///
    /// Go's message if it isn't a URL.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(error) = uri::error(text) {
            return Err(error);
        }
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut reference = Self::default();
        let pointer = uri::decoded(fragment);
        reference.fragment = written(fragment, &pointer, true);
        reference.pointer = String::from_utf8_lossy(&pointer).into_owned();
        let (before, query) = match before.split_once('?') {
            Some((before, query)) => (before, Some(query.to_owned())),
            None => (before, None),
        };
        reference.query = query;
        let (scheme, rest) = scheme(before);
        reference.scheme = scheme.to_ascii_lowercase();
        if !scheme.is_empty() && !rest.starts_with('/') {
            rest.clone_into(&mut reference.opaque);
            return Ok(reference);
        }
        let path = match rest.strip_prefix("//") {
            Some(after) if !scheme.is_empty() || !rest.starts_with("///") => {
                let (authority, path) = after.split_at(after.find('/').unwrap_or(after.len()));
                reference.authority = Some(authority.to_owned());
                path
            }
            _ => rest,
        };
        reference.path = written(path, &uri::decoded(path), false);
        Ok(reference)
    }

    /// Resolves another reference with this one as the base.
    ///
    /// # Errors
    ///
    /// Go's message if the result isn't a URL.
    pub(crate) fn join(&self, other: &Self) -> Result<Self, String> {
        Self::parse(&self.resolved(other).to_string())
    }

    fn resolved(&self, other: &Self) -> Self {
        let mut result = other.clone();
        if other.scheme.is_empty() {
            result.scheme.clone_from(&self.scheme);
        }
        let has_authority = other
            .authority
            .as_deref()
            .is_some_and(|host| !host.is_empty());
        if !other.scheme.is_empty() || has_authority {
            result.path = without_dots(&other.path, "");
            return result;
        }
        if other.path.is_empty() && other.query.is_none() {
            result.query.clone_from(&self.query);
        }
        if other.path.is_empty() && !self.opaque.is_empty() {
            result.opaque.clone_from(&self.opaque);
            return result;
        }
        result.authority.clone_from(&self.authority);
        result.path = without_dots(&self.path, &other.path);
        result
    }

    /// The host with its port.
    #[must_use]
    pub(crate) fn host(&self) -> &str {
        let authority = self.authority.as_deref().unwrap_or_default();
        authority.rsplit('@').next().unwrap_or_default()
    }

    /// The path as it is written.
    #[cfg(feature = "crypto")]
    #[must_use]
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The query, without the question mark.
    #[cfg(feature = "crypto")]
    #[must_use]
    pub(crate) fn query(&self) -> &str {
        self.query.as_deref().unwrap_or_default()
    }

    /// The reference without its fragment.
    #[must_use]
    pub(crate) fn document(&self) -> Self {
        Self {
            fragment: String::new(),
            pointer: String::new(),
            ..self.clone()
        }
    }

    /// Whether it identifies a document without a base.
    #[must_use]
    pub(crate) fn is_canonical(&self) -> bool {
        if self.is_file() {
            return self.path.starts_with('/');
        }
        !self.scheme.is_empty() && !self.host().is_empty()
    }

    /// Whether its scheme is that of files.
    #[must_use]
    pub(crate) fn is_file(&self) -> bool {
        self.scheme == "file"
    }

    /// The value that its pointer leads to in a document, or the document if the fragment isn't a pointer.
    ///
    /// # Errors
    ///
    /// The library's message if there is no such value.
    pub(crate) fn find<'v>(&self, document: &'v Value) -> Result<&'v Value, String> {
        let Some(tokens) = self.pointer.strip_prefix('/') else {
            return Ok(document);
        };
        let mut node = document;
        for token in tokens.split('/') {
            node = match node {
                Value::Object(fields) => {
                    let name = token.replace("~1", "/").replace("~0", "~");
                    fields
                        .field(&name)
                        .ok_or_else(|| format!("Object has no key '{name}'"))?
                }
                Value::Array(items) => {
                    // Go accepts a sign before the digits.
                    let index: i64 = token
                        .parse()
                        .map_err(|_| format!("Invalid array index '{token}'"))?;
                    let found = usize::try_from(index).ok().and_then(|at| items.get(at));
                    found.ok_or_else(|| {
                        format!("Out of bound array[0,{}] index '{index}'", items.len())
                    })?
                }
                _ => return Err(format!("Invalid token reference '{token}'")),
            };
        }
        Ok(node)
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        if self.opaque.is_empty() {
            if let Some(authority) = &self.authority {
                write!(f, "//{authority}")?;
            }
            let is_first = self.scheme.is_empty() && self.authority.is_none();
            let first = self.path.split('/').next().unwrap_or_default();
            if is_first && first.contains(':') {
                f.write_str("./")?;
            }
            f.write_str(&self.path)?;
        } else {
            f.write_str(&self.opaque)?;
        }
        if let Some(query) = &self.query {
            write!(f, "?{query}")?;
        }
        if !self.fragment.is_empty() {
            write!(f, "#{}", self.fragment)?;
        }
        Ok(())
    }
}

fn scheme(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let (scheme, rest) = text.split_at(end.unwrap_or(text.len()));
    match rest.strip_prefix(':') {
        Some(rest) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => (scheme, rest),
        _ => ("", text),
    }
}

/// A part as it is written if that is allowed, or else with Go's escapes.
fn written(raw: &str, decoded: &[u8], is_fragment: bool) -> String {
    use std::fmt::Write as _;
    let plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || b"-_.~$&+,/:;=@".contains(&byte)
            || is_fragment && b"?!()*".contains(&byte)
    };
    if raw
        .bytes()
        .all(|byte| plain(byte) || b"!'()*[]%".contains(&byte))
    {
        return raw.to_owned();
    }
    let mut out = String::new();
    for &byte in decoded {
        if plain(byte) {
            out.push(byte.into());
        } else {
            // Writing to a string can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// A path resolved against a base path, without `.` and `..`.
fn without_dots(base: &str, reference: &str) -> String {
    let full = if reference.is_empty() {
        base.to_owned()
    } else if reference.starts_with('/') {
        reference.to_owned()
    } else {
        let folder = base.rfind('/').and_then(|end| base.get(..=end));
        format!("{}{reference}", folder.unwrap_or_default())
    };
    if full.is_empty() {
        return full;
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut last = "";
    for element in full.strip_prefix('/').unwrap_or(&full).split('/') {
        last = element;
        match element {
            "." => {}
            ".." => {
                kept.pop();
            }
            other => kept.push(other),
        }
    }
    let end = if matches!(last, "." | "..") && !kept.is_empty() {
        "/"
    } else {
        ""
    };
    format!("/{}{end}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(base: &str, other: &str) -> String {
        let base = Reference::parse(base).unwrap();
        base.join(&Reference::parse(other).unwrap())
            .unwrap()
            .to_string()
    }

    /// What Go's `ResolveReference` returns for them.
    #[test]
    fn joins_as_go_does() {
        for (base, other, joint) in [
            ("", "#/definitions/a", "#/definitions/a"),
            ("", "a.json", "/a.json"),
            (
                "http://x.example/a/b.json#/c",
                "d.json#",
                "http://x.example/a/d.json",
            ),
            (
                "http://x.example/a/b.json",
                "../../d#/e%20f",
                "http://x.example/d#/e%20f",
            ),
            (
                "http://x.example/a/b",
                "#/a b",
                "http://x.example/a/b#/a%20b",
            ),
            ("http://x.example?q", "#f", "http://x.example?q#f"),
            ("urn:a:b", "#/c", "urn:a:b#/c"),
            (
                "http://x.example/a",
                "//y.example/./b",
                "http://y.example/b",
            ),
        ] {
            assert_eq!(joined(base, other), joint, "{base} {other}");
        }
    }

    #[test]
    fn finds_what_a_pointer_leads_to() {
        let document = values::json::parse(r#"{"a/b": [1, {"c": 2}]}"#).unwrap();
        let find = |text: &str| {
            let found = Reference::parse(text).unwrap();
            found.find(&document).map(ToString::to_string)
        };
        assert_eq!(find("#/a~1b/1/c").unwrap(), "2");
        assert_eq!(
            find("#/a~1b/2").unwrap_err(),
            "Out of bound array[0,2] index '2'"
        );
        assert_eq!(find("#/x").unwrap_err(), "Object has no key 'x'");
        assert_eq!(
            find("#/a~1b/0/x").unwrap_err(),
            "Invalid token reference 'x'"
        );
        assert_eq!(find("#name").unwrap(), document.to_string());
    }
}

//! Loads files as modules and base documents, as OPA does (`--data`, `--bundle`). The host reads the files; their
//! bytes are parsed here, so that numbers stay as they are written.

mod archive;
pub mod bundle;
mod tree;

use std::collections::{BTreeMap, BTreeSet};

use bundle::Bundle;
use compiler::shown::Shown;
use compiler::syntax;
use rego::policy::{Diagnostic, Source};
use values::{Value, Version, json};

/// A file that hasn't been parsed yet.
#[derive(Debug, Clone)]
pub struct File {
    /// The path in messages, and of a module.
    pub path: String,
    /// The keys of a document under `data`: those named before the path, and the folders.
    pub under: Vec<String>,
    /// Whether the user named this file, so that it may have any extension.
    pub is_named: bool,
    /// The bytes, or why they can't be read.
    pub content: Result<Vec<u8>, String>,
}

/// An error in loading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// A module has an error.
    Problem(Box<Diagnostic>),
    /// Any other error, in OPA's words if OPA has the same one.
    Message(String),
}

impl From<String> for LoadError {
    fn from(message: String) -> Self {
        Self::Message(message)
    }
}

impl From<Diagnostic> for LoadError {
    fn from(problem: Diagnostic) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl LoadError {
    /// The error in OPA's JSON format.
    #[must_use]
    pub fn as_opa_writes_it(&self) -> Shown {
        match self {
            Self::Problem(problem) => problem.as_opa_writes_it(),
            Self::Message(message) => Shown::Fields(vec![("message", message.as_str().into())]),
        }
    }

    /// The error as OPA prints it for people.
    #[must_use]
    pub fn as_opa_says_it(&self) -> String {
        match self {
            Self::Problem(problem) => problem.as_opa_says_it(),
            Self::Message(message) => message.clone(),
        }
    }
}

/// The loaded modules and documents.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The modules.
    pub sources: Vec<Source>,
    /// The base documents as one object.
    pub data: Value,
    /// By path, the versions of modules that don't have the default one.
    pub versions: BTreeMap<String, Version>,
}

/// Loads files, and then bundles, which replace base documents at their roots.
///
/// # Errors
///
/// All errors.
pub fn load(
    files: Vec<File>,
    bundles: Vec<Bundle>,
    version: Version,
) -> Result<Loaded, Vec<LoadError>> {
    let mut loaded = Loaded {
        sources: Vec::new(),
        data: Value::object::<Value>([]),
        versions: BTreeMap::new(),
    };
    let mut errors = Vec::new();
    let mut documents: Vec<(String, Value)> = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files {
        // OPA 1.22 loads a file only once, even if it is named twice.
        let place = (
            file.path.trim_start_matches("./").to_owned(),
            file.under.clone(),
        );
        if !seen.insert(place) && version == Version::V1 {
            continue;
        }
        errors.extend(
            load_file(file, version, &mut loaded, &mut documents)
                .err()
                .unwrap_or_default(),
        );
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    bundle::activate(bundles, version, &mut loaded).map_err(|error| vec![error])?;
    Ok(loaded)
}

fn load_file(
    file: File,
    version: Version,
    loaded: &mut Loaded,
    documents: &mut Vec<(String, Value)>,
) -> Result<(), Vec<LoadError>> {
    let one = |message: String| vec![LoadError::Message(message)];
    let path = file.path.as_str();
    let bytes = file
        .content
        .as_ref()
        .map_err(|reason| one(reason.clone()))?;
    let document = match kind_of(path) {
        Some(Kind::Module) => {
            let source = Source {
                path: path.to_owned(),
                text: String::from_utf8_lossy(bytes).into_owned(),
            };
            check(&source, version)?;
            put_module(&mut loaded.sources, source);
            return Ok(());
        }
        Some(Kind::Json) => json_document(path, bytes, version).map_err(one)?,
        Some(Kind::Yaml) => yaml_document(path, bytes, version).map_err(one)?,
        Some(Kind::Archive) => {
            let read = bundle::Read::archive(path, bytes, version);
            let read = read.map_err(|error| vec![error.after(&format!("bundle {path}: "))])?;
            for (source, module_version) in read.modules {
                if module_version != version {
                    loaded.versions.insert(source.path.clone(), module_version);
                }
                put_module(&mut loaded.sources, source);
            }
            read.data
        }
        None if !file.is_named => return Ok(()),
        None => {
            let source = Source {
                path: path.to_owned(),
                text: String::from_utf8_lossy(bytes).into_owned(),
            };
            if check(&source, version).is_ok() {
                put_module(&mut loaded.sources, source);
                return Ok(());
            }
            json_document(path, bytes, version)
                .or_else(|_| yaml_document(path, bytes, version))
                .map_err(|_| one(format!("{path}: can't recognize file type")))?
        }
    };
    let document = tree::at(&file.under, document)
        .ok_or_else(|| one(format!("{path}: document must be of type object")))?;
    match tree::merged(&loaded.data, &document) {
        Ok(data) => loaded.data = data,
        Err(conflict) => {
            let message = match version {
                Version::V0 => format!("{path}: merge error"),
                Version::V1 => {
                    let place = tree::shown(&conflict);
                    let other = documents
                        .iter()
                        .find(|(_, document)| tree::has(document, &conflict));
                    let why = match other {
                        Some((other, _)) => format!("also defined in {other}"),
                        None => "data from multiple files must not overlap".to_owned(),
                    };
                    format!("{path}: merge error: conflicting values at {place}, {why}")
                }
            };
            return Err(one(message));
        }
    }
    documents.push((file.path, document));
    Ok(())
}

enum Kind {
    Module,
    Json,
    Yaml,
    Archive,
}

/// The kind of a file, by its name.
fn kind_of(path: &str) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "rego" => Kind::Module,
        "json" => Kind::Json,
        "yaml" | "yml" => Kind::Yaml,
        "gz" if path.ends_with(".tar.gz") => Kind::Archive,
        _ => return None,
    })
}

/// Adds a module, unless there is one with the same path.
fn put_module(sources: &mut Vec<Source>, source: Source) {
    match sources.iter_mut().find(|other| other.path == source.path) {
        Some(other) => *other = source,
        None => sources.push(source),
    }
}

/// The syntax errors of a module.
fn check(source: &Source, version: Version) -> Result<(), Vec<LoadError>> {
    let Err(problems) = syntax::parse_module(&source.text, 0, version) else {
        return Ok(());
    };
    let diagnostics = problems
        .into_iter()
        .map(|problem| Diagnostic::in_source(problem, source).into());
    Err(diagnostics.collect())
}

fn json_document(path: &str, bytes: &[u8], version: Version) -> Result<Value, String> {
    let text = String::from_utf8_lossy(bytes);
    json::parse_document(&text, version).map_err(|error| format!("{path}: {}", error.message))
}

fn yaml_document(path: &str, bytes: &[u8], version: Version) -> Result<Value, String> {
    yaml(bytes, version)
        .map_err(|message| format!("{path}: error converting YAML to JSON: {message}"))
}

/// Reads a YAML document, which must be UTF-8.
fn yaml(bytes: &[u8], version: Version) -> Result<Value, String> {
    match str::from_utf8(bytes) {
        Ok(text) => builtins::yaml_document(text, version),
        Err(_) => Err("yaml: invalid leading UTF-8 octet".to_owned()),
    }
}

/// Reads an input as OPA reads files: as JSON, or else as YAML.
///
/// # Errors
///
/// The error for YAML in OPA's words, or the one for JSON if it is JSON but takes too much.
pub fn input(bytes: &[u8], version: Version) -> Result<Value, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    match json::parse_document(&text, version) {
        Ok(value) => Ok(value),
        Err(error) if error.is_too_much() => Err(error.message),
        Err(_) => yaml(bytes, version),
    }
}

#[cfg(test)]
mod tests;

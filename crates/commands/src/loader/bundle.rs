//! Bundles: folders or archives of modules and documents, with a manifest, which are read and checked as in OPA.

use std::collections::{BTreeMap, BTreeSet};

use super::archive;
use super::tree;
use super::{LoadError, Loaded, check};
use compiler::syntax;
use rego::policy::Source;
use values::{Number, Value, Version, json};

/// A bundle that hasn't been read yet.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The name in messages.
    pub path: String,
    /// Its contents.
    pub content: Content,
}

/// The contents of a bundle.
#[derive(Debug, Clone)]
pub enum Content {
    /// The files of a folder, by their paths in the folder.
    Folder(Vec<(String, Result<Vec<u8>, String>)>),
    /// The bytes of a gzipped tar archive.
    Archive(Vec<u8>),
    /// Unreadable, with the reason in OPA's words.
    Unreadable(String),
}

/// A bundle that has been read.
#[derive(Debug)]
pub(super) struct Read {
    pub modules: Vec<(Source, Version)>,
    pub data: Value,
    roots: Vec<String>,
}

impl LoadError {
    /// The error with a prefix, as one message.
    pub(super) fn after(self, words: &str) -> Self {
        let message = match self {
            Self::Message(message) => message,
            Self::Problem(problem) => format!("1 error occurred: {}", problem.as_opa_says_it()),
        };
        Self::Message(format!("{words}{message}"))
    }
}

/// Reads bundles. At their roots, they replace what was loaded.
pub(super) fn activate(
    bundles: Vec<Bundle>,
    version: Version,
    loaded: &mut Loaded,
) -> Result<(), LoadError> {
    let mut read: BTreeMap<String, Read> = BTreeMap::new();
    for bundle in bundles {
        let path = bundle.path;
        let within = |error: LoadError| error.after(&format!("loading error: bundle {path}: "));
        let found = match bundle.content {
            Content::Unreadable(reason) => {
                return Err(LoadError::from(reason).after("loading error: "));
            }
            Content::Archive(bytes) => Read::archive(&path, &bytes, version).map_err(within)?,
            Content::Folder(files) => Read::folder(&path, files, version).map_err(within)?,
        };
        read.insert(path, found);
    }
    overlaps(&read, version)?;
    let roots = || read.values().flat_map(|bundle| &bundle.roots);
    for root in roots() {
        loaded.data = match keys(root).as_slice() {
            [] => Value::object::<Value>([]),
            keys => tree::without(&loaded.data, keys),
        };
    }
    for bundle in read.into_values() {
        for root in &bundle.roots {
            let keys = keys(root);
            if let Some(value) = tree::get(&bundle.data, &keys) {
                loaded.data = tree::with(&loaded.data, &keys, value.clone());
            }
        }
        for (source, its_version) in bundle.modules {
            if its_version != version {
                loaded.versions.insert(source.path.clone(), its_version);
            }
            loaded.sources.push(source);
        }
    }
    Ok(())
}

impl Read {
    /// Reads a bundle from an archive.
    pub(super) fn archive(path: &str, bytes: &[u8], version: Version) -> Result<Self, LoadError> {
        let files = archive::files(bytes).map_err(|why| format!("bundle read failed: {why}"))?;
        let _ = path;
        let files = files.into_iter().map(|(name, bytes)| (name, Ok(bytes)));
        Self::from_files(None, files.collect(), version)
    }

    fn folder(
        path: &str,
        files: Vec<(String, Result<Vec<u8>, String>)>,
        version: Version,
    ) -> Result<Self, LoadError> {
        let files = files
            .into_iter()
            .map(|(name, content)| (format!("/{name}"), content));
        Self::from_files(Some(path), files.collect(), version)
    }

    fn from_files(
        folder: Option<&str>,
        files: Vec<(String, Result<Vec<u8>, String>)>,
        version: Version,
    ) -> Result<Self, LoadError> {
        let full = |path: &str| match folder {
            Some(folder) => joined(folder, path),
            None => path.to_owned(),
        };
        let mut sources = Vec::new();
        let mut data = Value::object::<Value>([]);
        let mut manifest = Manifest::default();
        for (path, content) in files {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let bytes = match &content {
                Ok(bytes) => bytes.as_slice(),
                Err(reason) => {
                    return Err(format!("failed to open file {path}: {reason}").into());
                }
            };
            if name.ends_with("signatures.json") {
                continue;
            }
            if name
                .rsplit_once('.')
                .is_some_and(|(_, kind)| kind == "rego")
            {
                let source = Source {
                    path: full(&path),
                    text: String::from_utf8_lossy(bytes).into_owned(),
                };
                sources.push((path.clone(), source));
            } else if matches!(name, "data.json" | "data.yaml" | "data.yml") {
                let failed = |why: String| format!("bundle load failed on {}: {why}", full(&path));
                let text = String::from_utf8_lossy(bytes);
                let document = if name == "data.json" {
                    json::parse_document(&text, version).map_err(|error| failed(error.message))?
                } else {
                    super::input(bytes, version).map_err(failed)?
                };
                let under = folder_keys(&path);
                let document = tree::at(&under, document).ok_or_else(|| {
                    format!("bundle load failed on {path}: root value must be object")
                })?;
                data = tree::merged(&data, &document).map_err(|_| {
                    let under = under.join("/");
                    format!(
                        "bundle load failed on {path}: failed to insert data file from path {under}"
                    )
                })?;
            } else if name == "patch.json" {
                let why = "it is a delta bundle (patch.json), which changes a bundle that OPA already has; \
                           that is not supported here";
                return Err(why.to_owned().into());
            } else if path.ends_with(".manifest") {
                manifest = Manifest::read(bytes)?;
            }
        }
        let mut modules = Vec::new();
        for (path, source) in sources {
            let its_version = manifest.version_of(&path, version)?;
            if let Err(errors) = check(&source, its_version) {
                return Err(one_of(errors));
            }
            modules.push((source, its_version));
        }
        let roots = manifest.checked_roots(&modules, &data)?;
        Ok(Self {
            modules,
            data,
            roots,
        })
    }
}

/// Joins several errors in a module.
fn one_of(mut errors: Vec<LoadError>) -> LoadError {
    if errors.len() == 1 {
        return errors.remove(0);
    }
    let texts: Vec<_> = errors.iter().map(LoadError::as_opa_says_it).collect();
    let message = format!("{} errors occurred:\n{}", texts.len(), texts.join("\n"));
    LoadError::Message(message)
}

/// The fields of a bundle's manifest that matter here.
#[derive(Debug, Default)]
struct Manifest {
    roots: Option<Vec<String>>,
    rego_version: Option<i64>,
    file_versions: Vec<(String, i64)>,
}

impl Manifest {
    fn read(bytes: &[u8]) -> Result<Self, String> {
        let failed = |why: &str| format!("bundle load failed on manifest decode: {why}");
        let text = String::from_utf8_lossy(bytes);
        let value = json::parse(&text).map_err(|error| failed(&error.message))?;
        let Value::Object(fields) = &value else {
            return Err(failed("it has to be an object"));
        };
        let number = |value: &Value| match value {
            Value::Number(number) => Number::as_i64(number),
            _ => None,
        };
        let mut manifest = Self::default();
        match fields.field("roots") {
            None | Some(Value::Null) => {}
            Some(Value::Array(roots)) => {
                let roots = roots.iter().map(|root| root.as_str().map(str::to_owned));
                let roots: Option<Vec<_>> = roots.collect();
                manifest.roots =
                    Some(roots.ok_or_else(|| failed("`roots` has to be a list of strings"))?);
            }
            Some(_) => return Err(failed("`roots` has to be a list of strings")),
        }
        if let Some(version) = fields.field("rego_version") {
            let version = number(version);
            let version = version.ok_or_else(|| failed("`rego_version` has to be 0 or 1"))?;
            manifest.rego_version = Some(version);
        }
        if let Some(Value::Object(versions)) = fields.field("file_rego_versions") {
            for (path, version) in versions.iter() {
                let path = path.as_str().unwrap_or_default();
                let version = number(version)
                    .ok_or_else(|| failed("a version of `file_rego_versions` has to be 0 or 1"))?;
                if path.contains(['*', '?', '[', '{', '\\']) {
                    return Err(format!(
                        "the manifest's `file_rego_versions` names files by the pattern '{path}', \
                         which is not supported here: name each file"
                    ));
                }
                manifest.file_versions.push((path.to_owned(), version));
            }
        }
        match fields.field("wasm") {
            Some(Value::Array(resolvers)) if !resolvers.is_empty() => Err(
                "the manifest names WebAssembly modules (`wasm`), which are not evaluated here"
                    .to_owned(),
            ),
            _ => Ok(manifest),
        }
    }

    fn version_of(&self, path: &str, usual: Version) -> Result<Version, String> {
        let own = self.file_versions.iter().find(|(named, _)| named == path);
        match own.map(|(_, version)| *version).or(self.rego_version) {
            None => Ok(usual),
            Some(0) => Ok(Version::V0),
            Some(1) => Ok(Version::V1),
            Some(other) => Err(format!(
                "unknown bundle rego-version {other} for file '{path}'"
            )),
        }
    }

    /// The roots, unless they overlap, or something in the bundle is outside of them.
    fn checked_roots(
        &self,
        modules: &[(Source, Version)],
        data: &Value,
    ) -> Result<Vec<String>, String> {
        let roots: Vec<String> = match &self.roots {
            None => vec![String::new()],
            Some(roots) => roots
                .iter()
                .map(|root| root.trim_matches('/').to_owned())
                .collect(),
        };
        for (i, one) in roots.iter().enumerate() {
            for other in roots.iter().skip(i + 1) {
                if contains(one, other) || contains(other, one) {
                    return Err(format!(
                        "manifest has overlapped roots: '{one}' and '{other}'"
                    ));
                }
            }
        }
        let shown = format!("[{}]", roots.join(" "));
        for (source, version) in modules {
            let Ok(module) = syntax::parse_module(&source.text, 0, *version) else {
                continue;
            };
            let names: Vec<_> = module
                .package
                .iter()
                .skip(1)
                .filter_map(|part| part.as_text().map(ToString::to_string))
                .collect();
            let package = names.join("/");
            if !roots.iter().any(|root| contains(root, &package)) {
                let reference = tree::shown(&names);
                let package = reference.strip_prefix("data.").unwrap_or(&reference);
                return Err(format!(
                    "manifest roots {shown} do not permit 'package {package}' in module '{}'",
                    source.path
                ));
            }
        }
        match outside(data, "", &roots) {
            Some(path) => Err(format!(
                "manifest roots {shown} do not permit data at path '/{path}' (hint: check bundle directory structure)"
            )),
            None => Ok(roots),
        }
    }
}

/// A path in the data that is in none of the roots.
fn outside(data: &Value, path: &str, roots: &[String]) -> Option<String> {
    if roots.iter().any(|root| contains(root, path)) {
        return None;
    }
    let Value::Object(object) = data else {
        return Some(path.to_owned());
    };
    // This is OPA's test: whether a part of the path contains a root.
    let may_lead_to_a_root = path
        .split('/')
        .any(|name| roots.iter().any(|root| contains(name, root)));
    if !may_lead_to_a_root {
        return Some(path.to_owned());
    }
    object.iter().find_map(|(key, value)| {
        let key = key.as_str().unwrap_or_default();
        let path = if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}/{key}")
        };
        outside(value, &path, roots)
    })
}

/// Whether a path is a root, or below it.
fn contains(root: &str, path: &str) -> bool {
    if root.is_empty() {
        return true;
    }
    let mut names = path.split('/');
    root.split('/').all(|name| names.next() == Some(name))
}

/// Checks that the roots of bundles don't overlap.
fn overlaps(bundles: &BTreeMap<String, Read>, version: Version) -> Result<(), LoadError> {
    let mut colliding = BTreeSet::new();
    let mut conflicts = BTreeSet::new();
    for (name, bundle) in bundles {
        for (other_name, other) in bundles.iter().filter(|(other, _)| *other > name) {
            for root in &bundle.roots {
                for other_root in &other.roots {
                    if !contains(root, other_root) && !contains(other_root, root) {
                        continue;
                    }
                    colliding.extend([name.as_str(), other_name.as_str()]);
                    let (one, two) = (root.min(other_root), root.max(other_root));
                    conflicts.insert(if one == two {
                        format!("root {one} is in multiple bundles")
                    } else {
                        format!("{one} overlaps {two}")
                    });
                }
            }
        }
    }
    if colliding.is_empty() {
        return Ok(());
    }
    let names: Vec<_> = colliding.into_iter().collect();
    if version == Version::V0 {
        let names = names.join(" ");
        return Err(
            format!("detected overlapping roots in bundle manifest with: [{names}]").into(),
        );
    }
    let names = names.join(", ");
    let of_everything: Vec<_> = bundles
        .iter()
        .filter(|(_, bundle)| bundle.roots.iter().any(String::is_empty))
        .map(|(name, _)| name.as_str())
        .collect();
    let message = if of_everything.is_empty() {
        let conflicts: Vec<_> = conflicts.into_iter().collect();
        let conflicts = conflicts.join(", ");
        format!(
            "detected overlapping roots in manifests for these bundles: [{names}] ({conflicts})"
        )
    } else {
        format!(
            "bundles [{names}] have overlapping roots and cannot be activated simultaneously because \
             bundle(s) [{}] specify empty root paths ('') which overlap with any other bundle root",
            of_everything.join(", ")
        )
    };
    Err(format!("bundle activation failed: {message}").into())
}

/// The keys of a root.
fn keys(root: &str) -> Vec<String> {
    root.split('/')
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The folders in a path, which are the keys of the documents in it.
fn folder_keys(path: &str) -> Vec<String> {
    let (folder, _) = path.rsplit_once('/').unwrap_or_default();
    keys(folder.trim_start_matches(['/', '.']))
}

/// Joins two paths: `a/b` for `./a` and `/b`.
fn joined(folder: &str, path: &str) -> String {
    let folder = folder.strip_prefix("./").unwrap_or(folder);
    let folder = folder.trim_end_matches('/');
    match folder {
        "." | "" => path.trim_start_matches('/').to_owned(),
        folder => format!("{folder}{path}"),
    }
}

//! Folders of files for tests.

use std::fs;
use std::path::{Path, PathBuf};

/// The files with one of these extensions in a folder and those below it, sorted. The folder must exist.
pub fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    assert!(folder.is_dir(), "{} is not a folder", folder.display());
    files_if_any(folder, extensions)
}

/// The same files; none if the folder doesn't exist.
pub fn files_if_any(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    if !folder.exists() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder that can be read") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_if_any(&path, extensions));
        } else if extensions.iter().any(|known| {
            path.extension()
                .is_some_and(|extension| extension == *known)
        }) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The YAML files below a folder, sorted.
pub fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    files(folder, &["yaml"])
}

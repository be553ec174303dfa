//! What is in `crates/` is for anybody: it knows no word of Harness, neither in code nor in its pages.

use std::path::{Path, PathBuf};
use std::{fs, io};

#[test]
fn nothing_in_crates_speaks_of_harness() {
    let files = files(Path::new("crates")).expect("a folder that can be read");
    assert!(files.iter().any(|file| file.ends_with("rego/src/lib.rs")));
    let mut speak = Vec::new();
    for file in files {
        let bytes = fs::read(&file).expect("a file that can be read");
        for (line, text) in (1..).zip(String::from_utf8_lossy(&bytes).lines()) {
            let place = format!("{}:{line}: {text}", file.display());
            if place.to_lowercase().contains("harness") {
                speak.push(place);
            }
        }
    }
    assert!(speak.is_empty(), "{}", speak.join("\n"));
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

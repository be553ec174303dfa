//! Everything in `crates/` is for general use: neither its code nor its pages mention Harness.

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

#[test]
fn only_the_engine_of_our_rules_sees_the_values_of_its_machine() {
    let files = files(Path::new("src")).expect("a folder that can be read");
    assert!(files.iter().any(|file| file.ends_with("policy/engine.rs")));
    for file in files {
        let path = file.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&file).unwrap_or_default();
        let sees = text.contains("rego::rvm");
        let may = path == "src/policy/engine.rs" || path.starts_with("src/policy/engine/");
        assert!(may || !sees, "{path} sees values of the machine");
    }
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

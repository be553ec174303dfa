//! Rego on which an engine other than OPA is likely to differ.
//!
//! `tests/cases/forms/*.txt` has policies. Each begins with `### ` and its title; then come settings (`# input: `, `#
//! data: `, `# query: `, `# v1`, `# strict`, `# strict builtins`), and its module, or several, each below `## file `
//! and its name. `tests/cases/forms/queries/*.txt` has queries, one per line, which are evaluated in both versions.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

/// A case of Rego.
pub struct Form {
    /// The version, the file and the title.
    pub id: String,
    /// The case in the form of the reference.
    pub case: String,
}

/// The forms of v0, and those of v1.
pub fn by_version() -> [Vec<Form>; 2] {
    let mut forms = [Vec::new(), Vec::new()];
    for path in texts(Path::new("tests/cases/forms")) {
        let text = fs::read_to_string(&path).expect("a text");
        for block in text.split("### ").skip(1) {
            let (title, rest) = block.split_once('\n').unwrap_or((block, ""));
            let (version, form) = policy(&format!("{}: {title}", theme(&path)), rest);
            forms[version].push(form);
        }
    }
    for path in texts(Path::new("tests/cases/forms/queries")) {
        let text = fs::read_to_string(&path).expect("a text");
        let queries = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        for query in queries {
            for (version, forms) in forms.iter_mut().enumerate() {
                let id = format!("v{version} {}: {query}", theme(&path));
                let case = json!({"id": id, "query": query, "regoVersion": version}).to_string();
                forms.push(Form { id, case });
            }
        }
    }
    forms
}

fn policy(title: &str, text: &str) -> (usize, Form) {
    let mut version = 0;
    let mut settings = Vec::new();
    let mut query = "data";
    let mut rest = text;
    while let Some((line, after)) = rest.split_once('\n') {
        match line.split_once(": ").unwrap_or((line, "")) {
            ("# v1", _) => version = 1,
            ("# strict", _) => settings.push("\"strict\":true".to_owned()),
            ("# strict builtins", _) => settings.push("\"strictBuiltinErrors\":true".to_owned()),
            // These stay as they are written, without parsing numbers.
            ("# input", value) => settings.push(format!("\"input\":{value}")),
            ("# data", value) => settings.push(format!("\"data\":{value}")),
            ("# query", value) => query = value,
            _ => break,
        }
        rest = after;
    }
    let id = format!("v{version} {title}");
    settings.push(format!("\"id\":{}", json!(id)));
    settings.push(format!("\"query\":{}", json!(query)));
    settings.push(format!("\"regoVersion\":{version}"));
    settings.push(format!("\"modules\":{}", modules(rest)));
    let case = format!("{{{}}}", settings.join(","));
    (version, Form { id, case })
}

fn modules(text: &str) -> serde_json::Value {
    let module = |text: &str| match text.trim_matches('\n') {
        "" => String::new(),
        text => format!("{text}\n"),
    };
    let mut files = text.split("## file ");
    let first = files.next().unwrap_or_default();
    let named: serde_json::Map<_, _> = files
        .map(|file| {
            let (name, text) = file.split_once('\n').unwrap_or((file, ""));
            (name.to_owned(), module(text).into())
        })
        .collect();
    if named.is_empty() {
        json!({ "p.rego": module(first) })
    } else {
        named.into()
    }
}

fn theme(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

fn texts(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the forms");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .filter(|path| !path.ends_with("exceptions.txt"))
        .collect();
    paths.sort();
    paths
}

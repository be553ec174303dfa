//! The Rego modules to format: ours, other people's if they are available, and OPA's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The source of a module, with its name in messages.
#[derive(Debug, Clone)]
pub struct Text {
    pub name: String,
    pub text: String,
}

/// The forms for a version in `tests/cases/format`, each below `### ` and its title.
pub fn forms(file: &str) -> Vec<Text> {
    let text = fs::read_to_string(Path::new("tests/cases/format").join(file)).expect("forms");
    text.split("### ")
        .skip(1)
        .map(|block| {
            let (title, text) = block.split_once('\n').expect("a form below its title");
            Text {
                name: format!("{file}: {title}"),
                text: text.to_owned(),
            }
        })
        .collect()
}

/// Our policies, and other people's if they are available.
pub fn policies() -> Vec<Text> {
    let mut texts = Vec::new();
    for folder in ["policies", "tests", "../shared/policies"] {
        collect(Path::new(folder), &mut texts);
    }
    texts
}

/// Every module in OPA's source and in its conformance cases, if Go is available.
pub fn of_opa(version: &str) -> Vec<Text> {
    let Some(folder) = folder_of(version) else {
        return Vec::new();
    };
    let mut texts = Vec::new();
    collect(&folder, &mut texts);
    texts.extend(cases(version, &folder));
    texts
}

fn folder_of(version: &str) -> Option<PathBuf> {
    let module = format!("github.com/open-policy-agent/opa@{version}");
    let output = Command::new("go")
        .args(["mod", "download", "-json", &module])
        .output()
        .ok()?;
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
    Some(PathBuf::from(said.get("Dir")?.as_str()?))
}

/// The modules in OPA's own cases, as `tests/opa/reference/conformance` reads them.
fn cases(version: &str, folder: &Path) -> Vec<Text> {
    let (rego, cases) = if version.starts_with("v0") {
        ("v0", "test/cases/testdata")
    } else {
        ("v1", "v1/test/cases/testdata")
    };
    let output = Command::new("go")
        .args(["run", &format!("-modfile=opa-{version}.mod")])
        .arg("./conformance")
        .arg(folder.join(cases))
        .arg(rego)
        .current_dir("tests/opa/reference")
        .env("CGO_ENABLED", "0")
        .output()
        .expect("Go runs");
    assert!(
        output.status.success(),
        "OPA's cases can't be read: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let mut texts = Vec::new();
    for line in lines.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case");
        let modules = case["modules"].as_object().expect("modules");
        texts.extend(modules.iter().map(|(path, text)| Text {
            name: format!("{} {path}", case["id"].as_str().unwrap_or_default()),
            text: text.as_str().expect("a module").to_owned(),
        }));
    }
    texts
}

fn collect(folder: &Path, texts: &mut Vec<Text>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, texts);
        } else if path.to_string_lossy().contains(".rego")
            && let Ok(text) = fs::read_to_string(&path)
        {
            texts.push(Text {
                name: path.display().to_string(),
                text,
            });
        }
    }
}

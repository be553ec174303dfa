//! Compiles the policies into the crate's program, and their METADATA into its table of rules, so that a check parses
//! neither Rego nor comments. A rule is a folder with a `rule.rego`.

#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use document::{Limits, Node, Value};
use rego::rvm;

/// The rules that `src/policy/engine.rs` evaluates, by their names there.
const ENTRY_POINTS: [(&str, &str); 4] = [
    ("REPORT", "data.harness_image_guard.main.report"),
    ("FACTS", "data.harness_image_guard.workspace.facts"),
    ("IMAGES", "data.harness_image_guard.inventory.report"),
    ("EXCEPTED", "data.harness_image_guard.exceptions.matched"),
];

/// The module that evaluates every rule. Each build makes it anew, so that no rule is left out; the file is only for
/// OPA and for readers.
const LIST: &str = "policies/rules.rego";

fn main() -> Result<(), Box<dyn Error>> {
    // The folder is watched, because a new rule is a new file.
    println!("cargo::rerun-if-changed=policies");
    let mut modules = Vec::new();
    let mut rules = String::new();
    let mut folders = Vec::new();
    for path in rego_files(Path::new("policies"))? {
        let text = fs::read_to_string(&path)?;
        let name = path.to_string_lossy().replace('\\', "/");
        if name == LIST {
            continue;
        }
        if let Some(folder) = name.strip_suffix("/rule.rego") {
            rules.push_str(&rule(folder, &text)?);
            folders.push(folder.rsplit('/').next().unwrap_or_default().to_owned());
        }
        modules.push((name, text));
    }
    let list = list(&folders)?;
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("rules.rego"), &list)?;
    modules.push((LIST.to_owned(), list));
    modules.sort();
    let mut texts = String::new();
    for (name, text) in &modules {
        writeln!(texts, "({name:?}, {text:?}),")?;
    }
    let rules_to_evaluate = ENTRY_POINTS.map(|(_, rule)| rule);
    let program = rvm::compile(&modules, &rules_to_evaluate)?;
    fs::write(out.join("program.rs"), program.to_rust())?;
    let entry_points = ENTRY_POINTS.map(|(name, rule)| format!("const {name}: &str = {rule:?};\n"));
    fs::write(out.join("entry_points.rs"), entry_points.concat())?;
    let rules =
        format!("/// Every rule, by its identity.\npub const RULES: &[Rule] = &[{rules}];\n");
    fs::write(out.join("rules.rs"), rules)?;
    let texts = format!("&[{texts}]\n");
    fs::write(out.join("policies.rs"), texts)?;
    Ok(())
}

/// The policies without their tests, in sorted order, so that every machine builds the same program.
fn rego_files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            files.extend(rego_files(&path)?);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "rego")
            && !name.ends_with("_test.rego")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The module that evaluates the rules in these folders.
fn list(folders: &[String]) -> Result<String, Box<dyn Error>> {
    let mut list = "# METADATA\n\
        # title: The findings of every rule\n\
        # description: |\n\
        #   By the rule's identity. Written from the folders of `policies/` by\n\
        #   `UPDATE_TYPES=1 cargo test --features authoring --lib current`; not by hand.\n\
        package harness_image_guard.rules\n\n\
        import rego.v1\n\n\
        findings := {\n"
        .to_owned();
    for folder in folders {
        let id = identity(folder);
        writeln!(
            list,
            "\t\"{id}\": data.harness_image_guard.rules.{folder}.findings,"
        )?;
    }
    list.push_str("}\n");
    Ok(list)
}

/// The identity of a rule, from the name of its folder.
fn identity(folder: &str) -> String {
    folder.replace('_', "-")
}

/// The `Rule` that the METADATA of a folder's `rule.rego` describes, as Rust source.
fn rule(folder: &str, text: &str) -> Result<String, Box<dyn Error>> {
    let path = format!("{folder}/rule.rego");
    let metadata: String = text
        .lines()
        .skip_while(|line| *line != "# METADATA")
        .skip(1)
        .map_while(|line| line.strip_prefix('#'))
        .fold(String::new(), |text, line| {
            text + line.strip_prefix(' ').unwrap_or(line) + "\n"
        });
    let documents = document::parse(&metadata, &Limits::default());
    let [Ok(document)] = documents.as_slice() else {
        return Err(format!("{path}: the METADATA can't be read").into());
    };
    let get = |keys: &[&str]| -> Result<&Node<'_>, String> {
        keys.iter()
            .try_fold(&document.root, |node, key| node.get(key))
            .ok_or_else(|| format!("{path}: the METADATA has no `{}`", keys.join(".")))
    };
    let text = |keys: &[&str]| -> Result<String, String> {
        let value = get(keys)?
            .as_str()
            .map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
        value.ok_or_else(|| {
            format!(
                "{path}: `{}` of the METADATA is not a string",
                keys.join(".")
            )
        })
    };
    let id = identity(folder.rsplit('/').next().unwrap_or_default());
    let entities: Vec<_> = get(&["custom", "entities"])?
        .as_sequence()
        .unwrap_or_default()
        .iter()
        .filter_map(Node::as_str)
        .collect();
    let severity = match text(&["custom", "severity"])?.as_str() {
        "error" => "Error",
        "warning" => "Warning",
        "note" => "Note",
        other => return Err(format!("{path}: there is no severity `{other}`").into()),
    };
    let is_exported = !get(&["custom", "exported"]).is_ok_and(|it| it.value == Value::Bool(false));
    let mut rust = String::new();
    writeln!(
        rust,
        "Rule {{ id: {id:?}, title: {:?}, description: {:?}, severity: Severity::{severity}, entities: &{entities:?}, is_exported: {is_exported}, docs: {:?} }},",
        text(&["title"])?,
        text(&["description"])?,
        format!("{folder}/rule.md"),
    )?;
    Ok(rust)
}

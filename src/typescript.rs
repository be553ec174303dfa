//! Helpers for files that are generated from Rust, such as TypeScript's types. Only tests need them.

use std::{env, fs};

use ts_rs::{Config, TS};

use crate::harness::{Event, PolicyEntity};

/// The declaration of a type, with its documentation.
pub fn declaration<T: TS>() -> String {
    let docs = T::docs().unwrap_or_default();
    format!("{docs}export {}\n", T::decl(&Config::new()))
}

/// The declaration of a type whose fields are read-only.
#[cfg(feature = "authoring")]
pub fn interface<T: TS>() -> String {
    let lines = declaration::<T>();
    let lines = lines.lines().map(|line| {
        if line.starts_with(" *") || line.starts_with("/**") || line.starts_with("export") {
            return line.to_owned();
        }
        let line = line.replace("Array<", "ReadonlyArray<");
        match line.split_once(": ") {
            Some(_) => format!("readonly {line}"),
            None => line,
        }
    });
    lines.map(|line| line + "\n").collect()
}

/// The names of the fields in a declaration, sorted.
#[cfg(feature = "authoring")]
pub fn fields(declaration: &str) -> Vec<&str> {
    let lines = declaration.lines().filter(|line| !line.starts_with(" *"));
    let names = lines.filter_map(|line| line.split_once(": "));
    let mut names: Vec<_> = names.map(|(name, _)| name).collect();
    names.sort_unstable();
    names
}

/// The declaration of a type that is one of several words, with a list of these, lowest first if they have an order.
pub fn words<T: TS>(list: &str) -> String {
    let declaration = T::decl(&Config::new());
    let words: Vec<_> = declaration.split('"').skip(1).step_by(2).collect();
    let docs = T::docs().unwrap_or_default();
    let name = T::name(&Config::new());
    format!(
        "{docs}export type {name} = (typeof {list})[number];\n\n{docs}export const {list} = {} as const;\n",
        self::list(&words)
    )
}

/// The command that writes all of these files.
const WRITING: &str = "UPDATE_TYPES=1 cargo test --features authoring --lib current";

/// Checks that a file has these declarations, or writes it if `UPDATE_TYPES` is set.
///
/// `source` says what they are generated from, and `imports` are the lines before them.
pub fn assert_current(path: &str, source: &str, imports: &str, declarations: &[String]) {
    let imports = if imports.is_empty() {
        String::new()
    } else {
        format!("{imports}\n\n")
    };
    let declarations = declarations.join("\n");
    assert_written(
        path,
        &format!(
            "// Written from {source} by `{WRITING}`; not by hand.\n\n{imports}{declarations}"
        ),
    );
}

/// Checks that a file has this text, or writes it if `UPDATE_TYPES` is set.
pub fn assert_written(path: &str, text: &str) {
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(path, text).unwrap();
    }
    let current = fs::read_to_string(path).unwrap_or_default();
    assert!(current == text, "{path} isn't current: run {WRITING}");
}

/// The table of entities, for TypeScript.
pub fn entities() {
    let all: Vec<_> = PolicyEntity::all().map(|entity| entity.name).collect();
    let in_files: Vec<_> = PolicyEntity::in_files().map(|entity| entity.name).collect();
    let source = "src/harness/entity.rs";
    assert_current(
        "pkg/src/entity.ts",
        source,
        "",
        &[
            union(
                "What policies are asked about.",
                "policyEntities",
                "PolicyEntity",
                &all,
            ),
            format!(
                "/** What `check` can ask policies about: entities that files hold. */\nexport type CheckedEntity = \"{}\";\n",
                in_files.join("\" | \"")
            ),
            union(
                "When Harness asks policies.",
                "policyEvents",
                "PolicyEvent",
                &Event::ALL.map(Event::name),
            ),
        ],
    );
    assert_current(
        "www/src/entity.ts",
        source,
        "import type { PolicyEntity } from \"harness-image-guard\";",
        &[format!(
            "/** What policies are asked about. */\nexport const ENTITIES = {} as const satisfies readonly PolicyEntity[];\n",
            list(&all)
        )],
    );
}

/// The targets of `export`, for TypeScript.
#[cfg(feature = "authoring")]
pub fn export_targets() {
    assert_current(
        "pkg/src/export-target.ts",
        "src/policy/authoring/export",
        "",
        &[union(
            "What our rules are written as.",
            "exportTargets",
            "ExportTarget",
            &crate::export::Target::ALL.map(|(name, _)| name),
        )],
    );
}

/// A type that is one of several words, and the list of these.
pub fn union(docs: &str, values: &str, name: &str, words: &[&str]) -> String {
    format!(
        "/** {docs} */\nexport type {name} = (typeof {values})[number];\n\n/** {docs} */\nexport const {values} = {} as const;\n",
        list(words)
    )
}

fn list(words: &[&str]) -> String {
    let words: Vec<_> = words
        .iter()
        .map(|word| format!("  \"{word}\",\n"))
        .collect();
    format!("[\n{}]", words.concat())
}

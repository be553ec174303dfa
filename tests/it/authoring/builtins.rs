//! The catalog of OPA's functions: the page about it is current, and it is complete.
//!
//! `UPDATE_BUILTINS=1` writes both: the page from the catalog and, where Go is available, the catalog from the newest
//! OPA that we compare with.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use builtins::{Listed, Support, all};

const PAGE: &str = "docs/builtins.md";
const TABLE: &str = "crates/builtins/src/opa.tsv";
const NEWEST: &str = "v1.22.2";

#[test]
fn the_page_is_current() {
    let page = page();
    if is_updating() {
        fs::write(PAGE, &page).expect("a file to write");
    }
    let current = fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        current == page,
        "{PAGE} isn't current: run UPDATE_BUILTINS=1 cargo test --features authoring --test builtins"
    );
}

#[test]
fn the_table_is_opas() {
    let Some(folder) = module() else {
        eprintln!("the table isn't compared with OPA {NEWEST}: there is no Go to fetch it");
        return;
    };
    let table = table(&folder);
    if is_updating() {
        fs::write(TABLE, &table).expect("a file to write");
    }
    let known: BTreeSet<_> = all().map(|listed| line(&listed)).collect();
    let theirs: BTreeSet<_> = table.lines().map(str::to_owned).collect();
    let lacking: Vec<_> = theirs.difference(&known).collect();
    let surplus: Vec<_> = known.difference(&theirs).collect();
    assert!(
        lacking.is_empty() && surplus.is_empty(),
        "{TABLE} lacks {lacking:?}, and has {surplus:?} beyond OPA {NEWEST}"
    );
}

fn is_updating() -> bool {
    env::var_os("UPDATE_BUILTINS").is_some()
}

fn line(listed: &Listed) -> String {
    let deprecated = if listed.is_deprecated {
        "\tdeprecated"
    } else {
        ""
    };
    format!("{}\t{}{deprecated}", listed.name, listed.since)
}

/// The folder of OPA's Go module.
fn module() -> Option<PathBuf> {
    let listed = Command::new("go")
        .arg("list")
        .arg(format!("-modfile=opa-{NEWEST}.mod"))
        .args(["-m", "-f", "{{.Dir}}", "github.com/open-policy-agent/opa"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/opa/reference"))
        .output()
        .ok()?;
    let folder = String::from_utf8_lossy(&listed.stdout).trim().to_owned();
    (listed.status.success() && !folder.is_empty()).then(|| folder.into())
}

/// The table of functions from OPA's own capability files.
fn table(folder: &Path) -> String {
    let read = |name: &str| -> serde_json::Value {
        let text = fs::read_to_string(folder.join(name)).expect("a file of OPA's module");
        serde_json::from_str(&text).expect("JSON")
    };
    let capabilities = read("capabilities.json");
    let builtins = capabilities
        .get("builtins")
        .and_then(|list| list.as_array());
    let deprecated: BTreeSet<_> = builtins
        .expect("functions")
        .iter()
        .filter(|builtin| builtin.get("deprecated") == Some(&true.into()))
        .filter_map(|builtin| builtin.get("name")?.as_str())
        .collect();
    let described = read("builtin_metadata.json");
    let described = described.as_object().expect("functions by name");
    let mut lines = Vec::new();
    for (name, description) in described {
        let since = description
            .get("introduced")
            .and_then(|since| since.as_str());
        if let Some(since) = since.filter(|_| !name.starts_with("internal.")) {
            // Release candidates count as their release.
            let since = since.split_once("-rc").map_or(since, |(since, _)| since);
            let deprecated = if deprecated.contains(name.as_str()) {
                "\tdeprecated"
            } else {
                ""
            };
            lines.push(format!("{name}\t{since}{deprecated}\n"));
        }
    }
    lines.sort();
    lines.concat()
}

const HEAD: &str = "\
# Built-in functions

OPA's built-in functions, and whether a policy of your own can call them here. Rego v0 is evaluated as in
OPA 0.70, the version that Harness has, and v1 as in OPA 1.22.

- **yes**: the function is computed here, with the same result as in OPA. What `print` and `trace` write is
  shown.
- **host**: the function needs something from outside the evaluation. The command provides the time
  (`time.now_ns`) and refuses the other functions; a program can answer them all (`host` in `compileRego`).
- **no**: a policy that calls the function is refused before anything is evaluated, and the error names the
  function.

*Since* is the first version of OPA that has the function; 0.17 means that version or any earlier one. A policy
that calls the function needs that version or a newer one. OPA advises against *deprecated* functions, and
refuses them in Rego v1.
";

fn page() -> String {
    let mut groups: BTreeMap<&str, Vec<Listed>> = BTreeMap::new();
    for listed in all() {
        let group = listed.name.split_once('.').map_or("", |(group, _)| group);
        groups.entry(group).or_default().push(listed);
    }
    let count =
        |is_counted: fn(Support) -> bool| all().filter(|listed| is_counted(listed.support)).count();
    let mut page = HEAD.to_owned();
    let _ = writeln!(
        page,
        "\nOf {} functions, {} are computed here, {} are left to the host, and {} are refused.",
        all().count(),
        count(|support| support == Support::Here),
        count(|support| support == Support::Host),
        count(|support| matches!(support, Support::Nobody(_))),
    );
    for (group, functions) in groups {
        let heading = match group {
            "" => "Without a prefix".to_owned(),
            group => format!("`{group}`"),
        };
        let _ = write!(
            page,
            "\n## {heading}\n\n| function | here | since | |\n|---|---|---|---|\n"
        );
        for listed in functions {
            let (here, why) = match listed.support {
                Support::Here => ("yes", ""),
                Support::Host => ("host", ""),
                Support::Nobody(why) => ("no", why),
            };
            let since = listed.since.trim_start_matches('v');
            let since = since.strip_suffix(".0").unwrap_or(since);
            let note = if listed.is_deprecated {
                "deprecated"
            } else {
                why
            };
            let _ = writeln!(page, "| `{}` | {here} | {since} | {note} |", listed.name);
        }
    }
    page
}

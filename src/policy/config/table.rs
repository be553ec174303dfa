//! The tables of the configuration's keys and of the rules in the documentation, which are generated. Tests check
//! that they are current.

use std::fs;

use crate::policy::{RULES, Rule};
use crate::typescript::assert_written;

use super::key::{KEYS, Key, RULE, Shape};
use super::schema;

#[test]
fn the_tables_of_the_documentation_are_current() {
    let keys: Vec<_> = KEYS.iter().flat_map(rows).collect();
    assert_rows(
        "docs/configuration.md",
        "| key | default | meaning |\n|---|---|---|\n",
        &keys,
    );
    let rules: Vec<_> = RULES
        .iter()
        .map(|Rule { id, title, .. }| {
            let folder = id.replace('-', "_");
            format!("| [{id}](policies/{folder}/rule.md) | {title} |")
        })
        .collect();
    assert_rows(
        "README.md",
        "| rule | what it requires |\n|---|---|\n",
        &rules,
    );
}

/// Checks that the table with this head has these rows, or writes them.
fn assert_rows(page: &str, head: &str, rows: &[String]) {
    let text = fs::read_to_string(page).unwrap();
    let (before, rest) = text.split_once(head).unwrap();
    // A table ends at an empty line, or with the page.
    let after = rest.find("\n\n").map_or("\n", |end| &rest[end..]);
    assert_written(page, &format!("{before}{head}{}{after}", rows.join("\n")));
}

fn rows(key: &Key) -> Vec<String> {
    let under = |keys: &[Key], parent: &str| {
        let rows = keys
            .iter()
            .map(|key| row(&format!("{parent}.{}", key.name), key));
        rows.collect()
    };
    match &key.shape {
        Shape::Fields(keys) => under(keys, key.name),
        Shape::Rules => {
            let mut rows = vec![row("rules.<rule>", key)];
            rows.extend::<Vec<_>>(under(RULE, "rules.<rule>"));
            rows
        }
        _ => vec![row(key.name, key)],
    }
}

fn row(name: &str, key: &Key) -> String {
    let written = schema::default(key).map(|value| format!("`{}`", flow(&value.to_string())));
    let default = key.about.default.map(str::to_owned).or(written);
    let example = match (&key.shape, key.about.example) {
        // The example above the table shows it.
        (Shape::Rules, _) | (_, None) => String::new(),
        (_, Some(example)) => format!(" Example: `{}`", flow(example)),
    };
    format!(
        "| `{name}` | {} | {}.{example} |",
        default.unwrap_or_else(|| panic!("what is `{name}` by default?")),
        key.about.sentence,
    )
}

/// JSON as people write it in YAML, without unnecessary quotes.
fn flow(json: &str) -> String {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    match value {
        serde_json::Value::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(key, value)| format!("{key}: {}", flow(&value.to_string())))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        serde_json::Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| flow(&item.to_string())).collect();
            format!("[{}]", items.join(", "))
        }
        serde_json::Value::String(word) if word.contains('*') => format!("\"{word}\""),
        serde_json::Value::String(word) => word,
        other => other.to_string(),
    }
}

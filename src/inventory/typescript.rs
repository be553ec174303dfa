//! The inventory's types for TypeScript, in `pkg/src/inventory.ts`: written from these Rust types,
//! and checked to be current.

use std::{env, fs};

use ts_rs::{Config, TS};

use super::{Image, Inventory, InventorySummary, RegistryCount};

const PATH: &str = "pkg/src/inventory.ts";

fn declaration<T: TS>(config: &Config) -> String {
    let docs = T::docs().unwrap_or_default();
    format!("{docs}export {}\n", T::decl(config))
}

#[test]
fn the_types_for_typescript_are_current() {
    let config = Config::new();
    let mut text =
        "// Written from src/inventory by `UPDATE_TYPES=1 cargo test typescript`; not by hand.\n\n\
        import type { Diagnostic, PathStep, Position } from \"./report.js\";\n\n"
            .to_owned();
    let declarations = [
        declaration::<Inventory>(&config),
        declaration::<Image>(&config),
        declaration::<InventorySummary>(&config),
        declaration::<RegistryCount>(&config),
    ];
    text.push_str(&declarations.join("\n"));
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(PATH, &text).unwrap();
    }
    let current = fs::read_to_string(PATH).unwrap_or_default();
    assert!(
        current == text,
        "{PATH} isn't current: run UPDATE_TYPES=1 cargo test typescript"
    );
}

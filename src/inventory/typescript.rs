//! The types in `pkg/src/inventory.ts`, which are generated from these Rust types. Tests check that they are current.

use super::{Existence, Image, Inventory, InventorySummary, Origin, RegistryCount, Verification};
use crate::typescript::{assert_current, declaration};

#[test]
fn the_types_for_typescript_are_current() {
    assert_current(
        "pkg/src/inventory.ts",
        "src/inventory",
        "import type { Diagnostic, PathStep, Position } from \"./report.js\";",
        &[
            declaration::<Inventory>(),
            declaration::<Image>(),
            declaration::<Origin>(),
            declaration::<Verification>(),
            declaration::<Existence>(),
            declaration::<InventorySummary>(),
            declaration::<RegistryCount>(),
        ],
    );
}

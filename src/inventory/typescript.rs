//! The inventory's types for TypeScript, in `pkg/src/inventory.ts`: written from these Rust types,
//! and checked to be current.

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

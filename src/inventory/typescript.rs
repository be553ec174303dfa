//! The inventory's types for TypeScript, in `pkg/src/inventory.ts`: written from these Rust types,
//! and checked to be current.

use super::{Existence, Image, Inventory, InventorySummary, Origin, RegistryCount, Verification};
use crate::typescript::{assert_current, declaration};

#[test]
fn the_types_for_typescript_are_current() {
    assert_current(
        "pkg/src/inventory.ts",
        "// Written from src/inventory by `UPDATE_TYPES=1 cargo test current`; not by hand.\n\n\
        import type { Diagnostic, PathStep, Position } from \"./report.js\";",
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

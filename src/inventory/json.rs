//! The inventory as JSON, for programs.

use super::Inventory;

/// The inventory as JSON with a line break at its end.
#[must_use]
pub fn render(inventory: &Inventory) -> String {
    // Everything in an inventory can be JSON.
    serde_json::to_string_pretty(inventory).unwrap_or_default() + "\n"
}

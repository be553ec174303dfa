//! The report as JSON, for machines.

use super::Report;

/// The whole report, indented, with a line break at its end.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}

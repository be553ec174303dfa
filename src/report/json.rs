//! The report as JSON, for programs.

use serde::Serialize;

use super::Report;
use super::page::Cursor;

/// The whole report, indented, with a line break at the end.
#[must_use]
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    write(&mut text, report, &mut Cursor::default(), usize::MAX);
    text
}

/// Writes from the cursor until the page is full. Returns whether something is left.
pub(super) fn write(page: &mut String, report: &Report, cursor: &mut Cursor, full: usize) -> bool {
    let Report {
        schema_version,
        diagnostics,
        omitted,
        files,
        connector_lists,
        summary,
    } = report;
    let head = [format!("{{\n  \"schemaVersion\": {schema_version},\n")];
    let foot = [format!("  \"summary\": {}\n}}\n", indented(summary, "  "))];
    let whole = |page: &mut String, _: usize, text: &String| page.push_str(text);
    let is_done = cursor.items(0, &head, page, full, whole)
        && list(1, "diagnostics", diagnostics, page, cursor, full)
        && list(2, "omitted", omitted, page, cursor, full)
        && list(3, "files", files, page, cursor, full)
        && list(4, "connectorLists", connector_lists, page, cursor, full)
        && cursor.items(5, &foot, page, full, whole);
    !is_done
}

/// Writes the items of one of the report's lists. Returns whether it is at the end of the list.
fn list<T: Serialize>(
    part: usize,
    name: &str,
    items: &[T],
    page: &mut String,
    cursor: &mut Cursor,
    full: usize,
) -> bool {
    if items.is_empty() && cursor.part == part {
        page.push_str("  \"");
        page.push_str(name);
        page.push_str("\": [],\n");
    }
    cursor.items(part, items, page, full, |page, at, item| {
        if at == 0 {
            page.push_str("  \"");
            page.push_str(name);
            page.push_str("\": [\n");
        }
        page.push_str("    ");
        page.push_str(&indented(item, "    "));
        page.push_str(if at + 1 < items.len() {
            ",\n"
        } else {
            "\n  ],\n"
        });
    })
}

/// A value with its other lines indented. Strings in JSON have no line breaks.
fn indented(value: &impl Serialize, indentation: &str) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.replace('\n', &format!("\n{indentation}"))
}

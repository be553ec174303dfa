//! Renders a source line with a range in it underlined.

use std::fmt::Write as _;

use document::LineIndex;

use crate::report::Diagnostic;
use crate::report::paint::{Paint, shown};

/// Source lines that are wider than this many columns are cut around the range.
const WIDTH: usize = 140;

/// Writes the line, after a gutter as wide as its number.
pub fn snippet(
    out: &mut String,
    diagnostic: &Diagnostic,
    lines: &LineIndex<'_>,
    gutter: &str,
    paint: Paint,
) {
    let start = diagnostic.start;
    // A line may be as long as the file, so only the part that is shown is processed.
    let line = lines.line_text(start.line).unwrap_or_default();
    let at = lines
        .line_start(start.line)
        .map_or(0, |line| start.offset.saturating_sub(line));
    let before = line.get(..at as usize).unwrap_or(line);
    let after = line.get(before.len()..).unwrap_or_default();
    let is_wide = line.chars().nth(WIDTH).is_some();
    // The window keeps the range visible, with some of what comes before it.
    let shown_before = if is_wide { WIDTH / 3 } else { WIDTH };
    let from_byte = before.char_indices().rev().take(shown_before).last();
    let left_of_place = before.get(from_byte.map_or(before.len(), |(at, _)| at)..);
    let left_of_place = left_of_place.unwrap_or_default();
    let most_after = WIDTH.saturating_sub(left_of_place.chars().count());
    let right_of_place: String = after.chars().take(most_after).collect();
    let is_cut_before = left_of_place.len() < before.len();
    let is_cut_after = right_of_place.len() < after.len();
    let window = format!("{left_of_place}{right_of_place}");
    let window = shown(&window);
    // Escaped characters are wider than the original ones.
    let width = |text: &str, most| text.chars().take(most).map(terminal::width).sum();
    let from: usize = width(left_of_place, usize::MAX);
    let length: usize = width(&right_of_place, usize::MAX);
    let to = if diagnostic.end.line == start.line {
        let wide = diagnostic.end.column.saturating_sub(start.column);
        usize::try_from(wide).map_or(length, |wide| width(&right_of_place, wide))
    } else {
        length
    };
    let before = if is_cut_before { "…" } else { "" };
    let after = if is_cut_after { "…" } else { "" };
    let bar = paint.dim("|");
    let underline = "^".repeat(to.max(1));
    let indent = " ".repeat(from + before.chars().count());
    let _ = writeln!(out, "{gutter} {bar}");
    let _ = writeln!(
        out,
        "{} {bar} {before}{}{after}",
        paint.dim(&start.line.to_string()),
        window.trim_end()
    );
    let _ = writeln!(
        out,
        "{gutter} {bar} {indent}{}",
        paint.severity(diagnostic.severity, &underline)
    );
}

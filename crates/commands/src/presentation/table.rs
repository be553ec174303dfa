//! Tables as OPA draws them: 0.70 in ASCII with cells broken at 30 columns, 1.22 with box-drawing characters and
//! unbroken cells.

use super::width::width;
use values::Version;

/// The width at which OPA 0.70 breaks a cell between words.
const WIDEST: usize = 30;

/// The penalty for a line that is too long, in squares of unused columns.
const PENALTY: u64 = 100_000;

/// Up to how many words the best line breaks of a cell are computed. With more, each line is filled.
const WORDS: usize = 4_000;

/// A table.
pub(super) struct Table {
    version: Version,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// The lines of a cell, and its width in columns.
struct Cell {
    lines: Vec<String>,
    width: usize,
}

/// The characters of which a table is drawn.
struct Signs {
    line: &'static str,
    column: &'static str,
    /// The corners: left, between and right; above, within and below.
    corners: [[&'static str; 3]; 3],
}

const ASCII: Signs = Signs {
    line: "-",
    column: "|",
    corners: [["+"; 3]; 3],
};

const LINES: Signs = Signs {
    line: "─",
    column: "│",
    corners: [["┌", "┬", "┐"], ["├", "┼", "┤"], ["└", "┴", "┘"]],
};

impl Table {
    /// A table; without a header if that is empty.
    pub(super) fn new(version: Version, header: Vec<String>) -> Self {
        Self {
            version,
            header,
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text.
    pub(super) fn render(&self) -> String {
        let signs = match self.version {
            Version::V0 => &ASCII,
            Version::V1 => &LINES,
        };
        let laid = |cells: &Vec<String>| -> Vec<Cell> {
            cells.iter().map(|cell| self.cell(cell)).collect()
        };
        let header = laid(&self.header);
        let rows: Vec<_> = self.rows.iter().map(laid).collect();
        let columns = rows
            .iter()
            .chain([&header])
            .map(Vec::len)
            .max()
            .unwrap_or(0);
        let mut widths = vec![0; columns];
        for cells in rows.iter().chain([&header]) {
            for (widest, cell) in widths.iter_mut().zip(cells) {
                *widest = cell.width.max(*widest);
            }
        }
        let mut out = String::new();
        let [above, within, below] = &signs.corners;
        border(signs, above, &widths, &mut out);
        if !self.header.is_empty() {
            cells(signs, &header, &widths, centered, &mut out);
            border(signs, within, &widths, &mut out);
        }
        for row in &rows {
            cells(signs, row, &widths, left, &mut out);
        }
        border(signs, below, &widths, &mut out);
        out
    }

    fn cell(&self, text: &str) -> Cell {
        let longest = text.split('\n').map(width).max().unwrap_or(0);
        match self.version {
            Version::V0 => {
                let least = longest.min(WIDEST);
                let lines = broken(&text.replace('\n', " "), least);
                let widest = lines.iter().map(|line| width(line)).max();
                Cell {
                    width: widest.unwrap_or(0).max(least),
                    lines,
                }
            }
            Version::V1 => Cell {
                lines: text.split('\n').map(str::to_owned).collect(),
                width: longest,
            },
        }
    }
}

fn border(signs: &Signs, corners: &[&str; 3], widths: &[usize], out: &mut String) {
    let [start, between, end] = corners;
    let parts: Vec<_> = widths
        .iter()
        .map(|width| signs.line.repeat(width + 2))
        .collect();
    out.push_str(start);
    out.push_str(&parts.join(between));
    out.push_str(end);
    out.push('\n');
}

fn cells(
    signs: &Signs,
    row: &[Cell],
    widths: &[usize],
    aligned: fn(&str, usize) -> String,
    out: &mut String,
) {
    let height = row.iter().map(|cell| cell.lines.len()).max().unwrap_or(0);
    for line in 0..height {
        out.push_str(signs.column);
        for (i, width) in widths.iter().enumerate() {
            let text = row.get(i).and_then(|cell| cell.lines.get(line));
            out.push(' ');
            out.push_str(&aligned(text.map_or("", String::as_str), *width));
            out.push(' ');
            out.push_str(signs.column);
        }
        out.push('\n');
    }
}

fn left(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

fn centered(text: &str, to: usize) -> String {
    let gap = to.saturating_sub(width(text));
    let before = gap / 2;
    format!("{}{text}{}", " ".repeat(before), " ".repeat(gap - before))
}

/// Breaks a string into lines between words, so that they are as even as possible, as OPA 0.70's tables do. No line
/// is shorter than the longest word.
fn broken(text: &str, length: usize) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let widths: Vec<usize> = words.iter().map(|word| width(word)).collect();
    let length = widths.iter().copied().max().unwrap_or(0).max(length);
    // The column at which each word ends if all are on one line.
    let mut ends = vec![0];
    let mut end = 0;
    for width in &widths {
        end += width + 1;
        ends.push(end);
    }
    let line = |from: usize, to: usize| -> usize {
        let at = |i: usize| ends.get(i).copied().unwrap_or_default();
        (at(to) - at(from)).saturating_sub(1)
    };
    let count = words.len();
    let mut breaks = vec![count; count];
    let mut costs = vec![u64::from(i32::MAX.unsigned_abs()); count + 1];
    for from in (0..count).rev() {
        if line(from, count) <= length {
            if let Some(cost) = costs.get_mut(from) {
                *cost = 0;
            }
            continue;
        }
        for to in from + 1..count {
            let taken = line(from, to);
            let is_too_long = taken > length;
            if is_too_long && count > WORDS {
                break;
            }
            let unused = taken.abs_diff(length) as u64;
            let penalty = if is_too_long { PENALTY } else { 0 };
            let cost = unused * unused + costs.get(to).copied().unwrap_or_default() + penalty;
            if let (Some(best), Some(place)) = (costs.get_mut(from), breaks.get_mut(from))
                && cost < *best
            {
                *best = cost;
                *place = to;
            }
        }
    }
    let mut lines = Vec::new();
    let mut from = 0;
    while from < count {
        let to = breaks.get(from).copied().unwrap_or(count).max(from + 1);
        lines.push(words.get(from..to).unwrap_or_default().join(" "));
        from = to;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of OPA 0.70 and 1.22.
    #[test]
    fn cells_are_broken_by_the_older_opa_only() {
        let long = "\"aaaaaaaaa aaaaaaa aaaaaaaaaaaa aaaaaaaaaaa aaaaaaaaaaaaaaaa aaaaaaaaaaaaaaa aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"";
        let drawn = |version| {
            let mut table = Table::new(version, vec!["x".to_owned()]);
            table.row(vec![long.to_owned()]);
            table.row(vec!["\"日本語\"".to_owned()]);
            table.render()
        };
        assert_eq!(
            drawn(Version::V0),
            "\
+-----------------------------------+
|                 x                 |
+-----------------------------------+
| \"aaaaaaaaa aaaaaaa                |
| aaaaaaaaaaaa aaaaaaaaaaa          |
| aaaaaaaaaaaaaaaa aaaaaaaaaaaaaaa  |
| aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" |
| \"日本語\"                          |
+-----------------------------------+
"
        );
        let lines = drawn(Version::V1);
        assert!(lines.contains(&format!("│ {long} │")), "{lines}");
        assert!(lines.starts_with('┌') && lines.ends_with("┘\n"), "{lines}");
    }

    #[test]
    fn many_words_are_broken_in_time() {
        let text = "word ".repeat(200_000);
        let lines = broken(&text, WIDEST);
        assert!(lines.len() > 30_000);
        assert_eq!(lines.join(" "), text);
    }
}

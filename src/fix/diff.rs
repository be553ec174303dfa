//! Unified diffs.

use std::fmt::Write as _;

use terminal::is_hidden;

/// How many unchanged lines are shown around a change.
const CONTEXT: usize = 3;

/// How many lines ahead a diff looks for a common line. Edits are small; beyond this, the whole rest counts as
/// changed, which is correct too.
const FAR: usize = 400;

/// The unified diff from an old text to a new one, in a form that `git apply` and `patch -p1` accept; empty if they
/// are equal.
#[must_use]
pub fn unified(path: &str, old: &str, new: &str) -> String {
    let (old, new) = (lines(old), lines(new));
    let changes = changes(&old, &new);
    if changes.is_empty() {
        return String::new();
    }
    let mut diff = format!(
        "--- {}\n+++ {}\n",
        name(&format!("a/{path}")),
        name(&format!("b/{path}"))
    );
    for hunk in changes.chunk_by(|one, next| next.old.start - one.old.end <= 2 * CONTEXT) {
        write_hunk(&mut diff, hunk, &old, &new);
    }
    diff
}

/// Lines of the old text that lines of the new text replace.
struct Change {
    old: std::ops::Range<usize>,
    new: std::ops::Range<usize>,
}

/// The lines, including their line breaks.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let mut changes = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    while at_old < old.len() || at_new < new.len() {
        if at_old < old.len() && old.get(at_old) == new.get(at_new) {
            at_old += 1;
            at_new += 1;
            continue;
        }
        let (gone, come) = same_again(
            old.get(at_old..).unwrap_or_default(),
            new.get(at_new..).unwrap_or_default(),
        );
        changes.push(Change {
            old: at_old..at_old + gone,
            new: at_new..at_new + come,
        });
        at_old += gone;
        at_new += come;
    }
    changes
}

/// How many lines of each text come before the next common line.
fn same_again(old: &[&str], new: &[&str]) -> (usize, usize) {
    for passed in 1..FAR.min(old.len() + new.len()) {
        for gone in 0..=passed {
            let come = passed - gone;
            if let (Some(one), Some(other)) = (old.get(gone), new.get(come))
                && one == other
            {
                return (gone, come);
            }
        }
    }
    (old.len(), new.len())
}

fn write_hunk(diff: &mut String, hunk: &[Change], old: &[&str], new: &[&str]) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else {
        return;
    };
    let before = first.old.start.min(CONTEXT);
    let after = (old.len() - last.old.end).min(CONTEXT);
    let _ = writeln!(
        diff,
        "@@ -{} +{} @@",
        range(first.old.start - before, last.old.end + after),
        range(first.new.start - before, last.new.end + after)
    );
    let mut at = first.old.start - before;
    for change in hunk {
        write_lines(diff, ' ', old.get(at..change.old.start));
        write_lines(diff, '-', old.get(change.old.clone()));
        write_lines(diff, '+', new.get(change.new.clone()));
        at = change.old.end;
    }
    write_lines(diff, ' ', old.get(at..at + after));
}

/// A range of lines in the header of a hunk, counted from 1. An empty range names the line before it.
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

fn write_lines(diff: &mut String, sign: char, lines: Option<&[&str]>) {
    for line in lines.unwrap_or_default() {
        diff.push(sign);
        diff.push_str(line);
        if !line.ends_with('\n') {
            diff.push_str("\n\\ No newline at end of file\n");
        }
    }
}

/// A path as git writes it. It is quoted if something in it would break the line, and followed by a tab if it has a
/// space, because `patch` would end it there.
fn name(path: &str) -> String {
    let mut name = quoted(path);
    if path.contains(' ') {
        name.push('\t');
    }
    name
}

fn quoted(path: &str) -> String {
    if !path.contains(|c: char| is_hidden(c) || matches!(c, '"' | '\\')) {
        return path.to_owned();
    }
    let mut quoted = String::from("\"");
    for character in path.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            c if is_hidden(c) => {
                for byte in c.to_string().bytes() {
                    let _ = write!(quoted, "\\{byte:03o}");
                }
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

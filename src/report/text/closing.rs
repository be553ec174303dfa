//! The last lines of a report: how much was checked, what was found, what was passed over, and what can be fixed.

use std::cmp::Reverse;
use std::fmt::Write as _;

use crate::report::page::Style;
use crate::report::paint::{Paint, count};
use crate::report::{Applicability, FileReport, Report, Status, Summary};
use crate::unparsable::Unparsable;

/// Writes the last lines.
pub fn closing(out: &mut String, report: &Report, style: Style) {
    let paint = Paint::new(style.color);
    let Summary {
        files,
        errors,
        warnings,
        undecided,
        suppressed,
        ..
    } = report.summary;
    let statuses = |wanted: &[Status]| {
        let documents = report.files.iter().flat_map(|file| &file.documents);
        documents
            .filter(|document| wanted.contains(&document.status))
            .count()
    };
    let checked = statuses(&[Status::Pass, Status::Fail, Status::Undecided]);
    let not_checked = statuses(&[Status::Error]);
    let not_applicable = statuses(&[Status::NotApplicable]);
    let _ = write!(
        out,
        "{} and {} in {}",
        paint.bold(&count(errors, "error")),
        count(warnings, "warning"),
        count(files, "file"),
    );
    let _ = write!(out, " ({} checked", count(checked, "document"));
    for (number, what) in [
        (not_checked, "not checked"),
        (not_applicable, "not applicable"),
    ] {
        if number > 0 {
            let _ = write!(out, ", {number} {what}");
        }
    }
    out.push(')');
    if undecided > 0 {
        let what = if undecided == 1 {
            "1 place"
        } else {
            &format!("{undecided} places")
        };
        let _ = write!(
            out,
            "; {what} undecided because of an expression or an unknown connector"
        );
    }
    let excepted = excepted(report);
    if excepted > 0 {
        let _ = write!(out, "; {excepted} suppressed by exceptions");
    }
    let oldest = report.connector_lists.iter().filter_map(|list| list.days);
    if let Some(days) = oldest.max() {
        age(out, report.connector_lists.len(), days);
    }
    let known = suppressed.saturating_sub(excepted);
    if known > 0 {
        let known = count(known, "finding");
        let hidden = if style.suppressed { "" } else { ", not shown" };
        let _ = write!(out, "; {known} in the baseline{hidden}");
    }
    out.push('\n');
    passed_over(out, report);
    fixable(out, report);
    if checked == 0 && errors == 0 && !style.is_part {
        out.push_str(
            "There is no Harness file here that the rules are about, so nothing has been checked.\n",
        );
    }
}

/// Writes how old the oldest list of connectors is.
#[cold]
fn age(out: &mut String, lists: usize, days: i32) {
    let list = if lists == 1 { "list" } else { "oldest list" };
    let days = count(usize::try_from(days).unwrap_or_default(), "day");
    let _ = write!(out, "; the {list} of connectors is {days} old");
}

/// How many findings are suppressed by exceptions, and not by a baseline.
fn excepted(report: &Report) -> usize {
    let listed = report.diagnostics.iter().filter(|d| d.exception.is_some());
    let omitted = report.omitted.iter().filter(|omitted| omitted.suppressed);
    listed.count() + omitted.map(|omitted| omitted.count).sum::<usize>()
}

/// Writes how many findings the command can fix.
fn fixable(out: &mut String, report: &Report) {
    let counting = report.diagnostics.iter().filter(|d| d.suppressed.is_none());
    let (mut safe, mut not_safe) = (0, 0);
    for fix in counting.filter_map(|d| d.fix.as_ref()) {
        match fix.applicability {
            Applicability::Safe => safe += 1,
            Applicability::Unsafe => not_safe += 1,
        }
    }
    for omitted in &report.omitted {
        safe += omitted.safe_fixes;
        not_safe += omitted.unsafe_fixes;
    }
    let line = match (safe, not_safe) {
        (0, 0) => return,
        (safe, 0) => format!("{safe} fixable with `--fix`"),
        (0, not_safe) => format!("{not_safe} fixable with `--fix --unsafe`"),
        (safe, not_safe) => {
            format!("{safe} fixable with `--fix`, and {not_safe} more with `--fix --unsafe`")
        }
    };
    out.push_str(&line);
    out.push('\n');
}

/// Writes what was passed over because it can't be read, by what it probably is.
fn passed_over(out: &mut String, report: &Report) {
    // A file counts once, because all its documents are of the same kind.
    let kind = |file: &FileReport| {
        let reasons = file.documents.iter();
        let mut reasons = reasons.filter_map(|document| document.reason.as_deref());
        reasons.find_map(Unparsable::of_reason)
    };
    let files: Vec<_> = report.files.iter().filter_map(kind).collect();
    if !files.is_empty() {
        skipped(out, files);
    }
}

#[cold]
fn skipped(out: &mut String, mut files: Vec<Unparsable>) {
    let number = files.len();
    sort::by(&mut files, Ord::cmp);
    let mut by_kind: Vec<_> = files.chunk_by(Unparsable::eq).collect();
    sort::by_key(&mut by_kind, |files| Reverse(files.len()));
    let kinds: Vec<_> = by_kind
        .into_iter()
        .filter_map(|files| Some(format!("{} ({})", files.first()?.many(), files.len())))
        .collect();
    let _ = writeln!(
        out,
        "skipped {} that can't be read and {} no Harness entity: {} (`--verbose` lists them)",
        count(number, "file"),
        if number == 1 { "names" } else { "name" },
        kinds.join(", "),
    );
}

//! Reports tests for people, in OPA's format `pretty`.

use std::fmt::Write as _;

use terminal::escaped;

use super::duration::duration;

use super::{Counts, Status, Test, Version, error};

const RULE: &str =
    "--------------------------------------------------------------------------------\n";

/// The output of `opa test`. With `verbose`, it includes tests that pass, and why each test fails.
#[must_use]
pub fn pretty(tests: &[Test], version: Version, verbose: bool) -> String {
    let mut out = String::new();
    let counts = Counts::count(tests);
    let explained = verbose && counts.failed > 0;
    if explained && version == Version::V0 {
        out.push_str("FAILURES\n");
        out.push_str(RULE);
        failures(&mut out, tests);
        out.push_str("SUMMARY\n");
        out.push_str(RULE);
    }
    let mut last_file = None;
    let mut is_anything_shown = false;
    for test in tests {
        if verbose || test.status != Status::Pass {
            is_anything_shown = true;
            let is_new = last_file != Some(&test.file);
            if is_new && last_file.is_some() {
                out.push('\n');
            }
            last_file = Some(&test.file);
            match version {
                Version::V0 if is_new => {
                    let _ = writeln!(out, "{}:", escaped(&test.file));
                }
                Version::V0 => {}
                Version::V1 => {
                    let _ = writeln!(out, "{}:{}:", escaped(&test.file), test.line);
                }
            }
            out.push_str(&headline(test));
            out.push('\n');
            test.cases.each(&mut |depth, case| {
                if case.fails || verbose {
                    let outcome = if case.fails { "FAIL" } else { "PASS" };
                    let (indent, name) = ("  ".repeat(depth + 1), escaped(&case.name));
                    let _ = writeln!(out, "{indent}{name}: {outcome}");
                }
            });
            if !test.printed.is_empty() {
                let lines: Vec<_> = test.printed.iter().map(|line| escaped(line)).collect();
                let printed = lines.join("\n");
                let _ = writeln!(out, "\n{}\n", indented(printed.trim(), "  "));
            }
        }
        if test.status == Status::Error {
            let _ = writeln!(out, "  {}", error(test));
        }
    }
    if explained && version == Version::V1 {
        out.push_str(RULE);
        out.push_str("FAILURES\n");
        out.push_str(RULE);
        failures(&mut out, tests);
    }
    if is_anything_shown {
        out.push_str(RULE);
    }
    let total = counts.total();
    for (word, count) in [
        ("PASS", counts.passed),
        ("FAIL", counts.failed),
        ("SKIPPED", counts.skipped),
        ("ERROR", counts.errors),
    ] {
        if count > 0 {
            let _ = writeln!(out, "{word}: {count}/{total}");
        }
    }
    out
}

/// The message for the first failed test if coverage was asked for. OPA then prints nothing else to standard error.
#[must_use]
pub fn failure(tests: &[Test], version: Version) -> Option<String> {
    let is_bad = |test: &&Test| match version {
        Version::V0 => test.status != Status::Pass,
        Version::V1 => test.status == Status::Fail,
    };
    let first_error = || tests.iter().find(|test| test.status == Status::Error);
    let bad = match version {
        Version::V0 => tests.iter().find(is_bad),
        Version::V1 => first_error().or_else(|| tests.iter().find(is_bad)),
    }?;
    if bad.status == Status::Error {
        return Some(error(bad));
    }
    let mut said = headline(bad);
    if version == Version::V1 {
        said.push('\n');
        bad.cases.each(&mut |depth, case| {
            let outcome = if case.fails { "FAIL" } else { "PASS" };
            let _ = writeln!(
                said,
                "{}{}: {outcome}",
                "  ".repeat(depth),
                escaped(&case.name)
            );
        });
    }
    Some(said)
}

/// Adds each failed test, with what was false in it.
fn failures(out: &mut String, tests: &[Test]) {
    for test in tests.iter().filter(|test| test.status == Status::Fail) {
        let _ = writeln!(out, "{}\n", headline(test));
        if let Some(message) = &test.message {
            let _ = writeln!(out, "{}", indented(message, "  "));
        }
        out.push('\n');
    }
}

fn headline(test: &Test) -> String {
    let (package, name) = (escaped(&test.package), escaped(&test.name));
    let outcome = match test.status {
        Status::Pass => "PASS",
        Status::Fail => "FAIL",
        Status::Error => "ERROR",
        Status::Skip => return format!("{package}.{name}: SKIPPED"),
    };
    format!("{package}.{name}: {outcome} ({})", duration(test.duration))
}

fn indented(text: &str, indent: &str) -> String {
    let lines: Vec<_> = text
        .split('\n')
        .map(|line| format!("{indent}{line}"))
        .collect();
    lines.join("\n")
}

//! Reports tests for build servers, as `JUnit` XML with a suite per module. OPA has no such format.

use std::fmt::Write as _;

use super::{Counts, Status, Test, error};
use crate::tester::{Case, Cases};

/// The tests as `JUnit` XML. Each case of a test is a test case of its own.
#[must_use]
pub fn junit(tests: &[Test]) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let all: Vec<&Test> = tests.iter().collect();
    let _ = writeln!(out, "<testsuites{}>", totals(&all));
    for of_file in all.chunk_by(|one, other| one.file == other.file) {
        let name = of_file.first().map_or("", |test| test.file.as_str());
        let _ = writeln!(
            out,
            "  <testsuite{}{}>",
            attribute("name", name),
            totals(of_file)
        );
        for test in of_file {
            put(&mut out, test);
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn totals(tests: &[&Test]) -> String {
    let counts = Counts::count(tests.iter().copied());
    let time: u64 = tests.iter().map(|test| test.duration).sum();
    format!(
        " tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{}\"",
        counts.total(),
        counts.failed,
        counts.errors,
        counts.skipped,
        seconds(time),
    )
}

fn put(out: &mut String, test: &Test) {
    match test.status {
        Status::Pass | Status::Fail if !test.cases.is_empty() => {
            let mut names = vec![test.name.clone()];
            put_cases(out, test, &test.cases, &mut names);
        }
        Status::Pass => put_case(out, test, &test.name, None),
        Status::Fail => put_case(out, test, &test.name, Some(failure(test))),
        Status::Skip => put_case(out, test, &test.name, Some("<skipped/>".to_owned())),
        Status::Error => {
            let kind = test.problems.first().map_or("", |problem| &problem.code);
            let error = error(test);
            let first = error.lines().next().unwrap_or_default();
            let shown = format!(
                "<error{}{}>{}</error>",
                attribute("type", kind),
                attribute("message", first),
                escaped(&error)
            );
            put_case(out, test, &test.name, Some(shown));
        }
    }
}

fn put_cases(out: &mut String, test: &Test, cases: &Cases, names: &mut Vec<String>) {
    for (key, Case { fails, cases, .. }) in cases.iter() {
        names.push(key.to_owned());
        if cases.is_empty() {
            let outcome = fails.then(|| failure(test));
            put_case(out, test, &names.join("/"), outcome);
        } else {
            put_cases(out, test, cases, names);
        }
        names.pop();
    }
}

fn failure(test: &Test) -> String {
    let message = test.message.as_deref().unwrap_or("the test isn't true");
    let first = message.lines().next().unwrap_or_default();
    format!(
        "<failure{}>{}</failure>",
        attribute("message", first),
        escaped(message)
    )
}

fn put_case(out: &mut String, test: &Test, name: &str, outcome: Option<String>) {
    let attributes = [
        attribute("classname", &test.package),
        attribute("name", name),
        attribute("file", &test.file),
        attribute("line", &test.line.to_string()),
        attribute("time", &seconds(test.duration)),
    ];
    let _ = write!(out, "    <testcase{}", attributes.concat());
    let lines: Vec<_> = test
        .printed
        .iter()
        .map(|line| terminal::escaped(line))
        .collect();
    let printed = lines.join("\n");
    if outcome.is_none() && printed.is_empty() {
        out.push_str("/>\n");
        return;
    }
    out.push_str(">\n");
    if let Some(outcome) = outcome {
        let _ = writeln!(out, "      {outcome}");
    }
    if !printed.is_empty() {
        let _ = writeln!(out, "      <system-out>{}</system-out>", escaped(&printed));
    }
    out.push_str("    </testcase>\n");
}

fn attribute(name: &str, value: &str) -> String {
    format!(" {name}=\"{}\"", escaped(value))
}

/// A string as XML text. Most control characters don't exist in XML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c if terminal::is_hidden(c) => out.push_str(&terminal::escaped(&c.to_string())),
            c => out.push(c),
        }
    }
    out
}

/// Seconds with six decimals.
fn seconds(nanoseconds: u64) -> String {
    let micros = nanoseconds / 1_000;
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

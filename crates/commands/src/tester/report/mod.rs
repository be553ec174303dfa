//! Reports of tests, in the formats of `opa test` and as `JUnit` XML.

mod duration;
mod json;
mod junit;
mod pretty;

use super::{Case, Status, Test};
use values::Version;

pub use json::json;
pub use junit::junit;
pub use pretty::{failure, pretty};

/// How many tests have each result. For a test with cases, the innermost cases count.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
    errors: usize,
}

impl Counts {
    fn count<'t>(tests: impl IntoIterator<Item = &'t Test>) -> Self {
        let mut counts = Self::default();
        for test in tests {
            match test.status {
                Status::Skip => counts.skipped += 1,
                Status::Error => counts.errors += 1,
                Status::Pass | Status::Fail if !test.cases.is_empty() => {
                    test.cases.each(&mut |_, case: &Case| {
                        if case.cases.is_empty() {
                            counts.add(case.fails);
                        }
                    });
                }
                Status::Pass => counts.add(false),
                Status::Fail => counts.add(true),
            }
        }
        counts
    }

    fn add(&mut self, fails: bool) {
        if fails {
            self.failed += 1;
        } else {
            self.passed += 1;
        }
    }

    fn total(self) -> usize {
        self.passed + self.failed + self.skipped + self.errors
    }
}

/// The error of a test, as OPA prints it.
fn error(test: &Test) -> String {
    let is_of_query = |code: &str| code.starts_with("rego_");
    let mut lines = test.problems.iter().map(|problem| {
        let place = match (&problem.file, problem.line, problem.column) {
            (Some(file), Some(line), _) => format!("{file}:{line}: "),
            (None, Some(line), Some(column)) => format!("{line}:{column}: "),
            _ => String::new(),
        };
        let mut said = format!("{place}{}: {}", problem.code, problem.message);
        for line in &problem.lines {
            said.push_str("\n\t");
            said.push_str(line);
        }
        said
    });
    if !test
        .problems
        .iter()
        .any(|problem| is_of_query(&problem.code))
    {
        return lines.collect::<Vec<_>>().join("\n");
    }
    match test.problems.len() {
        1 => format!("1 error occurred: {}", lines.next().unwrap_or_default()),
        count => format!(
            "{count} errors occurred:\n{}",
            lines.collect::<Vec<_>>().join("\n")
        ),
    }
}

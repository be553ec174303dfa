//! Runs one check for `scripts/speed-budget.mjs`, which counts the instructions of [`measured`].
//!
//! `instructions CASE` runs that case, and `instructions` lists the cases.

use std::hint::black_box;
use std::process::ExitCode;

use harness_image_guard::report::Report;
use harness_image_guard::{Config, Guard, GuardError, SourceFile};

const HEAD: &str = include_str!("../../pipeline/head.yaml");
const STAGE: &str = include_str!("../../pipeline/stage.yaml");
const SHORT_STAGE: &str = include_str!("../../pipeline/short-stage.yaml");
const SHORT_STEP: &str = include_str!("../../pipeline/short-step.yaml");

/// What to check, and what to measure of it.
struct Case {
    name: &'static str,
    files: Vec<SourceFile>,
    /// Whether to measure making the guard as well, in a process that has done nothing else.
    is_first: bool,
    /// Whether the check has findings.
    has_findings: bool,
}

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1);
    let cases = cases();
    let Some(wanted) = wanted else {
        for case in cases {
            println!("{}", case.name);
        }
        return ExitCode::SUCCESS;
    };
    let Some(case) = cases.iter().find(|case| case.name == wanted) else {
        println!("there is no case '{wanted}'");
        return ExitCode::FAILURE;
    };
    match run(case) {
        Ok(report) if report.diagnostics.is_empty() != case.has_findings => ExitCode::SUCCESS,
        Ok(report) => {
            println!("{} findings in '{wanted}'", report.diagnostics.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn cases() -> Vec<Case> {
    let warm = |name, files, has_findings| Case {
        name,
        files,
        is_first: false,
        has_findings,
    };
    let mut beside_connectors = vec![file("pipeline.yaml", pipeline(2))];
    beside_connectors.extend((0..5).map(connector));
    vec![
        warm("10 KB, clean", vec![file("pipeline.yaml", clean(2))], false),
        warm(
            "10 KB, with findings",
            vec![file("pipeline.yaml", pipeline(2))],
            true,
        ),
        warm("10 KB beside five connectors", beside_connectors, true),
        warm("100 KB", vec![file("pipeline.yaml", pipeline(20))], true),
        warm(
            "1,000 short steps",
            vec![file("pipeline.yaml", short_steps(10))],
            false,
        ),
        Case {
            is_first: true,
            ..warm(
                "first verdict",
                vec![file("pipeline.yaml", pipeline(2))],
                true,
            )
        },
    ]
}

fn run(case: &Case) -> Result<Report, GuardError> {
    if case.is_first {
        return measured(|| Ok(guard()?.check(black_box(&case.files))));
    }
    let guard = guard()?;
    // This does everything that is done only once.
    black_box(guard.check(&case.files));
    Ok(measured(|| guard.check(black_box(&case.files))))
}

/// Callgrind counts the instructions from the start to the end of the function with this name.
#[inline(never)]
fn measured<T>(work: impl FnOnce() -> T) -> T {
    black_box(work())
}

fn guard() -> Result<Guard, GuardError> {
    Guard::new(Config::default())
}

/// Stages with six steps each, about 5 KB per stage.
fn pipeline(stages: usize) -> String {
    let stages: String = (0..stages).map(|stage| numbered(STAGE, stage)).collect();
    format!("{HEAD}{stages}")
}

/// Such stages without findings: they need no connector that is missing, and nothing is from Docker Hub.
fn clean(stages: usize) -> String {
    let text = pipeline(stages).replace("postgres:16.4", "registry.example.com/postgres:16.4");
    text.replace(
        "plugins/slack:1.4",
        "registry.example.com/plugins/slack:1.4",
    )
}

/// Stages with a hundred short steps each.
fn short_steps(stages: usize) -> String {
    let stage = |stage: usize| {
        let steps = (100 * stage..100 * (stage + 1)).map(|step| numbered(SHORT_STEP, step));
        numbered(SHORT_STAGE, stage) + &steps.collect::<String>()
    };
    let stages: String = (0..stages).map(stage).collect();
    format!("{HEAD}{stages}")
}

fn numbered(text: &str, number: usize) -> String {
    text.replace("NUMBER", &number.to_string())
}

fn connector(number: usize) -> SourceFile {
    file(
        &format!("connector-{number}.yaml"),
        format!(
            "connector:\n  name: c{number}\n  identifier: c{number}\n  type: DockerRegistry\n  spec:\n    \
             dockerRegistryUrl: https://registry-{number}.example/team\n    providerType: Other\n    \
             auth:\n      type: Anonymous\n"
        ),
    )
}

fn file(path: &str, text: String) -> SourceFile {
    SourceFile::text(path, text)
}

//! Examples show what they claim: those of a rule by the first word of their names, the project in
//! `examples/` as a whole.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use harness_image_guard::report::{Diagnostic, Report, Status, Verdict};
use harness_image_guard::{Config, Guard, RULES, Rule, SourceFile};

#[test]
fn examples_of_every_rule_are_what_their_names_say() {
    let mut mistakes = Vec::new();
    for rule in RULES {
        let folder = Path::new(rule.docs).with_file_name("examples");
        let paths = yaml_files(&folder);
        for claim in ["right", "wrong"] {
            if !paths.iter().any(|path| name(path).starts_with(claim)) {
                mistakes.push(format!("{}: no example is {claim}", folder.display()));
            }
        }
        for path in paths {
            if let Some(mistake) = mistake(rule, &name(&path), &check(&[&path])) {
                mistakes.push(format!("{}: {mistake}", path.display()));
            }
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

#[test]
fn the_example_project_shows_every_rule_and_every_verdict() {
    let paths = yaml_files(Path::new("examples"));
    let report = check(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    assert_eq!(errors(&report), Vec::<String>::new());
    for rule in RULES {
        let found = count(&report, rule, Verdict::Violation);
        assert!(found > 0, "nothing breaks the rule {}", rule.id);
    }
    assert!(report.summary.undecided > 0, "nothing is undecided");
    for status in [Status::Pass, Status::Fail, Status::NotApplicable] {
        let mut documents = report.files.iter().flat_map(|file| &file.documents);
        assert!(
            documents.any(|document| document.status == status),
            "no document has the status {status:?}"
        );
    }
}

/// What keeps an example from being what its name says.
fn mistake(rule: &Rule, name: &str, report: &Report) -> Option<String> {
    let errors = errors(report);
    if !errors.is_empty() {
        return Some(errors.join(", "));
    }
    let violations = count(report, rule, Verdict::Violation);
    let undecided = count(report, rule, Verdict::Undecided);
    let claim = name.split(['-', '.']).next().unwrap_or_default();
    let holds = match claim {
        "right" => violations == 0 && undecided == 0,
        "wrong" => violations > 0,
        "undecided" => violations == 0 && undecided > 0,
        _ => return Some("an example is right, wrong or undecided by its name".to_owned()),
    };
    (!holds).then(|| {
        format!(
            "{violations} violations of {} and {undecided} undecided",
            rule.id
        )
    })
}

/// What could not be checked.
fn errors(report: &Report) -> Vec<String> {
    let errors = report.diagnostics.iter();
    errors
        .filter(|diagnostic| diagnostic.verdict == Verdict::Error)
        .map(|diagnostic| format!("{}: {}", diagnostic.file, diagnostic.message))
        .collect()
}

fn count(report: &Report, rule: &Rule, verdict: Verdict) -> usize {
    let is_meant =
        |diagnostic: &&Diagnostic| diagnostic.rule == rule.id && diagnostic.verdict == verdict;
    report.diagnostics.iter().filter(is_meant).count()
}

fn check(paths: &[&Path]) -> Report {
    let files: Vec<_> = paths
        .iter()
        .map(|path| SourceFile::bytes(path.to_string_lossy(), fs::read(path).unwrap()))
        .collect();
    Guard::new(Config::default()).unwrap().check(&files)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(yaml_files(&path));
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
    files.sort();
    files
}

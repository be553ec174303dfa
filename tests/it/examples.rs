//! Examples show what they claim: those of a rule by the first word of their names, and the project in `examples/` as
//! a whole.

use std::fs;
use std::path::{Path, PathBuf};

use crate::folder::yaml_files;
use harness_image_guard::report::{Diagnostic, Report, Status, Verdict, text};
use harness_image_guard::{Config, Guard, RULES, Rule, SourceFile};

#[test]
fn examples_of_every_rule_are_what_their_names_say() {
    let mut mistakes = Vec::new();
    for rule in RULES {
        let folder = Path::new(rule.docs).with_file_name("examples");
        let (lists, paths): (Vec<_>, Vec<_>) = yaml_files(&folder)
            .into_iter()
            .partition(|path| name(path) == LIST);
        for claim in ["right", "wrong"] {
            if !paths.iter().any(|path| name(path).starts_with(claim)) {
                mistakes.push(format!("{}: no example is {claim}", folder.display()));
            }
        }
        for path in paths {
            let paths: Vec<_> = lists.iter().chain([&path]).map(PathBuf::as_path).collect();
            if let Some(mistake) = mistake(rule, &name(&path), &check(&paths)) {
                mistakes.push(format!("{}: {mistake}", path.display()));
            }
        }
    }
    assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
}

/// An example that is a list of connectors is checked with each of the others.
const LIST: &str = "harness-connectors.yaml";

/// Rules that need a list of connectors are only shown by their own examples, because the project has no list.
#[test]
fn the_example_project_shows_every_rule_and_every_verdict() {
    let paths = yaml_files(Path::new("examples"));
    let report = check(&paths.iter().map(PathBuf::as_path).collect::<Vec<_>>());
    assert_eq!(errors(&report), Vec::<String>::new());
    for rule in RULES.iter().filter(|rule| rule.is_exported) {
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

/// The README shows the output of `make demo`, with `…` for parts that are left out.
#[test]
fn the_readme_shows_what_one_sees() {
    let readme = fs::read_to_string("README.md").unwrap();
    let (_, shown) = readme
        .split_once("ends like this (shortened):\n\n```text\n")
        .unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    let files = sources(&yaml_files(Path::new("examples")));
    let printed = text::render(
        &Guard::new(Config::default()).unwrap().check(&files),
        &files,
        false,
    );
    for part in shown.split('…') {
        assert!(
            printed.contains(part.trim()),
            "not printed any more:\n{part}"
        );
    }
}

/// Why an example doesn't show what its name says.
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

/// The errors: what couldn't be checked.
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
    let paths: Vec<_> = paths.iter().map(|path| path.to_path_buf()).collect();
    Guard::new(Config::default())
        .unwrap()
        .check(&sources(&paths))
}

fn sources(paths: &[PathBuf]) -> Vec<SourceFile> {
    paths
        .iter()
        .map(|path| {
            let file = SourceFile::bytes(path.to_string_lossy(), fs::read(path).unwrap());
            if name(path) == LIST {
                file.connector_list()
            } else {
                file
            }
        })
        .collect()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

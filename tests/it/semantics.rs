//! Every sentence of the policies' semantics, each with a small file that shows it.
//!
//! A case is a file `tests/cases/semantics/<rule>/<name>.yaml`:
//!
//! ```yaml
//! # The sentence that the case is about, in plain words, on as many lines as it takes.
//! # config: {stageOverride: required}
//! pipeline:
//!   stages:
//!     - stage:
//!         spec:
//!           infrastructure:
//!             type: KubernetesDirect
//!             spec: {}  # violation error harness-image-connector (missing harnessImageConnectorRef)
//! # file: connectors/corp.yaml
//! # status: pass
//! connector:
//!   identifier: corp
//! ```
//!
//! * The comment at the end of a line says what is found there: verdict, severity, rule; several
//!   are parted by `;`. A line without such a comment expects nothing: the whole set is compared.
//! * `(missing …)` says that the place isn't there, and how it goes on from the key on that line.
//! * `# file: …` starts another file of the same check; standing before any content, it names the
//!   first one, which is `case.yaml` otherwise.
//! * `# list: …` starts a list of connectors of the same check, which the configuration would name.
//! * `# status: …` says what the documents of its file come to, one word each, if that matters.
//! * `# config: …` is the configuration, on one line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::folder::yaml_files;
use document::{Limits, Step};
use harness_image_guard::report::{Diagnostic, PathStep, Report};
use harness_image_guard::{Config, Guard, SourceFile};

#[test]
fn every_case_finds_what_its_comments_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/semantics");
    let paths = yaml_files(&folder);
    assert!(!paths.is_empty(), "tests/cases/semantics holds no case");
    let failures: Vec<_> = paths
        .iter()
        .flat_map(|path| {
            let name = path.strip_prefix(&folder).unwrap().to_string_lossy();
            Case::read(&name.replace('\\', "/"), &fs::read_to_string(path).unwrap()).failures()
        })
        .collect();
    assert!(
        failures.is_empty(),
        "{} differences in {} cases:\n{}",
        failures.len(),
        paths.len(),
        failures.join("\n"),
    );
}

/// Every folder is that of a rule, or of what all rules have in common; one is that of the runner's own cases.
#[test]
fn cases_stand_under_their_rule() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/semantics");
    for entry in fs::read_dir(&folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = harness_image_guard::RULES
            .iter()
            .any(|rule| rule.id == name);
        assert!(known || name == "every-rule", "no rule is called {name}");
    }
}

#[test]
fn what_is_not_expected_and_what_is_not_found_are_both_failures() {
    let case = "# A case that is wrong twice.\n\
                pipeline:\n\
                \x20 stages:\n\
                \x20   - stage:\n\
                \x20       spec:\n\
                \x20         execution:\n\
                \x20           steps:\n\
                \x20             - step: {spec: {image: maven}}\n\
                \x20             - step: {spec: {image: r.example/maven}}  # violation error no-docker-hub\n";
    let failures = Case::read("wrong.yaml", case).failures();
    assert_eq!(failures.len(), 2, "{failures:?}");
    assert!(
        failures[0].contains("wrong.yaml:8: not expected: violation error no-docker-hub"),
        "{failures:?}"
    );
    assert!(
        failures[1].contains("wrong.yaml:9: not found: violation error no-docker-hub"),
        "{failures:?}"
    );
}

struct Case {
    name: String,
    config: String,
    sections: Vec<Section>,
    mistakes: Vec<String>,
}

/// A file of the check.
struct Section {
    path: String,
    text: String,
    is_list: bool,
    /// How many lines of the case come before it.
    before: u32,
    statuses: Option<Vec<String>>,
    /// The expected findings, by line of the case.
    expected: Vec<(u32, String)>,
}

impl Section {
    fn new(path: &str, before: u32) -> Self {
        Self {
            path: path.to_owned(),
            text: String::new(),
            is_list: false,
            before,
            statuses: None,
            expected: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.text
            .lines()
            .all(|line| line.trim().is_empty() || line.starts_with('#'))
    }
}

impl Case {
    fn read(name: &str, text: &str) -> Self {
        let mut case = Self {
            name: name.to_owned(),
            config: String::new(),
            sections: vec![Section::new("case.yaml", 0)],
            mistakes: Vec::new(),
        };
        if !text.starts_with("# ") {
            case.mistakes
                .push(format!("{name}:1: no comment says what the case is about"));
        }
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(path) = line.strip_prefix("# file: ") {
                if case.sections.len() == 1 && case.sections[0].is_empty() {
                    path.trim().clone_into(&mut case.sections[0].path);
                } else {
                    case.sections.push(Section::new(path.trim(), number - 1));
                }
            } else if let Some(path) = line.strip_prefix("# list: ") {
                case.sections.push(Section {
                    is_list: true,
                    ..Section::new(path.trim(), number - 1)
                });
            }
            let section = case.sections.last_mut().unwrap();
            section.text.push_str(line);
            section.text.push('\n');
            if let Some(config) = line.strip_prefix("# config: ") {
                config.clone_into(&mut case.config);
            } else if let Some(statuses) = line.strip_prefix("# status: ") {
                let words = statuses.split_whitespace().map(str::to_owned);
                section.statuses = Some(words.collect());
            } else if !line.trim_start().starts_with('#')
                && let Some((_, comment)) = line.rsplit_once(" # ")
            {
                for what in comment.split("; ").map(str::trim) {
                    let sort = what.split(' ').next().unwrap_or_default();
                    if ["violation", "undecided", "error"].contains(&sort) {
                        section.expected.push((number, what.to_owned()));
                    } else {
                        case.mistakes
                            .push(format!("{name}:{number}: `{what}` is no expectation"));
                    }
                }
            }
        }
        case
    }

    fn failures(&self) -> Vec<String> {
        let name = &self.name;
        let mut failures = self.mistakes.clone();
        let config = match Config::parse(Some(name), &self.config, None) {
            Ok(config) => config,
            Err(error) => return vec![format!("{name}: the configuration is wrong: {error}")],
        };
        let files: Vec<_> = self
            .sections
            .iter()
            .map(|section| {
                let file = SourceFile::text(&section.path, &section.text);
                if section.is_list {
                    file.connector_list()
                } else {
                    file
                }
            })
            .collect();
        let report = Guard::new(config).unwrap().check(&files);
        // The differences by line, so that they are in the order of the case.
        let mut differences = BTreeMap::<u32, String>::new();
        for section in &self.sections {
            let mut expected = section.expected.clone();
            for diagnostic in report.diagnostics.iter().filter(|d| d.file == section.path) {
                let line = section.before + diagnostic.start.line;
                let what = summary(diagnostic, &section.text);
                let found = expected.iter().position(|e| *e == (line, what.clone()));
                if let Some(found) = found {
                    expected.remove(found);
                } else {
                    let _ = writeln!(
                        differences.entry(line).or_default(),
                        "{name}:{line}: not expected: {what}: {}",
                        diagnostic.message
                    );
                }
            }
            for (line, what) in expected {
                let _ = writeln!(
                    differences.entry(line).or_default(),
                    "{name}:{line}: not found: {what}"
                );
            }
            failures.extend(self.wrong_statuses(section, &report));
        }
        failures.extend(differences.into_values());
        failures
    }

    fn wrong_statuses(&self, section: &Section, report: &Report) -> Option<String> {
        let file = report.files.iter().find(|file| file.path == section.path);
        let statuses: Vec<_> = file?
            .documents
            .iter()
            .map(|document| {
                let status = serde_json::to_value(document.status).unwrap();
                status.as_str().unwrap().to_owned()
            })
            .collect();
        let expected = section.statuses.as_ref()?;
        (statuses != *expected).then(|| {
            format!(
                "{}:{}: the documents come to {statuses:?} instead of {expected:?}",
                self.name,
                section.before + 1
            )
        })
    }
}

/// A diagnostic in the form of a case's comment.
fn summary(diagnostic: &Diagnostic, text: &str) -> String {
    let verdict = serde_json::to_value(diagnostic.verdict).unwrap();
    let mut summary = format!(
        "{} {} {}",
        verdict.as_str().unwrap(),
        diagnostic.severity,
        diagnostic.rule
    );
    let steps: Vec<_> = diagnostic.path.iter().map(step).collect();
    let documents = document::parse(text, &Limits::default());
    let Some(Ok(document)) = documents.get(diagnostic.document.unwrap_or_default()) else {
        return summary;
    };
    let there = (0..=steps.len())
        .rev()
        .find(|count| document.root.at(&steps[..*count]).is_some())
        .unwrap();
    // A trigger's input set is a string here; a place in it isn't missing.
    let is_embedded = document
        .root
        .at(&steps[..there])
        .unwrap()
        .as_str()
        .is_some()
        && steps.first() == Some(&Step::Key("trigger".to_owned()));
    if there < steps.len() && !is_embedded {
        let tail: Vec<_> = steps[there..]
            .iter()
            .map(|step| match step {
                Step::Key(key) => key.clone(),
                Step::Index(index) => index.to_string(),
            })
            .collect();
        let _ = write!(summary, " (missing {})", tail.join("."));
    }
    summary
}

fn step(step: &PathStep) -> Step {
    match step {
        PathStep::Key(key) => Step::Key(key.clone()),
        PathStep::Index(index) => Step::Index(*index),
    }
}

//! Real files that people published, if they are available: a check of each works.

use std::fs;
use std::path::{Path, PathBuf};

use harness_image_guard::report::{Report, Status, Verdict, json, text};
use harness_image_guard::{Config, Content, Guard, SourceFile};

use crate::folder::files_if_any;

/// The published files, by their paths in the corpus; empty if it isn't available.
fn corpus() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let paths = files_if_any(&folder, &["yaml", "yml", "json"]);
    let file = |path: &PathBuf| {
        let name = path.strip_prefix(&folder).unwrap().to_string_lossy();
        SourceFile::bytes(name.replace('\\', "/"), fs::read(path).unwrap())
    };
    paths.iter().map(file).collect()
}

fn check(files: &[SourceFile]) -> Report {
    Guard::new(Config::default()).unwrap().check(files)
}

#[test]
fn every_file_is_in_the_report_with_a_status_for_every_document() {
    let files = corpus();
    let report = check(&files);
    assert_eq!(report.files.len(), files.len());
    for (file, listed) in files.iter().zip(&report.files) {
        assert_eq!(file.path, listed.path);
        assert!(
            !listed.documents.is_empty(),
            "{} has no document",
            file.path
        );
        for (index, document) in listed.documents.iter().enumerate() {
            assert_eq!(document.index, index, "{}", file.path);
            let said: Vec<_> = report
                .diagnostics
                .iter()
                .filter(|d| d.file == file.path && d.document == Some(index))
                .map(|d| d.verdict)
                .collect();
            let status = if said.contains(&Verdict::Error) {
                Status::Error
            } else if said.contains(&Verdict::Violation) {
                Status::Fail
            } else if said.contains(&Verdict::Undecided) {
                Status::Undecided
            } else if document.status == Status::NotApplicable {
                Status::NotApplicable
            } else {
                Status::Pass
            };
            assert_eq!(document.status, status, "{} document {index}", file.path);
        }
    }
    let documents: usize = report.files.iter().map(|file| file.documents.len()).sum();
    assert_eq!(report.summary.documents, documents);
}

#[test]
fn every_span_lies_within_its_text() {
    let files = corpus();
    for diagnostic in check(&files).diagnostics {
        let file = files.iter().find(|file| file.path == diagnostic.file);
        let Content::Bytes(bytes) = &file.unwrap().content else {
            unreachable!()
        };
        let text = str::from_utf8(bytes).unwrap();
        let span = diagnostic.start.offset as usize..diagnostic.end.offset as usize;
        let underlined = text
            .get(span)
            .unwrap_or_else(|| panic!("out of the text: {diagnostic:?}"));
        assert!(
            !underlined.is_empty() || diagnostic.verdict == Verdict::Error,
            "nothing is underlined: {diagnostic:?}"
        );
        let before = &text[..diagnostic.start.offset as usize];
        assert_eq!(
            diagnostic.start.line as usize,
            before.matches('\n').count() + 1,
            "{diagnostic:?}"
        );
        assert!(
            !diagnostic.message.is_empty() && diagnostic.help.is_some(),
            "{diagnostic:?}"
        );
    }
}

#[test]
fn the_report_does_not_depend_on_the_order_of_the_files() {
    let files = corpus();
    let mut reversed = files.clone();
    reversed.reverse();
    assert_eq!(
        json::render(&check(&files)),
        json::render(&check(&reversed))
    );
}

/// A file alone can be checked as well, and its report rendered.
#[test]
fn every_file_goes_through_alone() {
    let guard = Guard::new(Config::default()).unwrap();
    for file in corpus() {
        let files = [file];
        let report = guard.check(&files);
        assert!(!text::render(&report, &files, false).is_empty());
        assert_eq!(report.files.len(), 1);
    }
}

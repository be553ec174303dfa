//! Checks: spans are within their file, on the boundaries of characters; any order of files, and any number of
//! guards, give the same bytes; neither a layout nor a comment or blank line changes a verdict; a fix is idempotent,
//! and only changes its paths.

use document::Span;
use harness_image_guard::report::page::Style;
use harness_image_guard::report::{self, Position, Report};
use harness_image_guard::{Config, Content, Guard, SourceFile, inventory};

use super::entity;
use super::layouts;
use super::reader::assert_on_edges;
use super::tree::Tree;
use crate::authoring::chance::Chance;
use crate::fixes::property::assert_fixes_hold;

thread_local! {
    static GUARD: Guard = guard();
}

/// A guard that has everything that fixes need.
fn guard() -> Guard {
    const CONFIG: &str =
        "{defaultConnector: account.corp, mirrors: {docker.io/library: r.example/dockerhub}}";
    Guard::new(Config::parse(None, CONFIG, None).unwrap()).unwrap()
}

/// Any bytes as a file, whether the user named it or a search found it.
pub fn text(bytes: &[u8]) {
    let harness = [b"pipeline:\n  stages:\n  - ".as_slice(), bytes].concat();
    for file in [
        SourceFile::bytes("a.yaml", bytes.to_vec()),
        SourceFile::bytes(".harness/a.yaml", bytes.to_vec()).searched(),
        SourceFile::bytes("b.json", bytes.to_vec()).searched(),
        SourceFile::bytes("c.yaml", harness),
    ] {
        GUARD.with(|guard| assert_check_holds(guard, &[file]));
    }
}

/// Entities in many layouts.
pub fn shapes(bytes: &[u8]) {
    let mut chance = Chance::from_bytes(bytes);
    let trees = entity::several(&mut chance);
    // They are errors in a key of a block mapping.
    let separators = ['\u{85}', '\u{2028}', '\u{2029}'];
    if trees.iter().any(|tree| tree.json().contains(separators)) {
        return;
    }
    let json = files(&trees, Tree::json);
    let plain = files(&trees, |tree| tree.yaml(&mut chance, false));
    let with_comments = files(&trees, |tree| tree.yaml(&mut chance, true));
    GUARD.with(|guard| {
        let expected = assert_check_holds(guard, &json);
        for layout in [&plain, &with_comments] {
            let report = assert_check_holds(guard, layout);
            assert_eq!(
                conclusions(&report),
                conclusions(&expected),
                "{json:?}\n{layout:?}"
            );
        }
        assert_fixes_hold(guard, &json);
        assert_fixes_hold(guard, &with_comments);
    });
}

/// Fixes of pipelines in every layout.
pub fn fixes(bytes: &[u8]) {
    let file = SourceFile::text("a.yaml", layouts::pipeline(Chance::from_bytes(bytes)));
    GUARD.with(|guard| assert_fixes_hold(guard, &[file]));
}

fn files(trees: &[Tree], mut write: impl FnMut(&Tree) -> String) -> Vec<SourceFile> {
    let files = trees.iter().enumerate();
    files
        .map(|(i, tree)| SourceFile::text(format!("{i}.yaml"), write(tree)))
        .collect()
}

/// The conclusions of a report, without the locations in the source.
fn conclusions(report: &Report) -> Vec<String> {
    let mut conclusions: Vec<_> = report
        .diagnostics
        .iter()
        .map(|d| {
            format!(
                "{} {:?} {:?} {:?} {:?} {:?}: {}",
                d.file, d.document, d.rule, d.verdict, d.subject, d.path, d.message
            )
        })
        .collect();
    conclusions.sort();
    conclusions
}

/// Checks files, renders the report in every format, and verifies its locations.
pub fn assert_check_holds(guard: &Guard, files: &[SourceFile]) -> Report {
    let found = guard.check(files);
    let json = report::json::render(&found);
    assert_eq!(
        report::json::render(&guard.check(files)),
        json,
        "another time"
    );
    let other = self::guard();
    let mut reversed = files.to_vec();
    reversed.reverse();
    assert_eq!(
        report::json::render(&other.check(&reversed)),
        json,
        "another guard, another order"
    );
    let colored = Style {
        color: true,
        verbose: true,
        ..Style::default()
    };
    for shown in [
        report::text::render(&found, files, false),
        report::text::styled(&found, files, colored),
    ] {
        assert!(shown.ends_with('\n'));
    }
    for diagnostic in &found.diagnostics {
        let about = &diagnostic.message;
        assert_place(
            files,
            &diagnostic.file,
            diagnostic.start,
            diagnostic.end,
            about,
        );
        for related in &diagnostic.related {
            assert_place(files, &related.file, related.start, related.end, about);
        }
        for edit in diagnostic.fix.iter().flat_map(|fix| &fix.edits) {
            assert_place(files, &diagnostic.file, edit.start, edit.end, about);
        }
    }
    let images = guard.all_images(files);
    assert_eq!(guard.all_images(&reversed), images, "in another order");
    let _ = inventory::text::render(&images, true);
    let _ = inventory::csv::render(&images);
    let _ = inventory::markdown::render(&images);
    let _ = inventory::mermaid::render(&images);
    found
}

fn assert_place(files: &[SourceFile], path: &str, start: Position, end: Position, about: &str) {
    let file = files.iter().find(|file| file.path == path).unwrap();
    let Content::Bytes(bytes) = &file.content else {
        return;
    };
    let Ok(text) = str::from_utf8(bytes) else {
        return;
    };
    assert_on_edges(text, Span::new(start.offset, end.offset), about);
    for position in [start, end] {
        assert!(
            position.line >= 1 && position.column >= 1,
            "{position:?} {about}"
        );
    }
}

//! The locations of findings: the whole report on each fixture, with the source line and the caret.

use std::fs;
use std::path::Path;

use harness_image_guard::report::{Report, text};
use harness_image_guard::{Config, Guard, SourceFile};

fn fixture(name: &str) -> SourceFile {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/fixtures/positions");
    SourceFile::bytes(name, fs::read(folder.join(name)).unwrap())
}

fn check(files: &[SourceFile]) -> Report {
    Guard::new(Config::default()).unwrap().check(files)
}

/// The report as people see it, with line breaks as `\n`.
fn rendered(name: &str) -> String {
    let files = [fixture(name)];
    let report = check(&files);
    spans_stand_in_the_text(&report, &files);
    text::render(&report, &files, false)
}

/// Lines, columns and offsets agree with each other and with the text.
fn spans_stand_in_the_text(report: &Report, files: &[SourceFile]) {
    for diagnostic in &report.diagnostics {
        let file = files.iter().find(|file| file.path == diagnostic.file);
        let harness_image_guard::Content::Bytes(bytes) = &file.unwrap().content else {
            continue;
        };
        let text = str::from_utf8(bytes).unwrap();
        for position in [diagnostic.start, diagnostic.end] {
            let before = text
                .get(..usize::try_from(position.offset).unwrap())
                .unwrap_or_else(|| panic!("{diagnostic:?} is cut from within a character"));
            let before = before.strip_prefix('\u{feff}').unwrap_or(before);
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
            assert_eq!(
                (position.line as usize, position.column as usize),
                (line, column),
                "{diagnostic:?}"
            );
        }
        assert!(
            diagnostic.start.offset < diagnostic.end.offset,
            "nothing is underlined: {diagnostic:?}"
        );
    }
}

macro_rules! golden {
    ($($(#[$doc:meta])* $test:ident: $file:literal;)*) => {$(
        $(#[$doc])*
        #[test]
        fn $test() {
            insta::assert_snapshot!(rendered($file));
        }
    )*};
}

golden! {
    v0_pipeline: "v0-pipeline.yaml";
    v1_pipeline: "v1-pipeline.yaml";
    connectors: "connectors.yaml";
    templates: "template.yaml";
    input_set: "input-set.yaml";
    /// Columns count code points, including those beyond 16 bits.
    non_ascii: "non-ascii.yaml";
    crlf: "crlf.yaml";
    byte_order_mark: "bom.yaml";
    byte_order_mark_on_the_line: "bom-first-line.yaml";
    tabs: "tabs.yaml";
    flow: "flow.yaml";
    json: "pipeline.json";
    many_documents: "documents.yaml";
    /// A value of an alias is shown where it is used, a merged one where it is written.
    anchors: "anchors.yaml";
    scalars: "scalars.yaml";
    long_line: "long-line.yaml";
    no_line_break_at_the_end: "no-line-break.yaml";
    duplicate_keys: "duplicate-keys.yaml";
    too_deep: "too-deep.yaml";
    /// The messages of the rules, for each of their reasons.
    messages: "messages.yaml";
}

/// The value itself is underlined, including quotes, whatever comes before it.
#[test]
fn the_span_is_the_value() {
    for name in [
        "v0-pipeline.yaml",
        "non-ascii.yaml",
        "crlf.yaml",
        "bom.yaml",
        "tabs.yaml",
        "flow.yaml",
        "pipeline.json",
        "duplicate-keys.yaml",
    ] {
        let file = fixture(name);
        let harness_image_guard::Content::Bytes(bytes) = &file.content else {
            unreachable!()
        };
        let text = str::from_utf8(bytes).unwrap();
        for diagnostic in check(std::slice::from_ref(&file)).diagnostics {
            let span = diagnostic.start.offset as usize..diagnostic.end.offset as usize;
            let underlined = &text[span];
            assert_eq!(underlined.trim(), underlined, "{diagnostic:?}");
            let harness_image_guard::report::PathStep::Key(key) = diagnostic.path.last().unwrap()
            else {
                continue;
            };
            let before = text[..diagnostic.start.offset as usize].trim_end();
            let after = text[diagnostic.end.offset as usize..].trim_start();
            let is_value = before
                .strip_suffix(':')
                .is_some_and(|before| before.ends_with(key.as_str()) || before.ends_with('"'));
            let is_key = after.starts_with(':');
            let is_block = before.ends_with(['|', '>', '-']);
            assert!(
                is_value || is_key || is_block,
                "`{underlined}` is neither value nor key: {diagnostic:?}"
            );
        }
    }
}

/// Without its colors, the text is the same.
#[test]
fn colors_change_no_text() {
    let files = [fixture("v0-pipeline.yaml")];
    let report = check(&files);
    let painted = text::render(&report, &files, true);
    let mut plain = String::new();
    let mut rest = painted.as_str();
    while let Some((before, code)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = code.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_ne!(painted, plain);
    assert_eq!(plain, text::render(&report, &files, false));
}

/// Characters that control a terminal aren't printed.
#[test]
fn control_characters_are_not_shown() {
    let source = "pipeline: {stages: [stage: {spec: {execution: {steps: \
                  [step: {identifier: \"a\\e[31m\", spec: {image: \"maven\\e[2J\\u202Eevil\"}}]}}}]}\n";
    let files = [SourceFile::text("a\u{1b}[1m.yaml", source)];
    let shown = text::render(&check(&files), &files, false);
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown}"
    );
    assert!(shown.contains("error[no-docker-hub]"), "{shown}");
}

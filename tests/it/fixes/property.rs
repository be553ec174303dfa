//! What holds after each fix.

use std::collections::BTreeSet;

use document::{Document, Limits, Node, ParseError, Span, Value};
use harness_image_guard::fix::{self, TextEdit, diff};
use harness_image_guard::report::{Applicability, Diagnostic, PathStep, Report};
use harness_image_guard::{Content, Guard, SourceFile};

/// A finding, without its location in the source.
type Key = (String, Option<usize>, String, Vec<PathStep>);

/// Makes each fix alone, and then all of them, and checks the files after that.
pub fn assert_fixes_hold(guard: &Guard, files: &[SourceFile]) {
    let before = guard.check(files);
    let fixable: Vec<_> = before
        .diagnostics
        .iter()
        .filter(|d| d.fix.is_some())
        .collect();
    if files.len() == 1 {
        for diagnostic in &fixable {
            assert_one_holds(guard, &files[0], &before, diagnostic);
        }
    }
    for applicability in [Applicability::Safe, Applicability::Unsafe] {
        assert_all_hold(guard, files, &before, applicability);
    }
}

fn assert_one_holds(guard: &Guard, file: &SourceFile, before: &Report, diagnostic: &Diagnostic) {
    let edits: Vec<_> = diagnostic
        .fix
        .iter()
        .flat_map(|fix| &fix.edits)
        .map(|edit| TextEdit {
            span: Span::new(edit.start.offset, edit.end.offset),
            text: edit.text.clone(),
        })
        .collect();
    let (old, about) = (text(file), format!("{} {:?}", file.path, diagnostic));
    let new = fix::apply(old, &edits);
    assert_same_but_for(old, &new, &[diagnostic], &about);
    let after = guard.check(&[SourceFile::text(&file.path, &new)]);
    let (before, after) = (keys(before), keys(&after));
    assert!(
        !after.contains(&key(diagnostic)),
        "not gone: {about}\n{new}"
    );
    let added: Vec<_> = after.difference(&before).collect();
    assert!(added.is_empty(), "new: {added:?} {about}\n{new}");
}

fn assert_all_hold(
    guard: &Guard,
    files: &[SourceFile],
    before: &Report,
    applicability: Applicability,
) {
    let is_meant = |d: &&Diagnostic| {
        d.fix
            .as_ref()
            .is_some_and(|fix| fix.applicability <= applicability)
    };
    let fixed = guard.fix(files, applicability);
    let mended: Vec<_> = before.diagnostics.iter().filter(is_meant).collect();
    let left = keys(&fixed.report);
    for diagnostic in &mended {
        assert!(!left.contains(&key(diagnostic)), "not gone: {diagnostic:?}");
    }
    let before = keys(before);
    let added: Vec<_> = left.difference(&before).collect();
    assert!(added.is_empty(), "new: {added:?}");
    assert_eq!(fixed.report.diagnostics.iter().filter(is_meant).count(), 0);
    let new: Vec<_> = files
        .iter()
        .map(|file| {
            let Some(new) = fixed.files.iter().find(|new| new.path == file.path) else {
                return file.clone();
            };
            let mended: Vec<_> = mended
                .iter()
                .copied()
                .filter(|d| d.file == file.path)
                .collect();
            assert_eq!(mended.len(), new.fixes, "{}", file.path);
            assert_same_but_for(text(file), &new.text, &mended, &file.path);
            let diff = diff::unified(&file.path, text(file), &new.text);
            assert_eq!(patched(text(file), &diff), new.text, "{diff}");
            SourceFile::text(&new.path, &new.text)
        })
        .collect();
    assert!(
        guard.fix(&new, applicability).files.is_empty(),
        "a second time changes something"
    );
}

/// Applies a unified diff to a text.
pub fn patched(old: &str, diff: &str) -> String {
    let old: Vec<_> = old.split_inclusive('\n').collect();
    let (mut new, mut at) = (String::new(), 0);
    let mut lines = diff.split_inclusive('\n').skip(2).peekable();
    while let Some(line) = lines.next() {
        if let Some(header) = line.strip_prefix("@@ -") {
            let range = header.split(' ').next().unwrap();
            let (start, count) = range.split_once(',').unwrap_or((range, "1"));
            let start = start.parse::<usize>().unwrap() - usize::from(count != "0");
            new.push_str(&old[at..start].concat());
            at = start;
            continue;
        }
        let mut text = line[1..].to_owned();
        if lines.next_if(|next| next.starts_with('\\')).is_some() {
            text.truncate(text.len() - 1);
        }
        if !line.starts_with('+') {
            assert_eq!(old[at], text);
            at += 1;
        }
        if !line.starts_with('-') {
            new.push_str(&text);
        }
    }
    new + &old[at..].concat()
}

fn assert_same_but_for(old: &str, new: &str, mended: &[&Diagnostic], about: &str) {
    let (before, after) = (parse(old), parse(new));
    assert_eq!(before.len(), after.len(), "{about}\n{new}");
    for (index, pair) in before.iter().zip(&after).enumerate() {
        let (Ok(before), Ok(after)) = pair else {
            assert_eq!(pair.0.is_ok(), pair.1.is_ok(), "{about}\n{new}");
            continue;
        };
        let mut changes = Vec::new();
        differences(&before.root, &after.root, &mut Vec::new(), &mut changes);
        for change in changes {
            let is_meant = mended
                .iter()
                .any(|d| d.document == Some(index) && covers(&d.path, &change));
            assert!(is_meant, "{change:?} changed: {about}\n{new}");
        }
    }
    // Removing credentials may also remove findings about them.
    if !mended
        .iter()
        .any(|d| d.path.last() == Some(&PathStep::Key("type".to_owned())))
    {
        assert_eq!(comments(old), comments(new), "{about}\n{new}");
    }
    let kinds = line_breaks(old);
    assert!(
        kinds.is_empty() || line_breaks(new).is_subset(&kinds),
        "{about}\n{new:?}"
    );
}

/// The kinds of line breaks in a text.
fn line_breaks(text: &str) -> BTreeSet<&'static str> {
    let alone = text.replace("\r\n", "");
    let mut kinds = BTreeSet::new();
    kinds.extend((alone.len() < text.len()).then_some("\r\n"));
    kinds.extend(["\n", "\r"].into_iter().filter(|kind| alone.contains(kind)));
    kinds
}

/// Whether the fix of a finding may change a value: its own, one that it needs, or the fields that belong to it.
fn covers(path: &[PathStep], change: &[PathStep]) -> bool {
    let (_, siblings) = path.split_last().unwrap();
    let own = ["connectorRef", "connector", "image", "container", "spec"];
    let is_sibling = change.split_last().is_some_and(|(last, parent)| {
        parent == siblings
            && own
                .iter()
                .any(|key| *last == PathStep::Key((*key).to_owned()))
    });
    path.starts_with(change) || is_sibling
}

fn differences(a: &Node<'_>, b: &Node<'_>, at: &mut Vec<PathStep>, out: &mut Vec<Vec<PathStep>>) {
    match (&a.value, &b.value) {
        (Value::Mapping(one), Value::Mapping(other)) => {
            let keys: BTreeSet<_> = one
                .iter()
                .chain(other)
                .map(|entry| entry.key.as_ref())
                .collect();
            // Keys that stay keep their order.
            let order = |of: &Node<'_>, in_both: &Node<'_>| -> Vec<String> {
                let entries = of.as_mapping().unwrap().iter();
                entries
                    .map(|entry| entry.key.to_string())
                    .filter(|key| in_both.get(key).is_some())
                    .collect()
            };
            assert_eq!(order(a, b), order(b, a));
            for key in keys {
                at.push(PathStep::Key(key.to_owned()));
                match (a.get(key), b.get(key)) {
                    (Some(one), Some(other)) => differences(one, other, at, out),
                    _ => out.push(at.clone()),
                }
                at.pop();
            }
        }
        (Value::Sequence(one), Value::Sequence(other)) if one.len() == other.len() => {
            for (index, (one, other)) in one.iter().zip(other).enumerate() {
                at.push(PathStep::Index(index));
                differences(one, other, at, out);
                at.pop();
            }
        }
        (one, other) if one == other => {}
        _ => out.push(at.clone()),
    }
}

fn parse(text: &str) -> Vec<Result<Document<'_>, ParseError>> {
    document::parse(text, &Limits::default())
}

fn comments(text: &str) -> Vec<&str> {
    document::comments(text)
        .iter()
        .map(|comment| comment.text.trim_end())
        .collect()
}

fn keys(report: &Report) -> BTreeSet<Key> {
    report.diagnostics.iter().map(key).collect()
}

fn key(d: &Diagnostic) -> Key {
    (d.file.clone(), d.document, d.rule.clone(), d.path.clone())
}

fn text(file: &SourceFile) -> &str {
    match &file.content {
        Content::Bytes(bytes) => str::from_utf8(bytes).unwrap_or_default(),
        Content::Unreadable(_) | Content::Missing(_) => "",
    }
}

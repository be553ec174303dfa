//! Texts that are meant to break a reader.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::{each_span, read};
use crate::{Span, Value, comments};

/// A bit of everything.
const SAMPLE: &str = "\u{FEFF}# é\n%YAML 1.2\n--- # start\nname: &n \"a\\u00e9\\\"b\" # c\nlist:\n- 1\n- *n\n- {x: [1, 2.5, ~], 'y': }\n- |2-\n   text\n   😀\n\nmap: &m\n  <<: [{a: 1}]\n  name: x\n  name: y\nmore: {<<: *m, ? k : v}\nlong: >+\n  fold\n  ed\n\n...\n---\r\nb:\r\n\t\r\n- - c: \ttrue\r---\n!!str 1\n";

/// Parses a text, and checks what holds for every text.
fn check(text: &str) {
    let whole = |span: Span| {
        assert!(span.start <= span.end, "{span:?} in {text:?}");
        let range = span.start as usize..span.end as usize;
        assert!(text.get(range).is_some(), "{span:?} in {text:?}");
    };
    for comment in comments(text) {
        whole(comment.span);
        assert!(comment.span.slice(text).starts_with('#'), "{text:?}");
    }
    for document in read(text) {
        match document {
            Ok(document) => {
                whole(document.span);
                each_span(&document.root, &mut |span| whole(span));
                document.repeated_keys.iter().for_each(|lost| {
                    whole(lost.span);
                    assert!(lost.span.start < lost.last.start, "{text:?}");
                });
            }
            Err(error) => {
                whole(error.span);
                assert!(!error.message.is_empty());
                let at_end = error.span.end as usize == text.len();
                assert!(at_end || !error.span.is_empty(), "{error:?} in {text:?}");
            }
        }
    }
}

#[test]
fn no_truncated_text_breaks_the_reader() {
    assert!(read(SAMPLE).iter().all(Result::is_ok), "{:?}", read(SAMPLE));
    for (at, _) in SAMPLE.char_indices() {
        check(&SAMPLE[..at]);
        check(&SAMPLE[at..]);
    }
}

#[test]
fn no_changed_text_breaks_the_reader() {
    const PIECES: [&str; 28] = [
        "\n", "\r", "\t", " ", "  ", ":", ": ", "- ", "? ", "[", "]", "{", "}", ",", "\"", "'",
        "|\n", ">\n", "#", " #", "&n ", "*n", "!", "!!int ", "<<: ", "---\n", "\0", "é",
    ];
    let starts: Vec<_> = SAMPLE.char_indices().map(|(at, _)| at).collect();
    // A multiplicative generator: any sequence will do, if it is always the same.
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..10_000 {
        let mut text = SAMPLE.to_owned();
        for _ in 0..=random(3) {
            let at = starts[random(starts.len())];
            let piece = PIECES[random(PIECES.len())];
            if let Some((at, _)) = text.char_indices().find(|(start, _)| *start >= at) {
                let keep = random(2) == 0;
                let end = text[at..]
                    .chars()
                    .next()
                    .map_or(at, |next| at + next.len_utf8());
                text.replace_range(at..if keep { at } else { end }, piece);
            }
        }
        check(&text);
    }
}

#[test]
fn a_small_stack_is_enough() {
    let text = format!("a: &a {}1{}\nb: *a", "[{b: ".repeat(99), "}]".repeat(99));
    // A wasm module has 1 MiB, and optimized builds need far less than this one.
    let reader = thread::Builder::new().stack_size(1 << 20).spawn(move || {
        let documents = read(&text);
        let copy = documents.clone();
        assert_eq!(documents, copy);
        documents.iter().all(Result::is_ok)
    });
    assert!(reader.unwrap().join().unwrap());
}

#[test]
fn time_grows_with_the_text_and_no_faster() {
    let many = |piece: &str| piece.repeat(20_000);
    let numbered = |form: fn(usize) -> String| (0..20_000).map(form).collect::<String>();
    let texts = [
        many("["),
        many("{"),
        many("- "),
        many("? "),
        many(": "),
        many("\""),
        many("&a "),
        many("--- ]\n"),
        many("---\n"),
        many("# c\n"),
        format!("a:\n{}  b: 1", many("# c\n")),
        format!("a: |\n{}", many("  b\n")),
        format!("a: |+\n{}", many("\n")),
        format!("[{}]", many("a: , ")),
        many("- |\n"),
        many("-\n"),
        many("k: 1\n"),
        format!("a: \"{}\"", many("\u{7F}")),
        format!("a: {}\tb", many("b ")),
        format!("a: b\n{}", many("  c\n\n")),
        format!("a: '{}'", many("''")),
        format!("a: [\n{}", many("[],\n")),
        many("a:\n- b\n\n\n"),
        many("- |\n\n  b\n\n") + "\t",
        many("- a: &b c\n"),
        numbered(|at| format!("k{at}: {at}\n")),
        numbered(|at| format!("k{at}: &a{at} {at}\n")),
    ];
    for text in texts {
        let started = Instant::now();
        check(&text);
        let start: String = text.chars().take(20).collect();
        assert!(started.elapsed() < Duration::from_secs(10), "{start}");
    }
}

#[test]
fn strings_are_borrowed_from_the_text() {
    let text = "a: plain\nb: \"quoted\"\n";
    let documents = read(text);
    let root = &documents[0].as_ref().unwrap().root;
    for entry in root.as_mapping().unwrap() {
        assert!(matches!(entry.key, std::borrow::Cow::Borrowed(_)));
        assert!(matches!(
            &entry.node.value,
            Value::String(std::borrow::Cow::Borrowed(_))
        ));
    }
}

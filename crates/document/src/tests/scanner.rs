//! The scanner reads a text as the parser does: the same values, spans, keys and counts.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use super::chance::{Chance, damaged, pieces, yaml};
use crate::{Limits, parsed, scanned};

/// Whether the scanner can read a text. Panics if the parser reads it differently.
fn is_scanned(text: &str, limits: &Limits) -> bool {
    let Some(scanned) = scanned(text, limits) else {
        return false;
    };
    let parsed = parsed(text, limits);
    assert!(
        scanned == parsed,
        "{text:?}\nscanned {scanned:#?}\nparsed {parsed:#?}"
    );
    true
}

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |number| number.parse().unwrap())
}

/// `SCANNER_CASES` and `SCANNER_SEED` change the number of cases and the seed.
#[test]
fn what_chance_writes_is_read_alike() {
    let cases = number("SCANNER_CASES", 1_000);
    let first = number("SCANNER_SEED", 0);
    let mut read = [0_u64; 3];
    for seed in first..first + cases {
        let mut chance = Chance::new(seed);
        let limits = Limits {
            depth: [200, 200, 200, 4][chance.below(4)],
            ..Limits::default()
        };
        let whole = yaml(&mut chance);
        read[0] += u64::from(is_scanned(&whole, &limits));
        let broken = damaged(&mut chance, whole);
        read[1] += u64::from(is_scanned(&broken, &limits));
        let pieces = pieces(&mut chance);
        read[2] += u64::from(is_scanned(&pieces, &limits));
    }
    eprintln!("of {cases} each, scanned: {read:?}");
    assert!(
        read.iter().all(|&read| read > cases / 50),
        "{read:?} of {cases}"
    );
}

/// Calls a function with every text of up to `most` pieces.
fn each_text(pieces: &[&str], most: usize, see: &mut impl FnMut(&str)) {
    let mut at = vec![0];
    let mut text = String::new();
    while at.len() <= most {
        text.clear();
        text.extend(at.iter().map(|&piece| pieces[piece]));
        see(&text);
        let mut digit = at.len();
        loop {
            if digit == 0 {
                at.push(0);
                break;
            }
            digit -= 1;
            at[digit] += 1;
            if at[digit] < pieces.len() {
                break;
            }
            at[digit] = 0;
        }
    }
}

/// `SCANNER_PIECES` allows more pieces.
#[test]
fn every_short_text_is_read_alike() {
    const ALPHABETS: [&[&str]; 10] = [
        &["a", " ", "\n", ":", "-", "#"],
        &["a", "- ", ": ", "\n", "\n ", "\n  ", "# c\n"],
        &["a", ": ", "'", "\"", "\n", "\\", "#", " "],
        &["a: ", "-", "[", "]", "{", "}", ",", "a", ":", " ", "'b'"],
        &[
            "[", "{", "]", "}", ",", "\n", "\n ", "a", "a: ", "\"", "---", "#",
        ],
        &[
            "a: ", "- ", "|", ">", "\n", "\n ", "\n  ", "b", "+", "-", "1",
        ],
        &["a: |\n", "a: >+\n", " ", "\n", "b", "\t", "#", "-"],
        &["a: b", "\n", "---", "...", " ", "\r\n", "# c", "- "],
        &["a:", "b", "\t", " ", "\n", "-", "?", "\r", "#"],
        &[
            "a: ", "é", "\u{a0}", "\u{2028}", "\u{feff}", "\n", "- ", "|\n ",
        ],
    ];
    let most = number("SCANNER_PIECES", 4);
    let limits = Limits::default();
    for pieces in ALPHABETS {
        let (mut texts, mut read) = (0, 0);
        each_text(pieces, usize::try_from(most).unwrap(), &mut |text| {
            texts += 1;
            read += u64::from(is_scanned(text, &limits));
        });
        eprintln!("of {texts} texts of {pieces:?}, scanned: {read}");
        assert!(read > 0);
    }
}

/// The scanner must read what people write, because the parser takes several times as long.
#[test]
fn what_people_write_is_scanned() {
    for text in [
        "pipeline:\n  name: a\n  stages:\n    - stage:\n        name: b\n",
        "stages:\n- stage:\n    name: b\n- parallel:\n  - stage: c\n",
        "- - a\n  - b\n-\n- c: 1\n  d: 2\n",
        "a:\nb:   # c\n\n  # d\nc:\n",
        "image: <+input>.default('x:1')\nurl: https://example.com:443/a#b\n",
        "a: 'it''s'\n\"b\": \"\\\"x\\\"\\n\" # c\n'c' : '# d'\n",
        "command: |-\n  set -e\n\n  # kept\n    docker build .\n# not kept\nb: >+\n  c\n  d\n\n",
        "command: |2-\n    two more\n  b\nc: >1\n d\n",
        "a: one\n  two\n\n  three\nb:\n  four\n  five\n",
        "a: [b, 'c', \"d\", [], {}, {e: f, g: , h}]\ni: {\"j\":k, l : [m], 'n':[o]}\n",
        "{\n  \"a\": [\n    1,\n    {\"b\": null}\n  ]\n}\n",
        "---\na: 1\n---\n# nothing\n---\nb: 2\n...\nc: 3\n",
        "a: 1\r\nb:\r\n- |\r\n  c\r\n  d\r\n- e\r\n",
        "a: é\n\"日本\": |\n  日本 😀\n",
        "# nothing\n\n",
        "",
    ] {
        assert!(is_scanned(text, &Limits::default()), "{text:?}");
    }
}

/// These are for the parser: they are wrong, or have something that the scanner doesn't know.
#[test]
fn what_is_not_sure_is_left_to_the_parser() {
    let long_key = format!("{}: 1", "k".repeat(20_000));
    let long_flow_key = format!("{{{}: 1}}", "k".repeat(20_000));
    for text in [
        "a: &a 1\n",
        "a: *a\n",
        "a: !t 1\n",
        "%YAML 1.2\n---\na: 1\n",
        "? a\n: b\n",
        ": a\n",
        "\u{FEFF}a: 1\n",
        "a:\n\tb: 1\n",
        "a: b\t# c\n",
        "a: \"b\n  c\"\n",
        "a: \"\\x41\"\n",
        "a: \"\\d\"\n",
        "a: b: c\n",
        "a:\n  b: 1\n c: 2\n",
        "a:\n    b: 1\n   c: 2\n",
        "- a\nb: 1\n",
        "a: 1\n- b\n",
        "a\nb: 1\n",
        "plain\n",
        "a: |\nb: 1\n",
        "a: |\n   \n  b\n",
        "a: b # c\n  d\n",
        "a: [b\n",
        "a: [b # c\n  ]\n",
        "a: [b]]\n",
        "a: {b}}\n",
        "a: [b}\n",
        "a: {{ b }}\n",
        "[a]: 1\n",
        "a: [b: c]\n",
        "a: {b:[c]}\n",
        "a: [-]\n",
        "a: [-, b]\n",
        "a: [- b]\n",
        "a: |2\nb: 1\n",
        "a: |4\n  b\n",
        "a: [\n---\n]\n",
        "--- a\n",
        "... a\n",
        "<<: 1\n",
        "a: 1\0\n",
        "a: \u{85}\n",
        "a: 1\rb: 2\n",
        &long_key,
        &long_flow_key,
    ] {
        assert!(scanned(text, &Limits::default()).is_none(), "{text:?}");
    }
}

#[test]
fn the_limits_are_the_parsers() {
    for depth in 0..5 {
        let limits = Limits {
            depth,
            ..Limits::default()
        };
        for nested in 0..5 {
            for text in [
                "- ".repeat(nested) + "- x",
                "a: ".to_owned() + &"[".repeat(nested) + &"]".repeat(nested),
                (0..nested).map(|at| " ".repeat(at) + "a:\n").collect(),
                "a:\n".to_owned() + &"- ".repeat(nested),
            ] {
                is_scanned(&text, &limits);
                let fits = parsed(&text, &limits).iter().all(Result::is_ok);
                assert_eq!(scanned(&text, &limits).is_some(), fits, "{depth}: {text:?}");
            }
        }
    }
}

/// Real files, also cut off after a line, and damaged. `SCANNER_FILES` adds a folder.
#[test]
fn files_are_read_alike() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in [
        "benches",
        "examples",
        "tests/cases",
        "../shared/corpus",
        "../shared/cases",
    ] {
        find(&root.join(folder), &mut files);
    }
    if let Ok(folder) = env::var("SCANNER_FILES") {
        find(Path::new(&folder), &mut files);
    }
    let cases = number("SCANNER_FILE_CASES", 2);
    let limits = Limits::default();
    let (mut sound, mut read) = (0, 0);
    for text in files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok())
    {
        sound += usize::from(parsed(&text, &limits).iter().all(Result::is_ok));
        read += usize::from(is_scanned(&text, &limits));
        let mut chance = Chance::new(u64::try_from(text.len()).unwrap());
        for _ in 0..cases {
            is_scanned(&damaged(&mut chance, text.clone()), &limits);
            let lines: Vec<_> = text.split_inclusive('\n').collect();
            is_scanned(&lines[..chance.below(lines.len() + 1)].concat(), &limits);
        }
        is_scanned(&text.replace('\n', "\r\n"), &limits);
    }
    eprintln!("{} files, {sound} sound, {read} scanned", files.len());
    assert!(read > 400 && read * 10 > sound * 9, "{read} of {sound}");
}

/// The YAML and JSON files below a folder; none if it doesn't exist.
fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            find(&path, files);
        } else if path
            .extension()
            .is_some_and(|it| it == "yaml" || it == "yml" || it == "json")
        {
            files.push(path);
        }
    }
}

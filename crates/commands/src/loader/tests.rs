//! The expected results are those of OPA 0.70 and 1.22.

use std::io::Write as _;

use super::bundle::{Bundle, Content};
use super::*;
use crate::opa_eval::{self, Command, Outcome};
use crate::presentation::Format;
use rego::eval::Alone;
use rego::eval::Limits;

fn file(path: &str, text: &str) -> File {
    File {
        path: path.to_owned(),
        under: Vec::new(),
        is_named: true,
        content: Ok(text.as_bytes().to_vec()),
    }
}

fn folder(path: &str, files: &[(&str, &str)]) -> Bundle {
    let files = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), Ok(text.as_bytes().to_vec())));
    Bundle {
        path: path.to_owned(),
        content: Content::Folder(files.collect()),
    }
}

fn loaded(files: Vec<File>, bundles: Vec<Bundle>, version: Version) -> String {
    match load(files, bundles, version) {
        Ok(loaded) => json::write(&loaded.data),
        Err(errors) => {
            let texts: Vec<_> = errors.iter().map(LoadError::as_opa_says_it).collect();
            texts.join("\n")
        }
    }
}

fn evaluated(query: &str, files: Vec<File>, bundles: Vec<Bundle>, input: Option<&str>) -> Outcome {
    let command = Command {
        query: query.to_owned(),
        version: Version::V0,
        package: None,
        imports: Vec::new(),
        files,
        bundles,
        input: input.map(|text| text.as_bytes().to_vec()),
        format: Format::Raw,
        is_strict: false,
        strict_builtin_errors: false,
        coverage: false,
        limits: Limits::default(),
    };
    opa_eval::run(command, &mut Alone)
}

#[test]
fn every_number_of_a_document_comes_out_as_it_is_written() {
    let digits = "7".repeat(1000);
    let numbers = format!(
        r#"{{"a":9007199254740993,"b":1e400,"c":1.10,"d":-0,"e":1e1000000000,"f":1E5,"g":{digits},"h":-0.0,"i":1e-400}}"#
    );
    let data = evaluated("data", vec![file("d.json", &numbers)], Vec::new(), None);
    assert_eq!(data.streams.stdout, format!("{numbers}\n"));
    let input = evaluated("input", Vec::new(), Vec::new(), Some(&numbers));
    assert_eq!(input.streams.stdout, format!("{numbers}\n"));
    // A number that can't be computed with ends the evaluation, and is never an answer.
    let sum = evaluated("input.e + 1", Vec::new(), Vec::new(), Some(&numbers));
    assert_eq!(sum.result, opa_eval::Result::Failed);
    assert!(sum.streams.stdout.contains("number too big"), "{sum:?}");
    let compared = "input.a == 9007199254740993; input.e > input.b; input.g > 1";
    let compared = evaluated(compared, Vec::new(), Vec::new(), Some(&numbers));
    assert_eq!(compared.streams.stdout, "true true true\n");
    // OPA 1.22 refuses a number of that size.
    let message = input_of("{\"e\": 1e1000000000}", Version::V1).unwrap_err();
    assert_eq!(message, "invalid number: number too big");
}

fn input_of(text: &str, version: Version) -> Result<Value, String> {
    super::input(text.as_bytes(), version)
}

#[test]
fn numbers_of_yaml_are_what_opas_library_makes_of_them() {
    let yaml = "a: 9007199254740993\nb: 1e400\nc: 1.10\nd: -0\nf: 0.1e1\nh: -0.0\ni: 12345678901234567890123\nk: 0x1F\nl: 0o17\nm: 017\n";
    assert_eq!(
        loaded(vec![file("d.yaml", yaml)], Vec::new(), Version::V0),
        r#"{"a":9007199254740993,"b":"1e400","c":1.1,"d":0,"f":1,"h":-0,"i":1.2345678901234568e+22,"k":31,"l":15,"m":15}"#
    );
    assert_eq!(
        input_of("\u{feff}a: 9007199254740993", Version::V0).map(|value| json::write(&value)),
        Ok(r#"{"a":9007199254740993}"#.to_owned())
    );
}

#[test]
fn files_stand_under_their_keys_and_may_not_overlap() {
    let below = File {
        under: vec!["p".to_owned(), "q".to_owned()],
        ..file("list.json", "[1]")
    };
    let one = || file("one.json", r#"{"a": {"b": 1}}"#);
    let load = |files, version| loaded(files, Vec::new(), version);
    assert_eq!(
        load(
            vec![below, one(), file("two.yaml", "a: {c: yes}")],
            Version::V0
        ),
        r#"{"a":{"b":1,"c":true},"p":{"q":[1]}}"#
    );
    let clash = || vec![one(), file("b.json", r#"{"a": {"b": 1}}"#)];
    assert_eq!(load(clash(), Version::V0), "b.json: merge error");
    assert_eq!(
        load(clash(), Version::V1),
        "b.json: merge error: conflicting values at data.a.b, also defined in one.json"
    );
    assert_eq!(
        load(vec![file("x.json", "[1]")], Version::V0),
        "x.json: document must be of type object"
    );
    let unreadable = File {
        content: Err("open x: permission denied".to_owned()),
        ..file("x", "")
    };
    assert_eq!(
        load(
            vec![unreadable, file("y.json", "{"), file("z.bin", "\u{1}[")],
            Version::V0
        ),
        "open x: permission denied\ny.json: unexpected EOF\nz.bin: can't recognize file type"
    );
}

#[test]
fn a_rule_in_the_place_of_a_document_is_refused() {
    let over = |data: &str, rules: &str| {
        let files = vec![file("d.json", data), file("p.rego", rules)];
        evaluated("data.t.a", files, Vec::new(), None)
            .streams
            .stdout
    };
    let refused = |path: &str, line: usize| {
        format!(
            "1 error occurred: p.rego:{line}: rego_compile_error: conflicting rule for data path {path} found\n"
        )
    };
    let rule = "package t\n\na = 1 { true }\n";
    assert_eq!(over(r#"{"t": {"a": 2, "b": 3}}"#, rule), refused("t/a", 3));
    // A value that isn't an object leaves no room for anything below it.
    assert_eq!(over(r#"{"t": 1}"#, rule), refused("t/a", 3));
    assert_eq!(
        over(r#"{"t": [1]}"#, "package t[\"0\"]\n\na = 1 { true }\n"),
        refused("t/0/a", 3)
    );
    assert_eq!(
        over(
            r#"{"t": {"a": {"x": 2}}}"#,
            "package t\n\na[x] { x := 1 }\n"
        ),
        refused("t/a", 3)
    );
    assert_eq!(over(r#"{"t": {"b": 3}}"#, rule), "1\n");
    assert_eq!(over(r#"{"t": {}}"#, rule), "1\n");
}

fn manifest(text: &str) -> (&str, &str) {
    (".manifest", text)
}

#[test]
fn bundles_keep_within_their_roots() {
    let load = |bundles, version| loaded(Vec::new(), bundles, version);
    let within = folder(
        "b",
        &[
            manifest(r#"{"roots": ["a"]}"#),
            ("a/data.json", r#"{"n": 1.10}"#),
            ("other.json", "{"),
            ("p.rego", "package a.p\n"),
        ],
    );
    assert_eq!(
        load(vec![within.clone()], Version::V0),
        r#"{"a":{"n":1.10}}"#
    );
    let outside = folder(
        "b",
        &[
            manifest(r#"{"roots": ["a"]}"#),
            ("data.json", r#"{"q": 1}"#),
        ],
    );
    assert_eq!(
        load(vec![outside], Version::V0),
        "loading error: bundle b: manifest roots [a] do not permit data at path '/q' (hint: check bundle directory structure)"
    );
    let package = folder(
        "b",
        &[manifest(r#"{"roots": ["a"]}"#), ("p.rego", "package q\n")],
    );
    assert_eq!(
        load(vec![package], Version::V1),
        "loading error: bundle b: manifest roots [a] do not permit 'package q' in module 'b/p.rego'"
    );
    let twice = folder("b", &[manifest(r#"{"roots": ["a", "a/b"]}"#)]);
    assert_eq!(
        load(vec![twice], Version::V0),
        "loading error: bundle b: manifest has overlapped roots: 'a' and 'a/b'"
    );
    let all = folder("c", &[]);
    assert_eq!(
        load(vec![within.clone(), all.clone()], Version::V0),
        "detected overlapping roots in bundle manifest with: [b c]"
    );
    assert_eq!(
        load(vec![within.clone(), all], Version::V1),
        "bundle activation failed: bundles [b, c] have overlapping roots and cannot be activated \
         simultaneously because bundle(s) [c] specify empty root paths ('') which overlap with any other bundle root"
    );
    // At its roots, a bundle replaces what was loaded.
    let beside = vec![file("d.json", r#"{"a": {"m": 1}, "z": 2}"#)];
    assert_eq!(
        loaded(beside, vec![within], Version::V0),
        r#"{"a":{"n":1.10},"z":2}"#
    );
}

#[test]
fn a_bundle_says_which_rego_it_is_in() {
    let newer = folder(
        "b",
        &[
            manifest(r#"{"rego_version": 1}"#),
            ("p.rego", "package p\n\nx if true\n"),
        ],
    );
    let found = evaluated("data.p.x", Vec::new(), vec![newer], None);
    assert_eq!(found.streams.stdout, "true\n", "{found:?}");
}

#[test]
fn what_of_a_bundle_is_not_done_here_is_refused() {
    for (name, text, word) in [
        (
            ".manifest",
            r#"{"wasm": [{"entrypoint": "a"}]}"#,
            "WebAssembly",
        ),
        (
            ".manifest",
            r#"{"file_rego_versions": {"*.rego": 1}}"#,
            "pattern '*.rego'",
        ),
        ("patch.json", "{}", "delta bundle"),
    ] {
        let message = loaded(Vec::new(), vec![folder("b", &[(name, text)])], Version::V0);
        assert!(
            message.starts_with("loading error: bundle b: ") && message.contains(word),
            "{message}"
        );
    }
}

fn archive(path: &str, tar: &[u8]) -> Bundle {
    let mut writer = flate2::GzBuilder::new().write(Vec::new(), flate2::Compression::fast());
    writer.write_all(tar).unwrap();
    Bundle {
        path: path.to_owned(),
        content: Content::Archive(writer.finish().unwrap()),
    }
}

fn entry(name: &str, kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", content.len()).as_bytes());
    header[156] = kind;
    header[257..265].copy_from_slice(b"ustar\x0000");
    header.extend(content);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

#[test]
fn archives_are_read_and_never_more_than_they_hold() {
    let long = format!("{}/data.json", "n".repeat(120));
    let record = format!("path={long}\n");
    let record = format!("{} {record}", record.len() + 4);
    let tar = [
        entry("a/", b'5', b""),
        entry("a/data.json", b'0', b"{\"n\": 1e400}"),
        entry("pax", b'x', record.as_bytes()),
        entry("short/data.json", b'0', b"{\"m\": 1}"),
        vec![0; 1024],
    ]
    .concat();
    assert_eq!(
        loaded(Vec::new(), vec![archive("b.tar.gz", &tar)], Version::V0),
        format!(r#"{{"a":{{"n":1e400}},"{}":{{"m":1}}}}"#, "n".repeat(120))
    );
    let cut = tar.get(..700).unwrap();
    assert_eq!(
        loaded(Vec::new(), vec![archive("b.tar.gz", cut)], Version::V0),
        "loading error: bundle b.tar.gz: bundle read failed: unexpected EOF"
    );
    for bytes in [&b"PK"[..], &[0x1f, 0x8b, 8, 0]] {
        let bundle = Bundle {
            path: "b".to_owned(),
            content: Content::Archive(bytes.to_vec()),
        };
        let message = loaded(Vec::new(), vec![bundle], Version::V0);
        assert!(message.contains("archive read failed: "), "{message}");
    }
    // A size that no archive has.
    let mut lying = entry("data.json", b'0', b"");
    lying[124..136].copy_from_slice(&[0xff; 12]);
    let message = loaded(Vec::new(), vec![archive("b", &lying)], Version::V0);
    assert!(
        message.contains("invalid tar header") || message.contains("unexpected EOF"),
        "{message}"
    );
}

#[test]
fn errors_have_the_shape_of_opas() {
    let problem = |text: &str| {
        let outcome = evaluated("data.p", vec![file("p.rego", text)], Vec::new(), None);
        outcome.streams.stdout
    };
    assert_eq!(
        problem("package p\n\nx { input.a == }\n"),
        "1 error occurred: p.rego:3: rego_parse_error: unexpected } token\n\tx { input.a == }\n\t               ^\n"
    );
    assert_eq!(
        problem("package p\n\nx { [1] = {\"a\"} }\n"),
        "1 error occurred: p.rego:3: rego_type_error: match error\n\tleft  : array<number>\n\tright : set[string]\n"
    );
    let Err(errors) = load(
        vec![file("p.rego", "package p\n\nx { input.a == }\n")],
        Vec::new(),
        Version::V0,
    ) else {
        panic!("it can't be read");
    };
    let written: Vec<_> = errors
        .iter()
        .map(|error| error.as_opa_writes_it().compact())
        .collect();
    assert_eq!(
        written,
        [
            r#"{"message":"unexpected } token","code":"rego_parse_error","location":{"file":"p.rego","row":3,"col":16},"details":{"line":"x { input.a == }","idx":15}}"#
        ]
    );
}

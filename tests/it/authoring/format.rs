//! Compares our formatter with `opa fmt`: for Rego v0 with that of OPA 0.70, for Rego v1 with that of 1.22.
//!
//! OPA's answers to the forms in `tests/cases/format` are recorded, so that they are also compared where there is no
//! Go to build OPA; `UPDATE_ANSWERS=1` records them again. `LAYOUT_RUNS` and `LAYOUT_SEED` set how many layouts are
//! tried, and which.

mod corpus;
mod layouts;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use commands::format::{Dialect, format};
use serde_json::json;

use self::corpus::Text;
use super::opa::reference::Reference;

/// The dialects, with their names in the reference, the versions of OPA, and the files with their forms.
const DIALECTS: [(Dialect, &str, &str, &str); 3] = [
    (Dialect::V0, "v0", "v0.70.0", "v0.txt"),
    (Dialect::V0AndV1, "v0v1", "v0.70.0", "v0.txt"),
    (Dialect::V1, "v1", "v1.22.2", "v1.txt"),
];

/// The result of formatting a module.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Formatted(String),
    Refused,
    /// It nests deeper than we allow, which OPA accepts.
    TooDeep,
}

#[derive(Debug, Default)]
struct Tally {
    equal: usize,
    refused: usize,
    too_deep: usize,
    differing: Vec<String>,
}

impl Tally {
    fn compare(&mut self, text: &Text, ours: &Outcome, theirs: &Outcome) {
        match (ours, theirs) {
            (Outcome::TooDeep, _) => self.too_deep += 1,
            _ if ours != theirs => self.differing.push(format!(
                "{}\n{}\n---- by OPA\n{}\n---- here\n{}",
                text.name,
                text.text,
                shown(theirs),
                shown(ours)
            )),
            (Outcome::Refused, _) => self.refused += 1,
            _ => self.equal += 1,
        }
    }

    fn assert_none_differs(&self, about: &str) {
        eprintln!(
            "{about}: {} modules formatted alike, {} refused by both, {} too deep for us, {} different",
            self.equal,
            self.refused,
            self.too_deep,
            self.differing.len()
        );
        let smallest = self.differing.iter().min_by_key(|text| text.len());
        assert!(
            self.differing.is_empty(),
            "{about}: {} modules are formatted otherwise than by OPA, such as {}",
            self.differing.len(),
            smallest.map_or("", String::as_str)
        );
    }
}

fn shown(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Formatted(text) => text,
        Outcome::Refused | Outcome::TooDeep => "(refused)",
    }
}

fn ours(texts: &[Text], dialect: Dialect) -> Vec<Outcome> {
    // A debug build needs more of the stack for each level than an optimized one.
    on_a_large_stack(|| {
        texts
            .iter()
            .map(|text| match format(&text.text, 0, dialect) {
                Ok(formatted) => Outcome::Formatted(formatted),
                Err(problems) => {
                    let first = problems.first().expect("a reason");
                    let bounds = ["nest deeper", "in a row"];
                    if bounds.iter().any(|bound| first.message.contains(bound)) {
                        Outcome::TooDeep
                    } else {
                        Outcome::Refused
                    }
                }
            })
            .collect()
    })
}

fn on_a_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let worker = thread::Builder::new()
            .stack_size(256 << 20)
            .spawn_scoped(scope, work);
        worker.expect("a thread").join().expect("no panic")
    })
}

/// The answers of the reference, one line for each module.
fn answers(opa: &Reference, texts: &[Text], rego: &str) -> Vec<String> {
    let questions: Vec<_> = texts
        .iter()
        .map(|text| json!({"id": text.name, "text": text.text, "rego": rego}).to_string())
        .collect();
    opa.answers(&questions.iter().map(String::as_str).collect::<Vec<_>>())
}

fn outcome(answer: &str) -> Outcome {
    let answer: serde_json::Value = serde_json::from_str(answer).expect("an answer");
    match answer["formatted"].as_str() {
        Some(text) => Outcome::Formatted(text.to_owned()),
        None => Outcome::Refused,
    }
}

fn compare(
    opa: &Reference,
    texts: &[Text],
    (dialect, rego, ..): (Dialect, &str, &str, &str),
) -> Tally {
    let mut tally = Tally::default();
    let theirs = answers(opa, texts, rego);
    for ((text, ours), theirs) in texts.iter().zip(ours(texts, dialect)).zip(theirs) {
        tally.compare(text, &ours, &outcome(&theirs));
    }
    tally
}

fn recording(rego: &str) -> PathBuf {
    Path::new("tests/cases/format").join(format!("opa-{rego}.jsonl"))
}

#[test]
fn forms_are_formatted_as_opa_formats_them() {
    for (dialect, rego, version, file) in DIALECTS {
        let forms = corpus::forms(file);
        if env::var_os("UPDATE_ANSWERS").is_some()
            && let Some(opa) = Reference::formatter(version)
        {
            let answers = answers(&opa, &forms, rego).join("\n") + "\n";
            fs::write(recording(rego), answers).expect("a file to write");
        }
        let recorded = fs::read_to_string(recording(rego)).expect("OPA's answers");
        assert_eq!(recorded.lines().count(), forms.len(), "forms of {rego}");
        let mut tally = Tally::default();
        for ((form, ours), theirs) in forms
            .iter()
            .zip(ours(&forms, dialect))
            .zip(recorded.lines())
        {
            tally.compare(form, &ours, &outcome(theirs));
        }
        tally.assert_none_differs(&format!("forms of {rego}"));
    }
}

#[test]
fn what_is_recorded_is_what_opa_answers() {
    for (_, rego, version, file) in DIALECTS {
        let Some(opa) = Reference::formatter(version) else {
            continue;
        };
        let recorded = fs::read_to_string(recording(rego)).expect("OPA's answers");
        let answers = answers(&opa, &corpus::forms(file), rego);
        for (recorded, answer) in recorded.lines().zip(&answers) {
            assert_eq!(recorded, answer, "OPA {version} answers otherwise");
        }
    }
}

#[test]
fn our_policies_are_formatted() {
    for text in corpus::policies() {
        if text.name.starts_with("policies") {
            let formatted = format(&text.text, 0, Dialect::V0).expect("a policy");
            assert_eq!(formatted, text.text, "{}", text.name);
        }
    }
}

#[test]
fn every_module_is_formatted_as_opa_formats_it() {
    for each in DIALECTS {
        let (dialect, rego, version, _) = each;
        let Some(opa) = Reference::formatter(version) else {
            continue;
        };
        let mut texts = corpus::policies();
        texts.extend(corpus::of_opa("v0.70.0"));
        texts.extend(corpus::of_opa("v1.22.2"));
        compare(&opa, &texts, each).assert_none_differs(&format!("modules as {rego}"));
        // What is formatted is formatted again, as OPA does it. Mostly, it doesn't change.
        let again: Vec<_> = texts
            .iter()
            .zip(ours(&texts, dialect))
            .filter_map(|(text, outcome)| match outcome {
                Outcome::Formatted(formatted) => Some(Text {
                    name: format!("{}, formatted", text.name),
                    text: formatted,
                }),
                Outcome::Refused | Outcome::TooDeep => None,
            })
            .collect();
        compare(&opa, &again, each).assert_none_differs(&format!("formatted modules as {rego}"));
    }
}

#[test]
fn other_layouts_are_formatted_as_opa_formats_them() {
    let runs = env::var("LAYOUT_RUNS").map_or(1000, |runs| runs.parse().expect("a number"));
    let seed = env::var("LAYOUT_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    for each in DIALECTS {
        let (_, rego, version, file) = each;
        let Some(opa) = Reference::formatter(version) else {
            continue;
        };
        let mut modules = corpus::forms(file);
        modules.extend(corpus::policies());
        modules.extend(corpus::of_opa(version));
        modules.retain(|module| module.text.len() < 6000);
        let texts = layouts::layouts(&modules, seed, runs);
        compare(&opa, &texts, each).assert_none_differs(&format!("layouts as {rego}"));
    }
}

/// A megabyte of anything takes a moment, and two megabytes take twice as long.
#[test]
fn large_modules_are_formatted_in_time() {
    for (name, piece) in [
        ("rules", "p[x] {\n\tx = 1 # one\n}\n"),
        ("comments", "# a comment\n\n"),
        ("imports", "import data.a # b\n"),
        ("lists", "q = [1, [2, {\"a\": 3, # b\n}], f(4,\n5)]\n"),
        ("rows", "r { true } { true\n}\n"),
    ] {
        let mut text = String::from("package a\n");
        while text.len() < 1 << 20 {
            text.push_str(piece);
        }
        in_time(name, &text);
    }
    let line = format!("package a\np = [{}]\n", "\"x\", ".repeat(200_000));
    in_time("one line", &line);
    let set = (0..100_000).fold(String::new(), |mut set, i| {
        let _ = writeln!(set, "{i},");
        set
    });
    in_time("a set", &format!("package a\np = {{\n{set}}}\n"));
    let braces = format!("package a\n# {}\np {{ true }}\n", "{".repeat(1 << 20));
    in_time("braces in a comment", &braces);
    for (open, close) in [
        ("[", "]"),
        ("{", "}"),
        ("(", ")"),
        ("f(", ")"),
        ("{\"a\": ", "}"),
    ] {
        let depth = 150;
        let nested = format!("{}1{}", open.repeat(depth), close.repeat(depth));
        let many = format!("p = {nested} # c\n").repeat(100);
        in_time(&format!("nested {open}"), &format!("package a\n{many}"));
        // A module that nests too deeply is refused, and doesn't end the process.
        let deep = format!(
            "package a\np = {}1{}\n",
            open.repeat(100_000),
            close.repeat(100_000)
        );
        assert!(on_a_large_stack(|| format(&deep, 0, Dialect::V0).is_err()));
    }
    let elses = format!(
        "package a\np {{ false }}{}\n",
        " else = 1 { false }".repeat(400)
    );
    in_time("else", &elses);
}

fn in_time(name: &str, text: &str) {
    for dialect in [Dialect::V0, Dialect::V0AndV1] {
        let start = Instant::now();
        let formatted = on_a_large_stack(|| format(text, 0, dialect).map_err(|_| ()));
        let took = start.elapsed();
        assert!(
            formatted.is_ok() || dialect == Dialect::V0AndV1,
            "{name}: {formatted:?}"
        );
        eprintln!("{name} ({} bytes): {took:?}", text.len());
        assert!(took < Duration::from_mins(1), "{name}: {took:?}");
    }
}

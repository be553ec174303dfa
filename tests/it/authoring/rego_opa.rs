//! Compares our engine with OPA: for Rego v0 with OPA 0.70, for v1 with 1.22.
//!
//! OPA's answers to the forms in `tests/cases/forms` are recorded, so that they are also compared where there is no
//! Go to build OPA. `UPDATE_ANSWERS=1` records them again.

mod answer;
mod forms;
pub mod generator;
mod random;
mod samples;

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs, thread};

use self::answer::Answer;
use self::forms::Form;
use super::opa::engine;
use super::opa::reference::Reference;

/// The version of OPA for each version of Rego.
const VERSIONS: [&str; 2] = ["v0.70.0", "v1.22.2"];

/// The forms for which the answers differ, and why. It can only get shorter, because a form with the same answers may
/// not be in it.
const EXCEPTIONS: &str = "tests/cases/forms/exceptions.txt";

#[test]
fn forms_are_answered_as_opa_answers_them() {
    let mut differing = Vec::new();
    let (mut count, mut missing) = (0, 0);
    for (forms, version) in forms::by_version().iter().zip(VERSIONS) {
        let theirs = recorded(forms, version);
        let ours = ours(forms.iter().map(|form| form.case.as_str()));
        for ((form, ours), theirs) in forms.iter().zip(ours).zip(theirs) {
            count += 1;
            let ours = Answer::of(&ours);
            match ours.difference(&Answer::of(&theirs)) {
                Some(_) if ours.is_refused_by_builtins() => missing += 1,
                Some(difference) => differing.push((form.id.clone(), difference)),
                None => {}
            }
        }
    }
    let excepted = exceptions();
    let unexpected: Vec<_> = differing
        .iter()
        .filter(|(id, _)| !excepted.contains(id))
        .map(|(id, difference)| format!("{id}\n{difference}"))
        .collect();
    assert!(
        unexpected.is_empty(),
        "{} of {count} forms are answered otherwise than OPA does:\n{}",
        unexpected.len(),
        unexpected.join("\n")
    );
    let differing: BTreeSet<_> = differing.into_iter().map(|(id, _)| id).collect();
    let alike: Vec<_> = excepted.difference(&differing).cloned().collect();
    assert!(
        alike.is_empty(),
        "no exceptions any more, or no forms; take them out of {EXCEPTIONS}:\n{}",
        alike.join("\n")
    );
    eprintln!(
        "{count} forms, {} of them exceptions, {missing} refused for a function that isn't there",
        excepted.len()
    );
}

#[test]
fn what_is_recorded_is_what_opa_answers() {
    for (forms, version) in forms::by_version().iter().zip(VERSIONS) {
        let Some(opa) = Reference::of(version) else {
            continue;
        };
        let cases: Vec<_> = forms.iter().map(|form| form.case.as_str()).collect();
        let answers = opa.answers(&cases).join("\n") + "\n";
        let path = recording(version);
        if env::var_os("UPDATE_ANSWERS").is_some() {
            fs::write(&path, &answers).expect("a file to write");
        }
        let recorded = fs::read_to_string(&path).expect("OPA's answers");
        for (recorded, answer) in recorded.lines().zip(answers.lines()) {
            // The order of errors at the same location is random.
            let difference = Answer::of(recorded).difference(&Answer::of(answer));
            assert_eq!(difference, None, "{version} answers otherwise: {answer}");
        }
        assert_eq!(recorded.lines().count(), forms.len(), "{path}");
    }
}

#[test]
fn random_policies_are_answered_as_opa_answers_them() {
    let runs = env::var("RANDOM_RUNS").map_or(400, |runs| runs.parse().expect("a number"));
    let seed = env::var("RANDOM_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    for (rego, version) in VERSIONS.into_iter().enumerate() {
        let Some(opa) = Reference::of(version) else {
            continue;
        };
        let found = random::compare(&opa, rego, seed, runs);
        assert!(
            found.differing.is_empty(),
            "{} of {runs} policies are answered otherwise than by {version}, such as:\n{}",
            found.differing.len(),
            found.smallest()
        );
        eprintln!("{version}: {runs} policies from seed {seed}: {found}");
    }
}

#[test]
fn harness_samples_are_answered_as_opa_answers_them() {
    // All of them take minutes in a debug build.
    let every = env::var("SAMPLES_EVERY").map_or(12, |every| every.parse().expect("a number"));
    let cases = samples::cases(every);
    if cases.is_empty() {
        eprintln!("no samples are available");
        return;
    }
    let Some(opa) = Reference::of(VERSIONS[0]) else {
        return;
    };
    let texts: Vec<_> = cases.iter().map(|case| case.text.as_str()).collect();
    let theirs = opa.answers(&texts);
    let mut differing = Vec::new();
    let mut missing = 0;
    for ((case, ours), theirs) in cases.iter().zip(ours(texts.iter().copied())).zip(theirs) {
        let ours = Answer::of(&ours);
        match ours.difference(&Answer::of(&theirs)) {
            Some(_) if ours.is_refused_by_builtins() => missing += 1,
            Some(difference) => differing.push(format!("{}\n{difference}", case.id)),
            None => {}
        }
    }
    assert!(
        differing.is_empty(),
        "{} of {} answers differ, such as:\n{}",
        differing.len(),
        cases.len(),
        differing[..differing.len().min(10)].join("\n")
    );
    eprintln!(
        "{} answers: as {}, or refused for a function that isn't there ({missing})",
        cases.len(),
        VERSIONS[0]
    );
}

/// Our answers. In a debug build, each level of Rego takes much of the stack.
fn ours<'c>(cases: impl Iterator<Item = &'c str> + Send) -> Vec<String> {
    thread::scope(|scope| {
        let worker = thread::Builder::new()
            .stack_size(256 << 20)
            .spawn_scoped(scope, || cases.map(engine::answer_line).collect());
        worker.expect("a thread").join().expect("no panic")
    })
}

fn recording(version: &str) -> String {
    format!("tests/cases/forms/opa-{version}.jsonl")
}

fn recorded(forms: &[Form], version: &str) -> Vec<String> {
    let path = recording(version);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let answers: Vec<_> = text.lines().map(str::to_owned).collect();
    assert_eq!(
        answers.len(),
        forms.len(),
        "{path} is of other forms: record OPA's answers anew (UPDATE_ANSWERS=1)"
    );
    answers
}

fn exceptions() -> BTreeSet<String> {
    let text = fs::read_to_string(Path::new(EXCEPTIONS)).expect("the exceptions");
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(str::to_owned).collect()
}

//! Real OPA with the same policies has the same findings as our module for the same files. `OPA` names the
//! executables to use; if it is empty, these tests are skipped.

pub mod answers;
pub mod cases;
pub mod engine;
pub mod executables;
pub mod reference;

use std::thread;

use self::executables::run;

#[test]
fn our_module_says_what_opa_says() {
    let opas = executables::all();
    if opas.is_empty() {
        return;
    }
    let cases = cases::all();
    let (ours, answers) = thread::scope(|scope| {
        let answering: Vec<_> = opas
            .iter()
            .map(|opa| scope.spawn(|| answers::of_opa(opa, &cases)))
            .collect();
        let ours = answers::ours(&cases);
        let answers: Vec<_> = answering
            .into_iter()
            .map(|answer| answer.join().expect("OPA answers"))
            .collect();
        (ours, answers)
    });
    assert!(!ours.is_empty(), "nothing is found in anything");
    for (opa, theirs) in opas.iter().zip(answers) {
        let said = format!("{} findings in {} cases", ours.len(), cases.len());
        let only_ours = ours
            .difference(&theirs)
            .map(|line| format!("only ours: {line}"));
        let only_theirs = theirs
            .difference(&ours)
            .map(|line| format!("only OPA's: {line}"));
        let differences: Vec<_> = only_ours.chain(only_theirs).collect();
        assert!(
            differences.is_empty(),
            "{said}, {} of them otherwise in {}, such as:\n{}",
            differences.len(),
            opa.display(),
            some_of(&differences).join("\n")
        );
        eprintln!("{said}: as {}", opa.display());
    }
}

#[test]
fn opa_passes_the_rego_tests() {
    for opa in executables::all() {
        run(opa, &["test", "--ignore=*.yaml", "policies"]);
    }
}

#[test]
fn opa_accepts_the_policies_strictly() {
    for opa in executables::all() {
        run(
            opa,
            &[
                "check",
                "--strict",
                "policies",
                "tests/cases/opa/query.rego",
            ],
        );
    }
}

#[test]
fn opa_would_format_nothing() {
    for opa in executables::all() {
        let unformatted = run(opa, &["fmt", "--list", "policies"])
            + &run(opa, &["fmt", "--list", "tests/cases/opa"]);
        assert!(
            unformatted.is_empty(),
            "`opa fmt --write` is due for:\n{unformatted}"
        );
    }
}

/// A few lines from all over, because differences come in groups of the same kind.
fn some_of(lines: &[String]) -> Vec<String> {
    const FEW: usize = 20;
    let every = lines.len().div_ceil(FEW).max(1);
    lines.iter().step_by(every).cloned().collect()
}

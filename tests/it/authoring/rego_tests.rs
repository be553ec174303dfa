//! Compares our test runner with `opa test`: for Rego v0 with OPA 0.70, for v1 with 1.22.

mod outcome;
mod project;
mod random;

use std::{env, thread};

use self::outcome::Outcome;
use self::project::{OPA, Project};
use super::opa::executables;

#[test]
fn tests_come_to_what_opa_says() {
    let runs = env::var("RANDOM_RUNS").map_or(300, |runs| runs.parse().expect("a number"));
    let seed: u64 = env::var("RANDOM_SEED").map_or(1, |seed| seed.parse().expect("a number"));
    for (rego, version) in OPA.into_iter().enumerate() {
        let Some(opa) = executables::of(version) else {
            eprintln!("no tests are compared with OPA {version}: there is no Go to build it");
            return;
        };
        let projects: Vec<_> = (seed..seed + runs)
            .map(|seed| random::project(rego, seed))
            .collect();
        // In a debug build, each level of Rego takes much of the stack.
        let compared = thread::scope(|scope| {
            let half = projects.len().div_ceil(2).max(1);
            let workers: Vec<_> = projects
                .chunks(half)
                .map(|projects| {
                    let work = || {
                        projects
                            .iter()
                            .map(|project| compare(project, &opa))
                            .collect::<Vec<_>>()
                    };
                    let worker = thread::Builder::new().stack_size(64 << 20);
                    worker.spawn_scoped(scope, work).expect("a thread")
                })
                .collect();
            let compared = workers.into_iter();
            compared
                .flat_map(|worker| worker.join().expect("no panic"))
                .collect::<Vec<_>>()
        });
        let differing: Vec<_> = compared
            .iter()
            .filter_map(|one| one.as_ref().err())
            .collect();
        assert!(
            differing.is_empty(),
            "{} of {runs} projects come to something else than OPA {version} says, such as:\n{}",
            differing.len(),
            differing
                .iter()
                .take(env::var("SHOW").map_or(5, |n| n.parse().expect("a number")))
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join("\n\n")
        );
        let counts: Vec<_> = compared.into_iter().filter_map(Result::ok).collect();
        let refused = counts.iter().filter(|outcome| outcome.is_refused()).count();
        let tests: usize = counts.iter().map(Outcome::len).sum();
        let bad: usize = counts.iter().map(Outcome::failing).sum();
        assert!(
            bad > tests / 10 && bad < tests * 9 / 10,
            "{bad} of {tests} tests fail: nearly all come to the same"
        );
        eprintln!(
            "{version}: {runs} projects from seed {seed}, {refused} refused; {tests} tests, {bad} of which don't pass"
        );
    }
}

/// The common outcome, or the difference.
fn compare(project: &Project, opa: &std::path::Path) -> Result<Outcome, String> {
    let ours = project.ours();
    let theirs = project.theirs(opa);
    match ours.difference(&theirs) {
        None => Ok(ours),
        Some(difference) => Err(format!("{project}\n{difference}")),
    }
}

//! What holds for every input: nothing panics, and the invariants of each module hold.
//!
//! Each target takes bytes. `cargo test` replays the seeds in `__fuzz__/TARGET/`, and tries the same random inputs
//! each time; `make fuzz` varies them as long as one likes, guided by the lines of code that they reach. `FUZZ_RUNS`
//! and `FUZZ_SEED` change the random inputs here.

mod builtins;
mod checks;
mod configuration;
mod entity;
mod layouts;
mod modules;
mod reader;
mod regression;
mod tree;

use std::path::Path;
use std::{env, fs, thread};

use crate::authoring::chance::Chance;

/// A property of the code for any bytes. It panics if it doesn't hold.
type Property = fn(&[u8]);

macro_rules! targets {
    ($($(#[$about:meta])* $name:ident: $property:path, $runs:literal runs;)*) => {
        $(
            $(#[$about])*
            #[test]
            fn $name() {
                fn vary() {
                    bolero::check!(name = stringify!($name))
                        .with_iterations(0)
                        .for_each(|bytes: &[u8]| $property(bytes));
                }
                with_a_large_stack(vary);
                with_a_large_stack(|| run(stringify!($name), $property, $runs));
            }
        )*

        #[test]
        fn every_folder_of_seeds_belongs_to_a_target() {
            let targets = [$(stringify!($name)),*];
            for entry in fs::read_dir("tests/it/authoring/fuzz/__fuzz__").into_iter().flatten() {
                let name = entry.unwrap().file_name().into_string().unwrap();
                assert!(targets.contains(&name.as_str()), "there is no target {name}");
            }
        }
    };
}

targets! {
    /// Any text as YAML or JSON.
    text: reader::text, 300 runs;
    /// One value in many layouts.
    values: reader::values, 200 runs;
    /// Any text as a file of a check.
    files: checks::text, 60 runs;
    /// Harness's shapes, whole and damaged.
    shapes: checks::shapes, 25 runs;
    /// Fixes in every layout.
    fixes: checks::fixes, 15 runs;
    /// Any text as a configuration.
    configuration_text: configuration::text, 200 runs;
    /// The configuration's keys with other values.
    configuration_values: configuration::values, 60 runs;
    /// Any text as Rego.
    rego_text: modules::text, 200 runs;
    /// Policies that are nearly always right.
    policies: modules::policies, 40 runs;
    /// Every function with values that nobody expects.
    functions: builtins::functions, 400 runs;
}

/// An evaluation in a debug build needs a larger stack than a thread of the tests has.
fn with_a_large_stack(work: impl FnOnce() + Send + 'static) {
    let name = thread::current().name().map(str::to_owned);
    let thread = thread::Builder::new()
        .name(name.unwrap_or_default())
        .stack_size(256 << 20)
        .spawn(work);
    if let Err(panic) = thread.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
}

/// Tries a property with random bytes, which are the same each time by default.
fn run(target: &str, property: Property, runs: u64) {
    let number = |name: &str| env::var(name).ok()?.parse().ok();
    let runs = number("FUZZ_RUNS").unwrap_or(runs);
    let first = number("FUZZ_SEED").unwrap_or(0);
    for seed in first..first + runs {
        let mut chance = Chance::Seed(seed.wrapping_mul(0xd134_2543_de82_ef95));
        let length = 1 << chance.below(11);
        let bytes: Vec<u8> = (0..length)
            .map(|_| u8::try_from(chance.below(256)).unwrap())
            .collect();
        let outcome = std::panic::catch_unwind(|| property(&bytes));
        if let Err(panic) = outcome {
            let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{target}-{seed}"));
            fs::write(&file, &bytes).unwrap();
            eprintln!("FUZZ_SEED={seed}; its bytes are in {}", file.display());
            std::panic::resume_unwind(panic);
        }
    }
}

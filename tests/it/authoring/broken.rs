//! Policies with errors: each error has a location, and the source line.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use rego::eval::{Alone, Limits, Request};
use rego::policy::{Options, Policy, Source, request};
use values::{Value, Version};

#[test]
fn every_broken_policy_is_explained() {
    let mut files: Vec<PathBuf> = fs::read_dir("tests/cases/broken")
        .expect("the folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let mut shown = String::new();
    for file in files {
        let path = file
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&file).expect("a policy");
        let options = Options {
            version: Version::V0,
            is_strict: false,
            data: Value::object::<Value>([]),
        };
        let Err(problems) = Policy::compile(
            vec![Source {
                path: path.clone(),
                text,
            }],
            options,
        ) else {
            panic!("{path} is taken");
        };
        for problem in &problems {
            assert_eq!(problem.file.as_deref(), Some(path.as_str()), "{problem}");
            writeln!(shown, "{}", problem.with_its_line()).expect("room");
        }
        shown.push('\n');
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn what_goes_on_without_end_is_ended_and_told_with_its_place() {
    let text = "package p\n\na := numbers.range(1, 3000)\n\nsteps { a[_] + a[_] == -1 }\n\n\
        values {\n\tx := [y | i := a[_]; y := [i, a[_]]]\n\tcount(x) == 0\n}\n\n\
        range { count(numbers.range(1, 900000)) == 0 }\n\n\
        levels {\n\tsome i, j\n\ta[i]\n\ta[j] == -1\n}\n";
    let policy = Policy::compile(
        vec![Source {
            path: "p.rego".to_owned(),
            text: text.to_owned(),
        }],
        Options {
            version: Version::V0,
            is_strict: false,
            data: Value::object::<Value>([]),
        },
    )
    .expect("a policy");
    let ended = |rule: &str, limits: Limits| {
        let mut alone = Alone;
        let request = Request {
            limits,
            ..request(None, &mut alone)
        };
        let problems = policy
            .ask(&format!("data.p.{rule}"), request)
            .expect_err("an end");
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        problems.join("\n")
    };
    let usual = Limits::default();
    let shown = [
        ended(
            "steps",
            Limits {
                steps: 10_000,
                ..usual
            },
        ),
        ended(
            "values",
            Limits {
                bytes: 100_000,
                ..usual
            },
        ),
        ended(
            "range",
            Limits {
                bytes: 100_000,
                ..usual
            },
        ),
        ended("levels", Limits { depth: 2, ..usual }),
    ];
    insta::assert_snapshot!(shown.join("\n"));
}

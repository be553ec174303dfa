//! Policies that are refused: each problem with its place, and the line as it is written.
#![cfg(not(target_arch = "wasm32"))]

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use harness_image_guard::rego::policy::{Options, Policy, Source};
use harness_image_guard::rego::syntax::Version;
use harness_image_guard::rego::value::Value;

#[test]
fn every_broken_policy_is_explained() {
    let mut files: Vec<PathBuf> = fs::read_dir("tests/broken")
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

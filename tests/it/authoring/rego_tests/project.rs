//! Modules with tests, for our runner and for OPA's.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{self, Command};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

use commands::tester::{Runner, Status, report};
use rego::eval::{Alone, Limits};
use rego::policy::{Loading, Options, Source};
use values::{Value, Version, json};

use super::outcome::Outcome;

/// The version of OPA for each version of Rego.
pub const OPA: [&str; 2] = ["v0.70.0", "v1.22.2"];

/// The path of the base documents.
pub const DATA: &str = "data.json";

/// Files, and how to run their tests.
pub struct Project {
    /// The version of Rego of the modules.
    pub version: usize,
    /// The files by path. [`DATA`] has the base documents.
    pub files: BTreeMap<String, String>,
    /// The pattern for the tests to run; empty for all.
    pub chosen: String,
}

impl Project {
    fn runner(&self) -> Option<Runner> {
        let sources = self.files.iter().filter(|(path, _)| *path != DATA);
        let sources = sources.map(|(path, text)| Source {
            path: path.clone(),
            text: text.clone(),
        });
        let data = self.files.get(DATA).map_or_else(
            || Value::object::<Value>([]),
            |text| json::parse(text).expect("JSON"),
        );
        let version = [Version::V0, Version::V1][self.version];
        let options = Options {
            version,
            is_strict: false,
            data,
        };
        let chosen = Some(self.chosen.as_str());
        let loading = Loading {
            is_path_checked: true,
            ..Loading::default()
        };
        Runner::compile(sources.collect(), options, loading, chosen).ok()
    }

    /// Whether our runner can compile the modules.
    pub fn compiles(&self) -> bool {
        self.runner().is_some()
    }

    /// The outcome of our runner.
    pub fn ours(&self) -> Outcome {
        let version = [Version::V0, Version::V1][self.version];
        let Some(mut runner) = self.runner() else {
            return Outcome::refused();
        };
        let tests: Vec<_> = (0..runner.len())
            .map(|number| runner.run(number, Limits::default(), &mut Alone))
            .map(|test| test.expect("a test of each number"))
            .collect();
        let is_right = tests.iter().all(|test| test.status == Status::Pass);
        Outcome::of(
            &report::json(&tests),
            &report::pretty(&tests, version, false),
            if is_right { 0 } else { 2 },
            self.version,
        )
    }

    /// The outcome of OPA's runner.
    pub fn theirs(&self, opa: &Path) -> Outcome {
        let folder = Folder::with(&self.files);
        let run = |format: &str| {
            let output = Command::new(opa)
                .args(["test", ".", "--format", format, "--run", &self.chosen])
                .current_dir(&folder.0)
                .output()
                .expect("OPA starts");
            (
                String::from_utf8(output.stdout).expect("UTF-8"),
                output.status.code().expect("no signal"),
            )
        };
        let (json, code) = run("json");
        if code == 1 {
            return Outcome::refused();
        }
        let (pretty, same) = run("pretty");
        assert_eq!(code, same, "{self}");
        Outcome::of(&json, &pretty, code, self.version)
    }
}

impl fmt::Display for Project {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.chosen.is_empty() {
            writeln!(f, "--run {}", self.chosen)?;
        }
        for (path, text) in &self.files {
            writeln!(f, "== {path}\n{text}")?;
        }
        Ok(())
    }
}

/// A folder that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn with(files: &BTreeMap<String, String>) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("rego-tests-{}-{count}", process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        for (path, text) in files {
            fs::write(folder.join(path), text).expect("a file to write");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // If it can't be removed, it is among other temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

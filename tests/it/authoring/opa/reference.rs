//! Real OPA as a process that evaluates cases of Rego, one per line (`tests/opa/reference`).

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, thread};

/// Versions that have only one Rego. They need another file of the reference.
const BEFORE_V1: [&str; 1] = ["v0.42.0"];

/// OPA of one version.
pub struct Reference {
    executable: PathBuf,
}

impl Reference {
    /// Builds it with Go; `None` if there is no Go, or if `OPA` is empty.
    pub fn of(version: &str) -> Option<Self> {
        Self::built(version, "opa-reference", ".")
    }

    /// The same for OPA's formatter.
    pub fn formatter(version: &str) -> Option<Self> {
        Self::built(version, "opa-format", "./format")
    }

    fn built(version: &str, name: &str, program: &str) -> Option<Self> {
        if env::var_os("OPA").is_some_and(|named| named.is_empty()) {
            return None;
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join(".tools/opa-reference").join(version);
        fs::create_dir_all(&folder).expect("a folder for tools");
        let executable = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
        let tags = if BEFORE_V1.contains(&version) {
            "before_v1"
        } else {
            ""
        };
        // This takes minutes the first time, and a moment if nothing has changed.
        let build = Command::new("go")
            .args(["build", &format!("-modfile=opa-{version}.mod")])
            .args(["-tags", tags, "-o"])
            .arg(&executable)
            .arg(program)
            .current_dir(root.join("tests/opa/reference"))
            // Nothing that is used here needs a C compiler.
            .env("CGO_ENABLED", "0")
            .output();
        match build {
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr);
                assert!(output.status.success(), "OPA can't be built: {said}");
                Some(Self { executable })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                eprintln!("nothing is compared with OPA {version}: there is no Go to build it");
                None
            }
            Err(error) => panic!("Go can't be run: {error}"),
        }
    }

    /// The answers, one for each case.
    pub fn answers(&self, cases: &[&str]) -> Vec<String> {
        let mut process = Command::new(&self.executable)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the reference starts");
        let mut stdin = process.stdin.take().expect("the reference reads");
        let stdout = process.stdout.take().expect("the reference writes");
        let answers: Vec<_> = thread::scope(|scope| {
            scope.spawn(move || {
                for case in cases {
                    writeln!(stdin, "{case}").expect("the reference reads");
                }
            });
            let lines = BufReader::new(stdout).lines();
            lines.map(|line| line.expect("a line")).collect()
        });
        let status = process.wait().expect("the reference ends");
        assert!(status.success(), "the reference fails: {status}");
        assert_eq!(
            answers.len(),
            cases.len(),
            "the reference leaves answers out"
        );
        answers
    }
}

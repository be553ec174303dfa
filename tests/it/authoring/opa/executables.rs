//! The OPA executables to compare with, and their output.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fs, io};

/// The first behaves like the oldest that Harness is known to run; the second is the newest.
const VERSIONS: [&str; 2] = ["v0.70.0", "v1.22.2"];

/// The OPA executables: those that the environment variable `OPA` lists, separated as in `PATH`, or else our
/// versions, which Go installs once into `.tools`, or else the one in the `PATH`.
pub fn all() -> &'static [PathBuf] {
    static FOUND: OnceLock<Vec<PathBuf>> = OnceLock::new();
    FOUND.get_or_init(|| {
        let found = match env::var_os("OPA") {
            Some(named) => env::split_paths(&named)
                .filter(|path| !path.as_os_str().is_empty())
                .collect(),
            None => pinned().or_else(on_path).unwrap_or_default(),
        };
        if found.is_empty() {
            eprintln!(
                "nothing is compared with OPA: there is neither OPA here, nor Go to install it"
            );
        }
        found
    })
}

/// The output of OPA, which must succeed.
pub fn run(opa: &Path, args: &[&str]) -> String {
    let output = Command::new(opa).args(args).output().expect("OPA starts");
    let [written, complaint] =
        [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(
        output.status.success(),
        "{} {}:\n{written}{complaint}",
        opa.display(),
        args.join(" ")
    );
    written
}

/// Our versions; `None` if some are missing and there is no Go.
fn pinned() -> Option<Vec<PathBuf>> {
    VERSIONS.iter().map(|version| installed(version)).collect()
}

/// OPA of one version, which Go installs once into `.tools`; `None` if there is no Go, or if `OPA` is empty.
pub fn of(version: &str) -> Option<PathBuf> {
    if env::var_os("OPA").is_some_and(|named| named.is_empty()) {
        return None;
    }
    installed(version)
}

fn installed(version: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(".tools/opa")
        .join(version);
    let executable = folder.join(format!("opa{}", env::consts::EXE_SUFFIX));
    if executable.is_file() {
        return Some(executable);
    }
    fs::create_dir_all(&folder).expect("a folder for tools");
    eprintln!("installing OPA {version}, which takes minutes, once");
    let installation = Command::new("go")
        .args([
            "install",
            &format!("github.com/open-policy-agent/opa@{version}"),
        ])
        .env("GOBIN", &folder)
        // Nothing that is used here needs a C compiler.
        .env("CGO_ENABLED", "0")
        .output();
    match installation {
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success(),
                "OPA {version} can't be installed: {said}"
            );
            Some(executable)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => panic!("Go can't be run: {error}"),
    }
}

fn on_path() -> Option<Vec<PathBuf>> {
    let opa = PathBuf::from("opa");
    let is_there = Command::new(&opa).arg("version").output().is_ok();
    is_there.then(|| vec![opa])
}

//! The report's types for TypeScript, in `pkg/src/report.ts`: written from these Rust types, and
//! checked to be current.

use std::{env, fs};

use ts_rs::{Config, TS};

use super::{
    Applicability, Diagnostic, DocumentReport, Edit, FileReport, Fix, PathStep, Position, Report,
    Severity, Status, Summary, Verdict,
};
use crate::{Fixed, FixedFile};

const PATH: &str = "pkg/src/report.ts";

fn declaration<T: TS>(config: &Config) -> String {
    let docs = T::docs().unwrap_or_default();
    format!("{docs}export {}\n", T::decl(config))
}

#[test]
fn the_types_for_typescript_are_current() {
    let config = Config::new();
    let mut text =
        "// Written from src/report by `UPDATE_TYPES=1 cargo test typescript`; not by hand.\n\n"
            .to_owned();
    let declarations = [
        declaration::<Report>(&config),
        declaration::<Diagnostic>(&config),
        declaration::<Verdict>(&config),
        declaration::<Severity>(&config),
        declaration::<PathStep>(&config),
        declaration::<Position>(&config),
        declaration::<Fix>(&config),
        declaration::<Edit>(&config),
        declaration::<Applicability>(&config),
        declaration::<FileReport>(&config),
        declaration::<DocumentReport>(&config),
        declaration::<Status>(&config),
        declaration::<Summary>(&config),
        declaration::<Fixed>(&config),
        declaration::<FixedFile>(&config),
    ];
    text.push_str(&declarations.join("\n"));
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(PATH, &text).unwrap();
    }
    let current = fs::read_to_string(PATH).unwrap();
    assert!(
        current == text,
        "{PATH} isn't current: run UPDATE_TYPES=1 cargo test typescript"
    );
}

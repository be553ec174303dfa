//! TypeScript's types, written from Rust's and checked to be current. Only tests need it.

use std::{env, fs};

use ts_rs::{Config, TS};

/// The declaration of one type, with its documentation.
pub fn declaration<T: TS>() -> String {
    let docs = T::docs().unwrap_or_default();
    format!("{docs}export {}\n", T::decl(&Config::new()))
}

/// Checks that a file holds these declarations behind a head, or writes it where `UPDATE_TYPES` is set.
pub fn assert_current(path: &str, head: &str, declarations: &[String]) {
    let text = format!("{head}\n\n{}", declarations.join("\n"));
    if env::var_os("UPDATE_TYPES").is_some() {
        fs::write(path, &text).unwrap();
    }
    let current = fs::read_to_string(path).unwrap_or_default();
    assert!(
        current == text,
        "{path} isn't current: run UPDATE_TYPES=1 cargo test typescript"
    );
}

//! Lint for users' policies. Only the module built with `authoring` has it.

use rego::policy::Source;
use wasm_bindgen::prelude::*;

use super::policy::version;
use crate::interface::rego::{LintOptions, ShownLint};
use crate::policy::lint::{self, Compile, Lint, OLDEST};
use crate::wasm::{from_js, to_js, usage};

/// Lints `{modules: {path: text}, regoVersion?, oldestOpa?, compile?, strict?, disable?}`. Returns `{findings: […],
/// problems: […]}`.
///
/// # Errors
///
/// An `Error` with the `code` `usage`.
#[wasm_bindgen]
pub fn lint(options: &JsValue) -> Result<JsValue, JsValue> {
    let (lint, _) = linted(options)?;
    to_js(&lint)
}

/// Lints like `lint`, and also returns the result as `text` for people.
///
/// # Errors
///
/// An `Error` with the `code` `usage`.
#[wasm_bindgen(js_name = showLint)]
pub fn show_lint(options: &JsValue, color: bool) -> Result<JsValue, JsValue> {
    let (lint, sources) = linted(options)?;
    let text = lint.text(&sources, color);
    to_js(&ShownLint { lint, text })
}

fn linted(options: &JsValue) -> Result<(Lint, Vec<Source>), JsValue> {
    let options: LintOptions = from_js(options)?;
    let version = version(options.rego_version)?;
    let oldest = match options.oldest_opa {
        Some(text) => text.parse().map_err(|()| {
            usage(&format!(
                "`oldestOpa` is `{text}`, but has to be a version such as 0.42"
            ))
        })?,
        None => OLDEST,
    };
    let sources: Vec<_> = options
        .modules
        .into_iter()
        .map(|(path, text)| Source { path, text })
        .collect();
    let compile = match (options.compile, options.strict) {
        (_, true) => Some(Compile::Strict),
        (true, false) => Some(Compile::Usual),
        (false, false) => None,
    };
    let asked = lint::Options {
        version,
        oldest,
        compile,
    };
    let mut lint = lint::lint(&sources, asked);
    lint.findings
        .retain(|finding| !options.disable.iter().any(|rule| rule == finding.rule));
    Ok((lint, sources))
}

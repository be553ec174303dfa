//! `formatRego`: formats Rego. Only the module built with `authoring` has it.

use commands::format::{self, Dialect};
use js_sys::JSON;
use rego::policy::{Diagnostic, Source, diagnostic};
use wasm_bindgen::prelude::*;

use crate::fix;
use crate::interface::rego::{FormatOptions, FormatReport};
use crate::wasm::{from_js, usage};

/// Formats modules as `opa fmt` does, given `{modules: {path: text}, regoVersion?, forBothVersions?, checkResult?}`.
/// Returns `{modules: {path: text}, problems: […], message}`; `message` has the problems for people.
///
/// # Errors
///
/// An `Error` with the `code` `usage`.
#[wasm_bindgen(js_name = formatRego)]
pub fn format_rego(options: &JsValue) -> Result<JsValue, JsValue> {
    let options: FormatOptions = from_js(options)?;
    let dialect = match (options.rego_version, options.for_both_versions) {
        (0, false) => Dialect::V0,
        (0, true) => Dialect::V0AndV1,
        (1, false) => Dialect::V1,
        (1, true) => {
            return Err(usage(
                "`forBothVersions` makes Rego v0 fit for both versions, but `regoVersion` is 1",
            ));
        }
        (other, _) => {
            return Err(usage(&format!(
                "`regoVersion` is {other}, but has to be 0 or 1"
            )));
        }
    };
    let checks_result = options.check_result.unwrap_or(true);
    let mut report = FormatReport::default();
    for (path, text) in options.modules {
        let sources = [Source { path, text }];
        let [source] = &sources;
        let result = format::format(&source.text, 0, dialect).and_then(|text| {
            if checks_result {
                format::check_result(&text, dialect)?;
            }
            Ok(text)
        });
        match result {
            Ok(text) => {
                let [Source { path, .. }] = sources;
                report.modules.insert(path, text);
            }
            Err(more) => {
                let more = more.into_iter().map(|problem| {
                    let mut diagnostic = diagnostic(problem, &sources, "");
                    diagnostic.file.get_or_insert_with(|| source.path.clone());
                    diagnostic
                });
                report.problems.extend(more);
            }
        }
    }
    let message = report.problems.iter().map(Diagnostic::with_its_line);
    report.message = message.collect::<Vec<_>>().join("\n");
    JSON::parse(&report.to_json())
}

/// The changes in a module, as a unified diff.
#[wasm_bindgen(js_name = formatDiff)]
#[must_use]
pub fn format_diff(path: &str, before: &str, after: &str) -> String {
    fix::diff::unified(path, before, after)
}

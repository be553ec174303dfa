//! The command `eval`, and loading files for it and for other commands. Only the module built with `authoring` has
//! it.

use commands::loader::bundle::{Bundle, Content};
use commands::loader::{self, File, LoadError};
use commands::opa_eval::{self, Command};
use commands::presentation::Format;
use js_sys::{Array, Reflect, Uint8Array};
use values::{Version, json};
use wasm_bindgen::prelude::*;

use super::caller::Caller;
use super::policy::version;
use crate::interface::rego::{EvalOptions, EvalOutcome, Loaded};
use crate::wasm::{from_js, object, to_js, usage};

/// Evaluates a query as `opa eval` does. Returns `{stdout, stderr, result}`; the result is `defined`, `undefined` or
/// `failed`. `files` are `[{path, under, isNamed, content}]`. `bundles` are `[{path, files}]` with the files of a
/// folder, or `[{path, content}]` with an archive. A `content` is a `Uint8Array`, or a string with the reason why
/// there is none. `input` is JSON or YAML; without it, the input is undefined. `now` is the time in milliseconds
/// since 1970.
///
/// # Errors
///
/// An `Error` with the `code` `usage` if something doesn't have its form.
#[wasm_bindgen(js_name = evalCommand)]
pub fn eval_command(
    options: &JsValue,
    files: &JsValue,
    bundles: &JsValue,
    input: Option<Vec<u8>>,
    now: Option<f64>,
) -> Result<JsValue, JsValue> {
    let options: EvalOptions = from_js(options)?;
    let format = Format::from_name(&options.format)
        .ok_or_else(|| usage(&format!("the format `{}` is unknown", options.format)))?;
    let command = Command {
        query: options.query,
        version: version(options.rego_version)?,
        package: options.package,
        imports: options.imports,
        files: files_of(files)?,
        bundles: bundles_of(bundles)?,
        input,
        format,
        is_strict: options.strict,
        strict_builtin_errors: options.strict_builtin_errors,
        coverage: options.coverage,
        limits: options.limits.read(),
    };
    let outcome = opa_eval::run(command, &mut Caller::new(now, &JsValue::UNDEFINED));
    let outcome = EvalOutcome {
        stdout: outcome.streams.stdout,
        stderr: outcome.streams.stderr,
        result: outcome.result,
    };
    object([
        ("stdout", outcome.stdout.into()),
        ("stderr", outcome.stderr.into()),
        ("result", outcome.result.name().into()),
    ])
}

/// Loads files and bundles, as passed to `evalCommand`. Returns `{modules: {path: text}, data, moduleVersions}` with
/// the data as JSON.
///
/// # Errors
///
/// An `Error` with the `code` `rego` if only modules have errors, or else `usage`.
#[wasm_bindgen(js_name = loadFiles)]
pub fn load_files(
    files: &JsValue,
    bundles: &JsValue,
    rego_version: u8,
) -> Result<JsValue, JsValue> {
    let loaded = loader::load(
        files_of(files)?,
        bundles_of(bundles)?,
        version(rego_version)?,
    )
    .map_err(|errors| refused(&errors))?;
    let modules = loaded.sources.into_iter();
    let versions = loaded.versions.into_iter();
    to_js(&Loaded {
        modules: modules.map(|source| (source.path, source.text)).collect(),
        data: json::write(&loaded.data),
        module_versions: versions
            .map(|(path, version)| (path, u8::from(version == Version::V1)))
            .collect(),
    })
}

fn refused(errors: &[LoadError]) -> JsValue {
    let problems = errors.iter().map(|fault| match fault {
        LoadError::Problem(problem) => Some((**problem).clone()),
        LoadError::Message(_) => None,
    });
    match problems.collect::<Option<Vec<_>>>() {
        Some(problems) => super::policy::rego_error(&problems),
        None => {
            let texts: Vec<_> = errors.iter().map(LoadError::as_opa_says_it).collect();
            usage(&texts.join("\n"))
        }
    }
}

fn files_of(files: &JsValue) -> Result<Vec<File>, JsValue> {
    list(files)?
        .iter()
        .map(|file| {
            let under = list(&get(file, "under"))?;
            let under = under.iter().filter_map(JsValue::as_string);
            Ok(File {
                path: path_of(file)?,
                under: under.collect(),
                is_named: get(file, "isNamed").is_truthy(),
                content: content_of(file)?,
            })
        })
        .collect()
}

fn bundles_of(bundles: &JsValue) -> Result<Vec<Bundle>, JsValue> {
    list(bundles)?
        .iter()
        .map(|bundle| {
            let files = get(bundle, "files");
            let content = if files.is_undefined() {
                match content_of(bundle)? {
                    Ok(bytes) => Content::Archive(bytes),
                    Err(reason) => Content::Unreadable(reason),
                }
            } else {
                let files = list(&files)?;
                let files = files
                    .iter()
                    .map(|file| Ok((path_of(file)?, content_of(file)?)));
                Content::Folder(files.collect::<Result<_, JsValue>>()?)
            };
            Ok(Bundle {
                path: path_of(bundle)?,
                content,
            })
        })
        .collect()
}

fn list(value: &JsValue) -> Result<Vec<JsValue>, JsValue> {
    if !Array::is_array(value) {
        return Err(usage("the files have to be an array"));
    }
    Ok(Array::from(value).to_vec())
}

fn get(value: &JsValue, key: &str) -> JsValue {
    Reflect::get(value, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn path_of(value: &JsValue) -> Result<String, JsValue> {
    get(value, "path")
        .as_string()
        .ok_or_else(|| usage("each file needs a `path` that is a string"))
}

/// The bytes, or the reason why there are none.
fn content_of(value: &JsValue) -> Result<Result<Vec<u8>, String>, JsValue> {
    let content = get(value, "content");
    if let Some(reason) = content.as_string() {
        return Ok(Err(reason));
    }
    match content.dyn_into::<Uint8Array>() {
        Ok(bytes) => Ok(Ok(bytes.to_vec())),
        Err(_) => Err(usage(
            "each file needs a `content`: a Uint8Array, or a string that says why there is none",
        )),
    }
}

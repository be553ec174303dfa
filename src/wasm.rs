//! The module's interface to JavaScript, and the only module that sees a `JsValue`.
//!
//! Objects are passed as JSON: the report is written once, and parsed by the host, which is several times faster than
//! building it property by property.
//!
//! Functions take and return `JsValue`s, even for strings and numbers. V8 compiles a wrapper for each signature that
//! a module exports before anything runs, which takes a tenth of a millisecond.

use document::cut;
use js_sys::{Array, Error, JSON, JsString, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::interface::guard::{
    ConfigProblem, FixOptions, GuardModuleOptions, ImagesFormat, ImagesOptions, NamedFiles,
    RunOptions, ShownImages,
};
use crate::interface::place::option_at;
#[cfg(feature = "authoring")]
use crate::interface::rego::GivenPolicies;
use crate::report::page::{Cursor, Form};
use crate::report::{self, Report};
use crate::{
    Config, ConfigError, DEFAULT_MAX_FILE_BYTES, Date, Guard, SourceFile, connectors, inventory,
};

#[cfg(feature = "authoring")]
mod authoring;
mod filtered_report;

/// A configured guard.
#[wasm_bindgen]
pub struct WasmGuard(Guard);

#[wasm_bindgen]
impl WasmGuard {
    /// Makes a guard of `{config?, configPath?, preset?, configExceptions?, commentExceptions?, fileConnectors?,
    /// today?, partial?, rules?, maxFileBytes?, maxFindings?, verified?}`. `config` is YAML or JSON, and `today` is a
    /// date such as `2027-03-01`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `config` and its `problems`, `usage` if one of the `rules` can't run, or
    /// `internal`.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &JsValue) -> Result<WasmGuard, JsValue> {
        let options: GuardModuleOptions = from_js(options)?;
        let text = options.config.as_deref().unwrap_or_default();
        let preset = options.preset.as_deref();
        let mut config = Config::parse(options.config_path.as_deref(), text, preset)
            .map_err(|error| config_error(&error))?;
        if options.config_exceptions == Some(false) {
            config = config.without_exceptions(preset);
        }
        if let Some(rules) = &options.rules {
            config = config.with_rules(rules).map_err(|error| usage(&error))?;
        }
        #[cfg(feature = "authoring")]
        let given = options
            .policies
            .as_ref()
            .map_or(Vec::new(), GivenPolicies::paths);
        #[cfg(not(feature = "authoring"))]
        let given = Vec::new();
        let lists: Vec<_> = options.connector_files.iter().map(String::as_str).collect();
        config
            .require_files(options.config_path.as_deref(), &given, &lists)
            .map_err(|error| config_error(&error))?;
        let mut guard =
            Guard::new(config).map_err(|error| coded("internal", &error.to_string()))?;
        if let Some(bytes) = options.max_file_bytes {
            guard = guard.with_max_file_bytes(bytes);
        }
        if let Some(today) = &options.today {
            guard.set_today(date(today)?);
        }
        if options.comment_exceptions == Some(false) {
            guard = guard.without_comment_exceptions();
        }
        if options.file_connectors == Some(false) {
            guard = guard.without_file_connectors();
        }
        if options.partial {
            guard = guard.of_part();
        }
        if let Some(findings) = options.max_findings {
            guard = guard.with_max_findings(findings);
        }
        if let Some(verified) = options.verified {
            guard = guard.with_verified(verified);
        }
        #[cfg(feature = "authoring")]
        if let Some(policies) = options.policies {
            guard = authoring::put_into(guard, policies)?;
        }
        Ok(Self(guard))
    }

    /// Sets the day by which exceptions expire, such as `2027-03-01`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if it isn't a date.
    #[wasm_bindgen(js_name = setToday)]
    pub fn set_today(&mut self, today: &JsValue) -> Result<JsValue, JsValue> {
        self.0.set_today(date(&string("today", today)?)?);
        Ok(JsValue::UNDEFINED)
    }

    /// The settings in the configuration that make the check weaker, `[{message, line, column}]`, even if they are
    /// ignored.
    ///
    /// # Errors
    ///
    /// None that a host can cause.
    #[wasm_bindgen(js_name = configExceptions)]
    pub fn config_exceptions(&self) -> Result<JsValue, JsValue> {
        let exceptions = self.0.config().exceptions().iter();
        let exceptions: Vec<_> = exceptions
            .map(|found| sentence_at(&found.message, found.position))
            .collect();
        to_js(&exceptions)
    }

    /// Checks files, and returns the report. Each file is `{path, text}` with a string or a `Uint8Array`, or `{path,
    /// unreadable}` with the reason. Those of `connectorFiles` have `connectorList: true`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the files don't have this form.
    pub fn check(&self, files: &JsValue) -> Result<JsValue, JsValue> {
        let files = self.source_files(files)?;
        to_js(&self.0.check(&files))
    }

    /// Fixes files: `{files: [{path, text, fixes}], report}`. With `{unsafe: true}`, unsafe fixes are made too.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the files or options don't have their form.
    pub fn fix(&self, files: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        let options: FixOptions = from_js(options)?;
        let files = self.source_files(files)?;
        to_js(&self.0.fix(&files, options.applicability()))
    }

    /// The changes that `fix` would make, as a unified diff; empty if there are none.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the files or options don't have their form.
    pub fn diff(&self, files: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        let options: FixOptions = from_js(options)?;
        let files = self.source_files(files)?;
        Ok(self.0.diff(&files, options.applicability()).into())
    }

    /// Lists every image of the files, with its place, its full name and its registry. If `harness_images` is truthy,
    /// it includes those that Harness pulls for itself.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the files don't have their form.
    pub fn images(&self, files: &JsValue, harness_images: &JsValue) -> Result<JsValue, JsValue> {
        let files = self.source_files(files)?;
        to_js(&self.images_of(&files, harness_images.is_truthy()))
    }

    /// The images as the command prints them: `{output, complaints, exitCode}`. `complaints` is what couldn't be
    /// read, for formats that have no place for it.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the files or options don't have their form.
    #[wasm_bindgen(js_name = showImages)]
    pub fn show_images(&self, files: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
        let options: ImagesOptions = from_js(options)?;
        let files = self.source_files(files)?;
        let images = self.images_of(&files, options.harness_images);
        let output = match options.format {
            ImagesFormat::Text => inventory::text::render(&images, options.color),
            ImagesFormat::Json => inventory::json::render(&images),
            ImagesFormat::Csv => inventory::csv::render(&images),
            ImagesFormat::Markdown => inventory::markdown::render(&images),
            ImagesFormat::Mermaid => inventory::mermaid::render(&images),
        };
        let complaints = match options.format {
            ImagesFormat::Json => String::new(),
            _ => report::text::diagnostics(&images.problems, &files, options.complaints_in_color),
        };
        let shown = ShownImages {
            output,
            exit_code: images.exit_code(),
            complaints,
        };
        object([
            ("output", shown.output.into()),
            ("exitCode", shown.exit_code.into()),
            ("complaints", shown.complaints.into()),
        ])
    }

    /// The report as the command prints it, page by page.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the files or options don't have their form.
    pub fn run(&self, files: &JsValue, options: &JsValue) -> Result<WasmShown, JsValue> {
        let options: RunOptions = from_js(options)?;
        let files = self.source_files(files)?;
        let report = self.0.check(&files);
        Ok(WasmShown {
            exit_code: report.exit_code(options.fail_on),
            not_run: self.0.policies_not_run(&report),
            report,
            files,
            form: options.form(),
            cursor: Cursor::default(),
        })
    }

    /// A report of these files, after diagnostics or files were removed, or diagnostics suppressed: counted again,
    /// and as the command prints it as text. Of its diagnostics, only what the text shows is read.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the report, files or options don't have their form.
    pub fn show(
        &self,
        report: &JsValue,
        files: &JsValue,
        options: &JsValue,
    ) -> Result<WasmShown, JsValue> {
        let options: RunOptions = from_js(options)?;
        let report = filtered_report::read(report)
            .ok_or_else(|| usage("this isn't a report of `check`"))?
            .recounted();
        Ok(WasmShown {
            exit_code: report.exit_code(options.fail_on),
            not_run: Vec::new(),
            report,
            files: self.source_files(files)?,
            form: options.form(),
            cursor: Cursor::default(),
        })
    }

    /// Whether the configuration leaves a file out when folders are searched. The path is relative to the
    /// configuration's folder, with `/`.
    ///
    /// # Errors
    ///
    /// An `Error` with the `code` `usage` if the path isn't a string.
    pub fn excludes(&self, path: &JsValue) -> Result<JsValue, JsValue> {
        Ok(self.0.config().excludes(&string("the path", path)?).into())
    }
}

/// A report as the command prints it, in pages, because it may be longer than the host's strings can be.
#[wasm_bindgen]
pub struct WasmShown {
    report: Report,
    files: Vec<SourceFile>,
    form: Form,
    cursor: Cursor,
    exit_code: u8,
    not_run: Vec<String>,
}

#[wasm_bindgen]
impl WasmShown {
    /// The command's exit code.
    ///
    /// # Errors
    ///
    /// None that a host can cause.
    #[wasm_bindgen(getter, js_name = exitCode)]
    pub fn exit_code(&self) -> Result<JsValue, JsValue> {
        Ok(self.exit_code.into())
    }

    /// The report itself. If the host passed it, only its counts are valid.
    ///
    /// # Errors
    ///
    /// None that a host can cause.
    #[wasm_bindgen(getter)]
    pub fn report(&self) -> Result<JsValue, JsValue> {
        to_js(&self.report)
    }

    /// A sentence about each policy that was named, but didn't apply to any of these files.
    ///
    /// # Errors
    ///
    /// None that a host can cause.
    #[wasm_bindgen(getter, js_name = notRun)]
    pub fn not_run(&self) -> Result<JsValue, JsValue> {
        to_js(&self.not_run)
    }

    /// The next page, as a string; `undefined` after the last one.
    ///
    /// # Errors
    ///
    /// None that a host can cause.
    #[wasm_bindgen(js_name = nextPage)]
    pub fn next_page(&mut self) -> Result<JsValue, JsValue> {
        let page = self.cursor.next_page(&self.report, &self.files, self.form);
        Ok(page.into())
    }
}

/// The files that a configuration names, for the host to read: `{policies: [{path, entity?, severity?, position}],
/// connectorFiles: [{path, position}]}`.
///
/// # Errors
///
/// As for `new WasmGuard`.
#[wasm_bindgen(js_name = namedFiles)]
pub fn named_files(config: &JsValue, config_path: &JsValue) -> Result<JsValue, JsValue> {
    let text = string("the configuration", config)?;
    let config = Config::parse(config_path.as_string().as_deref(), &text, None);
    let config = config.map_err(|error| config_error(&error))?;
    to_js(&NamedFiles {
        policies: config.policies(),
        connector_files: config.connector_files(),
    })
}

/// Reads connectors from `[{path, text}]` (answers of Harness's API, Terraform's state, YAML, lists). Returns a
/// `ConnectorImport`, which includes the list as YAML. `made_at` is the time in RFC 3339.
///
/// # Errors
///
/// An `Error` with the `code` `usage` if the files don't have their form.
#[wasm_bindgen(js_name = importConnectors)]
pub fn import_connectors(files: &JsValue, made_at: &JsValue) -> Result<JsValue, JsValue> {
    let files = source_files(files, DEFAULT_MAX_FILE_BYTES)?;
    let made_at = string("the time", made_at)?;
    to_js(&connectors::import(&files, DEFAULT_MAX_FILE_BYTES).into_list(&made_at))
}

impl WasmGuard {
    fn images_of(&self, files: &[SourceFile], harness_images: bool) -> inventory::Inventory {
        if harness_images {
            self.0.all_images(files)
        } else {
            self.0.images(files)
        }
    }

    fn source_files(&self, files: &JsValue) -> Result<Vec<SourceFile>, JsValue> {
        source_files(files, self.0.max_file_bytes())
    }
}

fn source_files(files: &JsValue, max_bytes: usize) -> Result<Vec<SourceFile>, JsValue> {
    let files = files.dyn_ref::<Array>();
    let files = files.ok_or_else(|| usage("the files have to be an array of {path, text}"))?;
    let files = files.iter().map(JsCast::unchecked_into);
    files.map(|file| source_file(&file, max_bytes)).collect()
}

#[wasm_bindgen]
extern "C" {
    /// A file as a host passes it, which may be anything. Each field has a function of its own, because a name that
    /// the module passes is converted to a string at every call.
    type GivenFile;

    #[wasm_bindgen(method, getter, catch)]
    fn path(this: &GivenFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn text(this: &GivenFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn missing(this: &GivenFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn unreadable(this: &GivenFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = connectorList)]
    fn connector_list(this: &GivenFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn location(this: &GivenFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = configuredPath)]
    fn configured_path(this: &GivenFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn searched(this: &GivenFile) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    type TextEncoder;

    #[wasm_bindgen(constructor)]
    fn new() -> TextEncoder;
    #[wasm_bindgen(method)]
    fn encode(this: &TextEncoder, text: &JsString) -> Uint8Array;
}

thread_local! {
    static ENCODER: TextEncoder = TextEncoder::new();
}

/// The bytes of a string. The host encodes it, because copying strings goes character by character, which is slower.
fn bytes_of(text: JsValue) -> Option<Uint8Array> {
    match text.dyn_into() {
        Ok(text) => Some(ENCODER.with(|encoder| encoder.encode(&text))),
        Err(other) => other.dyn_into().ok(),
    }
}

fn source_file(given: &GivenFile, max_bytes: usize) -> Result<SourceFile, JsValue> {
    let string = |field: Result<JsValue, JsValue>| field.ok().and_then(|value| value.as_string());
    let holds = |field: Result<JsValue, JsValue>| field.is_ok_and(|value| value.is_truthy());
    let path =
        string(given.path()).ok_or_else(|| usage("each file needs a `path` that is a string"))?;
    let file = if let Some(reason) = string(given.missing()) {
        SourceFile::missing(path, reason)
    } else if let Some(reason) = string(given.unreadable()) {
        SourceFile::unreadable(path, reason)
    } else {
        let Some(bytes) = given.text().ok().and_then(bytes_of) else {
            return Err(usage(&format!(
                "the file {path} needs a `text` that is a string or a Uint8Array"
            )));
        };
        // One byte past the limit shows that it is exceeded, without a copy of the whole.
        let most = u32::try_from(max_bytes)
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let bytes = if bytes.length() > most {
            bytes.subarray(0, most)
        } else {
            bytes
        };
        SourceFile::bytes(path, bytes.to_vec())
    };
    let file = if holds(given.connector_list()) {
        file.connector_list()
    } else {
        file
    };
    let file = match string(given.location()) {
        Some(location) => file.located(location),
        None => file,
    };
    let file = match string(given.configured_path()) {
        Some(path) => file.configured(path),
        None => file,
    };
    Ok(if holds(given.searched()) {
        file.searched()
    } else {
        file
    })
}

fn string(what: &str, value: &JsValue) -> Result<String, JsValue> {
    value
        .as_string()
        .ok_or_else(|| usage(&format!("{what} has to be a string")))
}

fn from_js<T: serde::de::DeserializeOwned + 'static>(value: &JsValue) -> Result<T, JsValue> {
    let text = if value.is_undefined() {
        Some("{}".to_owned())
    } else {
        JSON::stringify(value)
            .map_err(|error| unwritable(&error))?
            .as_string()
    };
    let text = text.unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| unusable(&text, &error))
}

/// Options that aren't JSON.
#[cold]
fn unwritable(error: &JsValue) -> JsValue {
    let reason = error.dyn_ref::<Error>().map(Error::message);
    let reason = reason.map_or_else(String::new, |reason| format!(": {}", String::from(reason)));
    usage(&format!("the options can't be written as JSON{reason}"))
}

/// Options that aren't what they have to be.
#[cold]
fn unusable(text: &str, error: &serde_json::Error) -> JsValue {
    let reason = error.to_string();
    let reason = reason.rsplit_once(" at line ").map_or(&*reason, |it| it.0);
    match &*option_at(text, error.column()) {
        "" => usage(&format!("the options can't be used: {reason}")),
        option => usage(&format!("the option `{option}` can't be used: {reason}")),
    }
}

fn to_js(value: &impl serde::Serialize) -> Result<JsValue, JsValue> {
    let text =
        serde_json::to_string(value).map_err(|error| coded("internal", &error.to_string()))?;
    JSON::parse(&text)
}

fn date(text: &str) -> Result<Date, JsValue> {
    let date = text.parse();
    date.map_err(|no| usage(&format!("today: `{}` {no}", cut(text.to_owned()))))
}

#[cold]
fn usage(message: &str) -> JsValue {
    coded("usage", message)
}

#[cold]
fn config_error(error: &ConfigError) -> JsValue {
    let problems: Vec<_> = error
        .problems
        .iter()
        .map(|problem| sentence_at(&problem.message, problem.position))
        .collect();
    let js = coded("config", &error.to_string());
    if let Ok(problems) = to_js(&problems) {
        // A new `Error` accepts any property.
        let _ = Reflect::set(&js, &"problems".into(), &problems);
    }
    js
}

fn sentence_at(message: &str, position: document::Position) -> ConfigProblem<'_> {
    ConfigProblem {
        message,
        line: position.line,
        column: position.column,
    }
}

/// An object whose strings aren't written as JSON, because they may be as long as a string can be.
fn object<const N: usize>(fields: [(&str, JsValue); N]) -> Result<JsValue, JsValue> {
    let object = js_sys::Object::new();
    for (name, value) in fields {
        Reflect::set(&object, &name.into(), &value)?;
    }
    Ok(object.into())
}

#[cold]
fn coded(code: &str, message: &str) -> JsValue {
    let error = Error::new(message);
    let _ = Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}

//! What `opa eval` does: loads files, evaluates a query and prints the result.

use crate::coverage::Coverage;
use crate::loader::bundle::Bundle;
use crate::loader::{self, File, LoadError};
use crate::presentation::{Format, Output, Streams};
use rego::eval::{Answer, Environment, Limits, Request};
use rego::policy::{Context, Diagnostic, Loading, Options, Policy};
use values::Version;

/// The arguments of `opa eval`.
#[derive(Debug)]
pub struct Command {
    /// The query.
    pub query: String,
    /// The version of OPA: 0.70, or 1.22 with `--v1-compatible`.
    pub version: Version,
    /// The package in which the query is evaluated (`--package`).
    pub package: Option<String>,
    /// The imports of the query (`--import`), such as `data.a.b as c`.
    pub imports: Vec<String>,
    /// Modules and documents (`--data`).
    pub files: Vec<File>,
    /// Bundles (`--bundle`).
    pub bundles: Vec<Bundle>,
    /// The bytes of the input, as JSON or YAML; `None` if it is undefined.
    pub input: Option<Vec<u8>>,
    /// The format of the output (`--format`).
    pub format: Format,
    /// Whether unused imports, arguments and variables are errors too (`--strict`).
    pub is_strict: bool,
    /// Whether an error of a built-in function ends the evaluation (`--strict-builtin-errors`).
    pub strict_builtin_errors: bool,
    /// Whether to report the lines that are reached (`--coverage`).
    pub coverage: bool,
    /// The limits of the evaluation.
    pub limits: Limits,
}

/// The outcome of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The output.
    pub streams: Streams,
    /// Whether there is a result, for `--fail` and `--fail-defined`.
    pub result: Result,
}

/// Whether there is a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename_all = "lowercase"))]
pub enum Result {
    /// There is one.
    Defined,
    /// The query is undefined.
    Undefined,
    /// There was an error.
    Failed,
}

impl Result {
    /// `defined`, `undefined` or `failed`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Defined => "defined",
            Self::Undefined => "undefined",
            Self::Failed => "failed",
        }
    }
}

/// Evaluates a query as `opa eval` does.
pub fn run(command: Command, environment: &mut dyn Environment) -> Outcome {
    let Command {
        query,
        version,
        format,
        ..
    } = &command;
    let (query, version, format) = (query.clone(), *version, *format);
    // To OPA, an unreadable input isn't an error of the evaluation, so it is reported without one.
    let input = match command.input.as_deref() {
        None => None,
        Some(bytes) => match loader::input(bytes, version) {
            Ok(input) => Some(input),
            Err(reason) => {
                let stderr = format!("unable to parse input: {reason}\n");
                return Outcome {
                    streams: Streams {
                        stdout: String::new(),
                        stderr,
                    },
                    result: Result::Failed,
                };
            }
        },
    };
    let evaluated = evaluate(command, input, environment);
    let (answer, coverage, errors) = match &evaluated {
        Ok((answer, coverage)) => (Some(answer), coverage.as_ref(), [].as_slice()),
        Err(errors) => (None, None, errors.as_slice()),
    };
    let output = Output {
        query: &query,
        answer,
        errors,
        coverage,
        version,
    };
    let mut streams = output.render(format);
    let printed = answer.map_or(&[][..], |answer| answer.printed.as_slice());
    if !printed.is_empty() {
        let lines: Vec<_> = printed.iter().map(|line| terminal::escaped(line)).collect();
        let printed = lines.join("\n") + "\n";
        streams.stderr.insert_str(0, &printed);
    }
    let result = match answer {
        None => Result::Failed,
        Some(answer) if answer.rows.is_empty() => Result::Undefined,
        Some(_) => Result::Defined,
    };
    Outcome { streams, result }
}

type Evaluated = (Answer, Option<Coverage>);

fn evaluate(
    command: Command,
    input: Option<values::Value>,
    environment: &mut dyn Environment,
) -> std::result::Result<Evaluated, Vec<LoadError>> {
    let version = command.version;
    let loaded = loader::load(command.files, command.bundles, version)?;
    let loading = Loading {
        versions: loaded.versions,
        is_path_checked: true,
        for_tests: false,
        limits: command.limits,
    };
    let options = Options {
        version,
        is_strict: command.is_strict,
        data: loaded.data,
    };
    let errors = |problems: Vec<Diagnostic>| -> Vec<LoadError> {
        problems.into_iter().map(LoadError::from).collect()
    };
    let policy = Policy::compile_loaded(loaded.sources, options, &loading).map_err(errors)?;
    let context = Context::parse(command.package.as_deref(), &command.imports, version);
    let context = context.map_err(errors)?;
    let request = Request {
        input,
        environment,
        strict_builtin_errors: command.strict_builtin_errors,
        limits: command.limits,
        coverage: command.coverage,
    };
    let answer = policy
        .ask_in(&command.query, &context, request)
        .map_err(errors)?;
    let coverage = command
        .coverage
        .then(|| Coverage::new(&policy, &answer.covered));
    Ok((answer, coverage))
}

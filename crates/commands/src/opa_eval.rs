//! What `opa eval` does: loads files, evaluates a query and prints the result.

use crate::coverage::Coverage;
use crate::loader::bundle::Bundle;
use crate::loader::{self, File, LoadError};
use crate::presentation::{Format, Output, Streams};
use rego::eval::{Answer, Environment, Limits, Request};
use rego::policy::{Context, Diagnostic, Loading, Options, Policy};
use values::Version;

/// What is asked, and of what.
#[derive(Debug)]
pub struct Command {
    /// The query.
    pub query: String,
    /// Which OPA is asked: 0.70, or 1.22 with `--v1-compatible`.
    pub version: Version,
    /// The package in which the query is evaluated (`--package`).
    pub package: Option<String>,
    /// What it imports (`--import`), such as `data.a.b as c`.
    pub imports: Vec<String>,
    /// Modules and documents (`--data`).
    pub files: Vec<File>,
    /// Bundles (`--bundle`).
    pub bundles: Vec<Bundle>,
    /// The bytes of the input, JSON or YAML; undefined without.
    pub input: Option<Vec<u8>>,
    /// The form of the output.
    pub format: Format,
    /// Whether unused imports, arguments and variables are refused, too (`--strict`).
    pub is_strict: bool,
    /// Whether an error of a built-in function ends the evaluation (`--strict-builtin-errors`).
    pub strict_builtin_errors: bool,
    /// Whether the lines that are reached are reported (`--coverage`).
    pub coverage: bool,
    /// How much the evaluation may take.
    pub limits: Limits,
}

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What is printed.
    pub streams: Streams,
    /// What there is to say of the result, for `--fail` and `--fail-defined`.
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
    /// Something is wrong.
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
    // An input that can't be read is no matter of the evaluation's to OPA: the errors say nothing of it.
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

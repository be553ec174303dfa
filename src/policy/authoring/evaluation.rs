//! Evaluates a policy as Harness does: the result is the document of its package, and whether `deny` denies.
//!
//! Source: Harness's API for evaluating policies (`/pm/api/v1/evaluate`), and its guide for authors: a policy fails
//! if `deny` is `true`, a string, or a set or array that isn't empty; `warn` advises.

use commands::coverage::Coverage;
use rego::eval::Request;
use rego::policy::{Diagnostic, Policy};
use values::{Value, json};

/// The result of an evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(rename_all = "lowercase"))]
pub enum EvaluationStatus {
    /// Nothing is denied.
    Pass,
    /// Nothing is denied, but something is advised against.
    Warning,
    /// Something is denied, or the evaluation failed.
    Error,
}

impl EvaluationStatus {
    /// Harness's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Harness's answer to an input.
#[derive(Debug, Clone)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Evaluation {
    /// The result.
    pub status: EvaluationStatus,
    /// The messages of `deny`; may be empty if `deny` is `true`.
    pub deny_messages: Vec<String>,
    /// The messages of `warn`.
    pub warn_messages: Vec<String>,
    /// The document of the policy's package.
    #[cfg_attr(test, ts(type = "Json"))]
    pub output: Value,
    /// Why there is no document: the problems as one string.
    pub error: Option<String>,
    /// What `print` and `trace` said.
    pub printed: Vec<String>,
    /// The problems in `error`, one by one.
    #[cfg_attr(test, ts(type = "Array<PolicyProblem>"))]
    pub problems: Vec<Diagnostic>,
    /// Which lines were reached, if that was requested and there is a document.
    #[cfg_attr(test, ts(type = "CoverageReport | null"))]
    pub coverage: Option<Coverage>,
}

/// Evaluates a policy that is a single module.
#[must_use]
pub fn evaluate(policy: &Policy, request: Request<'_>) -> Evaluation {
    evaluate_package(policy, policy.package(), request)
}

/// Evaluates one of several packages, such as `data.pipeline`.
#[must_use]
pub fn evaluate_package(policy: &Policy, package: &str, request: Request<'_>) -> Evaluation {
    let is_covered = request.coverage;
    let answer = match policy.ask(package, request) {
        Ok(answer) => answer,
        Err(problems) => {
            let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
            return Evaluation {
                status: EvaluationStatus::Error,
                deny_messages: Vec::new(),
                warn_messages: Vec::new(),
                output: Value::Null,
                error: Some(lines.join("\n")),
                printed: Vec::new(),
                problems,
                coverage: None,
            };
        }
    };
    let printed = answer.printed;
    let coverage = is_covered.then(|| Coverage::new(policy, &answer.covered));
    let first = answer.rows.into_iter().next();
    let output = first
        .and_then(|row| row.expressions.into_iter().next())
        .map_or_else(|| Value::object::<Value>([]), |(value, _)| value);
    let rule = |name: &str| output.get(&name.into()).cloned().unwrap_or(Value::Null);
    let (deny, warn) = (rule("deny"), rule("warn"));
    let status = if holds(&deny) {
        EvaluationStatus::Error
    } else if holds(&warn) {
        EvaluationStatus::Warning
    } else {
        EvaluationStatus::Pass
    };
    Evaluation {
        status,
        deny_messages: messages(&deny),
        warn_messages: messages(&warn),
        output,
        error: None,
        printed,
        problems: Vec::new(),
        coverage,
    }
}

/// Whether the value of `deny` or `warn` has an effect.
pub(super) fn holds(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) | Value::Number(_) | Value::Bytes(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Set(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    }
}

/// The messages in the value of `deny` or `warn`. One that isn't a string becomes JSON: Harness expects strings, and
/// a denial without a message helps nobody.
fn messages(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(json::write_bare).collect(),
        Value::Set(items) => items.iter().map(json::write_bare).collect(),
        Value::Object(fields) => fields.values().map(json::write_bare).collect(),
        Value::String(text) if !text.is_empty() => vec![text.to_string()],
        Value::Number(_) | Value::Bytes(_) => vec![json::write_bare(value)],
        Value::Null | Value::Bool(_) | Value::String(_) => Vec::new(),
    }
}

impl Evaluation {
    /// The result in the form of Harness's API, with the printed lines, the separate problems, and the coverage.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let texts =
            |messages: &[String]| Value::array(messages.iter().map(|text| text.as_str().into()));
        let error = self.error.as_deref().map_or(Value::Null, Value::from);
        Value::object([
            ("status", Value::from(self.status.name())),
            ("deny_messages", texts(&self.deny_messages)),
            ("warn_messages", texts(&self.warn_messages)),
            ("output", self.output.clone()),
            ("error", error),
            ("printed", texts(&self.printed)),
            (
                "problems",
                Value::array(self.problems.iter().map(Diagnostic::to_value)),
            ),
            (
                "coverage",
                self.coverage
                    .as_ref()
                    .map_or(Value::Null, Coverage::to_value),
            ),
        ])
    }
}

//! OPA's built-in functions.
//!
//! Each is a row of one of the tables below: its name, its type as OPA declares it, since when OPA
//! has it, and how it is computed. What OPA has and the tables lack is refused by name before
//! anything is evaluated.

use super::value::Value;

/// A built-in function.
pub struct Builtin {
    /// `regex.match`.
    pub name: &'static str,
    /// Its type in OPA's own notation: `(pattern: string, value: string) => boolean`.
    pub signature: &'static str,
    /// How it is computed.
    pub call: Call,
}

/// How a built-in function comes to its value.
#[derive(Clone, Copy)]
pub enum Call {
    /// From its arguments alone.
    Pure(fn(&[Value]) -> Outcome),
    /// From its arguments, within the bounds of the evaluation: what may become large asks first.
    Bounded(fn(&mut dyn Host, &[Value]) -> Outcome),
    /// By the evaluator itself (`walk`, `print`, `rego.metadata.rule` …).
    Evaluator,
}

/// The value, or none: an undefined result, which isn't an error.
pub type Outcome = Result<Option<Value>, Failure>;

/// Why a built-in function has no value. Unless built-in errors are strict, the call is undefined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// `eval_type_error`, in OPA's words without the function's name: `operand 1 must be string but
    /// got number`.
    Type(String),
    /// `eval_builtin_error`, in OPA's words without the function's name.
    Failed(String),
    /// A bound is reached; this ends the evaluation, strict or not.
    Limit(String),
    /// The host has to answer, and doesn't; this ends the evaluation, strict or not.
    Refused(String),
}

/// What a function may ask of the evaluation around it.
pub trait Host {
    /// Asks for room for this many values (a text counts one for 32 bytes) before it is taken.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`] where the evaluation would be larger than allowed.
    fn charge(&mut self, values: usize) -> Result<(), Failure>;

    /// The time of the evaluation in nanoseconds since 1970, the same during all of it.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where the host gave no clock.
    fn now(&mut self) -> Result<i64, Failure>;

    /// Lets the host compute the call of a function that reaches out of the evaluation (`http.send`).
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where it doesn't.
    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome;

    /// A compiled pattern or the like, kept for the evaluation's length.
    fn cache(&mut self) -> &mut Cache;
}

/// What is worth keeping between calls of one evaluation.
#[derive(Default)]
pub struct Cache {}

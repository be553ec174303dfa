//! Problems: errors in policies, with OPA's codes and messages.

use super::shown::Shown;
use super::syntax::ast::Location;

/// The kind of a problem. [`Code::name`] is OPA's name for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// The source isn't Rego.
    Parse,
    /// A rule, name or value isn't allowed where it is.
    Compile,
    /// A value has a type that isn't allowed, or rules conflict.
    Type,
    /// A variable never gets a value.
    UnsafeVar,
    /// A rule depends on itself.
    Recursion,
    /// A built-in function was called with a value of the wrong type.
    EvalType,
    /// A rule or an object key has two values.
    EvalConflict,
    /// A built-in function failed.
    EvalBuiltin,
    /// The evaluation or compilation reached a limit.
    Limit,
    /// The host refused a request.
    Refused,
}

impl Code {
    /// OPA's name, such as `rego_parse_error`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Parse => "rego_parse_error",
            Self::Compile => "rego_compile_error",
            Self::Type => "rego_type_error",
            Self::UnsafeVar => "rego_unsafe_var_error",
            Self::Recursion => "rego_recursion_error",
            Self::EvalType => "eval_type_error",
            Self::EvalConflict => "eval_conflict_error",
            Self::EvalBuiltin => "eval_builtin_error",
            Self::Limit => "eval_cancel_error",
            Self::Refused => "eval_refused_error",
        }
    }
}

/// The placeholder in a message for a location. A file and line replace it once the files are known.
pub const PLACE: char = '\0';

/// The message for a module without a package, which OPA reports without a line.
pub const EMPTY_MODULE: &str = "empty module";

/// An error in a policy or query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind of problem.
    pub code: Code,
    /// The location; `None` if the problem has none.
    pub at: Option<Location>,
    /// The message, in OPA's words if OPA has the same problem.
    pub message: String,
    /// The locations for each [`PLACE`] in the message.
    pub places: Vec<Location>,
    /// The details that OPA reports in addition to the message.
    pub details: Option<Box<Details>>,
}

/// The details of a problem.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Lines for people, printed below the message.
    pub lines: Vec<String>,
    /// The details for programs, as OPA writes them in JSON.
    pub document: Shown,
}

impl Problem {
    /// A problem with a location.
    #[must_use]
    pub fn new(code: Code, at: Location, message: impl Into<String>) -> Self {
        Self {
            code,
            at: Some(at),
            message: message.into(),
            places: Vec::new(),
            details: None,
        }
    }

    /// A problem without a location.
    #[must_use]
    pub fn nowhere(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            at: None,
            message: message.into(),
            places: Vec::new(),
            details: None,
        }
    }

    /// Adds the locations that the message names.
    #[must_use]
    pub fn with_places(self, places: Vec<Location>) -> Self {
        Self { places, ..self }
    }

    /// Adds details.
    #[must_use]
    pub fn with_details(self, lines: Vec<String>, document: Shown) -> Self {
        let details = Some(Box::new(Details { lines, document }));
        Self { details, ..self }
    }
}

//! What is wrong with a policy, in OPA's codes and words.

use super::shown::Shown;
use super::syntax::ast::Location;

/// What kind of problem it is; `name` is what OPA calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    /// The text isn't Rego.
    Parse,
    /// A rule, name or value is not allowed where it is.
    Compile,
    /// An argument has a type that can't be.
    Type,
    /// A variable has no value.
    UnsafeVar,
    /// A rule depends on itself.
    Recursion,
    /// A built-in function was given a value of a wrong type.
    EvalType,
    /// Two values for one thing.
    EvalConflict,
    /// A built-in function failed.
    EvalBuiltin,
    /// A `with` that merges what can't be merged.
    EvalWithMerge,
    /// A bound of the evaluation is reached.
    Limit,
    /// The host was asked for what it doesn't give.
    Refused,
}

impl Code {
    /// `rego_parse_error`.
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
            Self::EvalWithMerge => "eval_with_merge_error",
            Self::Limit => "eval_cancel_error",
            Self::Refused => "eval_refused_error",
        }
    }
}

/// The placeholder in a message for a location, which becomes a file and a line once the files are known.
pub const PLACE: char = '\0';

/// What is said of a module without anything, which to OPA is at no line.
pub const EMPTY_MODULE: &str = "empty module";

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its kind.
    pub code: Code,
    /// Where; none where it is about no place.
    pub at: Option<Location>,
    /// What, in OPA's words where it has some.
    pub message: String,
    /// The locations that replace each [`PLACE`] in the message.
    pub places: Vec<Location>,
    /// What OPA reports beside the message.
    pub details: Option<Box<Details>>,
}

/// What belongs to a problem, and is more than a sentence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    /// Lines for a person, printed below the message.
    pub lines: Vec<String>,
    /// The same for a program, as OPA writes it in JSON.
    pub document: Shown,
}

impl Problem {
    /// A problem at a place.
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

    /// A problem of no place.
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

    /// The same problem, with the locations that its message names.
    #[must_use]
    pub fn with_places(self, places: Vec<Location>) -> Self {
        Self { places, ..self }
    }

    /// The same problem, with what is reported beside its message.
    #[must_use]
    pub fn with_details(self, lines: Vec<String>, document: Shown) -> Self {
        let details = Some(Box::new(Details { lines, document }));
        Self { details, ..self }
    }
}

use std::fmt;
use std::str::FromStr;

use serde::de::{IntoDeserializer, value};
use serde::{Deserialize, Serialize};

use super::Status;

/// What a rule, or the check itself, reports about one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Diagnostic {
    /// The rule's identity, such as `no-docker-hub`. With the verdict `error`, what went wrong: `unreadable`, `syntax`,
    /// `unknown-entity`, `too-deep`, `limit`, `policy`; `image-exists` if a registry wasn't asked or didn't answer.
    pub rule: String,
    /// What the rule concluded.
    pub verdict: Verdict,
    /// How serious it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The kind of entity that it is about, such as `pipeline`.
    pub entity: Option<String>,
    /// The place in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.
    pub subject: Option<String>,
    /// The path from the document's root; empty for the whole document. A key of more than 500 characters is cut.
    pub path: Vec<PathStep>,
    /// The file's path, as it was given.
    pub file: String,
    /// The document's index in the file, from 0; `null` if it is about the whole file.
    pub document: Option<usize>,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
    /// What to write instead.
    pub help: Option<String>,
    /// The address of the page that explains the rule.
    pub docs: Option<String>,
    /// The edits that fix it; `null` if there is no fix, or none that is certain.
    pub fix: Option<Fix>,
    /// Why it doesn't count; `null` unless it is suppressed.
    pub suppressed: Option<String>,
    /// The exception that suppresses it; `null` if it counts, or a baseline suppresses it.
    pub exception: Option<Exception>,
    /// The images that it is about; if there are very many, the first ones.
    pub images: Vec<String>,
    /// Other places that it depends on: where the value of an expression is written.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// Whether it says that something couldn't be checked. `unknown-entity` doesn't: that document is known to be no
    /// entity of Harness's.
    pub(super) fn is_unchecked(&self) -> bool {
        self.verdict == Verdict::Error && self.rule != "unknown-entity"
    }

    /// Whether a check with this `--fail-on` fails because of it. One about what couldn't be checked always does that.
    pub(super) fn counts(&self, fail_on: Severity) -> bool {
        self.suppressed.is_none() && (self.severity >= fail_on || self.verdict == Verdict::Error)
    }
}

/// What suppresses a finding until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Exception {
    /// Where it is written.
    pub kind: ExceptionKind,
    /// The file with the comment, or the configuration.
    pub file: String,
    /// The line of the comment, or of the exception in the configuration, from 1.
    pub line: u32,
    /// Its last day, such as `2027-03-01`; `null` if it has none.
    pub until: Option<String>,
    /// The reason that it names, if any.
    pub reason: Option<String>,
}

/// Where an exception is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum ExceptionKind {
    /// A comment in the file.
    Comment,
    /// The configuration.
    Configuration,
}

impl fmt::Display for Exception {
    /// `by the comment in line 12, until 2027-03-01: the mirror comes in March`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, .. } = self;
        match self.kind {
            ExceptionKind::Comment => write!(f, "by the comment in line {line}")?,
            ExceptionKind::Configuration => write!(f, "by {file}:{line}")?,
        }
        if let Some(until) = &self.until {
            write!(f, ", until {until}")?;
        }
        if let Some(reason) = &self.reason {
            write!(f, ": {reason}")?;
        }
        Ok(())
    }
}

/// A place that a diagnostic depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Related {
    /// The file's path, as it was given.
    pub file: String,
    /// The document's index in the file, from 0.
    pub document: usize,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
    /// What is there.
    pub message: String,
}

/// The edits of a file that fix one finding: all of them or none.
///
/// With these edits, the finding is gone and there is no new one. Everything around them stays as it is: comments,
/// quotes, indentation and line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Fix {
    /// Whether they may be applied without asking.
    pub applicability: Applicability,
    /// What they do, as a short sentence in the imperative.
    pub title: String,
    /// Sorted by place; no two overlap or touch.
    pub edits: Vec<Edit>,
}

/// A range of the file, and the text that replaces it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Edit {
    /// The start of the range.
    pub start: Position,
    /// Its end, exclusive; equal to the start if text is only inserted.
    pub end: Position,
    /// The new text.
    pub text: String,
}

/// Whether a fix may be applied without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Applicability {
    /// It does what the rule demands.
    Safe,
    /// Somebody has to decide that it is right: another image may be pulled afterwards.
    Unsafe,
}

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Position {
    /// From 1.
    pub line: u32,
    /// From 1, in Unicode code points.
    pub column: u32,
    /// From 0, in bytes of UTF-8.
    pub offset: u32,
}

impl From<document::Position> for Position {
    fn from(position: document::Position) -> Self {
        let document::Position {
            line,
            column,
            offset,
        } = position;
        Self {
            line,
            column,
            offset,
        }
    }
}

/// What a rule concluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Verdict {
    /// The rule isn't met.
    Violation,
    /// It depends on an expression, or on something that isn't checked.
    Undecided,
    /// It couldn't be checked.
    Error,
}

/// How serious a diagnostic is, from `note` to `error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Should be fixed, but stops nobody.
    Warning,
    /// Stops.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One step of a path into a document: a key, or an index of a list (from 0).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum PathStep {
    /// An index of a list.
    Index(usize),
    /// A key of a mapping.
    Key(String),
}

/// Reads values from their words, as JSON has them.
macro_rules! from_word {
    ($($of:ty),+) => {$(
        impl FromStr for $of {
            type Err = value::Error;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                Self::deserialize(word.into_deserializer())
            }
        }
    )+};
}

from_word!(Applicability, ExceptionKind, Severity, Status, Verdict);

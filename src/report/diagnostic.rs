use std::fmt;
use std::str::FromStr;

use serde::de::{IntoDeserializer, value};
use serde::{Deserialize, Serialize};

use super::Status;

/// One thing that a rule, or the check itself, has to say about one place.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Diagnostic {
    /// The rule's identity, `no-docker-hub`; for an `error` what went wrong: `unreadable`,
    /// `syntax`, `unknown-entity`, `too-deep`, `limit`, `policy`.
    pub rule: String,
    /// What the rule concluded.
    pub verdict: Verdict,
    /// How much it weighs.
    pub severity: Severity,
    /// One sentence for a person.
    pub message: String,
    /// The kind of entity that it is about.
    pub entity: Option<String>,
    /// Where that is in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.
    pub subject: Option<String>,
    /// The place in the document, from its root; empty for the document as a whole. A key of more than
    /// 500 characters is cut.
    pub path: Vec<PathStep>,
    /// The file, as it was handed in.
    pub file: String,
    /// The document's place in the file, from 0; `null` where it is about the whole file.
    pub document: Option<usize>,
    /// Where it starts.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
    /// What to write instead.
    pub help: Option<String>,
    /// The address of the page that explains the rule.
    pub docs: Option<String>,
    /// The edits that fix it; `null` where no rule proposes any, or they can't be made with
    /// certainty.
    pub fix: Option<Fix>,
    /// Why it doesn't count, where it was suppressed.
    pub suppressed: Option<String>,
    /// The exception by which it doesn't count; `null` where it counts, or is suppressed by a baseline.
    pub exception: Option<Exception>,
    /// The images that it is about, the first of them where they are very many.
    pub images: Vec<String>,
    /// Other places that it rests on: where the value of an expression is written.
    pub related: Vec<Related>,
}

impl Diagnostic {
    /// Whether it says that something could not be checked, so that nobody knows what is there. What is no entity
    /// of Harness's is known to be none.
    pub(super) fn is_unchecked(&self) -> bool {
        self.verdict == Verdict::Error && self.rule != "unknown-entity"
    }

    /// Whether it makes a check fail that fails on this severity. What could not be checked always
    /// does.
    pub(super) fn counts(&self, fail_on: Severity) -> bool {
        self.suppressed.is_none() && (self.severity >= fail_on || self.verdict == Verdict::Error)
    }
}

/// What keeps a finding from counting, until a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Exception {
    /// What makes it.
    pub kind: ExceptionKind,
    /// The file with the comment, or the configuration.
    pub file: String,
    /// The line of the comment, or of the exception in the configuration, from 1.
    pub line: u32,
    /// Its last day, `2027-03-01`; `null` where it has none.
    pub until: Option<String>,
    /// Why; `null` where nobody says.
    pub reason: Option<String>,
}

/// What makes an exception.
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

/// A place that a diagnostic rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Related {
    /// The file, as it was handed in.
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
/// After them the finding is gone and no new one is there, and nothing is changed but what they
/// say: comments, quotes, indentation and line breaks around them stay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Fix {
    /// Whether they may be made without asking.
    pub applicability: Applicability,
    /// What they do: a short sentence in the imperative.
    pub title: String,
    /// Sorted by place, and apart from each other.
    pub edits: Vec<Edit>,
}

/// A stretch of the file and what to write in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Edit {
    /// Where what goes away starts.
    pub start: Position,
    /// Where it ends, exclusive; at the start where text is only put in.
    pub end: Position,
    /// What is written instead.
    pub text: String,
}

/// Whether a fix may be made without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Applicability {
    /// It does what the rule demands.
    Safe,
    /// Somebody has to know that it is right: another image may be pulled afterwards.
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
    /// The rule is broken.
    Violation,
    /// An expression, or something that isn't checked, would decide.
    Undecided,
    /// The thing could not be checked.
    Error,
}

/// How much a diagnostic weighs; `Note` is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// To be fixed, but it stops nobody.
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

/// One step of a path into a document: a key, or a place in a list (from 0).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum PathStep {
    /// A place in a list.
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

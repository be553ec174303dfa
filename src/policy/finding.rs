#[cfg(feature = "authoring")]
use document::cut_after;
use document::{RepeatedKey, Step, quoted};
use rego::rvm::Value;
use rego::rvm::value::{field, text_field};

use crate::fix::{Content, Operation};
use crate::report::{Applicability, Severity, Verdict};

use super::rule::DUPLICATE_KEY;

/// What a rule said, as the policies give it: the place is a path, not yet a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The rule's identity.
    pub rule: String,
    /// What it concluded.
    pub verdict: Verdict,
    /// What it weighs, where that isn't the rule's own severity.
    pub severity: Option<Severity>,
    /// One sentence.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The place, from the document's root.
    pub path: Vec<Step>,
    /// What would fix it.
    pub fix: Option<Proposal>,
    /// Other places of the document that it rests on.
    pub related: Vec<Related>,
}

/// The part of a [`Finding`] by which it is weighed and placed.
#[derive(Debug, Clone, PartialEq)]
pub struct Head<'v> {
    /// The rule's identity.
    pub rule: &'v str,
    /// What it concluded.
    pub verdict: Verdict,
    /// What it weighs, where that isn't the rule's own severity.
    pub severity: Option<Severity>,
    /// The place, from the document's root.
    pub path: Vec<Step>,
}

/// Another place that a finding rests on, as the policies give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Related {
    /// The place, from the document's root.
    pub path: Vec<Step>,
    /// What is there.
    pub message: String,
}

/// A change of the document that a rule proposes, as the policies give it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Whether it may be made without asking.
    pub applicability: Applicability,
    /// What it does, in the imperative.
    pub title: String,
    /// The change; all of it or nothing.
    pub patch: Vec<Operation>,
}

/// A longer message of a user's policy is cut: it may hold whatever the file does.
#[cfg(feature = "authoring")]
const MOST_OF_MESSAGE: usize = 4_000;

impl Finding {
    /// What a user's policy, known by its path, says of a place.
    #[cfg(feature = "authoring")]
    #[must_use]
    pub fn of_user(policy: &str, verdict: Verdict, message: String, path: Vec<Step>) -> Self {
        Self {
            rule: policy.to_owned(),
            verdict,
            severity: None,
            message: cut_after(message, MOST_OF_MESSAGE),
            help: None,
            path,
            fix: None,
            related: Vec::new(),
        }
    }

    /// A key that is equal to one before it in the same mapping, which the policies can't see.
    #[must_use]
    pub fn repeated_key(repeated: &RepeatedKey<'_>) -> Self {
        Self {
            rule: DUPLICATE_KEY.to_owned(),
            verdict: Verdict::Violation,
            severity: None,
            message: format!(
                "the key {} is in this mapping already, and only the last one counts",
                quoted(&repeated.key, '`')
            ),
            help: Some("remove one of the two".to_owned()),
            path: repeated.path(),
            fix: None,
            related: Vec::new(),
        }
    }

    /// A finding of `main.rego` as far as it takes to weigh and place it; none where the value isn't of that
    /// shape.
    #[must_use]
    pub fn head(value: &Value) -> Option<Head<'_>> {
        text_field(value, "message")?;
        Some(Head {
            rule: text_field(value, "rule")?,
            verdict: verdict(value)?,
            severity: severity(value)?,
            path: path(value)?,
        })
    }

    /// A finding of `main.rego`; none where the value isn't of that shape.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            rule: text_field(value, "rule")?.to_owned(),
            verdict: verdict(value)?,
            severity: severity(value)?,
            message: text_field(value, "message")?.to_owned(),
            help: text_field(value, "help").map(str::to_owned),
            path: path(value)?,
            fix: match field(value, "fix") {
                None | Some(Value::Null) => None,
                Some(fix) => Some(Proposal::from_value(fix)?),
            },
            related: match field(value, "related") {
                None => Vec::new(),
                Some(list) => {
                    let list = list.as_array().ok()?.iter();
                    list.map(Related::from_value).collect::<Option<_>>()?
                }
            },
        })
    }
}

impl Related {
    fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            path: path(value)?,
            message: text_field(value, "message")?.to_owned(),
        })
    }
}

impl Proposal {
    fn from_value(value: &Value) -> Option<Self> {
        let patch = field(value, "patch")?.as_array().ok()?;
        Some(Self {
            applicability: match text_field(value, "applicability")? {
                "safe" => Applicability::Safe,
                "unsafe" => Applicability::Unsafe,
                _ => return None,
            },
            title: text_field(value, "title")?.to_owned(),
            patch: patch.iter().map(operation).collect::<Option<_>>()?,
        })
    }
}

fn verdict(value: &Value) -> Option<Verdict> {
    match text_field(value, "verdict")? {
        "violation" => Some(Verdict::Violation),
        "undecided" => Some(Verdict::Undecided),
        "error" => Some(Verdict::Error),
        _ => None,
    }
}

/// What a finding weighs by itself, if it says so.
#[expect(
    clippy::option_option,
    reason = "a severity that is none makes it no finding"
)]
fn severity(value: &Value) -> Option<Option<Severity>> {
    match text_field(value, "severity") {
        None => Some(None),
        Some(severity) => severity.parse().ok().map(Some),
    }
}

fn operation(value: &Value) -> Option<Operation> {
    let path = path(value)?;
    let content = || field(value, "value").and_then(content);
    Some(match text_field(value, "op")? {
        "add" => Operation::Add {
            path,
            content: content()?,
        },
        "replace" => Operation::Replace {
            path,
            content: content()?,
        },
        "remove" => Operation::Remove { path },
        _ => return None,
    })
}

fn content(value: &Value) -> Option<Content> {
    if let Value::String(text) = value {
        return Some(Content::Text(text.to_string()));
    }
    let fields = value.as_object().ok()?.iter();
    let fields = fields.map(|(key, value)| match key {
        Value::String(key) => Some((key.to_string(), content(value)?)),
        _ => None,
    });
    fields.collect::<Option<_>>().map(Content::Mapping)
}

fn path(value: &Value) -> Option<Vec<Step>> {
    steps(field(value, "path")?)
}

/// The steps of a path that the policies give as an array.
#[must_use]
pub fn steps(path: &Value) -> Option<Vec<Step>> {
    path.as_array().ok()?.iter().map(step).collect()
}

fn step(value: &Value) -> Option<Step> {
    match value {
        Value::String(key) => Some(Step::Key(key.to_string())),
        Value::Number(index) => index
            .as_u64()
            .and_then(|index| index.try_into().ok())
            .map(Step::Index),
        _ => None,
    }
}

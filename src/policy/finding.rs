use crate::document::{RepeatedKey, Step};
use crate::rego::rvm::Value;
use crate::rego::rvm::value::{field, text_field};
use crate::report::{Severity, Verdict};

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
}

impl Finding {
    /// A key that an equal one further down makes void, which the policies can't see.
    #[must_use]
    pub fn repeated_key(repeated: &RepeatedKey) -> Self {
        Self {
            rule: DUPLICATE_KEY.to_owned(),
            verdict: Verdict::Violation,
            severity: None,
            message: format!(
                "the key `{}` stands here again further down, and only the last one counts",
                repeated.key
            ),
            help: Some("remove one of the two".to_owned()),
            path: repeated.path.clone(),
        }
    }

    /// A finding of `main.rego`; none where the value isn't of that shape.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        Some(Self {
            rule: text_field(value, "rule")?.to_owned(),
            verdict: match text_field(value, "verdict")? {
                "violation" => Verdict::Violation,
                "undecided" => Verdict::Undecided,
                "error" => Verdict::Error,
                _ => return None,
            },
            severity: match text_field(value, "severity") {
                None => None,
                Some(severity) => Some(severity.parse().ok()?),
            },
            message: text_field(value, "message")?.to_owned(),
            help: text_field(value, "help").map(str::to_owned),
            path: field(value, "path")?
                .as_array()
                .ok()?
                .iter()
                .map(step)
                .collect::<Option<_>>()?,
        })
    }
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

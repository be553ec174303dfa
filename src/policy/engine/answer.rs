//! What the rules answer, read out of the machine's values.

use document::{Step, cut};
use rego::rvm::value::{field, text_field};
use rego::rvm::{EvaluationError, Value};

use crate::fix::{Content, Operation};
use crate::policy::finding::{Finding, Head, Proposal, Related};
use crate::report::Severity;

/// The findings of one entity. There may be a million, so each is read when it is asked for.
pub struct Findings(Value);

/// A finding that has been weighed and placed, and not read any further.
#[derive(Clone, Copy)]
pub struct UnreadFinding<'a>(&'a Value);

/// What `policies/inventory.rego` answers of one entity.
pub struct ImagesAnswer {
    /// Every image.
    pub images: Vec<ImageAnswer>,
    /// Every one that Harness pulls for itself.
    pub own: Vec<ImageAnswer>,
    /// What keeps the entity from being looked at to its end.
    pub findings: Findings,
}

/// One image: its place is a path, not yet a line.
pub struct ImageAnswer {
    /// The place, from the document's root.
    pub path: Vec<Step>,
    /// The image as written.
    pub image: String,
    /// The name that is pulled.
    pub full_name: Option<String>,
    /// The host that it is pulled from.
    pub registry: Option<String>,
    /// Whether that is Docker Hub.
    pub hub: bool,
    /// Why it is unknown.
    pub unknown: Option<String>,
    /// The connector's reference as written.
    pub connector: Option<String>,
    /// The connector's type.
    pub connector_type: Option<String>,
    /// The URL of a Docker registry's connector.
    pub connector_url: Option<String>,
    /// What it depends on that the files leave open.
    pub condition: Option<String>,
}

impl Findings {
    /// The findings of `main.rego`'s report; none where the policies aren't about the entity.
    pub(super) fn read(report: &Value) -> Result<Option<Self>, EvaluationError> {
        if !is_applicable(report)? {
            return Ok(None);
        }
        Ok(Some(Self::of_answer(report)?))
    }

    fn of_answer(answer: &Value) -> Result<Self, EvaluationError> {
        match field(answer, "findings") {
            Some(findings @ Value::Array(_)) => Ok(Self(findings.clone())),
            _ => Err(strange(answer)),
        }
    }

    /// Each finding, as far as it takes to weigh and place it.
    pub fn iter(
        &self,
    ) -> impl Iterator<Item = Result<(Head<'_>, UnreadFinding<'_>), EvaluationError>> {
        let items = self.0.as_array().into_iter().flat_map(|items| items.iter());
        items.map(|value| {
            let head = head(value).ok_or_else(|| strange(value))?;
            Ok((head, UnreadFinding(value)))
        })
    }
}

impl UnreadFinding<'_> {
    /// The whole finding.
    ///
    /// # Errors
    ///
    /// Where a rule made what isn't a finding.
    pub fn read(self) -> Result<Finding, EvaluationError> {
        finding(self.0).ok_or_else(|| strange(self.0))
    }

    /// The place, from the document's root.
    pub fn path(self) -> Vec<Step> {
        path(self.0).unwrap_or_default()
    }
}

impl<'a> UnreadFinding<'a> {
    /// The image that it is about, as it is written; none where it is about no image.
    pub fn image(self) -> Option<&'a str> {
        text_field(self.0, "image")
    }
}

/// Of each finding which exceptions are about it, as `policies/exceptions.rego` answers; `count` is of how
/// many.
pub(super) fn indexes(answer: &Value, count: usize) -> Result<Vec<Vec<usize>>, EvaluationError> {
    let index = |value: &Value| match value {
        Value::Number(index) => index.as_u64().and_then(|index| index.try_into().ok()),
        _ => None,
    };
    let list = |value: &Value| value.as_array().ok()?.iter().map(index).collect();
    let lists = answer.as_array().ok();
    let lists: Option<Vec<_>> = lists.and_then(|lists| lists.iter().map(list).collect());
    lists
        .filter(|lists| lists.len() == count)
        .ok_or_else(|| strange(answer))
}

impl ImagesAnswer {
    /// None where the policies aren't about the entity.
    pub(super) fn read(answer: &Value) -> Result<Option<Self>, EvaluationError> {
        if !is_applicable(answer)? {
            return Ok(None);
        }
        let images = |key| {
            let images = field(answer, key).and_then(|images| images.as_array().ok());
            let images = images.and_then(|images| images.iter().map(image).collect());
            images.ok_or_else(|| strange(answer))
        };
        Ok(Some(Self {
            images: images("images")?,
            own: images("own")?,
            findings: Findings::of_answer(answer)?,
        }))
    }
}

fn is_applicable(answer: &Value) -> Result<bool, EvaluationError> {
    match field(answer, "applicable") {
        Some(Value::Bool(applicable)) => Ok(*applicable),
        _ => Err(strange(answer)),
    }
}

fn strange(answer: &Value) -> EvaluationError {
    let shown = cut(answer.to_string());
    EvaluationError::Failed(format!(
        "the policies answered {shown}, which isn't an answer of theirs"
    ))
}

fn image(value: &Value) -> Option<ImageAnswer> {
    let text = |key| text_field(value, key).map(str::to_owned);
    Some(ImageAnswer {
        path: path(value)?,
        image: text("image")?,
        full_name: text("fullName"),
        registry: text("registry"),
        hub: matches!(field(value, "hub")?, Value::Bool(true)),
        unknown: text("unknown"),
        connector: text("connector"),
        connector_type: text("connectorType"),
        connector_url: text("connectorUrl"),
        condition: text("condition"),
    })
}

fn head(value: &Value) -> Option<Head<'_>> {
    text_field(value, "message")?;
    Some(Head {
        rule: text_field(value, "rule")?,
        verdict: text_field(value, "verdict")?.parse().ok()?,
        severity: severity(value)?,
        path: path(value)?,
    })
}

fn finding(value: &Value) -> Option<Finding> {
    let Head {
        rule,
        verdict,
        severity,
        path,
    } = head(value)?;
    Some(Finding {
        rule: rule.to_owned(),
        verdict,
        severity,
        message: text_field(value, "message")?.to_owned(),
        help: text_field(value, "help").map(str::to_owned),
        path,
        fix: match field(value, "fix") {
            None | Some(Value::Null) => None,
            Some(fix) => Some(proposal(fix)?),
        },
        related: match field(value, "related") {
            None => Vec::new(),
            Some(list) => {
                let list = list.as_array().ok()?.iter();
                list.map(related).collect::<Option<_>>()?
            }
        },
    })
}

fn related(value: &Value) -> Option<Related> {
    Some(Related {
        path: path(value)?,
        message: text_field(value, "message")?.to_owned(),
    })
}

fn proposal(value: &Value) -> Option<Proposal> {
    let patch = field(value, "patch")?.as_array().ok()?;
    Some(Proposal {
        applicability: text_field(value, "applicability")?.parse().ok()?,
        title: text_field(value, "title")?.to_owned(),
        patch: patch.iter().map(operation).collect::<Option<_>>()?,
    })
}

/// What a finding weighs by itself, if it says so.
#[expect(
    clippy::option_option,
    reason = "without a valid severity it isn't a finding"
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
    let steps = field(value, "path")?.as_array().ok()?;
    steps.iter().map(step).collect()
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

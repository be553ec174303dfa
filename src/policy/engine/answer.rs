//! Reads the results of the rules from the machine's values.

use document::{Step, cut};
use rego::rvm::{EvaluationError, Value};

use crate::fix::{Content, Operation};
use crate::policy::finding::{Finding, Head, Proposal, Related};
use crate::report::Severity;

/// The findings about one entity. Each is read on demand, because there may be a million.
pub struct Findings(Value);

/// A finding of which only the severity and the place have been read.
#[derive(Clone, Copy)]
pub struct LazyFinding<'a>(&'a Value);

/// The images of one entity, from `policies/inventory.rego`.
pub struct ImagesAnswer {
    /// Every image.
    pub images: Vec<ImageAnswer>,
    /// The images that Harness pulls for itself.
    pub own: Vec<ImageAnswer>,
    /// Why the entity couldn't be searched completely.
    pub findings: Findings,
}

/// An image. Its place is a path, and not yet a line.
pub struct ImageAnswer {
    /// The path of its place from the document's root.
    pub path: Vec<Step>,
    /// The image as written.
    pub image: String,
    /// The name that is pulled; `None` if it is unknown.
    pub full_name: Option<String>,
    /// Whether there is no expression in that name.
    pub literal: bool,
    /// The host that it is pulled from; `None` if it is unknown.
    pub registry: Option<String>,
    /// Whether that is Docker Hub.
    pub hub: bool,
    /// Why the registry is unknown.
    pub unknown: Option<String>,
    /// The connector's reference as written.
    pub connector: Option<String>,
    /// The connector's type.
    pub connector_type: Option<String>,
    /// The URL of a Docker registry's connector.
    pub connector_url: Option<String>,
    /// A condition for pulling it that the files don't decide.
    pub condition: Option<String>,
}

impl Findings {
    /// The findings in the report of `main.rego`; `None` if no rule applies to the entity.
    pub(super) fn read(report: &Value) -> Result<Option<Self>, EvaluationError> {
        if !is_applicable(report)? {
            return Ok(None);
        }
        Ok(Some(Self::of_answer(report)?))
    }

    fn of_answer(answer: &Value) -> Result<Self, EvaluationError> {
        match answer.field("findings") {
            Some(findings @ Value::Array(_)) => Ok(Self(findings.clone())),
            _ => Err(strange(answer)),
        }
    }

    /// Each finding, of which only the severity and the place are read.
    pub fn iter(
        &self,
    ) -> impl Iterator<Item = Result<(Head<'_>, LazyFinding<'_>), EvaluationError>> {
        let items = self.0.as_array().into_iter().flat_map(|items| items.iter());
        items.map(|value| {
            let head = head(value).ok_or_else(|| strange(value))?;
            Ok((head, LazyFinding(value)))
        })
    }
}

impl LazyFinding<'_> {
    /// The whole finding.
    ///
    /// # Errors
    ///
    /// If a rule made something that isn't a finding.
    pub fn read(self) -> Result<Finding, EvaluationError> {
        finding(self.0).ok_or_else(|| strange(self.0))
    }

    /// The path of its place from the document's root.
    pub fn path(self) -> Vec<Step> {
        path(self.0).unwrap_or_default()
    }
}

impl<'a> LazyFinding<'a> {
    /// Every image that may be at its place and is reported; empty if it isn't about an image.
    pub fn images(self) -> impl Iterator<Item = &'a str> {
        let images = self.0.field("images").and_then(Value::as_array);
        images.into_iter().flatten().filter_map(Value::as_str)
    }
}

/// For each of `count` findings, the exceptions that cover it, as `policies/exceptions.rego` returns them.
pub(super) fn indexes(answer: &Value, count: usize) -> Result<Vec<Vec<usize>>, EvaluationError> {
    let list = |value: &Value| value.as_array()?.iter().map(Value::as_index).collect();
    let lists = answer.as_array();
    let lists: Option<Vec<_>> = lists.and_then(|lists| lists.iter().map(list).collect());
    lists
        .filter(|lists| lists.len() == count)
        .ok_or_else(|| strange(answer))
}

impl ImagesAnswer {
    /// `None` if no rule applies to the entity.
    pub(super) fn read(answer: &Value) -> Result<Option<Self>, EvaluationError> {
        if !is_applicable(answer)? {
            return Ok(None);
        }
        let images = |key| {
            let images = answer.field(key).and_then(Value::as_array);
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
    match answer.field("applicable") {
        Some(Value::Bool(applicable)) => Ok(*applicable),
        _ => Err(strange(answer)),
    }
}

fn strange(answer: &Value) -> EvaluationError {
    let shown = cut(answer.to_string());
    EvaluationError::Failed(format!(
        "the policies answered {shown}, which isn't a valid answer"
    ))
}

fn image(value: &Value) -> Option<ImageAnswer> {
    let text = |key| value.text_field(key).map(str::to_owned);
    let is = |key| {
        value
            .field(key)
            .map(|answer| matches!(answer, Value::Bool(true)))
    };
    Some(ImageAnswer {
        path: path(value)?,
        image: text("image")?,
        full_name: text("fullName"),
        literal: is("literal")?,
        registry: text("registry"),
        hub: is("hub")?,
        unknown: text("unknown"),
        connector: text("connector"),
        connector_type: text("connectorType"),
        connector_url: text("connectorUrl"),
        condition: text("condition"),
    })
}

fn head(value: &Value) -> Option<Head<'_>> {
    value.text_field("message")?;
    Some(Head {
        rule: value.text_field("rule")?,
        verdict: value.text_field("verdict")?.parse().ok()?,
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
        message: value.text_field("message")?.to_owned(),
        help: value.text_field("help").map(str::to_owned),
        path,
        is_guessed: false,
        fix: match value.field("fix") {
            None | Some(Value::Null) => None,
            Some(fix) => Some(proposal(fix)?),
        },
        related: match value.field("related") {
            None => Vec::new(),
            Some(list) => {
                let list = list.as_array()?.iter();
                list.map(related).collect::<Option<_>>()?
            }
        },
    })
}

fn related(value: &Value) -> Option<Related> {
    Some(Related {
        path: path(value)?,
        message: value.text_field("message")?.to_owned(),
    })
}

fn proposal(value: &Value) -> Option<Proposal> {
    let patch = value.field("patch")?.as_array()?;
    Some(Proposal {
        applicability: value.text_field("applicability")?.parse().ok()?,
        title: value.text_field("title")?.to_owned(),
        patch: patch.iter().map(operation).collect::<Option<_>>()?,
    })
}

/// The finding's own severity, if it has one; the outer `None` if that is invalid.
#[expect(
    clippy::option_option,
    reason = "without a valid severity it isn't a finding"
)]
fn severity(value: &Value) -> Option<Option<Severity>> {
    match value.text_field("severity") {
        None => Some(None),
        Some(severity) => severity.parse().ok().map(Some),
    }
}

fn operation(value: &Value) -> Option<Operation> {
    let path = path(value)?;
    let content = || value.field("value").and_then(content);
    Some(match value.text_field("op")? {
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
    let fields = value.as_object()?.iter();
    let fields = fields.map(|(key, value)| match key {
        Value::String(key) => Some((key.to_string(), content(value)?)),
        _ => None,
    });
    fields.collect::<Option<_>>().map(Content::Mapping)
}

fn path(value: &Value) -> Option<Vec<Step>> {
    let steps = value.field("path")?.as_array()?;
    steps.iter().map(step).collect()
}

fn step(value: &Value) -> Option<Step> {
    match value {
        Value::String(key) => Some(Step::Key(key.to_string())),
        index => index.as_index().map(Step::Index),
    }
}

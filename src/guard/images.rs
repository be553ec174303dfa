//! What will be pulled, from where.

use document::{Document, Step, cut};
use rego::rvm::value::{field, text_field};
use rego::rvm::{EvaluationError, Machine, Value};

use crate::harness::{self, Entity, EntityKind};
use crate::inventory::{Image, Inventory};
use crate::policy::{self, steps};
use crate::report::{PathStep, Severity, Status};
use crate::source::SourceFile;

use super::place::{Found, Place};
use super::{Guard, found_in, status_of};

impl Guard {
    /// Every image that the files' pipelines, templates and input sets pull, and from where;
    /// connectors among the files tell what a name becomes. What can't be looked at is in
    /// `problems`.
    #[must_use]
    pub fn images(&self, files: &[SourceFile]) -> Inventory {
        let mut images = Vec::new();
        let report = self.look_through(files, &mut |document, entity, machine, place| {
            if entity.kind == EntityKind::Connector || !entity.is_judged() {
                return Status::NotApplicable;
            }
            self.list(document, entity, machine, place, &mut images)
        });
        Inventory::new(images, report)
    }

    fn list(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        machine: &mut Machine,
        place: &mut Place<'_, '_>,
        images: &mut Vec<Image>,
    ) -> Status {
        let answer = self.ask(policy::IMAGES, document, entity, machine, place);
        let answer = answer.and_then(|value| {
            let answer = Answer::read(&value, document)?;
            Ok(answer.map(|answer| {
                let status = status_of(&answer.findings);
                // The inventory has no place for how many more there are.
                place.findings(document, entity, answer.findings, usize::MAX);
                let pulls = answer.images.into_iter();
                images.extend(pulls.map(|pull| image(document, entity, place, pull)));
                status
            }))
        });
        match answer {
            Ok(status) => status.unwrap_or(Status::NotApplicable),
            Err(error) => {
                place.evaluation_error(document, entity, &error);
                Status::Error
            }
        }
    }
}

/// What `inventory.rego` answered.
struct Answer<'v> {
    images: Vec<Pull>,
    findings: Vec<Found<'v>>,
}

impl<'v> Answer<'v> {
    /// None where the policies aren't about this entity.
    fn read(value: &'v Value, document: &Document<'_>) -> Result<Option<Self>, EvaluationError> {
        let strange = || {
            EvaluationError::Failed(format!(
                "the policies answered {value}, which is no inventory"
            ))
        };
        match field(value, "applicable") {
            Some(Value::Bool(false)) => return Ok(None),
            Some(Value::Bool(true)) => {}
            _ => return Err(strange()),
        }
        let list = |key| field(value, key).and_then(|list| list.as_array().ok());
        let images = list("images").and_then(|list| list.iter().map(Pull::from_value).collect());
        let findings = list("findings");
        let findings =
            findings.and_then(|list| found_in(list.iter(), document, |_| Some(Severity::Error)));
        match (images, findings) {
            (Some(images), Some(findings)) => Ok(Some(Self { images, findings })),
            _ => Err(strange()),
        }
    }
}

/// One image as `inventory.rego` tells of it: the place is a path, not yet a line.
struct Pull {
    path: Vec<Step>,
    image: String,
    full_name: Option<String>,
    registry: Option<String>,
    hub: bool,
    unknown: Option<String>,
    connector: Option<String>,
    connector_type: Option<String>,
    connector_url: Option<String>,
}

impl Pull {
    fn from_value(value: &Value) -> Option<Self> {
        let text = |key| text_field(value, key).map(str::to_owned);
        Some(Self {
            path: steps(field(value, "path")?)?,
            image: text("image")?,
            full_name: text("fullName"),
            registry: text("registry"),
            hub: matches!(field(value, "hub")?, Value::Bool(true)),
            unknown: text("unknown"),
            connector: text("connector"),
            connector_type: text("connectorType"),
            connector_url: text("connectorUrl"),
        })
    }
}

fn image(
    document: &Document<'_>,
    entity: Entity<'_, '_>,
    place: &Place<'_, '_>,
    pull: Pull,
) -> Image {
    let (start, end) = place.positions(document.root.locate(&pull.path).span());
    let names = harness::names(&document.root, &pull.path);
    let innermost = |wanted: &str| {
        let mut names = names.iter().rev();
        names.find_map(|(noun, name)| (*noun == wanted).then(|| cut((*name).to_owned())))
    };
    Image {
        image: pull.image,
        full_name: pull.full_name,
        registry: pull.registry,
        hub: pull.hub,
        unknown: pull.unknown,
        connector: pull.connector,
        connector_type: pull.connector_type,
        connector_url: pull.connector_url,
        entity: entity.kind.key().to_owned(),
        subject: harness::subject(&document.root, &pull.path)
            .unwrap_or_else(|| entity.kind.key().to_owned()),
        pipeline: entity.identifier().map(str::to_owned).map(cut),
        stage: innermost("stage"),
        step: innermost("step"),
        path: pull.path.into_iter().map(PathStep::from).collect(),
        file: place.path().to_owned(),
        document: place.index(),
        start,
        end,
    }
}

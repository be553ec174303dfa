//! What will be pulled, from where.

use document::{Document, cut};

use crate::harness::{self, Entity, EntityKind};
use crate::inventory::{Image, Inventory, Origin};
use crate::policy::{Evaluator, ImageAnswer};
use crate::report::{PathStep, Severity, Status};
use crate::source::SourceFile;

use super::reporter::Reporter;
use super::{Guard, found_in, status_of};

impl Guard {
    /// Every image that the files' pipelines, templates and input sets pull, and from where;
    /// connectors among the files tell what a name becomes. What can't be looked at is in
    /// `problems`.
    #[must_use]
    pub fn images(&self, files: &[SourceFile]) -> Inventory {
        self.images_of(files, false)
    }

    /// Every image as [`Guard::images`] lists them, and the images of its own that Harness pulls
    /// to run the files' stages.
    #[must_use]
    pub fn all_images(&self, files: &[SourceFile]) -> Inventory {
        self.images_of(files, true)
    }

    fn images_of(&self, files: &[SourceFile], with_own: bool) -> Inventory {
        let mut images = Vec::new();
        let report = self.look_through(
            files,
            false,
            &mut |document, entity, evaluator, reporter| {
                if entity.kind == EntityKind::Connector || !entity.is_judged() {
                    return Status::NotApplicable;
                }
                list(document, entity, evaluator, reporter, with_own, &mut images)
            },
        );
        Inventory::new(images, report.finish())
    }
}

fn list(
    document: &Document<'_>,
    entity: Entity<'_, '_>,
    evaluator: &mut Evaluator,
    reporter: &mut Reporter<'_, '_>,
    with_own: bool,
    images: &mut Vec<Image>,
) -> Status {
    let listed = evaluator
        .images(&reporter.subject(document, entity))
        .and_then(|answer| {
            let Some(answer) = answer else {
                return Ok(Status::NotApplicable);
            };
            let found = found_in(&answer.findings, document, |_| Some(Severity::Error))?;
            let status = status_of(&found);
            // The inventory has no place for how many more there are.
            reporter.findings(document, entity, found, usize::MAX)?;
            let own = if with_own { answer.own } else { Vec::new() };
            for (origin, pulls) in [(Origin::File, answer.images), (Origin::Harness, own)] {
                let pulls = pulls.into_iter();
                images.extend(pulls.map(|pull| image(document, entity, reporter, origin, pull)));
            }
            Ok(status)
        });
    listed.unwrap_or_else(|error| reporter.evaluation_error(document, entity, &error))
}

fn image(
    document: &Document<'_>,
    entity: Entity<'_, '_>,
    reporter: &Reporter<'_, '_>,
    origin: Origin,
    pull: ImageAnswer,
) -> Image {
    let (start, end) = reporter.positions(document.root.locate(&pull.path).span());
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
        origin,
        condition: pull.condition,
        entity: entity.kind.key().to_owned(),
        subject: harness::subject(&document.root, &pull.path)
            .unwrap_or_else(|| entity.kind.key().to_owned()),
        pipeline: entity.identifier().map(str::to_owned).map(cut),
        stage: innermost("stage"),
        step: innermost("step"),
        path: pull.path.into_iter().map(PathStep::from).collect(),
        file: reporter.path().to_owned(),
        document: reporter.index(),
        start,
        end,
    }
}

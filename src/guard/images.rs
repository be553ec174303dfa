//! Lists the images that files pull.

use document::{Document, cut, quoted};

use crate::harness::{Entity, EntityKind, Subjects};
use crate::inventory::{Existence, Image, Inventory, Origin, Verification, Verified};
use crate::policy::{EvaluationError, Evaluator, Finding, IMAGE_EXISTS, ImageAnswer};
use crate::report::{PathStep, Severity, Status, Verdict};
use crate::source::SourceFile;

use super::found::{AnyFinding, Found, RegistryFinding};
use super::reporter::Reporter;
use super::{Guard, found_in, status_of};

impl Guard {
    /// Lists every image that the files' pipelines, templates and input sets pull, and from where. Connectors among
    /// the files are taken into account. Documents that can't be read are in `problems`.
    #[must_use]
    pub fn images(&self, files: &[SourceFile]) -> Inventory {
        self.images_of(files, false)
    }

    /// Lists the images like [`Guard::images`], with the images that Harness itself pulls to run the stages.
    #[must_use]
    pub fn all_images(&self, files: &[SourceFile]) -> Inventory {
        self.images_of(files, true)
    }

    fn images_of(&self, files: &[SourceFile], with_own: bool) -> Inventory {
        let mut images = Vec::new();
        let verified = self.verified.as_ref();
        let report = self.look_through(
            files,
            false,
            &mut |document, entity, evaluator, reporter| {
                if entity.kind == EntityKind::Connector || !entity.is_judged() {
                    return Status::NotApplicable;
                }
                list(
                    document,
                    entity,
                    evaluator,
                    reporter,
                    with_own,
                    verified,
                    &mut images,
                )
            },
        );
        Inventory::new(images, report.finish(), verified.is_some())
    }

    /// Adds what registries say about images, which the host has asked. The inventory then has it, and a check
    /// reports images that don't exist.
    #[must_use]
    pub fn with_verified(mut self, verified: Verified) -> Self {
        self.verified = Some(verified);
        self
    }

    /// The images of an entity that don't exist, or may not; empty if no registry was asked.
    ///
    /// # Errors
    ///
    /// If the evaluation ends early.
    pub(super) fn not_there(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        evaluator: &mut Evaluator,
        reporter: &Reporter<'_, '_>,
    ) -> Result<Vec<Found<'static>>, EvaluationError> {
        self.verified.as_ref().map_or(Ok(Vec::new()), |verified| {
            self.not_in_registries(verified, document, entity, evaluator, reporter)
        })
    }

    #[cold]
    fn not_in_registries(
        &self,
        verified: &Verified,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        evaluator: &mut Evaluator,
        reporter: &Reporter<'_, '_>,
    ) -> Result<Vec<Found<'static>>, EvaluationError> {
        let answer = evaluator.images(&reporter.subject(document, entity))?;
        let pulls = answer.into_iter().flat_map(|answer| answer.images);
        let found = pulls.filter_map(|pull| {
            let finding = not_there(verified, &pull)?;
            let severity = self.config.severity(IMAGE_EXISTS, finding.verdict, None)?;
            Some(Found {
                rule: IMAGE_EXISTS,
                verdict: finding.verdict,
                severity,
                span: document.root.locate(&finding.path).span(),
                finding: AnyFinding::Registry(Box::new(RegistryFinding {
                    finding,
                    image: pull.image,
                })),
                exception: None,
            })
        });
        Ok(found.collect())
    }
}

/// The finding about an image that doesn't exist, or may not.
fn not_there(verified: &Verified, pull: &ImageAnswer) -> Option<Finding> {
    let full_name = pull.full_name.as_deref();
    let Verification {
        verdict, reason, ..
    } = Verification::lookup(verified, Origin::File, full_name, pull.unknown.as_deref());
    let was_asked = full_name.is_some_and(|name| verified.contains_key(name));
    let (verdict, what, help) = match verdict {
        Existence::There => return None,
        Existence::Missing => (
            Verdict::Violation,
            " isn't in its registry",
            Some("write a name that the registry has, or push the image"),
        ),
        Existence::Denied => (
            Verdict::Violation,
            " isn't in its registry, or access is denied",
            Some(
                "correct the name; if Harness pulls the image with credentials, give the check credentials, too (`--credentials`)",
            ),
        ),
        Existence::Unknown if was_asked => (
            Verdict::Error,
            " may be missing: its registry wasn't asked, or didn't answer",
            Some("let the check ask that registry, and check again"),
        ),
        Existence::Unknown => (
            Verdict::Undecided,
            " may be missing: the files don't say in which registry it is, or what it is called",
            None,
        ),
    };
    let image = quoted(&pull.image, '`');
    let reason = reason.map_or(String::new(), |reason| format!(" ({reason})"));
    let condition = pull.condition.as_deref();
    let condition = condition.map_or(String::new(), |condition| format!(", {condition}"));
    Some(Finding {
        verdict,
        path: pull.path.clone(),
        help: help.map(str::to_owned),
        ..Finding::about_check(
            IMAGE_EXISTS,
            format!("{image}{what}{reason}{condition}"),
            String::new(),
        )
    })
}

fn list(
    document: &Document<'_>,
    entity: Entity<'_, '_>,
    evaluator: &mut Evaluator,
    reporter: &mut Reporter<'_, '_>,
    with_own: bool,
    verified: Option<&Verified>,
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
            // The inventory has no place for counts of omitted ones.
            reporter.findings(document, entity, found, usize::MAX)?;
            let own = if with_own { answer.own } else { Vec::new() };
            let mut subjects = Subjects::default();
            // Long names are cut once for all rows, as in subjects.
            let pipeline = entity.identifier().map(str::to_owned).map(cut);
            for (origin, pulls) in [(Origin::File, answer.images), (Origin::Harness, own)] {
                let pulls = pulls.into_iter();
                let pulls = pulls.map(|pull| Image {
                    pipeline: pipeline.clone(),
                    ..image(
                        document,
                        entity,
                        reporter,
                        &mut subjects,
                        origin,
                        verified,
                        pull,
                    )
                });
                images.extend(pulls);
            }
            Ok(status)
        });
    listed.unwrap_or_else(|error| reporter.evaluation_error(document, entity, &error))
}

fn image(
    document: &Document<'_>,
    entity: Entity<'_, '_>,
    reporter: &Reporter<'_, '_>,
    subjects: &mut Subjects,
    origin: Origin,
    verified: Option<&Verified>,
    pull: ImageAnswer,
) -> Image {
    let (start, end) = reporter.positions(document.root.locate(&pull.path).span());
    let subject = subjects.subject(&document.root, &pull.path);
    let named = subjects.along(&document.root, &pull.path);
    let innermost = |wanted: &str| {
        let mut named = named.iter().rev();
        named
            .find(|named| named.noun == wanted)
            .map(|named| named.name.clone())
    };
    Image {
        verification: verified.map(|verified| {
            let full_name = pull.full_name.as_deref();
            Verification::lookup(verified, origin, full_name, pull.unknown.as_deref())
        }),
        image: pull.image,
        full_name: pull.full_name,
        literal: pull.literal,
        registry: pull.registry,
        hub: pull.hub,
        unknown: pull.unknown,
        connector: pull.connector,
        connector_type: pull.connector_type,
        connector_url: pull.connector_url,
        origin,
        condition: pull.condition,
        entity: entity.kind.key().to_owned(),
        subject: subject.unwrap_or_else(|| entity.kind.key().to_owned()),
        pipeline: None,
        stage: innermost("stage"),
        step: innermost("step"),
        path: pull.path.into_iter().map(PathStep::from).collect(),
        file: reporter.path().to_owned(),
        document: reporter.index(),
        start,
        end,
    }
}

//! The inventory: every image of every pipeline, template and input set, and where it is pulled from.
//!
//! [`Inventory`] is the contract (JSON, `schemaVersion` 1). Each of the modules renders it in one format.

pub mod csv;
pub mod json;
pub mod markdown;
pub mod mermaid;
pub mod text;
#[cfg(test)]
mod typescript;
mod verification;

pub use verification::{Existence, Verification, Verified};

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;

use crate::report::{Diagnostic, PathStep, Position, Report, Status};

/// Every image of the files.
///
/// The same files and configuration give the same bytes on every host.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Inventory {
    /// The version of this format: 1.
    pub schema_version: u32,
    /// Every image, sorted by file and offset; with Harness's own if they were asked for.
    pub images: Vec<Image>,
    /// The counts.
    pub summary: InventorySummary,
    /// What couldn't be read, or not to its end: `images` lacks its images.
    pub problems: Vec<Diagnostic>,
    /// How many documents may contain images.
    #[serde(skip)]
    documents: usize,
    /// Whether registries were asked.
    #[serde(skip)]
    is_verified: bool,
}

/// One image that a run pulls, at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Image {
    /// The image as written, without spaces around it. For one of Harness's own, its repository: no file
    /// says the version.
    pub image: String,
    /// The name that is pulled, as Harness makes it from image and connector, and Docker reads it:
    /// `docker.io/library/maven:3`. Expressions in it stay. `null` if it is unknown.
    pub full_name: Option<String>,
    /// Whether there is no expression in `fullName`, so that a registry can be asked about it; `false` if it is unknown.
    pub literal: bool,
    /// The host that it is pulled from, `docker.io` for Docker Hub; `null` if it is unknown.
    pub registry: Option<String>,
    /// Whether the registry is Docker Hub.
    pub hub: bool,
    /// Why the registry is unknown; `null` if it isn't.
    pub unknown: Option<String>,
    /// The connector's reference as written; `null` if there is none. For one of Harness's own images without
    /// a written reference, the one that Harness uses.
    pub connector: Option<String>,
    /// The connector's type, if its file, the configuration or the specification says it.
    pub connector_type: Option<String>,
    /// The URL of a connector to a Docker registry, if it is known.
    pub connector_url: Option<String>,
    /// Whether the file names it, or Harness pulls it for itself to run the stage.
    pub origin: Origin,
    /// What it depends on that the files don't decide: `if …`; `null` if there is nothing.
    pub condition: Option<String>,
    /// The kind of entity that it is in.
    #[cfg_attr(
        test,
        ts(type = "\"pipeline\" | \"template\" | \"inputSet\" | \"agent\" | \"trigger\"")
    )]
    pub entity: String,
    /// The place in Harness's terms: `pipeline 'x' › stage 'build' › step 'unit'`.
    pub subject: String,
    /// The identifier of the entity.
    pub pipeline: Option<String>,
    /// The identifier, or else the name, of the innermost stage.
    pub stage: Option<String>,
    /// The identifier, or else the name, of the step.
    pub step: Option<String>,
    /// The path from the document's root.
    pub path: Vec<PathStep>,
    /// The file's path, as it was given.
    pub file: String,
    /// The document's index in the file, from 0.
    pub document: usize,
    /// Where the image starts. For one of Harness's own, where the connector's reference starts, or else the
    /// type of what the stage runs on.
    pub start: Position,
    /// Where it ends, exclusive.
    pub end: Position,
    /// What its registry says about it; only there if registries were asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional))]
    pub verification: Option<Verification>,
}

/// Why an image is pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Origin {
    /// The file names it.
    File,
    /// Harness pulls it for itself, in a version that the account decides.
    Harness,
}

/// Counts of the whole inventory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct InventorySummary {
    /// Places at which an image is pulled.
    pub images: usize,
    /// The registries, sorted by name; what is unknown comes last.
    pub registries: Vec<RegistryCount>,
    /// Places where the registry is unknown.
    pub unknown: usize,
}

/// The counts for one registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct RegistryCount {
    /// Its host; `null` for all unknown ones.
    pub registry: Option<String>,
    /// Places at which an image is pulled from it.
    pub images: usize,
    /// Different full names among these; for unknown ones, different images as written.
    pub distinct: usize,
}

impl Image {
    /// The name that is pulled, or the image as written if that is unknown.
    pub(crate) fn name(&self) -> &str {
        self.full_name.as_deref().unwrap_or(&self.image)
    }
}

impl Inventory {
    /// Makes an inventory of images, given the report of the same files.
    pub(crate) fn new(mut images: Vec<Image>, report: Report, is_verified: bool) -> Self {
        sort::by(&mut images, |a, b| {
            let key = |image: &Image| (image.start.offset, image.end.offset);
            (a.file.cmp(&b.file))
                .then_with(|| key(a).cmp(&key(b)))
                .then_with(|| a.path.cmp(&b.path))
        });
        let documents = report.files.iter().flat_map(|file| &file.documents);
        Self {
            schema_version: 1,
            summary: InventorySummary::count(&images),
            images,
            documents: documents
                .filter(|document| document.status != Status::NotApplicable)
                .count(),
            problems: report.diagnostics,
            is_verified,
        }
    }

    /// The command's exit code: 4 if something couldn't be read, 3 if there was nothing to read, 0 otherwise.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        if !self.problems.is_empty() {
            4
        } else if self.documents == 0 {
            3
        } else {
            0
        }
    }

    /// The images by registry, in the order of the summary.
    pub(crate) fn by_registry(&self) -> impl Iterator<Item = (&RegistryCount, Vec<&Image>)> {
        let mut images = HashMap::<_, Vec<_>>::new();
        for image in &self.images {
            images.entry(&image.registry).or_default().push(image);
        }
        self.summary
            .registries
            .iter()
            .map(move |count| (count, images.remove(&count.registry).unwrap_or_default()))
    }
}

impl InventorySummary {
    fn count(images: &[Image]) -> Self {
        // `None` would be sorted first.
        let mut registries = BTreeMap::<_, (usize, BTreeSet<(&str, Origin)>)>::new();
        for image in images {
            let key = (image.registry.is_none(), &image.registry);
            let (count, names) = registries.entry(key).or_default();
            *count += 1;
            names.insert((image.name(), image.origin));
        }
        Self {
            images: images.len(),
            registries: registries
                .into_iter()
                .map(|((_, registry), (images, names))| RegistryCount {
                    registry: registry.clone(),
                    images,
                    distinct: names.len(),
                })
                .collect(),
            unknown: images
                .iter()
                .filter(|image| image.unknown.is_some())
                .count(),
        }
    }
}

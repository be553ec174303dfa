//! The inventory for people: by registry, each image with the places that pull it.

use std::fmt::Write as _;

use crate::report::paint::{Paint, count, shown};

use super::{Image, Inventory, Origin};

/// The inventory as text. `color` says whether the reader's terminal shows colors.
#[must_use]
pub fn render(inventory: &Inventory, color: bool) -> String {
    let paint = Paint::new(color);
    let mut out = String::new();
    for (registry, mut images) in inventory.by_registry() {
        let name = match registry.registry.as_deref() {
            Some("docker.io") => paint.alarm("docker.io (Docker Hub)"),
            Some(host) => paint.bold(&shown(host)),
            None => paint.bold("unknown"),
        };
        let distinct = if registry.distinct == registry.images {
            String::new()
        } else {
            format!(", {} distinct", registry.distinct)
        };
        let _ = writeln!(out, "{name}: {}{distinct}", count(registry.images, "image"));
        sort::by_key(&mut images, |image| named(image));
        for images in images.chunk_by(|a, b| named(a) == named(b)) {
            let Some(first) = images.first() else {
                continue;
            };
            let whose = match first.origin {
                Origin::File => String::new(),
                Origin::Harness => {
                    paint.dim(", Harness's own, in the version that the account uses")
                }
            };
            let _ = writeln!(out, "  {}{whose}", shown(first.name()));
            if let Some(verification) = &first.verification {
                let sentence = verification.sentence();
                let _ = writeln!(out, "    {} {}", paint.dim("= verified:"), shown(&sentence));
            }
            if let Some(why) = &first.unknown {
                let _ = writeln!(out, "    {} {}", paint.dim("= why:"), shown(why));
            }
            let is_shared = images
                .iter()
                .all(|image| image.condition == first.condition);
            if let Some(condition) = first.condition.as_deref().filter(|_| is_shared) {
                let _ = writeln!(out, "    {}", paint.dim(&shown(condition)));
            }
            for image in images {
                place(&mut out, image, paint);
                if let Some(condition) = image.condition.as_deref().filter(|_| !is_shared) {
                    let _ = writeln!(out, "      {}", paint.dim(&shown(condition)));
                }
            }
        }
        out.push('\n');
    }
    let summary = &inventory.summary;
    let known = summary
        .registries
        .iter()
        .filter(|each| each.registry.is_some());
    let known = known.count();
    let registries = if known == 1 {
        "1 registry".to_owned()
    } else {
        format!("{known} registries")
    };
    let _ = write!(
        out,
        "{} from {registries}",
        paint.bold(&count(summary.images, "image"))
    );
    if summary.unknown > 0 {
        let _ = write!(out, "; {} from an unknown registry", summary.unknown);
    }
    out.push('\n');
    out
}

fn place(out: &mut String, image: &Image, paint: Paint) {
    let through = image
        .connector
        .as_deref()
        .map_or(String::new(), |connector| {
            format!(", through `{}`", shown(connector))
        });
    let _ = writeln!(
        out,
        "    {} {}:{}:{}  {}{through}",
        paint.dim("-->"),
        shown(&image.file),
        image.start.line,
        image.start.column,
        shown(&image.subject),
    );
}

/// What all images that are listed as one have in common.
fn named(image: &Image) -> (&str, Option<&str>, Origin) {
    (image.name(), image.unknown.as_deref(), image.origin)
}

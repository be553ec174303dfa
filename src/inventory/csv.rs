//! The inventory as CSV (RFC 4180), one place a row, for spreadsheets.

use std::borrow::Cow;

use super::{Image, Inventory};

const HEADER: [&str; 15] = [
    "file",
    "line",
    "column",
    "entity",
    "pipeline",
    "stage",
    "step",
    "image",
    "full name",
    "registry",
    "docker hub",
    "connector",
    "connector type",
    "connector URL",
    "unknown",
];

/// The inventory as CSV, with a header; what isn't there is an empty field.
#[must_use]
pub fn render(inventory: &Inventory) -> String {
    let mut csv = HEADER.join(",") + "\r\n";
    for image in &inventory.images {
        let fields = fields(image);
        let fields: Vec<_> = fields.iter().map(|field| quoted(field)).collect();
        csv.push_str(&fields.join(","));
        csv.push_str("\r\n");
    }
    csv
}

fn fields(image: &Image) -> [Cow<'_, str>; 15] {
    let text = |text: &'_ Option<String>| text.clone().unwrap_or_default().into();
    [
        image.file.as_str().into(),
        image.start.line.to_string().into(),
        image.start.column.to_string().into(),
        image.entity.as_str().into(),
        text(&image.pipeline),
        text(&image.stage),
        text(&image.step),
        image.image.as_str().into(),
        text(&image.full_name),
        text(&image.registry),
        if image.hub { "yes" } else { "no" }.into(),
        text(&image.connector),
        text(&image.connector_type),
        text(&image.connector_url),
        text(&image.unknown),
    ]
}

fn quoted(field: &str) -> Cow<'_, str> {
    if field.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\"")).into()
    } else {
        field.into()
    }
}

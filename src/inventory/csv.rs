//! The inventory as CSV (RFC 4180) with a row per place, for spreadsheets, which must not evaluate any of it.

use std::borrow::Cow;

use super::{Image, Inventory, Origin, Verification};

const HEADER: [&str; 17] = [
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
    "origin",
    "condition",
];

/// The inventory as CSV with a header. A missing value is an empty field.
#[must_use]
pub fn render(inventory: &Inventory) -> String {
    let mut csv = HEADER.join(",");
    if inventory.is_verified {
        csv.push_str(",verified,digest,platforms,why not");
    }
    csv.push_str("\r\n");
    for image in &inventory.images {
        let verified = image.verification.iter().flat_map(verified);
        let fields: Vec<_> = fields(image).into_iter().chain(verified).collect();
        let fields: Vec<_> = fields.iter().map(|field| quoted(field)).collect();
        csv.push_str(&fields.join(","));
        csv.push_str("\r\n");
    }
    csv
}

fn fields(image: &Image) -> [Cow<'_, str>; 17] {
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
        match image.origin {
            Origin::File => "file",
            Origin::Harness => "harness",
        }
        .into(),
        text(&image.condition),
    ]
}

fn verified(verification: &Verification) -> [Cow<'_, str>; 4] {
    let text = |text: &'_ Option<String>| text.clone().unwrap_or_default().into();
    let platforms = verification.platforms.as_deref().unwrap_or_default();
    [
        verification.verdict.words().into(),
        text(&verification.digest),
        platforms.join(" ").into(),
        text(&verification.reason),
    ]
}

/// A field on one line, in quotes if CSV needs them, or if a CI log would read a command in it.
///
/// Spreadsheets evaluate a field that begins with one of [`FORMULA`], even in quotes; an apostrophe before it makes
/// it text (OWASP, "CSV Injection").
fn quoted(field: &str) -> Cow<'_, str> {
    let is_formula = field.trim_start_matches(' ').starts_with(FORMULA);
    let apostrophe = if is_formula { "'" } else { "" };
    let field = terminal::escaped(field);
    if is_formula || field.contains(['"', ',']) || field.trim_start().starts_with([':', '#']) {
        format!("\"{apostrophe}{}\"", field.replace('"', "\"\"")).into()
    } else {
        field
    }
}

/// The full-width forms mean the same to a spreadsheet in Chinese, Japanese or Korean.
const FORMULA: [char; 10] = [
    '=', '+', '-', '@', '\t', '\r', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}',
];

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn no_spreadsheet_computes_a_field() {
        for (field, written) in [
            ("=1+1", "\"'=1+1\""),
            ("+1", "\"'+1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"' =1\""),
            ("\r=1", "\"'\\r=1\""),
            ("  =1", "\"'  =1\""),
            ("\u{ff1d}1", "\"'\u{ff1d}1\""),
            ("=\"a\",b", "\"'=\"\"a\"\",b\""),
        ] {
            assert_eq!(quoted(field), written);
        }
    }

    #[test]
    fn a_field_stays_on_its_line() {
        assert_eq!(quoted("a\n::error::b"), "a\\n::error::b");
        assert_eq!(quoted("::error::b"), "\"::error::b\"");
        assert_eq!(quoted("##[error]b"), "\"##[error]b\"");
        assert_eq!(quoted("a,\u{202e}b"), "\"a,\\u{202e}b\"");
        assert_eq!(
            quoted("docker.io/library/node:22"),
            "docker.io/library/node:22"
        );
    }
}

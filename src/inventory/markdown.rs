//! The inventory as a Markdown table, for an issue or a page.

use std::fmt::Write as _;

use super::{Image, Inventory, Origin};

/// The inventory as one table, by registry.
#[must_use]
pub fn render(inventory: &Inventory) -> String {
    let mut table = String::from("| registry | pulled as | written as | connector | by | place |");
    let mut rule = "\n|---|---|---|---|---|---|".to_owned();
    if inventory.is_verified {
        table.push_str(" in the registry |");
        rule.push_str("---|");
    }
    table.push_str(&rule);
    table.push('\n');
    for (_, images) in inventory.by_registry() {
        for image in images {
            row(&mut table, image);
        }
    }
    table
}

/// An image as it is written, whether it is Harness's, and its condition.
fn said_of(image: &Image) -> String {
    let whose = match image.origin {
        Origin::File => None,
        Origin::Harness => Some("Harness's own"),
    };
    let parts = [
        Some(image.image.as_str()),
        whose,
        image.condition.as_deref(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn row(table: &mut String, image: &Image) {
    let unknown = image.unknown.as_deref().unwrap_or_default();
    let cells = [
        escaped(image.registry.as_deref().unwrap_or("unknown")),
        escaped(image.full_name.as_deref().unwrap_or(unknown)),
        escaped(&said_of(image)),
        escaped(image.connector.as_deref().unwrap_or("none")),
        escaped(&image.subject),
        escaped(&format!("{}:{}", image.file, image.start.line)),
    ];
    let verified = image.verification.as_ref();
    let verified = verified.map(|verification| escaped(&verification.sentence()));
    let cells: Vec<_> = cells.into_iter().chain(verified).collect();
    let _ = writeln!(table, "| {} |", cells.join(" | "));
}

/// A string that Markdown shows as it is, on one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let text = terminal::escaped(text);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // Otherwise, Markdown would make a link of `https://…`, and a mention of `@…`.
            ':' if characters.peek() == Some(&'/') => escaped.push_str("&#58;"),
            '@' => escaped.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(character);
            }
            c => escaped.push(c),
        }
    }
    escaped
}

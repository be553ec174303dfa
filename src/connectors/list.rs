//! Writes a list of connectors, `harness-connectors.yaml`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::{Import, older};

/// The list as YAML.
///
/// `made_at` is when the account had these connectors, in RFC 3339; lists among the imported files may be older.
pub(super) fn write(import: &Import, made_at: &str) -> String {
    let connectors = &import.connectors;
    let made_at = older(import.made_at.clone(), made_at.to_owned());
    let mut text = format!(
        "# Written by `harness-image-guard connectors import`; the configuration names it in `connectorFiles`.\nmadeAt: {}\n",
        scalar(&made_at)
    );
    scopes(
        &mut text,
        "scopes",
        "the list has every connector of these",
        &import.scopes,
    );
    scopes(
        &mut text,
        "unseenScopes",
        "whoever made the list may not see these",
        &import.unseen,
    );
    if connectors.is_empty() {
        text.push_str("connectors: []\n");
        return text;
    }
    text.push_str("connectors:\n");
    for connector in connectors {
        let _ = writeln!(text, "  - identifier: {}", scalar(&connector.identifier));
        let fields = [
            ("orgIdentifier", &connector.org),
            ("projectIdentifier", &connector.project),
            ("type", &connector.kind),
            ("url", &connector.url),
            ("providerType", &connector.provider_type),
            ("auth", &connector.auth),
        ];
        for (key, value) in fields {
            if let Some(value) = value {
                let _ = writeln!(text, "    {key}: {}", scalar(value));
            }
        }
        if !connector.delegate_selectors.is_empty() {
            let selectors: Vec<_> = connector
                .delegate_selectors
                .iter()
                .map(|selector| scalar(selector))
                .collect();
            let _ = writeln!(text, "    delegateSelectors: [{}]", selectors.join(", "));
        }
        if let Some(is_so) = connector.execute_on_delegate {
            let _ = writeln!(text, "    executeOnDelegate: {is_so}");
        }
    }
    text
}

fn scopes(text: &mut String, key: &str, about: &str, scopes: &BTreeSet<String>) {
    if !scopes.is_empty() {
        let _ = writeln!(text, "{key}:  # {about}");
        for scope in scopes {
            let _ = writeln!(text, "  - {}", scalar(scope));
        }
    }
}

/// A string as a YAML scalar. It is plain if every reader of YAML takes that for a string.
fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && !text.ends_with(':')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./:".contains(c))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if is_plain {
        return text.to_owned();
    }
    // JSON is YAML, except for characters that YAML doesn't print.
    let mut quoted = String::new();
    for c in serde_json::to_string(text).unwrap_or_default().chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') {
            let _ = write!(quoted, "\\u{:04x}", u32::from(c));
        } else {
            quoted.push(c);
        }
    }
    quoted
}

//! What registries say about images. The host asks them, because the module has no network.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::Origin;

/// What registries say, by the full names of images. For one of Harness's own, any version counts, and the name is
/// `NAME:*`.
pub type Verified = HashMap<String, Verification>;

/// What is known of an image in its registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub struct Verification {
    /// Whether it can be pulled.
    pub verdict: Existence,
    /// The digest that the tag points to; `null` if it isn't known.
    pub digest: Option<String>,
    /// Its platforms, such as `linux/arm64/v8`; `null` if they weren't requested.
    pub platforms: Option<Vec<String>>,
    /// Why it can't be pulled, or isn't known; `null` if it is there.
    pub reason: Option<String>,
}

/// Whether an image can be pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(schemars::JsonSchema, ts_rs::TS))]
pub enum Existence {
    /// Yes.
    There,
    /// It isn't there.
    Missing,
    /// The registry denies access, or it isn't there.
    Denied,
    /// It isn't known: see the reason.
    Unknown,
}

impl Existence {
    /// Its name in JSON, and of the node in Mermaid.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::There => "there",
            Self::Missing => "missing",
            Self::Denied => "denied",
            Self::Unknown => "unknown",
        }
    }

    /// Its name for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Missing => "not there",
            Self::Denied => "not allowed",
            _ => self.id(),
        }
    }
}

impl Verification {
    /// What is known about an image with this full name, or about one whose name is unknown for this reason. A name
    /// that the host didn't ask about has an expression in it.
    #[must_use]
    pub fn lookup(
        verified: &Verified,
        origin: Origin,
        full_name: Option<&str>,
        unknown: Option<&str>,
    ) -> Self {
        let known = full_name.and_then(|name| match origin {
            Origin::File => verified.get(name),
            Origin::Harness => verified.get(&format!("{name}:*")),
        });
        if let Some(known) = known {
            return known.clone();
        }
        let reason = match full_name {
            Some(_) => "there is an expression in its name",
            None => unknown.unwrap_or("its name is unknown"),
        };
        Self {
            verdict: Existence::Unknown,
            digest: None,
            platforms: None,
            reason: Some(reason.to_owned()),
        }
    }

    /// All of it on one line, such as `there, sha256:… (linux/amd64)` or `not there: r.example has no a:1`.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut sentence = self.verdict.words().to_owned();
        if let Some(digest) = &self.digest {
            sentence.push_str(", ");
            sentence.push_str(digest);
            let platforms = self.platforms.as_deref().unwrap_or_default();
            if !platforms.is_empty() {
                sentence.push_str(" (");
                sentence.push_str(&platforms.join(", "));
                sentence.push(')');
            }
        }
        if let Some(reason) = &self.reason {
            sentence.push_str(": ");
            sentence.push_str(reason);
        }
        sentence
    }
}

//! What the `harnessImage` connector has to be, by the settings in force.

use serde_json::Value;

/// The connector that the rules ask for.
pub struct Specification {
    /// `identifier`.
    pub identifier: String,
    /// `spec.dockerRegistryUrl`.
    pub url: String,
    /// `spec.providerType`.
    pub provider_type: String,
    /// `spec.auth.type`.
    pub auth: String,
}

impl Specification {
    /// The specification among the facts; none where they aren't of that form.
    pub fn from_facts(facts: &Value) -> Option<Self> {
        let settings = facts.get("settings")?;
        let expected = settings.get("expected")?;
        let text = |value: &Value, key: &str| Some(value.get(key)?.as_str()?.trim().to_owned());
        Some(Self {
            identifier: text(settings, "identifier")?,
            url: text(expected, "url")?,
            provider_type: text(expected, "providerType")?,
            auth: text(expected, "auth")?,
        })
    }

    /// Whether no credentials are needed.
    pub fn is_anonymous(&self) -> bool {
        self.auth == "Anonymous"
    }
}

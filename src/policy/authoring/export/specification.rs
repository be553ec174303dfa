//! What the `harnessImage` connector has to be, by the settings in force.

use serde_json::Value;

use crate::policy::Config;

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
    /// `spec.auth.spec`, which no rule knows.
    pub credentials: Credentials,
    /// `spec.delegateSelectors`; none where it doesn't matter which they are.
    pub delegate_selectors: Option<Vec<String>>,
    /// `spec.executeOnDelegate`; none where it doesn't matter.
    pub execute_on_delegate: Option<bool>,
}

/// Who pulls: names and references to secrets, never what these hold.
#[derive(Default)]
pub struct Credentials {
    /// Who; none where the configuration doesn't say.
    pub user: Option<User>,
    /// The secret with the password; none where the configuration doesn't say.
    pub password_ref: Option<String>,
}

/// Who pulls.
pub enum User {
    /// This name.
    Name(String),
    /// Whoever this secret names; it goes before a name.
    Secret(String),
}

impl Specification {
    /// The specification by the configuration and its facts; none where these aren't of that form.
    pub fn new(config: &Config, facts: &Value) -> Option<Self> {
        let settings = facts.get("settings")?;
        let expected = settings.get("expected")?;
        let text = |value: &Value, key: &str| Some(value.get(key)?.as_str()?.trim().to_owned());
        let selectors = expected.get("delegateSelectors").and_then(Value::as_array);
        let configured = config.value.get("harnessImage");
        let credential = |key| Some(configured?.get(key)?.as_str()?.trim().to_owned());
        Some(Self {
            identifier: text(settings, "identifier")?,
            url: text(expected, "url")?,
            provider_type: text(expected, "providerType")?,
            auth: text(expected, "auth")?,
            credentials: Credentials {
                user: (credential("usernameRef").map(User::Secret))
                    .or_else(|| credential("username").map(User::Name)),
                password_ref: credential("passwordRef"),
            },
            delegate_selectors: selectors.map(|selectors| {
                let selectors = selectors.iter().filter_map(Value::as_str);
                selectors.map(|each| each.trim().to_owned()).collect()
            }),
            execute_on_delegate: expected.get("executeOnDelegate").and_then(Value::as_bool),
        })
    }

    /// Whether no credentials are needed.
    pub fn is_anonymous(&self) -> bool {
        self.auth == "Anonymous"
    }
}

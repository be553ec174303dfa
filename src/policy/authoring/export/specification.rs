//! The specification of the `harnessImage` connector, according to the settings.

use serde_json::Value;

use crate::policy::Config;

/// The connector that the rules require.
pub struct Specification {
    /// `identifier`.
    pub identifier: String,
    /// `spec.dockerRegistryUrl`.
    pub url: String,
    /// `spec.providerType`.
    pub provider_type: String,
    /// `spec.auth.type`.
    pub auth: String,
    /// `spec.auth.spec`, which no rule checks.
    pub credentials: Credentials,
    /// `spec.delegateSelectors`; `None` if any will do.
    pub delegate_selectors: Option<Vec<String>>,
    /// `spec.executeOnDelegate`; `None` if either will do.
    pub execute_on_delegate: Option<bool>,
}

/// The credentials for pulling: names, and references to secrets, but never the secrets themselves.
#[derive(Default)]
pub struct Credentials {
    /// The user; `None` if the configuration doesn't set one.
    pub user: Option<User>,
    /// The secret with the password; `None` if the configuration doesn't set one.
    pub password_ref: Option<String>,
}

/// The user who pulls.
pub enum User {
    /// The user with this name.
    Name(String),
    /// The user named by this secret, which is preferred to a name.
    Secret(String),
}

impl Specification {
    /// The specification according to a configuration and its facts; `None` if the facts lack it.
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

    /// Whether it needs no credentials.
    pub fn is_anonymous(&self) -> bool {
        self.auth == "Anonymous"
    }
}

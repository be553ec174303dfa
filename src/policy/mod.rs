//! Our rules: what they are called, how they are configured, what they found.

#[cfg(feature = "authoring")]
mod about;
mod config;
mod engine;
#[cfg(feature = "authoring")]
pub mod evaluation;
#[cfg(feature = "authoring")]
pub mod export;
mod finding;
#[cfg(feature = "authoring")]
pub mod lint;
mod rule;
#[cfg(all(test, feature = "authoring"))]
mod typescript;
#[cfg(feature = "authoring")]
mod user;
#[cfg(feature = "authoring")]
mod user_input;
#[cfg(feature = "authoring")]
mod users;

pub use config::{
    Config, ConfigError, ConfigException, ConfigProblem, NamedConnectorFile, NamedPolicy,
    known_rule,
};
pub use engine::{
    Aspects, Budget, Connector, Engine, EvaluationError, Evaluator, Facts, Findings, ImageAnswer,
    Subject, UnreadFinding,
};
pub use finding::{Finding, Head, Proposal};
pub use rule::{DUPLICATE_KEY, IMAGE_EXISTS, RULES, Rule};
#[cfg(feature = "authoring")]
pub use user::UserPolicy;
#[cfg(feature = "authoring")]
pub use user_input::{entity_of, input_of, input_of_document};
#[cfg(feature = "authoring")]
pub use users::{UserModule, UserPolicies};

/// The texts of `policies/`, by their paths, without the tests.
#[cfg(feature = "authoring")]
const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));

//! Our rules, their configuration, and their findings.

#[cfg(feature = "authoring")]
mod authoring;
mod config;
mod engine;
mod finding;
mod rule;

#[cfg(feature = "authoring")]
pub use authoring::{
    UserModule, UserPolicies, UserPolicy, entity_of, evaluation, export, input_of,
    input_of_document, lint,
};
pub use config::{
    Config, ConfigError, ConfigException, ConfigProblem, NamedConnectorFile, NamedPolicy,
    known_rule,
};
pub use engine::{
    Budget, Connector, Engine, EvaluationError, Evaluator, ExceptionAspects, Facts, FindingAspects,
    Findings, ImageAnswer, LazyFinding, Subject,
};
pub use finding::{Finding, Head, Proposal};
pub use rule::{DUPLICATE_KEY, IMAGE_EXISTS, RULES, Rule};

//! What only the module that reads Rego has: users' policies, their lint, and our rules as policies of Harness.

mod about;
pub mod evaluation;
pub mod export;
mod finding;
pub mod lint;
#[cfg(test)]
mod typescript;
mod user;
pub(super) mod user_input;
mod users;

pub use user::UserPolicy;
pub use user_input::{entity_of, input_of, input_of_document};
pub use users::{UserModule, UserPolicies};

/// The texts of `policies/`, by their paths, without the tests.
const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));

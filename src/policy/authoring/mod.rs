//! What only the module with Rego has: users' policies, lint, and exporting our rules as policies of Harness.

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

/// The sources in `policies/` by path, without tests.
const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/policies.rs"));

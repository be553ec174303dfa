//! What a document is in Harness's terms, and how its parts are called.

mod entity;
#[cfg(feature = "authoring")]
mod json;
#[cfg(feature = "authoring")]
mod policy_input;
mod subject;

pub use entity::{Entity, EntityKind, entities};
#[cfg(feature = "authoring")]
pub use policy_input::{PolicyEntity, PolicyInput};
#[cfg(feature = "authoring")]
pub use subject::named;
pub use subject::{names, subject};

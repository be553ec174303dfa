//! What a document is in Harness's terms, and how its parts are called.

mod entity;
mod subject;

pub use entity::{Entity, EntityKind, entities};
#[cfg(feature = "authoring")]
pub use subject::named;
pub use subject::{names, subject};

//! Harness's entities: detects them in documents, and names their parts.

mod connector_list;
mod detect;
mod entity;
mod identifier;
#[cfg(feature = "authoring")]
mod names;
mod subject;
mod trigger;

pub use connector_list::{ConnectorList, connector_list, path_in_list};
pub use detect::{Holding, entities, holding, is_pipeline_without_key, shape};
pub use entity::{Entity, EntityKind, Event, INPUT_YAML, PolicyEntity};
pub use identifier::is_identifier;
#[cfg(feature = "authoring")]
pub use names::{Meant, Names};
pub use subject::{Named, Subjects, subject};
pub use trigger::{InputSetError, input_set_path, with_input_set};

//! The policies that a configuration names.

use serde::{Serialize, Serializer};

use crate::document::Position;
use crate::report::{self, Severity};

/// A user's policy that a configuration names (`policies`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NamedPolicy {
    /// The file, as it is written there.
    pub path: String,
    /// The entity that it is about; without it, its package says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// What a denial weighs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Where the configuration names it.
    #[serde(serialize_with = "as_reported")]
    pub position: Position,
}

fn as_reported<S: Serializer>(position: &Position, serializer: S) -> Result<S::Ok, S::Error> {
    report::Position::from(*position).serialize(serializer)
}

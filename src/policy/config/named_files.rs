//! The files that a configuration names.

use document::Position;
use serde::{Serialize, Serializer};

use crate::report::{self, Severity};

/// A user's policy, or a folder of them, that a configuration names (`policies`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct NamedPolicy {
    /// The path as it is written.
    pub path: String,
    /// The entity that it is about; by default, the one that its package names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The severity of a denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The version of Rego in which it is written: 0 or 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "0 | 1"))]
    pub rego_version: Option<u8>,
    /// Its position in the configuration.
    #[serde(serialize_with = "as_reported")]
    #[cfg_attr(test, ts(as = "report::Position"))]
    pub position: Position,
}

/// A list of connectors that a configuration names (`connectorFiles`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NamedConnectorFile {
    /// The path as it is written.
    pub path: String,
    /// Its position in the configuration.
    #[serde(serialize_with = "as_reported")]
    #[cfg_attr(test, ts(as = "report::Position"))]
    pub position: Position,
}

impl NamedPolicy {
    /// Whether a file is the one that is named, or is in the folder that is.
    #[must_use]
    pub fn holds(&self, file: &str) -> bool {
        let folder = self.path.trim_end_matches('/');
        let below = file.strip_prefix(folder);
        folder == "." || file == self.path || below.is_some_and(|below| below.starts_with('/'))
    }
}

fn as_reported<S: Serializer>(position: &Position, serializer: S) -> Result<S::Ok, S::Error> {
    report::Position::from(*position).serialize(serializer)
}

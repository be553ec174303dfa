//! The files that a configuration names.

use document::Position;
use serde::{Serialize, Serializer};

use crate::report::{self, Severity};

/// A user's policy that a configuration names (`policies`), or a folder of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct NamedPolicy {
    /// The file or folder, as it is written there.
    pub path: String,
    /// The entity that it is about; by default, the one that its package names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
    /// The severity of a denial.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Which Rego it is written in: 0 or 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, ts(optional, type = "0 | 1"))]
    pub rego_version: Option<u8>,
    /// Where the configuration names it.
    #[serde(serialize_with = "as_reported")]
    #[cfg_attr(test, ts(as = "report::Position"))]
    pub position: Position,
}

/// A list of connectors that a configuration names (`connectorFiles`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct NamedConnectorFile {
    /// The file, as it is written there.
    pub path: String,
    /// Where the configuration names it.
    #[serde(serialize_with = "as_reported")]
    #[cfg_attr(test, ts(as = "report::Position"))]
    pub position: Position,
}

impl NamedPolicy {
    /// Whether a file is the one that is named, or lies in the folder that is.
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

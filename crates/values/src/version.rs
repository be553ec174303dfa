//! The versions of Rego.

/// A version of Rego.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "RegoVersion", type = "0 | 1"))]
pub enum Version {
    /// The Rego of OPA before 1.0, where keywords have to be imported.
    V0,
    /// The Rego of OPA 1.0 and later.
    V1,
}

//! The versions of Rego.

/// Which Rego a module is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "RegoVersion", type = "0 | 1"))]
pub enum Version {
    /// Of OPA before 1.0: keywords have to be imported.
    V0,
    /// Of OPA from 1.0 on.
    V1,
}

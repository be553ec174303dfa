//! `harness-image-guard` answers one question before Harness does: where do this pipeline's images
//! come from, and is that allowed?
//!
//! ```text
//! text ─parse▶ Document ─detect▶ Entity ─▶ Input ─evaluate▶ Finding ─locate▶ Diagnostic ─render▶ report
//! ```
//!
//! Each arrow is one module or crate: [`document`], [`harness`], [`rego`], `policy`, [`report`]. The policies
//! (Rego, in `policies/`) decide; this crate reads, evaluates, locates and renders.
//!
//! ```
//! use harness_image_guard::{Config, Guard, SourceFile};
//!
//! let guard = Guard::new(Config::default())?;
//! let report = guard.check(&[SourceFile::text("pipeline.yaml", "pipeline: {identifier: empty}")]);
//! assert!(report.diagnostics.is_empty());
//! # Ok::<(), harness_image_guard::GuardError>(())
//! ```

#![forbid(unsafe_code)]

pub mod connectors;
mod exception;
pub mod fix;
mod guard;
pub mod harness;
#[cfg(any(test, target_arch = "wasm32"))]
pub mod interface;
pub mod inventory;
mod policy;
pub mod report;
mod source;
#[cfg(test)]
mod typescript;
mod unparsable;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
mod wide;

pub use exception::Date;
pub use guard::{
    DEFAULT_MAX_FILE_BYTES, DEFAULT_MAX_FINDINGS, Fixed, FixedFile, Guard, GuardError,
};
pub use policy::{
    Config, ConfigError, ConfigException, ConfigProblem, NamedConnectorFile, NamedPolicy, RULES,
    Rule,
};
#[cfg(feature = "authoring")]
pub use policy::{
    Facts, UserModule, UserPolicies, UserPolicy, entity_of, evaluation, export, input_of,
    input_of_document, lint,
};
pub use source::{Content, SourceFile};

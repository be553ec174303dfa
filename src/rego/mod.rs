//! Rego as OPA runs it. Knows no Harness word.
//!
//! Our own policies are compiled when the crate is built, for regorus' virtual machine ([`rvm`]). A
//! user's policies come as text when the tool runs: with the feature `authoring`, they are parsed,
//! checked as OPA's compiler checks them, and evaluated, all with OPA's meaning.

pub mod rvm;

#[cfg(feature = "authoring")]
pub mod answer;
#[cfg(feature = "authoring")]
pub mod budget;
#[cfg(feature = "authoring")]
pub mod builtins;
#[cfg(feature = "authoring")]
pub mod compile;
#[cfg(feature = "authoring")]
pub mod coverage;
#[cfg(feature = "authoring")]
pub mod eval;
#[cfg(feature = "authoring")]
pub mod eval_command;
#[cfg(feature = "authoring")]
pub mod format;
#[cfg(feature = "authoring")]
pub mod json;
#[cfg(feature = "authoring")]
pub mod lint;
#[cfg(feature = "authoring")]
pub mod loader;
#[cfg(feature = "authoring")]
pub mod number;
#[cfg(feature = "authoring")]
pub mod policy;
#[cfg(feature = "authoring")]
pub mod presentation;
#[cfg(feature = "authoring")]
pub mod problem;
#[cfg(feature = "authoring")]
pub mod reach;
#[cfg(feature = "authoring")]
pub mod shown;
#[cfg(feature = "authoring")]
pub mod suite;
#[cfg(feature = "authoring")]
pub mod syntax;
#[cfg(feature = "authoring")]
pub mod types;
#[cfg(feature = "authoring")]
pub mod value;

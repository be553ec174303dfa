//! Rego as OPA runs it, on regorus. Knows no Harness word.
//!
//! Modules are lowered and compiled when the crate is built (`build.rs`); what is here loads the
//! program and evaluates its rules.

#[cfg(test)]
mod compile;
#[cfg(test)]
mod lower;
mod program;
#[cfg(test)]
mod tests;
pub mod value;

pub use program::{EvaluationError, Machine, Program};
pub use regorus::Value;

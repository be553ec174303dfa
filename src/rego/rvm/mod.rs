//! Our policies on regorus' virtual machine: Rego as OPA means it, compiled into the crate.
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

pub use program::{Allowance, EvaluationError, Machine, Program};
pub use regorus::Value;

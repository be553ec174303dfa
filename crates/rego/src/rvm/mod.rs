//! A machine for Rego that is compiled ahead of time, with the same results as OPA.
//!
//! Modules that are known when a crate is built are compiled by regorus. By itself, regorus differs from OPA on
//! ordinary Rego, so each module is first lowered to forms on which both agree. The compiled code is then translated
//! for a machine of our own, which takes a third of the time and is much smaller. regorus' own machine is the `Judge`
//! in tests. A program is constant data of the crate that runs it, so that little is done before the first
//! evaluation.
//!
//! The machine has no `walk`, `with` or regular expressions. Tests may use `with`: a `Suite` evaluates each of its
//! expressions on its own.

mod builtins;
mod collections;
#[cfg(any(test, feature = "rvm-compile"))]
mod compile;
mod evaluation;
#[cfg(any(test, feature = "rvm-compile"))]
mod judge;
#[cfg(any(test, feature = "rvm-compile"))]
mod lower;
mod machine;
mod node;
#[cfg(any(test, feature = "rvm-compile"))]
mod overrides;
pub mod program;
#[cfg(any(test, feature = "rvm-compile"))]
mod reader;
#[cfg(any(test, feature = "rvm-compile"))]
mod simplify;
#[cfg(any(test, feature = "rvm-compile"))]
mod source;
mod state;
#[cfg(any(test, feature = "rvm-compile"))]
mod step;
#[cfg(any(test, feature = "rvm-compile"))]
mod suite;
#[cfg(test)]
mod tests;
#[cfg(any(test, feature = "rvm-compile"))]
mod translate;
mod value;
#[cfg(any(test, feature = "rvm-compile"))]
mod writer;

pub use collections::Object;
#[cfg(any(test, feature = "rvm-compile"))]
pub use compile::compile;
#[cfg(any(test, feature = "rvm-compile"))]
pub use judge::Judge;
pub use machine::{Allowance, EvaluationError, Loaded, Machine};
pub use program::Program;
#[cfg(any(test, feature = "rvm-compile"))]
pub use suite::Suite;
pub use value::Value;

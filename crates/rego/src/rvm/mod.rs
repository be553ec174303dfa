//! Rego on a machine that runs what was compiled ahead, with OPA's meaning.
//!
//! Modules that are known beforehand, when a crate is built, are compiled by regorus. Its code, left alone, means something
//! else than OPA on ordinary Rego, so each module is first printed again in forms on which both agree. What regorus made is
//! then translated for a machine of our own, which runs the same rules in a third of the time and is much smaller;
//! regorus' own machine is the `Judge` of it in the tests. A program is constant data of the crate that runs it: little
//! is done before the first evaluation.
//!
//! `walk`, `with` and regular expressions are missing; tests may use `with`, whose expressions `Suite` evaluates on
//! their own.

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

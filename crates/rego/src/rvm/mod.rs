//! Rego on regorus' virtual machine, with OPA's meaning.
//!
//! Modules that are known beforehand, when a crate is built, are compiled into a program, which loads in
//! milliseconds and needs little code to run. The machine, left alone, answers otherwise than OPA on ordinary
//! Rego, so each module is first printed again in forms on which both agree. `walk`, `with` and regular
//! expressions are missing there; tests may use `with`, whose expressions [`Suite`] evaluates on their own.

#[cfg(any(test, feature = "rvm-compile"))]
mod compile;
#[cfg(any(test, feature = "rvm-compile"))]
mod lower;
mod program;
#[cfg(any(test, feature = "rvm-compile"))]
mod suite;
#[cfg(test)]
mod tests;
pub mod value;

#[cfg(any(test, feature = "rvm-compile"))]
pub use compile::compile;
pub use program::{Allowance, EvaluationError, Machine, Program};
pub use regorus::Value;
#[cfg(any(test, feature = "rvm-compile"))]
pub use suite::Suite;

//! The parts of the interface to JavaScript that only the module with Rego has.

mod caller;
mod eval_command;
mod export;
mod format;
mod guard;
mod input;
mod lint;
mod policy;
mod suite;

pub(super) use guard::put_into;

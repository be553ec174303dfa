//! What only the module that reads Rego has of the face towards JavaScript.

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

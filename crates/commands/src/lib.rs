#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

pub mod coverage;
pub mod format;
pub mod lint;
pub mod loader;
pub mod opa_eval;
pub mod presentation;
pub mod tester;

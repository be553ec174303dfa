#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

// What is short and called for every value is `#[inline]`, so that it is compiled with its callers: less is inlined across
// crates when a program is linked.

pub mod budget;
pub mod fingerprint;
mod input_usage;
pub mod json;
mod number;
mod value;
mod version;

pub use input_usage::InputUsage;
pub use number::{Number, Uncomputable};
pub use value::{Array, Bytes, Object, Set, Value, sort};
pub use version::Version;

#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

pub mod compile;
pub mod input_usage;
pub mod problem;
pub mod shown;
pub mod syntax;
mod types;

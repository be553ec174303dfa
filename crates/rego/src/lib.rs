#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

#[cfg(feature = "rvm")]
pub mod rvm;

#[cfg(feature = "evaluation")]
pub mod eval;
#[cfg(feature = "evaluation")]
pub mod output;
#[cfg(feature = "evaluation")]
pub mod policy;

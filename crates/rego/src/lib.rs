#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

#[cfg(feature = "rvm")]
pub mod rvm;

#[cfg(feature = "evaluation")]
pub mod compile;
#[cfg(feature = "evaluation")]
pub mod eval;
#[cfg(feature = "evaluation")]
mod input_usage;
#[cfg(feature = "evaluation")]
pub mod output;
#[cfg(feature = "evaluation")]
pub mod policy;
#[cfg(feature = "evaluation")]
pub mod problem;
#[cfg(feature = "evaluation")]
pub mod shown;
#[cfg(feature = "evaluation")]
pub mod syntax;
#[cfg(all(test, feature = "evaluation"))]
mod tests;
#[cfg(feature = "evaluation")]
mod types;

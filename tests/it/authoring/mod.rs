//! Tests that need to compile Rego at run time, and those that share their helpers.

mod broken;
mod builtins;
mod chance;
mod entities;
mod export;
mod format;
mod fuzz;
mod judge;
mod opa;
mod rego;
mod rego_engine;
mod rego_opa;
mod rego_tests;

//! Tests that need Rego to be read when they run, and those that share their machinery.

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

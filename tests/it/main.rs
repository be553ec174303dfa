//! Tests across modules: what a user of the crate sees, compared with the documentation, with real OPA, and with
//! itself. The data is in `tests/cases`.

#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

#[cfg(feature = "authoring")]
mod authoring;
mod bad_input;
mod config;
mod connector_lists;
mod corpus;
mod crates;
mod examples;
mod exceptions;
mod fixes;
mod folder;
mod inventory;
mod passed_over;
mod positions;
mod report;
mod semantics;
mod trigger;
mod verified;
mod yaml_suite;

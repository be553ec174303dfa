//! What JavaScript gives the module as JSON, and what it gets besides a report. TypeScript's types are written from
//! these; `wasm` turns them into what the rest of the crate takes.

pub mod guard;
#[cfg(feature = "authoring")]
pub mod rego;
#[cfg(all(test, feature = "authoring"))]
mod typescript;

//! The JSON that JavaScript passes to the module, and the JSON that it gets, other than reports. TypeScript's types
//! are generated from these. `wasm` converts them to what the rest of the crate takes.

pub mod guard;
pub mod place;
#[cfg(feature = "authoring")]
pub mod rego;
#[cfg(all(test, feature = "authoring"))]
mod typescript;

//! The program that the build compiled from `policies/`.

use std::borrow::Cow;
use std::sync::OnceLock;

use rego::rvm::Loaded;
use rego::rvm::program::{
    Arithmetic, Body, Builtin, Collection, Composite, Condition, Demand, Instruction, Literal,
    Operand, Program, Relation, Rule,
};

const POLICIES: Program = include!(concat!(env!("OUT_DIR"), "/program.rs"));

/// The program, which is loaded only once, because an engine is small compared to it.
pub(super) fn policies() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| POLICIES.load())
}

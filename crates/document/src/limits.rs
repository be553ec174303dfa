//! Limits on what a file may ask for.

/// Limits on what [`parse`](super::parse()) builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep mappings and sequences may nest. Parsing, cloning and dropping a tree recurse as deep, so this limits
    /// the stack that they need.
    pub depth: usize,
    /// How many nodes the aliases of one file may copy together. Each key and each value counts as one, and as one
    /// more for every 256 bytes of its text.
    pub alias_nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            depth: 200,
            alias_nodes: 200_000,
        }
    }
}

//! How much a file may ask for.

/// Bounds on what [`parse`](super::parse()) builds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How deep mappings and sequences may be nested. Reading, cloning and dropping
    /// a tree recurse as deep, so this bounds the stack they need.
    pub depth: usize,
    /// How many nodes the aliases of one file may copy in all. Keys and values count one each, and
    /// one more for every 256 bytes of their text.
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

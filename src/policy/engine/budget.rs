use rego::rvm::Allowance;

/// How many instructions evaluations may take. An evaluation that reaches its limit is reported.
///
/// The machine executes tens of millions of instructions per second. A step takes about 460, or 1,000 to 1,500 with
/// expressions, so a document's share is more than an ordinary document needs. What needs more draws on a reserve
/// that all files of a check share, so that many such files can't multiply the time.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// The share of a document without nodes.
    pub base: usize,
    /// The share of each node of a document.
    pub per_node: usize,
    /// How much all documents together may take beyond their shares.
    pub reserve: usize,
    /// How much one document may take.
    pub ceiling: usize,
    /// How much the facts may take, for the configuration and all files together.
    pub facts: usize,
}

impl Budget {
    /// The budget of a check.
    pub const AMPLE: Self = Self {
        base: 30_000,
        per_node: 600,
        reserve: 40_000_000,
        ceiling: 80_000_000,
        facts: 80_000_000,
    };

    /// An empty budget, to which tests add.
    #[cfg(test)]
    pub const NONE: Self = Self {
        base: 0,
        per_node: 0,
        reserve: 0,
        ceiling: usize::MAX,
        facts: 0,
    };

    /// The allowance of an evaluation on a document with this many nodes.
    pub fn of_document(self, node_count: usize) -> Allowance {
        let share = node_count
            .saturating_mul(self.per_node)
            .saturating_add(self.base)
            .min(self.ceiling);
        Allowance {
            share,
            most: self.ceiling,
        }
    }

    /// How much evaluating the facts may take, given the number of nodes of the connectors. It is more, because all
    /// files depend on the facts, they are evaluated once, and the configuration may be large.
    pub fn of_facts(self, node_count: usize) -> usize {
        let share = self.of_document(node_count).share.saturating_mul(9);
        share.max(self.facts)
    }
}

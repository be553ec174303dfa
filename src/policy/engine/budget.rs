use rego::rvm::Allowance;

/// How many instructions evaluations may take. An evaluation that reaches its limit is reported.
///
/// The machine executes tens of millions of instructions a second. A step takes about 460, or 1,000 to 1,500 with
/// expressions, so a document's share is more than an ordinary document needs. What needs more draws on a reserve that
/// all files of a check share, so that many such files can't multiply the time.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// The share of a document without any value.
    pub base: usize,
    /// What each value of the document adds.
    pub per_node: usize,
    /// What all documents may take together beyond their shares.
    pub reserve: usize,
    /// The most that one document may take.
    pub ceiling: usize,
    /// For what the configuration and all files say together.
    pub facts: usize,
}

impl Budget {
    /// What a check has.
    pub const AMPLE: Self = Self {
        base: 30_000,
        per_node: 600,
        reserve: 40_000_000,
        ceiling: 80_000_000,
        facts: 80_000_000,
    };

    /// Nothing, for tests to add to.
    #[cfg(test)]
    pub const NONE: Self = Self {
        base: 0,
        per_node: 0,
        reserve: 0,
        ceiling: usize::MAX,
        facts: 0,
    };

    /// What one evaluation on a document of so many values may take.
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

    /// What evaluating the facts may take, with connectors of so many values. This is more, because all files depend on
    /// the facts, they are evaluated once, and the configuration may be large.
    pub fn of_facts(self, node_count: usize) -> usize {
        let share = self.of_document(node_count).share.saturating_mul(9);
        share.max(self.facts)
    }
}

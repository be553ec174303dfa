use rego::rvm::Allowance;

/// How many instructions evaluations may take: more than any document of that size needs, and never
/// without an end. One that reaches its limit is reported.
///
/// The machine takes tens of millions in a second. A step takes about 460, with expressions 1,000 to 1,500: the share of a
/// document is more than such documents need. What needs more
/// draws on a reserve that all files of a check have together, so that many of them can't take as long as many
/// times the longest.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// The share of a document without any value.
    pub base: usize,
    /// What each value of it adds.
    pub per_node: usize,
    /// What all documents may take together beyond their shares.
    pub reserve: usize,
    /// What one document may take at most.
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

    /// What evaluating the facts may take, with connectors of so many values: all files rest on them, they
    /// are evaluated once, and the configuration may be large.
    pub fn of_facts(self, node_count: usize) -> usize {
        let share = self.of_document(node_count).share.saturating_mul(9);
        share.max(self.facts)
    }
}

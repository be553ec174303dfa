use document::Span;

/// The values that aliases repeat elsewhere. It is indexed, because comparing each of many fixes with each of many
/// values would take too long.
pub(super) struct Shared {
    /// Sorted by their starts, each with the last end of all up to it.
    by_start: Vec<(Span, u32)>,
    /// For each of them, the first end of all from it on.
    first_ends: Vec<u32>,
}

impl Shared {
    pub fn new(spans: &[Span]) -> Self {
        let mut sorted = spans.to_vec();
        sort::by(&mut sorted, Ord::cmp);
        sorted.dedup();
        let mut first_ends = Vec::with_capacity(sorted.len());
        let mut first = u32::MAX;
        for span in sorted.iter().rev() {
            first = first.min(span.end);
            first_ends.push(first);
        }
        first_ends.reverse();
        let mut last = 0;
        let by_start = sorted.into_iter().map(|span| {
            last = last.max(span.end);
            (span, last)
        });
        Self {
            by_start: by_start.collect(),
            first_ends,
        }
    }

    /// Whether one of them contains a span.
    pub fn any_holds(&self, span: Span) -> bool {
        let up_to = self
            .by_start
            .partition_point(|(each, _)| each.start <= span.start);
        let last = up_to.checked_sub(1).and_then(|at| self.by_start.get(at));
        last.is_some_and(|(_, end)| *end >= span.end)
    }

    /// Whether one of them is within a span.
    pub fn any_within(&self, span: Span) -> bool {
        let from = self
            .by_start
            .partition_point(|(each, _)| each.start < span.start);
        self.first_ends
            .get(from)
            .is_some_and(|end| *end <= span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_a_comparison_with_each_would() {
        let spans = [(3, 9), (4, 6), (4, 4), (7, 9), (12, 20), (13, 15), (16, 16)];
        let spans = spans.map(|(start, end)| Span::new(start, end));
        for chosen in 0_u32..128 {
            let some: Vec<_> = (0..7)
                .filter(|at| chosen & (1 << at) != 0)
                .map(|at| spans[at])
                .collect();
            let shared = Shared::new(&some);
            for start in 0..22 {
                for end in start..22 {
                    let span = Span::new(start, end);
                    let holds = some.iter().any(|each| each.contains(span));
                    assert_eq!(shared.any_holds(span), holds, "{some:?} {span:?}");
                    let within = some.iter().any(|each| span.contains(*each));
                    assert_eq!(shared.any_within(span), within, "{some:?} {span:?}");
                }
            }
        }
    }
}

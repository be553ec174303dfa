//! Tabs, which Go's library doesn't accept as indentation, even on an otherwise empty line.

use std::ops::Range;

use granit_parser::{Event, ScalarStyle};

/// Where tabs are allowed: in quotes, in flow collections and in block scalars.
#[derive(Default)]
pub(super) struct Tabs {
    free: Vec<Range<usize>>,
    /// The open collections; for flow collections, where they begin.
    open: Vec<Option<usize>>,
}

impl Tabs {
    /// Takes an event into account.
    pub(super) fn see(&mut self, event: &Event<'_>, range: Range<usize>, text: &str) {
        match event {
            Event::Scalar(_, style, _, _) if *style != ScalarStyle::Plain => self.free.push(range),
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                let opens = text.get(range.start..);
                let is_flow = opens.is_some_and(|opens| opens.starts_with(['[', '{']));
                // A field may begin with a bracket too; what begins then is within a flow collection.
                self.open
                    .push((is_flow && !range.is_empty()).then_some(range.start));
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Some(start)) = self.open.pop() {
                    self.free.push(start..range.end);
                }
            }
            _ => {}
        }
    }

    /// Whether the position is in a flow collection.
    pub(super) fn is_flow(&self) -> bool {
        self.open.iter().any(Option::is_some)
    }

    /// The first line, counted from 1, on which a tab is used as indentation.
    pub(super) fn wrong(&self, text: &str) -> Option<usize> {
        if !text.contains('\t') {
            return None;
        }
        let mut start = 0;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let blank = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
            let mut after = blank(line);
            let mut tab = line.get(..after).and_then(|before| before.find('\t'));
            // A tab after a dash isn't indentation either.
            while tab.is_none()
                && let Some(rest) = line.get(after..)
                && rest.starts_with("-\t") | rest.starts_with("- ") | rest.starts_with("?\t")
            {
                let next = after + 1 + rest.get(1..).map_or(0, blank);
                let between = line.get(after + 1..next).unwrap_or_default();
                tab = between.find('\t').map(|at| after + 1 + at);
                after = next;
            }
            if tab.is_some_and(|tab| !self.is_free(start + tab)) {
                return Some(number + 1);
            }
            start += line.len();
        }
        None
    }

    fn is_free(&self, at: usize) -> bool {
        self.free.iter().any(|range| range.contains(&at))
    }
}

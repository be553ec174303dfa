//! Mappings, whose keys are unique and in source order.

use std::{borrow::Cow, cmp::Ordering, slice};

use super::{Node, Span};

/// Up to how many entries a mapping is searched one by one, which is faster than any index.
const FEW: usize = 16;

/// Keys and their values, in source order; entries merged in with `<<` follow the mapping's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mapping<'t> {
    entries: Vec<Entry<'t>>,
    /// The indexes of `entries` in the order of their keys; empty if there are few.
    by_key: Vec<u32>,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<'t> {
    /// The key; for a plain scalar its source text, even if it would be a number as a value.
    pub key: Cow<'t, str>,
    /// The key's location, quotes included, in bytes.
    pub key_span: Span,
    /// The value.
    pub node: Node<'t>,
}

/// An entry that an equal key replaced.
pub(super) struct Ousted<'t> {
    pub entry: Entry<'t>,
    /// The location of the next equal key.
    pub next: Span,
    pub by: Span,
}

impl<'t> Mapping<'t> {
    /// The entry with a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Entry<'t>> {
        if self.by_key.is_empty() {
            return self.entries.iter().find(|entry| entry.key == key);
        }
        let found = self
            .by_key
            .binary_search_by(|&at| {
                self.entries
                    .get(at as usize)
                    .map_or(Ordering::Less, |entry| entry.key.as_ref().cmp(key))
            })
            .ok()?;
        self.entries.get(*self.by_key.get(found)? as usize)
    }

    /// The value of a key, to be changed.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Node<'t>> {
        let mut entries = self.entries.iter_mut();
        let entry = entries.find(|entry| entry.key == key)?;
        Some(&mut entry.node)
    }

    /// All entries, to be moved. Their keys must not change.
    pub(super) fn entries_mut(&mut self) -> slice::IterMut<'_, Entry<'t>> {
        self.entries.iter_mut()
    }

    /// All entries: the mapping's own in source order, then those merged in.
    pub fn iter(&self) -> slice::Iter<'_, Entry<'t>> {
        self.entries.iter()
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entries.
    pub(super) fn into_entries(self) -> Vec<Entry<'t>> {
        self.entries
    }

    /// A mapping of a few entries with distinct keys.
    #[must_use]
    pub fn of_unique(entries: Vec<Entry<'t>>) -> Self {
        Self::unique(entries, 0).0
    }

    /// A mapping of entries whose keys may repeat. The first `own` entries are the mapping's own: of equal ones the
    /// last counts, and the others are returned. The rest was merged in: of equal ones the first counts, and only if
    /// the mapping has no such key of its own.
    pub(super) fn unique(mut entries: Vec<Entry<'t>>, own: usize) -> (Self, Vec<Ousted<'t>>) {
        if entries.len() <= FEW && all_differ(&entries) {
            let by_key = Vec::new();
            return (Self { entries, by_key }, Vec::new());
        }
        let (mut order, winners) = rank(&entries, own);
        let mut ousted = Vec::new();
        if !winners.is_empty() {
            let mut kept = Vec::with_capacity(entries.len());
            for (at, (entry, winner)) in entries.into_iter().zip(winners).enumerate() {
                match winner {
                    None => kept.push(entry),
                    Some((next, by)) if at < own => ousted.push(Ousted { entry, next, by }),
                    Some(_) => {}
                }
            }
            entries = kept;
            order = rank(&entries, entries.len()).0;
        }
        let by_key = if entries.len() <= FEW {
            Vec::new()
        } else {
            order
        };
        (Self { entries, by_key }, ousted)
    }
}

impl<'m, 't> IntoIterator for &'m Mapping<'t> {
    type Item = &'m Entry<'t>;
    type IntoIter = slice::Iter<'m, Entry<'t>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Whether no two keys are equal. It tries every pair.
fn all_differ(entries: &[Entry<'_>]) -> bool {
    entries.iter().enumerate().all(|(at, entry)| {
        entries
            .iter()
            .take(at)
            .all(|earlier| earlier.key != entry.key)
    })
}

/// The indexes in the order of the keys; and for each entry that an equal key replaces, the spans of the next equal
/// key and of the one that counts. The second list is empty if there are no such entries.
fn rank(entries: &[Entry<'_>], own: usize) -> (Vec<u32>, Vec<Option<(Span, Span)>>) {
    let mut sorted: Vec<(&str, u32)> = entries
        .iter()
        .map(|entry| entry.key.as_ref())
        .zip(0_u32..)
        .collect();
    sorted.sort_unstable();

    let mut winners = Vec::new();
    for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
        if equal.len() == 1 {
            continue;
        }
        winners.resize(entries.len(), None);
        let winner = equal
            .iter()
            .rev()
            .find(|(_, at)| (*at as usize) < own)
            .or_else(|| equal.first())
            .map(|&(_, at)| at);
        let span = |at: u32| entries.get(at as usize).map(|entry| entry.key_span);
        let by = winner.and_then(span);
        for (i, &(_, at)) in equal.iter().enumerate() {
            if Some(at) != winner
                && let Some(lost) = winners.get_mut(at as usize)
            {
                let next = equal.get(i + 1).and_then(|&(_, next)| span(next));
                *lost = by.map(|by| (next.unwrap_or(by), by));
            }
        }
    }
    (sorted.into_iter().map(|(_, at)| at).collect(), winners)
}

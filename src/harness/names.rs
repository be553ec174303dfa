//! Finds the stage, step group or step that a message names.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

use document::{Node, Step, Value};

use super::subject::{noun_of_item, noun_under, nouns};

/// The longest name, in bytes, that is searched for. Harness allows 128 characters.
const LONGEST_NAME: usize = 256;

/// Shorter names without quotes are taken for ordinary words (`a`, `is`) if another name is quoted.
const SHORTEST_NAME: usize = 3;

/// How many bytes of a message are searched.
const LONGEST_MESSAGE: usize = 2048;

/// How many names in a message are considered.
const MOST_NAMES: usize = 32;

/// How many places may be looked at for all messages about one document. Later messages are about the whole document.
const MOST_PLACES: usize = 4_000_000;

/// How many places with the same name are considered.
const MOST_OF_A_NAME: usize = 256;

/// The named parts of a document, for finding what messages are about.
#[derive(Debug)]
pub struct Names<'n> {
    /// In source order.
    places: Vec<NamedPart>,
    by_name: HashMap<&'n str, Vec<Called>>,
    /// The lengths of the names, in bytes.
    lengths: BTreeSet<usize>,
    /// How many places may still be looked at.
    places_left: Cell<usize>,
}

/// The place that a message is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meant {
    /// The path of its name.
    pub path: Vec<Step>,
    /// Whether the message states what it is (`step 'unit'`), and fits no other place as well. Otherwise, anything
    /// that a message quotes may look like a name.
    pub is_certain: bool,
}

/// A pipeline, stage, step group or step.
#[derive(Debug)]
struct NamedPart {
    noun: &'static str,
    /// The named part around it.
    parent: Option<usize>,
    depth: usize,
    path: Vec<Step>,
}

/// A part with a certain name.
#[derive(Debug, Clone, Copy)]
struct Called {
    place: usize,
    /// The key that has the name.
    key: &'static str,
}

/// A name in a message.
struct Mention<'m> {
    called: Vec<Called>,
    /// Whether quotes or a noun (`stage build`) show that it is a name.
    is_marked: bool,
    has_noun: bool,
    name: &'m str,
}

impl<'n> Names<'n> {
    /// The names at and below a root key of a document.
    #[must_use]
    pub fn below(root: &'n Node<'_>, key: &str) -> Self {
        let mut names = Self {
            places: Vec::new(),
            by_name: HashMap::new(),
            lengths: BTreeSet::new(),
            places_left: Cell::new(MOST_PLACES),
        };
        let mut path = vec![Step::Key(key.to_owned())];
        if let Some(node) = root.get(key) {
            let parent = noun_under(key).and_then(|noun| names.place(node, noun, None, &path));
            names.collect(node, None, parent, &mut path);
        }
        names
    }

    /// The place that a message is most likely about: the one whose surroundings it also names most of (`step 'unit'
    /// of stage 'build'`), and of several such places the innermost. `None` if it names none, or if the search would
    /// take too long.
    #[must_use]
    pub fn meant(&self, message: &str) -> Option<Meant> {
        let mentions = self.likely(self.mentions(message));
        let named: Vec<HashSet<usize>> = mentions
            .iter()
            .map(|mention| mention.called.iter().map(|called| called.place).collect())
            .collect();
        // For each name the outermost of its places, then of all names the innermost. If there is a tie, the first.
        let mut closest = Vec::new();
        let mut most_around = HashMap::<usize, usize>::new();
        for (i, mention) in mentions.iter().enumerate() {
            let mut scored = Vec::new();
            for called in &mention.called {
                let place = self.places.get(called.place)?;
                let around = self.named_around(place, i, &named)?;
                let most = most_around.entry(called.place).or_default();
                *most = around.max(*most);
                scored.push((around, place.depth, mention.has_noun, *called));
            }
            let scored = scored.into_iter().rev();
            closest.extend(scored.max_by_key(|(around, depth, ..)| (*around, Reverse(*depth))));
        }
        let best = closest.into_iter().rev();
        let best = best.max_by_key(|(around, depth, ..)| (*around, *depth));
        let (around, _, has_noun, Called { place, key }) = best?;
        let mut others = most_around.iter().filter(|(other, _)| **other != place);
        let mut path = self.places.get(place)?.path.clone();
        path.push(Step::Key(key.to_owned()));
        Some(Meant {
            path,
            is_certain: has_noun && others.all(|(_, most)| *most < around),
        })
    }

    /// The mentions that are probably meant. If some are quoted or have a noun, the others only count if they name
    /// something around those, or inside them.
    fn likely<'m>(&self, mut mentions: Vec<Mention<'m>>) -> Vec<Mention<'m>> {
        let marked = mentions.iter().filter(|mention| mention.is_marked);
        let marked: HashSet<usize> = marked
            .flat_map(|mention| &mention.called)
            .map(|called| called.place)
            .collect();
        if marked.is_empty() {
            return mentions;
        }
        let around: HashSet<usize> = marked.iter().flat_map(|place| self.chain(*place)).collect();
        for mention in mentions.iter_mut().filter(|mention| !mention.is_marked) {
            let is_word = mention.name.len() < SHORTEST_NAME;
            mention.called.retain(|called| {
                let mut chain = self.chain(called.place);
                !is_word
                    && (around.contains(&called.place)
                        || chain.any(|place| marked.contains(&place)))
            });
        }
        mentions
    }

    /// A part and those around it.
    fn chain(&self, place: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(place), |place| self.places.get(*place)?.parent)
    }

    /// How many of the parts around a part are also mentioned, each by another mention. `None` if too many places
    /// have been looked at.
    fn named_around(
        &self,
        place: &NamedPart,
        own: usize,
        named: &[HashSet<usize>],
    ) -> Option<usize> {
        let looked_at = (place.depth + 1) * named.len();
        let left = self.places_left.get().checked_sub(looked_at)?;
        self.places_left.set(left);
        let mut used = HashSet::from([own]);
        for index in place
            .parent
            .into_iter()
            .flat_map(|parent| self.chain(parent))
        {
            let mention = (0..named.len()).find(|i| {
                !used.contains(i) && named.get(*i).is_some_and(|places| places.contains(&index))
            });
            used.extend(mention);
        }
        Some(used.len() - 1)
    }

    /// The names in a message that are whole words. If two overlap, the first counts; if they begin at the same
    /// place, the longer one.
    fn mentions<'m>(&self, message: &'m str) -> Vec<Mention<'m>> {
        let message = cut(message, LONGEST_MESSAGE);
        let mut mentions: Vec<Mention<'_>> = Vec::new();
        let mut at = 0;
        while let Some(next) = message.get(at..).and_then(|rest| rest.chars().next()) {
            if mentions.len() == MOST_NAMES {
                break;
            }
            let (before, from_here) = message.split_at(at);
            if before.chars().next_back().is_some_and(is_part) {
                at += next.len_utf8();
                continue;
            }
            let Some((name, called)) = self.name_at(from_here) else {
                at += next.len_utf8();
                continue;
            };
            let noun = noun_before(before);
            let of_noun: Vec<_> = called
                .iter()
                .filter(|called| {
                    let place = self.places.get(called.place);
                    place.is_some_and(|place| noun.is_some_and(|noun| is_called(place.noun, noun)))
                })
                .copied()
                .collect();
            let is_quoted = before.ends_with(['\'', '"', '`'])
                && from_here
                    .get(name.len()..)
                    .is_some_and(|after| after.starts_with(['\'', '"', '`']));
            if !mentions.iter().any(|mention| mention.name == name) || noun.is_some() {
                mentions.push(Mention {
                    is_marked: is_quoted || !of_noun.is_empty(),
                    has_noun: !of_noun.is_empty(),
                    called: if of_noun.is_empty() {
                        called.to_vec()
                    } else {
                        of_noun
                    },
                    name,
                });
            }
            at += name.len();
        }
        mentions
    }

    /// The longest name at the start of a text.
    fn name_at<'m>(&self, text: &'m str) -> Option<(&'m str, &[Called])> {
        self.lengths.iter().rev().find_map(|length| {
            let (name, rest) = text.split_at_checked(*length)?;
            if rest.chars().next().is_some_and(is_part) {
                return None;
            }
            Some((name, self.by_name.get(name)?.as_slice()))
        })
    }

    fn collect(
        &mut self,
        node: &'n Node<'_>,
        key: Option<&str>,
        parent: Option<usize>,
        path: &mut Vec<Step>,
    ) {
        match &node.value {
            Value::Mapping(mapping) => {
                for entry in mapping {
                    path.push(Step::Key(entry.key.as_ref().to_owned()));
                    let own = noun_under(&entry.key)
                        .and_then(|noun| self.place(&entry.node, noun, parent, path));
                    self.collect(&entry.node, Some(&entry.key), own.or(parent), path);
                    path.pop();
                }
            }
            Value::Sequence(items) => {
                let noun = key.and_then(noun_of_item);
                for (i, item) in items.iter().enumerate() {
                    path.push(Step::Index(i));
                    let own = noun.and_then(|noun| self.place(item, noun, parent, path));
                    self.collect(item, None, own.or(parent), path);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    /// Adds a part; `None` if it has no name.
    fn place(
        &mut self,
        node: &'n Node<'_>,
        noun: &'static str,
        parent: Option<usize>,
        path: &[Step],
    ) -> Option<usize> {
        let place = self.places.len();
        let mut has_name = false;
        for key in ["identifier", "id", "name"] {
            let Some(name) = node.get(key).and_then(Node::as_str) else {
                continue;
            };
            if name.is_empty() || name.len() > LONGEST_NAME {
                continue;
            }
            self.lengths.insert(name.len());
            let called = self.by_name.entry(name).or_default();
            if called.len() < MOST_OF_A_NAME && called.last().is_none_or(|last| last.place != place)
            {
                called.push(Called { place, key });
                has_name = true;
            }
        }
        has_name.then(|| {
            let around = parent.and_then(|parent| self.places.get(parent));
            self.places.push(NamedPart {
                noun,
                parent,
                depth: around.map_or(0, |around| around.depth + 1),
                path: path.to_vec(),
            });
            place
        })
    }
}

/// The noun at the end of a text such as `in the step group '`.
fn noun_before(text: &str) -> Option<&'static str> {
    let text = text.trim_end_matches(|c: char| c.is_whitespace() || "'\"`:([".contains(c));
    let words = nouns()
        .map(|noun| (noun, noun))
        .chain([("stepgroup", GROUP)]);
    let ending = words.filter(|(word, _)| {
        let Some(start) = text.len().checked_sub(word.len()) else {
            return false;
        };
        text.get(start..)
            .is_some_and(|end| end.eq_ignore_ascii_case(word))
            && text
                .get(..start)
                .is_some_and(|before| !before.chars().next_back().is_some_and(is_part))
    });
    ending
        .max_by_key(|(word, _)| word.len())
        .map(|(_, noun)| noun)
}

/// The noun of a v1 group. In v0 it is a step group, and messages may use either noun.
const GROUP: &str = "group";

/// Whether a part with this noun may be given another one.
fn is_called(part: &str, noun: &str) -> bool {
    part == noun || (part.ends_with(GROUP) && noun.ends_with(GROUP))
}

/// Whether a character belongs to a word.
fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first bytes of a text, up to the boundary of a character.
fn cut(text: &str, most: usize) -> &str {
    let mut end = most.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::Names;
    use document::{Limits, parse};

    const PIPELINE: &str = r"
pipeline:
  identifier: shop
  stages:
    - stage:
        identifier: build
        name: Build it
        spec:
          execution:
            steps:
              - step: {identifier: unit, name: Unit tests}
              - step: {identifier: build}
              - stepGroup:
                  identifier: checks
                  steps:
                    - step: {identifier: lint}
    - stage:
        identifier: deploy
        spec:
          execution:
            steps:
              - step: {identifier: unit}
              - step: {identifier: notify-team}
              - step: {identifier: a}
";

    const V1: &str = r"
pipeline:
  stages:
    - id: build
      steps:
        - id: checks
          run: make checks
        - group:
            id: checks
            steps:
              - id: lint
                run: make lint
";

    /// The line of a text that a message is about.
    fn line_in(text: &str, message: &str) -> Option<usize> {
        let document = parse(text, &Limits::default()).into_iter().next()?.ok()?;
        let meant = Names::below(&document.root, "pipeline").meant(message)?;
        let start = document.root.locate(&meant.path).span().start;
        Some(text[..start as usize].matches('\n').count() + 1)
    }

    fn line(message: &str) -> Option<usize> {
        line_in(PIPELINE, message)
    }

    #[test]
    fn a_message_points_at_what_it_names_most_closely() {
        for (message, expected) in [
            ("stage 'build' step 'unit' has no timeout", Some(11)),
            ("step unit of stage deploy has no timeout", Some(22)),
            ("step 'unit' in stage 'deploy' has no timeout", Some(22)),
            ("deploy/unit: no timeout", Some(22)),
            ("unit has no timeout", Some(11)),
            // Either by their names or by their identifiers.
            ("'Unit tests' in 'Build it' has no timeout", Some(11)),
            ("stage Build it is too long", Some(7)),
            // Of several parts with the same name, the noun decides, or how many of their surroundings are named.
            ("stage 'build' is too long", Some(6)),
            ("step 'build' is too long", Some(12)),
            ("the step group checks of build holds lint", Some(16)),
            ("stage 'build': lint has no timeout", Some(16)),
            ("stage 'build': notify-team has no timeout", Some(6)),
            ("step 'build' in stage 'build' is too long", Some(12)),
            ("Step group 'checks' is too long", Some(14)),
            // Not inside longer names, and no ordinary words that look like names.
            ("notify-team tells nobody", Some(23)),
            ("notify-teams tells nobody", None),
            ("a stage 'deploy' without an approval", Some(18)),
            // Of parts with the same name, the outermost; if two names occur, the first.
            ("'build' is too long", Some(6)),
            ("'deploy' comes before 'build'", Some(18)),
            ("pipeline 'shop' has no tags", Some(3)),
            ("the pipeline has no tags", None),
            ("", None),
        ] {
            assert_eq!(line(message), expected, "{message}");
        }
    }

    /// Anything can be in a message, because others write parts of it.
    #[test]
    fn only_what_is_called_what_it_is_and_means_one_place_is_certain() {
        let document = parse(PIPELINE, &Limits::default()).remove(0).unwrap();
        let names = Names::below(&document.root, "pipeline");
        let is_certain = |message: &str| names.meant(message).unwrap().is_certain;
        for message in [
            "step 'unit' of stage 'deploy' has no timeout",
            "stage build is too long",
            "the step lint has no timeout",
            "pipeline 'shop' has no tags",
        ] {
            assert!(is_certain(message), "{message}");
        }
        for message in [
            "step unit runs curl",
            "image evil/unit:1 is not allowed",
            "'lint' has no timeout",
            "step 'lint' pulls 'unit'",
            "step 'lint' is not step 'notify-team'",
        ] {
            assert!(!is_certain(message), "{message}");
        }
    }

    #[test]
    fn a_group_is_one_by_either_name() {
        for (text, message, expected) in [
            (V1, "group 'checks' is too long", Some(9)),
            (V1, "step group 'checks' is too long", Some(9)),
            (V1, "stepGroup checks is too long", Some(9)),
            (V1, "step 'checks' is too long", Some(6)),
            (PIPELINE, "group 'checks' is too long", Some(14)),
        ] {
            assert_eq!(line_in(text, message), expected, "{message}");
        }
    }

    #[test]
    fn a_name_that_everything_has_and_a_long_message_end_soon() {
        let step = "          - step: {identifier: unit, name: é}\n".repeat(20_000);
        let text = format!(
            "pipeline:\n  stages:\n    - stage:\n        identifier: é\n        steps:\n{step}"
        );
        let document = parse(&text, &Limits::default()).remove(0).unwrap();
        let names = Names::below(&document.root, "pipeline");
        let message = "unit é ".repeat(100_000);
        for _ in 0..100 {
            assert!(names.meant(&message).is_some());
        }
    }
}

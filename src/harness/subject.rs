//! Subjects: places in words, such as `pipeline 'x' › stage 'build' › step 'unit'`.

use document::{Node, Step, Value, cut, quoted};

/// The keys whose values have names, with their nouns.
const NAMED: [(&str, &str); 10] = [
    ("pipeline", "pipeline"),
    ("template", "template"),
    ("connector", "connector"),
    ("inputSet", "input set"),
    ("agent", "agent"),
    ("trigger", "trigger"),
    ("stage", "stage"),
    ("stepGroup", "step group"),
    ("group", "group"),
    ("step", "step"),
];

/// Sequences of v1 whose items are stages or steps, without a key around each.
const LISTS: [(&str, &str); 3] = [("stages", "stage"), ("steps", "step"), ("rollback", "step")];

/// The names along paths of one document, one path after another. What a path shares with the one before is reused,
/// because a name may be long, and there may be many findings below it.
#[derive(Debug, Default)]
pub struct Subjects {
    path: Vec<Step>,
    named: Vec<Named>,
}

/// A named part along a path.
#[derive(Debug)]
pub struct Named {
    /// How many steps of the path lead to it.
    depth: usize,
    /// The noun.
    pub noun: &'static str,
    /// The name, cut if it is long.
    pub name: String,
    /// Both, with the name in quotes.
    shown: String,
}

impl Subjects {
    /// The named parts along a path, the outermost first.
    pub fn along(&mut self, root: &Node<'_>, path: &[Step]) -> &[Named] {
        let steps = path.iter().zip(&self.path);
        let known = steps.take_while(|(step, before)| step == before).count();
        self.named.retain(|named| named.depth <= known);
        let mut node = root;
        let mut before = None;
        for (depth, step) in (1..).zip(path) {
            let Some(next) = node.at(std::slice::from_ref(step)) else {
                break;
            };
            node = next;
            if depth > known
                && let (Some(noun), Some(name)) = (noun(step, before), name(node))
            {
                self.named.push(Named {
                    depth,
                    noun,
                    name: cut(name.to_owned()),
                    shown: format!("{noun} {}", quoted(name, '\'')),
                });
            }
            before = Some(step);
        }
        self.path.truncate(known);
        self.path.extend(path.iter().skip(known).cloned());
        &self.named
    }

    /// The subject of a place; `None` if nothing on its path has a name.
    pub fn subject(&mut self, root: &Node<'_>, path: &[Step]) -> Option<String> {
        let named = self.along(root, path).iter();
        let shown: Vec<_> = named.map(|named| named.shown.as_str()).collect();
        (!shown.is_empty()).then(|| shown.join(" › "))
    }
}

/// The subject of a single place.
#[must_use]
pub fn subject(root: &Node<'_>, path: &[Step]) -> Option<String> {
    Subjects::default().subject(root, path)
}

/// The noun of what a step leads to, given the step before it.
fn noun(step: &Step, before: Option<&Step>) -> Option<&'static str> {
    match (step, before) {
        (Step::Key(key), _) => noun_under(key),
        (Step::Index(_), Some(Step::Key(list))) => noun_of_item(list),
        (Step::Index(_), _) => None,
    }
}

/// The nouns of all parts that may have names.
#[cfg(feature = "authoring")]
pub fn nouns() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(_, noun)| *noun)
}

/// The noun of the value of a key, if it may have a name.
#[must_use]
pub fn noun_under(key: &str) -> Option<&'static str> {
    NAMED
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, noun)| *noun)
}

/// The noun of the items in the sequence under a key.
#[must_use]
pub fn noun_of_item(key: &str) -> Option<&'static str> {
    LISTS
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, noun)| *noun)
}

fn name<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    let Value::Mapping(mapping) = &node.value else {
        return None;
    };
    ["identifier", "id", "name"]
        .iter()
        .find_map(|key| match &mapping.get(key)?.node.value {
            Value::String(name) => Some(name.as_ref()),
            _ => None,
        })
}

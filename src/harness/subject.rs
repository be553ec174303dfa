//! How a place is called: `pipeline 'x' › stage 'build' › step 'unit'`.

use document::{Node, Step, Value, cut, quoted};

/// Keys of what people call by its name.
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

/// Lists whose items are v1's stages and steps, without a key around each.
const LISTS: [(&str, &str); 3] = [("stages", "stage"), ("steps", "step"), ("rollback", "step")];

/// The names along paths of one document, one path after the other. The part that a path shares with the one before is
/// reused: a name may be long, and there may be many findings below it.
#[derive(Debug, Default)]
pub struct Subjects {
    path: Vec<Step>,
    named: Vec<Named>,
}

/// Something with a name along a path.
#[derive(Debug)]
pub struct Named {
    /// How many steps lead to it.
    depth: usize,
    /// What it is.
    pub noun: &'static str,
    /// Its name, cut where it is long.
    pub name: String,
    /// Both, the name in quotes.
    said: String,
}

impl Subjects {
    /// What a path leads through that has a name, outermost first.
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
                    said: format!("{noun} {}", quoted(name, '\'')),
                });
            }
            before = Some(step);
        }
        self.path.truncate(known);
        self.path.extend(path.iter().skip(known).cloned());
        &self.named
    }

    /// How a place is called; none where nothing on its path has a name.
    pub fn subject(&mut self, root: &Node<'_>, path: &[Step]) -> Option<String> {
        let named = self.along(root, path).iter();
        let said: Vec<_> = named.map(|named| named.said.as_str()).collect();
        (!said.is_empty()).then(|| said.join(" › "))
    }
}

/// How one place is called.
#[must_use]
pub fn subject(root: &Node<'_>, path: &[Step]) -> Option<String> {
    Subjects::default().subject(root, path)
}

/// What a person calls what a step leads to, after the step before it.
fn noun(step: &Step, before: Option<&Step>) -> Option<&'static str> {
    match (step, before) {
        (Step::Key(key), _) => noun_under(key),
        (Step::Index(_), Some(Step::Key(list))) => noun_of_item(list),
        (Step::Index(_), _) => None,
    }
}

/// What a person calls whatever has a name.
#[cfg(feature = "authoring")]
pub fn nouns() -> impl Iterator<Item = &'static str> {
    NAMED.iter().map(|(_, noun)| *noun)
}

/// What a person calls what is under a key, where it has a name.
#[must_use]
pub fn noun_under(key: &str) -> Option<&'static str> {
    NAMED
        .iter()
        .find(|(name, _)| *name == key)
        .map(|(_, noun)| *noun)
}

/// What a person calls the items of the list under a key.
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

//! How a place is called: `pipeline 'x' › stage 'build' › step 'unit'`.

use document::{Node, Step, Value, quoted};

/// Under these keys is what a person calls by its name.
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

/// These lists hold v1's stages and steps, with no word around them.
const LISTS: [(&str, &str); 3] = [("stages", "stage"), ("steps", "step"), ("rollback", "step")];

/// The names along a path from the document's root; none where nothing on it has one.
#[must_use]
pub fn subject(root: &Node<'_>, path: &[Step]) -> Option<String> {
    let names = names(root, path);
    let names: Vec<_> = names
        .iter()
        .map(|(noun, name)| format!("{noun} {}", quoted(name, '\'')))
        .collect();
    (!names.is_empty()).then(|| names.join(" › "))
}

/// What a path leads through that has a name: what it is, and the name.
#[must_use]
pub fn names<'n>(root: &'n Node<'_>, path: &[Step]) -> Vec<(&'static str, &'n str)> {
    let mut names = Vec::new();
    let mut node = root;
    let mut list = None;
    for step in path {
        let Some(next) = node.at(std::slice::from_ref(step)) else {
            break;
        };
        node = next;
        let noun = match step {
            Step::Key(key) => {
                list = noun_of_item(key);
                noun_under(key)
            }
            Step::Index(_) => list.take(),
        };
        if let (Some(noun), Some(name)) = (noun, name(node)) {
            names.push((noun, name));
        }
    }
    names
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

//! How a place is called: `pipeline 'x' › stage 'build' › step 'unit'`.

use crate::document::{Node, Step, Value};

/// Under these keys stands what a person calls by its name.
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
        .map(|(noun, name)| format!("{noun} '{name}'"))
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
                list = LISTS
                    .iter()
                    .find(|(name, _)| name == key)
                    .map(|(_, noun)| *noun);
                NAMED
                    .iter()
                    .find(|(name, _)| name == key)
                    .map(|(_, noun)| *noun)
            }
            Step::Index(_) => list.take(),
        };
        if let (Some(noun), Some(name)) = (noun, name(node)) {
            names.push((noun, name));
        }
    }
    names
}

/// Every name of a stage, step group or step below a root key, with the path to where it is given.
#[cfg(feature = "authoring")]
#[must_use]
pub fn named<'n>(root: &'n Node<'_>, key: &str) -> Vec<(&'n str, Vec<Step>)> {
    let mut found = Vec::new();
    let mut path = vec![Step::Key(key.to_owned())];
    if let Some(node) = root.get(key) {
        collect(node, None, &mut path, &mut found);
    }
    found
}

/// The names at and below a node; `list` is whether it is a list whose items have names.
#[cfg(feature = "authoring")]
fn collect<'n>(
    node: &'n Node<'_>,
    list: Option<&str>,
    path: &mut Vec<Step>,
    found: &mut Vec<(&'n str, Vec<Step>)>,
) {
    match &node.value {
        Value::Mapping(mapping) => {
            for entry in mapping {
                path.push(Step::Key(entry.key.as_ref().to_owned()));
                if NAMED.iter().any(|(key, _)| *key == entry.key) {
                    collect_own(&entry.node, path, found);
                }
                collect(&entry.node, Some(entry.key.as_ref()), path, found);
                path.pop();
            }
        }
        Value::Sequence(items) => {
            let has_names = LISTS.iter().any(|(name, _)| Some(*name) == list);
            for (i, item) in items.iter().enumerate() {
                path.push(Step::Index(i));
                if has_names {
                    collect_own(item, path, found);
                }
                collect(item, None, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

#[cfg(feature = "authoring")]
fn collect_own<'n>(node: &'n Node<'_>, path: &[Step], found: &mut Vec<(&'n str, Vec<Step>)>) {
    for key in ["identifier", "id", "name"] {
        if let Some(name) = node.get(key).and_then(Node::as_str) {
            let mut path = path.to_vec();
            path.push(Step::Key(key.to_owned()));
            found.push((name, path));
        }
    }
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

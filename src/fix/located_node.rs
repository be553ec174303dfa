use document::{Document, Entry, Node, Step, Value};

use super::layout::Layout;

/// A node of a document, with what surrounds it.
pub(super) struct LocatedNode<'d, 't> {
    pub node: &'d Node<'t>,
    /// The entry that it is the value of, with the mapping of that entry.
    pub entry: Option<(&'d Entry<'t>, &'d Node<'t>)>,
    /// Whether it is in a flow collection.
    pub in_flow: bool,
}

impl<'d, 't> LocatedNode<'d, 't> {
    /// The deepest node on a path that exists, and the missing keys after it. `None` if an item of a sequence is
    /// missing.
    pub fn find<'p>(
        layout: Layout<'_>,
        document: &'d Document<'t>,
        path: &'p [Step],
    ) -> Option<(Self, &'p [Step])> {
        let mut place = Self {
            node: &document.root,
            entry: None,
            in_flow: false,
        };
        for (depth, step) in path.iter().enumerate() {
            let in_flow = place.in_flow || is_flow(layout, place.node);
            let node = place.node;
            place = match (&node.value, step) {
                (Value::Mapping(mapping), Step::Key(key)) => match mapping.get(key) {
                    Some(entry) => Self {
                        node: &entry.node,
                        entry: Some((entry, node)),
                        in_flow,
                    },
                    None => return Some((place, path.get(depth..)?)),
                },
                (Value::Sequence(items), Step::Index(index)) => Self {
                    node: items.get(*index)?,
                    entry: None,
                    in_flow,
                },
                (Value::Null, Step::Key(_)) => return Some((place, path.get(depth..)?)),
                _ => return None,
            };
        }
        Some((place, &[]))
    }

    /// Whether the file is JSON here, so that inserted text has to be JSON too.
    pub fn is_json(&self, layout: Layout<'_>) -> bool {
        self.in_flow
            && self
                .entry
                .is_some_and(|(entry, _)| layout.under(entry.key_span).starts_with('"'))
    }

    /// Whether it is a missing value after the colon of a key, where one may be written.
    pub fn is_left_out(&self, layout: Layout<'_>) -> bool {
        let at = self.node.span.end;
        let after = layout.after(at).trim_start_matches([' ', '\t']);
        let closes = self.in_flow && after.starts_with([',', '}', ']']);
        self.node.span.is_empty()
            && layout.before(at).ends_with(':')
            && (layout.ends_line(at) || closes)
            // An anchor or a tag without a value, on a line of its own.
            && !next_word(layout.after(at)).starts_with(['&', '!'])
    }
}

/// Whether a node is a flow collection.
pub(super) fn is_flow(layout: Layout<'_>, node: &Node<'_>) -> bool {
    layout.under(node.span).starts_with(['{', '['])
}

/// The text after white space, line breaks and comments.
fn next_word(text: &str) -> &str {
    let mut rest = text.trim_start();
    while rest.starts_with('#') {
        let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
        rest = rest.get(line..).unwrap_or_default().trim_start();
    }
    rest
}

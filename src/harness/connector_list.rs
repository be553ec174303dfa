//! A list of the connectors that exist only in the account, `harness-connectors.yaml`: `madeAt`, the
//! `scopes` that it lists whole, and `connectors`.

use std::borrow::Cow;

use document::{Document, Entry, Mapping, Node, ParseError, ParseErrorKind, Span, Step, Value};

use super::entity::EntityKind;

/// The keys of a list.
const KEYS: [&str; 3] = ["madeAt", "scopes", "connectors"];

/// The keys of a connector in a list, and where a connector's own file has each.
const FIELDS: [(&str, &[&str]); 8] = [
    ("identifier", &["identifier"]),
    ("orgIdentifier", &["orgIdentifier"]),
    ("projectIdentifier", &["projectIdentifier"]),
    ("type", &["type"]),
    ("url", &["spec", "dockerRegistryUrl"]),
    ("providerType", &["spec", "providerType"]),
    ("auth", &["spec", "auth", "type"]),
    ("delegateSelectors", &["spec", "delegateSelectors"]),
];

/// A key of a connector in a list that nothing reads.
const NAME: &str = "name";

/// The connectors of a list, each as the document that a file of its own would hold. Its places are
/// those in the list.
///
/// # Errors
///
/// Where the document is not a list of connectors; inside, where one of them is not a connector.
pub fn listed_connectors<'t>(
    document: &Document<'t>,
) -> Result<Vec<Result<Document<'t>, ParseError>>, ParseError> {
    let root = &document.root;
    if let Some(repeated) = document.repeated_keys.first() {
        let message = format!("the key `{}` is in this mapping already", repeated.key);
        return Err(fault(repeated.again, &message));
    }
    let Some(mapping) = root.as_mapping() else {
        return Err(fault(
            root.span,
            "a list of connectors is a mapping with the key `connectors`",
        ));
    };
    if let Some(entry) = unknown_key(mapping, &KEYS) {
        let message = format!("a list of connectors has no key `{}`", entry.key);
        return Err(fault(entry.key_span, &message));
    }
    let listed = mapping.get("connectors").map(|entry| &entry.node);
    match listed.map(|node| (node, &node.value)) {
        Some((_, Value::Sequence(items))) => Ok(items.iter().map(connector).collect()),
        Some((_, Value::Null)) => Ok(Vec::new()),
        Some((node, _)) => Err(fault(node.span, "`connectors` has to be a sequence")),
        None => Err(fault(
            root.span,
            "a list of connectors has the key `connectors`",
        )),
    }
}

/// Where the list has what a connector's own file has at a path.
#[must_use]
pub fn path_in_list(path: &[Step], index: usize) -> Vec<Step> {
    let keys: Vec<_> = path
        .iter()
        .skip(1)
        .map_while(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
        .collect();
    let field = FIELDS.iter().find(|(_, at)| *at == keys);
    let mut in_list = vec![Step::Key("connectors".to_owned()), Step::Index(index)];
    in_list.extend(field.map(|(key, _)| Step::Key((*key).to_owned())));
    in_list
}

fn connector<'t>(item: &Node<'t>) -> Result<Document<'t>, ParseError> {
    let Some(mapping) = item.as_mapping() else {
        return Err(fault(
            item.span,
            "a connector in a list is a mapping with `identifier` and `type`",
        ));
    };
    let known: Vec<_> = FIELDS.iter().map(|(key, _)| *key).chain([NAME]).collect();
    if let Some(entry) = unknown_key(mapping, &known) {
        let message = format!("a connector in a list has no key `{}`", entry.key);
        return Err(fault(entry.key_span, &message));
    }
    if mapping
        .get("identifier")
        .and_then(|entry| entry.node.as_str())
        .is_none()
    {
        return Err(fault(
            item.span,
            "the connector has no `identifier`, a string",
        ));
    }
    let field = |key| mapping.get(key).cloned();
    let renamed = |key, name| {
        mapping.get(key).map(|entry| Entry {
            key: Cow::Borrowed(name),
            ..entry.clone()
        })
    };
    let auth = renamed("auth", "type").map(|kind| around("auth", vec![kind], item.span));
    let spec = [
        renamed("url", "dockerRegistryUrl"),
        renamed("providerType", "providerType"),
        auth,
        field("delegateSelectors"),
    ];
    let spec = around("spec", spec.into_iter().flatten().collect(), item.span);
    let own = ["identifier", "orgIdentifier", "projectIdentifier", "type"];
    let fields = own.into_iter().filter_map(field).chain([spec]).collect();
    let root = around(EntityKind::Connector.key(), fields, item.span);
    Ok(Document {
        root: Node {
            span: item.span,
            value: Value::Mapping(Mapping::of_unique(vec![root])),
        },
        span: item.span,
        repeated_keys: Vec::new(),
        shared: Vec::new(),
        node_count: FIELDS.len() + known.len(),
    })
}

/// A mapping under a key that the text doesn't have; its place is the connector's.
fn around<'t>(key: &'static str, entries: Vec<Entry<'t>>, span: Span) -> Entry<'t> {
    Entry {
        key: Cow::Borrowed(key),
        key_span: span,
        node: Node {
            span,
            value: Value::Mapping(Mapping::of_unique(entries)),
        },
    }
}

fn unknown_key<'m, 't>(mapping: &'m Mapping<'t>, known: &[&str]) -> Option<&'m Entry<'t>> {
    mapping
        .iter()
        .find(|entry| !known.contains(&entry.key.as_ref()))
}

fn fault(span: Span, message: &str) -> ParseError {
    ParseError {
        kind: ParseErrorKind::Syntax,
        message: message.to_owned(),
        span,
    }
}

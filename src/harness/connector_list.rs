//! Lists of the connectors that exist only in the account, `harness-connectors.yaml`: `madeAt`, the `scopes` whose
//! connectors are all in it, the `unseenScopes` that its author isn't allowed to see, and `connectors`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use document::{Document, Entry, Mapping, Node, ParseError, ParseErrorKind, Span, Step, Value};

use super::entity::EntityKind;
use super::identifier::is_identifier;

/// The keys of a list.
const KEYS: [&str; 4] = ["madeAt", "scopes", "unseenScopes", "connectors"];

/// The keys of a connector in a list, with their paths in a connector's own file.
const FIELDS: [(&str, &[&str]); 9] = [
    ("identifier", &["identifier"]),
    ("orgIdentifier", &["orgIdentifier"]),
    ("projectIdentifier", &["projectIdentifier"]),
    ("type", &["type"]),
    ("url", &["spec", "dockerRegistryUrl"]),
    ("providerType", &["spec", "providerType"]),
    ("auth", &["spec", "auth", "type"]),
    ("delegateSelectors", &["spec", "delegateSelectors"]),
    ("executeOnDelegate", &["spec", "executeOnDelegate"]),
];

/// A key of a connector in a list that nothing reads.
const NAME: &str = "name";

/// A list of connectors.
#[derive(Debug)]
pub struct ConnectorList<'t> {
    /// When the account had these connectors, according to the list.
    pub made_at: Option<String>,
    /// The location of that, or else of the list.
    pub made_at_span: Span,
    /// The scopes whose connectors are all in it: `account`, an organization, or `organization/project`.
    pub scopes: BTreeSet<String>,
    /// The scopes that its author isn't allowed to see.
    pub unseen: BTreeSet<String>,
    /// The connectors, each as a document of the same form as a connector's own file, with positions in the list. An
    /// entry that isn't a connector is an error.
    pub connectors: Vec<Result<Document<'t>, ParseError>>,
}

/// Reads a list.
///
/// # Errors
///
/// If the document isn't a list of connectors.
pub fn connector_list<'t>(document: &Document<'t>) -> Result<ConnectorList<'t>, ParseError> {
    let root = &document.root;
    if let Some(repeated) = document.repeated_keys.first() {
        let message = format!("the key `{}` is in this mapping already", repeated.key);
        return Err(fault(repeated.again, &message));
    }
    let Some(mapping) = root.as_mapping() else {
        return Err(fault(
            root.span,
            "a list of connectors has to be a mapping with the key `connectors`",
        ));
    };
    if let Some(entry) = unknown_key(mapping, &KEYS) {
        let message = format!("a list of connectors can't have the key `{}`", entry.key);
        return Err(fault(entry.key_span, &message));
    }
    let connectors: Vec<_> = match mapping.get("connectors") {
        Some(_) => items(mapping, "connectors")?
            .iter()
            .map(connector)
            .collect(),
        None => {
            return Err(fault(
                root.span,
                "a list of connectors needs the key `connectors`",
            ));
        }
    };
    let mut scopes = scopes_under(mapping, "scopes", &BTreeSet::new())?;
    let unseen = scopes_under(mapping, "unseenScopes", &scopes)?;
    // An unreadable entry may be the connector that is looked for.
    if connectors.iter().any(Result::is_err) {
        scopes.clear();
    }
    let made_at = mapping.get("madeAt").map(|entry| &entry.node);
    Ok(ConnectorList {
        made_at: made_at.and_then(Node::as_str).map(str::to_owned),
        made_at_span: made_at.map_or(root.span, |node| node.span),
        scopes,
        unseen,
        connectors,
    })
}

/// The items of the sequence under a key; empty if there is no value.
fn items<'m, 't>(mapping: &'m Mapping<'t>, key: &str) -> Result<&'m [Node<'t>], ParseError> {
    match mapping
        .get(key)
        .map(|entry| (&entry.node, &entry.node.value))
    {
        Some((_, Value::Sequence(items))) => Ok(items),
        Some((_, Value::Null)) | None => Ok(&[]),
        Some((node, _)) => Err(fault(node.span, &format!("`{key}` has to be a list"))),
    }
}

/// The scopes under a key, which must not be in `others`.
fn scopes_under(
    mapping: &Mapping<'_>,
    key: &str,
    others: &BTreeSet<String>,
) -> Result<BTreeSet<String>, ParseError> {
    let mut scopes = BTreeSet::new();
    for item in items(mapping, key)? {
        let Some(scope) = item.as_str().filter(|scope| is_scope(scope)) else {
            let message = format!(
                "each item of `{key}` has to be `account`, an organization, or `ORG/PROJECT`"
            );
            return Err(fault(item.span, &message));
        };
        if others.contains(scope) {
            let message = format!("`{scope}` can't be in both `scopes` and `{key}`");
            return Err(fault(item.span, &message));
        }
        scopes.insert(scope.to_owned());
    }
    Ok(scopes)
}

/// Whether a string is a scope: the account, an organization, or a project of one.
fn is_scope(text: &str) -> bool {
    text.split('/').count() <= 2 && text.split('/').all(is_identifier)
}

/// The path in the list for a path in a connector's own file.
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
            "a connector in a list has to be a mapping with `identifier` and `type`",
        ));
    };
    let known: Vec<_> = FIELDS.iter().map(|(key, _)| *key).chain([NAME]).collect();
    if let Some(entry) = unknown_key(mapping, &known) {
        let message = format!("a connector in a list can't have the key `{}`", entry.key);
        return Err(fault(entry.key_span, &message));
    }
    if mapping
        .get("identifier")
        .and_then(|entry| entry.node.as_str())
        .is_none()
    {
        return Err(fault(
            item.span,
            "the connector needs an `identifier` that is a string",
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
        field("executeOnDelegate"),
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

/// An entry for a mapping that isn't in the list. Its position is that of the connector.
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

//! Reads connectors from a document of any supported kind.
//!
//! Source: Harness's API (`POST /ng/api/connectors/listV2`, `GET /ng/api/connectors/{identifier}`).

use document::{Document, Node, Value};

use crate::exception::Date;
use crate::harness::{ConnectorList, EntityKind, connector_list};

use super::answer::{Answer, Page, ReadError};
use super::{Connector, boolean, string, strings, terraform};

/// The connectors of a document.
pub fn read(document: &Document<'_>) -> Answer {
    let root = &document.root;
    if let Some(connector) = root.get("connector") {
        return [of_harness(connector)].into_iter().collect();
    }
    if let Some(message) = error_of(root) {
        return wrong(
            root,
            &format!("it holds an error instead of connectors: {message}"),
        );
    }
    if let Some(data) = root.get("data") {
        return of_answer(data);
    }
    if root.get("connectors").is_some() {
        return of_list(document);
    }
    if let Some(connectors) = terraform::read(root) {
        return connectors.into_iter().map(Ok).collect();
    }
    wrong(
        root,
        "it holds no connectors: it is neither a response of Harness's API, nor Terraform's state, nor a connector's YAML, nor a list of connectors",
    )
}

fn wrong(node: &Node<'_>, message: &str) -> Answer {
    [Err(ReadError::new(node.span, message))]
        .into_iter()
        .collect()
}

/// The error message in an answer of the API.
fn error_of<'n>(root: &'n Node<'_>) -> Option<&'n str> {
    let status = string(root, "status")?;
    let is_error = ["ERROR", "FAILURE"].contains(&status);
    is_error.then(|| string(root, "message").unwrap_or(status))
}

fn of_answer(data: &Node<'_>) -> Answer {
    if let Some(connector) = data.get("connector") {
        return [of_harness(connector)].into_iter().collect();
    }
    let Some(content) = data.get("content") else {
        return wrong(
            data,
            "the response has no connectors: `data` has neither `content` nor `connector`",
        );
    };
    let number = |key| match data.get(key).map(|node| &node.value) {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    };
    Answer {
        page: number("totalPages").map(|of| Page {
            index: number("pageIndex").unwrap_or_default(),
            of,
            items: number("totalItems").unwrap_or_default(),
        }),
        ..each(content, |item| match item.get("connector") {
            Some(connector) => of_harness(connector),
            None => Err(ReadError::new(item.span, "this item has no `connector`")),
        })
    }
}

fn each(list: &Node<'_>, read: impl Fn(&Node<'_>) -> Result<Connector, ReadError>) -> Answer {
    match list.as_sequence() {
        Some(items) => items.iter().map(read).collect(),
        None => wrong(list, "this has to be an array of connectors"),
    }
}

/// A connector in Harness's format.
fn of_harness(node: &Node<'_>) -> Result<Connector, ReadError> {
    let spec = node.get("spec");
    let in_spec = |key| spec.and_then(|spec| string(spec, key)).map(str::to_owned);
    let auth = spec.and_then(|spec| spec.get("auth"));
    Ok(Connector {
        url: in_spec("dockerRegistryUrl"),
        provider_type: in_spec("providerType"),
        auth: auth
            .and_then(|auth| string(auth, "type"))
            .map(str::to_owned),
        delegate_selectors: spec.map_or(Vec::new(), |spec| strings(spec, "delegateSelectors")),
        execute_on_delegate: spec.and_then(|spec| boolean(spec, "executeOnDelegate")),
        ..listed(node)?
    })
}

/// The connectors of a list, as a check reads them.
fn of_list(list: &Document<'_>) -> Answer {
    let ConnectorList {
        made_at,
        made_at_span,
        scopes,
        unseen,
        connectors,
    } = match connector_list(list) {
        Ok(list) => list,
        Err(error) => return [Err(error.into())].into_iter().collect(),
    };
    // Writing the list again would make an old date look like a new one.
    if let Some(written) = &made_at
        && Date::of_moment(written).is_none()
    {
        let message = "`madeAt` has to be a date or time, such as `2026-11-27T04:00:00Z`";
        return [Err(ReadError::new(made_at_span, message))]
            .into_iter()
            .collect();
    }
    let read = connectors.into_iter().map(|connector| {
        let connector = connector?;
        of_harness(
            connector
                .root
                .get(EntityKind::Connector.key())
                .unwrap_or(&connector.root),
        )
    });
    Answer {
        scopes,
        unseen,
        made_at,
        ..read.collect()
    }
}

fn listed(node: &Node<'_>) -> Result<Connector, ReadError> {
    let own = |key| string(node, key).map(str::to_owned);
    let identifier = own("identifier")
        .ok_or_else(|| ReadError::new(node.span, "the connector has no `identifier`"))?;
    Ok(Connector {
        identifier,
        org: own("orgIdentifier"),
        project: own("projectIdentifier"),
        kind: own("type"),
        url: None,
        provider_type: None,
        auth: None,
        delegate_selectors: Vec::new(),
        execute_on_delegate: None,
    })
}

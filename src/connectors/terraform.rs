//! Reads connectors from Terraform's state: the output of `terraform show -json`, and state files.
//!
//! Source: Terraform's JSON output format, and the resources of the provider `harness/harness`.

use document::{Node, Value};

use super::{Connector, boolean, string, strings};

/// The prefix of the resources' types.
const PREFIX: &str = "harness_platform_connector_";

/// Harness's types that can't be derived from the name of the resource.
const TYPES: [(&str, &str); 12] = [
    ("docker", "DockerRegistry"),
    ("kubernetes", "K8sCluster"),
    ("azure_cloud_provider", "Azure"),
    ("helm", "HttpHelmRepo"),
    ("oci_helm", "OciHelmRepo"),
    ("artifactory", "Artifactory"),
    ("nexus", "Nexus"),
    ("awscc", "CEAws"),
    ("gcp_secret_manager", "GcpSecretManager"),
    ("aws_secret_manager", "AwsSecretManager"),
    ("azure_key_vault", "AzureKeyVault"),
    ("vault", "Vault"),
];

/// How deep modules may nest.
const DEPTH: usize = 32;

/// The connectors of a state; `None` if the document isn't a state.
pub fn read(root: &Node<'_>) -> Option<Vec<Connector>> {
    if let Some(values) = root
        .get("values")
        .filter(|_| root.get("terraform_version").is_some())
    {
        let mut connectors = Vec::new();
        if let Some(module) = values.get("root_module") {
            module_in(module, DEPTH, &mut connectors);
        }
        return Some(connectors);
    }
    let resources = root.get("resources")?.as_sequence()?;
    root.get("terraform_version")?;
    let mut connectors = Vec::new();
    for resource in resources {
        let instances = resource.get("instances").and_then(Node::as_sequence);
        for instance in instances.unwrap_or_default() {
            connectors.extend(connector(resource, instance.get("attributes")));
        }
    }
    Some(connectors)
}

fn module_in(module: &Node<'_>, depth: usize, connectors: &mut Vec<Connector>) {
    let list = |key| {
        module
            .get(key)
            .and_then(Node::as_sequence)
            .unwrap_or_default()
    };
    for resource in list("resources") {
        connectors.extend(connector(resource, resource.get("values")));
    }
    if depth > 0 {
        for child in list("child_modules") {
            module_in(child, depth - 1, connectors);
        }
    }
}

fn connector(resource: &Node<'_>, attributes: Option<&Node<'_>>) -> Option<Connector> {
    if string(resource, "mode") == Some("data") {
        return None;
    }
    let kind = string(resource, "type")?.strip_prefix(PREFIX)?;
    let attributes = attributes?;
    let own = |key| string(attributes, key).map(str::to_owned);
    let is_docker = kind == "docker";
    let has_credentials = match attributes.get("credentials").map(|node| &node.value) {
        Some(Value::Sequence(blocks)) => !blocks.is_empty(),
        Some(Value::Mapping(_)) => true,
        _ => false,
    };
    let auth = if has_credentials {
        "UsernamePassword"
    } else {
        "Anonymous"
    };
    Some(Connector {
        identifier: own("identifier")?,
        org: own("org_id"),
        project: own("project_id"),
        kind: Some(type_of(kind)),
        url: own("url").filter(|_| is_docker),
        provider_type: own("type").filter(|_| is_docker),
        auth: is_docker.then(|| auth.to_owned()),
        delegate_selectors: strings(attributes, "delegate_selectors"),
        execute_on_delegate: boolean(attributes, "execute_on_delegate").filter(|_| is_docker),
    })
}

/// Harness's type of a connector. For an unknown kind, its words are joined.
fn type_of(kind: &str) -> String {
    if let Some((_, known)) = TYPES.iter().find(|(name, _)| *name == kind) {
        return (*known).to_owned();
    }
    let words = kind.split('_').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

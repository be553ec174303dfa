//! Policies, their sets and the `harnessImage` connector for Harness's Terraform provider.

use std::fmt::Write as _;

use super::harness_policy::HarnessPolicy;
use super::module::Module;
use super::specification::Specification;
use super::{PolicySet, SET, SET_NAME};

/// The policies, and the sets that apply them at the events of each entity.
pub fn policies(modules: &[Module]) -> String {
    let policies = modules.iter().map(|module| {
        let rego = format!("file(\"${{path.module}}/{}\")", module.file_name());
        policy(&module.identifier, &module.name(), &rego)
    });
    let sets = PolicySet::of(modules).map(|each| set((SET, SET_NAME), &each));
    policies.chain(sets).collect::<Vec<_>>().join("\n")
}

/// A user's policy, and a set that applies it. The module is written into it, so that it can be pasted.
pub fn harness_policy(own: &HarnessPolicy) -> String {
    let HarnessPolicy {
        identifier,
        text,
        entity,
        severity,
    } = own;
    let text = format!("{}\n", text.trim_end_matches('\n'));
    let policy = policy(identifier, identifier, &heredoc(&text));
    let applied = PolicySet {
        kind: entity.set,
        action: entity.usual_event().name(),
        members: vec![(identifier.as_str(), *severity)],
    };
    let set = set((identifier, identifier), &applied);
    format!("{policy}\n{set}")
}

/// A policy; `rego` is the expression that gives its module.
fn policy(identifier: &str, name: &str, rego: &str) -> String {
    format!(
        "resource \"harness_platform_policy\" \"{identifier}\" {{\n  identifier = \"{identifier}\"\n  name       = {}\n  rego       = {rego}\n}}\n",
        quoted(name),
    )
}

/// A string of several lines, each with its line break.
fn heredoc(lines: &str) -> String {
    // The word that ends it must not be one of its lines.
    let mut end = "REGO".to_owned();
    while lines.lines().any(|line| line.trim() == end) {
        end.push('_');
    }
    format!("<<{end}\n{}{end}", literal(lines))
}

/// A set of policies; `beginning` is how its identifier and its name begin.
fn set(beginning: (&str, &str), set: &PolicySet<'_>) -> String {
    let identifier = set.identifier(beginning.0);
    let PolicySet {
        kind,
        action,
        members,
    } = set;
    let mut text = format!(
        "resource \"harness_platform_policyset\" \"{identifier}\" {{\n  identifier = \"{identifier}\"\n  name       = {}\n  action     = \"{action}\"\n  type       = \"{kind}\"\n  enabled    = true\n",
        quoted(&set.name(beginning.1)),
    );
    for (identifier, severity) in members {
        let _ = write!(
            text,
            "\n  policy_references {{\n    identifier = harness_platform_policy.{identifier}.identifier\n    severity   = \"{severity}\"\n  }}\n",
        );
    }
    text.push_str("}\n");
    text
}

/// The connector through which Harness pulls its own images.
pub fn connector(specification: &Specification) -> String {
    let mut text = String::new();
    let credentials = if specification.is_anonymous() {
        // Without credentials, the connector is anonymous.
        String::new()
    } else {
        for (variable, description) in [
            ("harness_image_username", "Who pulls Harness's own images."),
            (
                "harness_image_password_ref",
                "The secret with the password: account.NAME.",
            ),
        ] {
            let _ = write!(
                text,
                "variable \"{variable}\" {{\n  type        = string\n  description = \"{description}\"\n}}\n\n"
            );
        }
        "\n  credentials {\n    username     = var.harness_image_username\n    password_ref = var.harness_image_password_ref\n  }\n".to_owned()
    };
    let _ = write!(
        text,
        "resource \"harness_platform_connector_docker\" \"harness_image\" {{\n  identifier = {id}\n  name       = {id}\n  type       = {}\n  url        = {}\n{credentials}}}\n",
        quoted(&specification.provider_type),
        quoted(&specification.url),
        id = quoted(&specification.identifier),
    );
    text
}

/// A text without templates.
fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

fn quoted(text: &str) -> String {
    literal(&serde_json::Value::from(text).to_string())
}

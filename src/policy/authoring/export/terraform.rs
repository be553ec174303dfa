//! Policies, policy sets and the `harnessImage` connector for Harness's Terraform provider.

use std::fmt::Write as _;

use super::harness_policy::HarnessPolicy;
use super::module::Module;
use super::specification::{Credentials, Specification, User};
use super::{PolicySet, SET, SET_NAME};

/// The policies, with the policy sets for the events of each entity.
pub fn policies(modules: &[Module]) -> String {
    let policies = modules.iter().map(|module| {
        let rego = format!("file(\"${{path.module}}/{}\")", module.file_name());
        policy(&module.identifier, &module.name(), &rego)
    });
    let sets = PolicySet::of(modules).map(|each| set((SET, SET_NAME), &each));
    policies.chain(sets).collect::<Vec<_>>().join("\n")
}

/// A user's policy, with the policy sets for the events of its entity. It contains the module, so that it can be
/// pasted.
pub fn harness_policy(own: &HarnessPolicy) -> String {
    let HarnessPolicy {
        identifier,
        text,
        entity,
        severity,
    } = own;
    let text = format!("{}\n", text.trim_end_matches('\n'));
    let policy = policy(identifier, identifier, &heredoc(&text));
    let sets = entity.events.iter().map(|event| {
        let applied = PolicySet {
            kind: entity.set,
            action: event.name(),
            members: vec![(identifier.as_str(), *severity)],
        };
        set((identifier, identifier), &applied)
    });
    let parts: Vec<_> = std::iter::once(policy).chain(sets).collect();
    parts.join("\n")
}

/// A policy; `rego` is the expression for its module.
fn policy(identifier: &str, name: &str, rego: &str) -> String {
    format!(
        "resource \"harness_platform_policy\" \"{identifier}\" {{\n  identifier = \"{identifier}\"\n  name       = {}\n  rego       = {rego}\n}}\n",
        quoted(name),
    )
}

/// A string of several lines, each with its line break.
fn heredoc(lines: &str) -> String {
    // The word at its end must not be one of its lines.
    let mut end = "REGO".to_owned();
    while lines.lines().any(|line| line.trim() == end) {
        end.push('_');
    }
    format!("<<{end}\n{}{end}", literal(lines))
}

/// A policy set; `beginning` has the prefixes of its identifier and its name.
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

/// The `harnessImage` connector, through which Harness pulls its own images.
pub fn connector(specification: &Specification) -> String {
    let mut text = String::new();
    // Without credentials, the connector is anonymous.
    let mut credentials = String::new();
    if !specification.is_anonymous() {
        let Credentials { user, password_ref } = &specification.credentials;
        let (key, name) = match user {
            Some(User::Secret(secret)) => ("username_ref", Some(secret)),
            Some(User::Name(name)) => ("username    ", Some(name)),
            None => ("username    ", None),
        };
        let mut of = |written: Option<&String>, variable: &str, description: &str| {
            written.map_or_else(
                || {
                    let _ = write!(
                        text,
                        "variable \"{variable}\" {{\n  type        = string\n  description = \"{description}\"\n}}\n\n"
                    );
                    format!("var.{variable}")
                },
                |written| quoted(written),
            )
        };
        let name = of(
            name,
            "harness_image_username",
            "The user that pulls Harness's own images.",
        );
        let password = of(
            password_ref.as_ref(),
            "harness_image_password_ref",
            "The secret that holds the password, such as account.NAME.",
        );
        credentials = format!(
            "\n  credentials {{\n    {key} = {name}\n    password_ref = {password}\n  }}\n"
        );
    }
    let mut delegates = String::new();
    if let Some(selectors) = &specification.delegate_selectors {
        let selectors: Vec<_> = selectors.iter().map(|each| quoted(each)).collect();
        let _ = writeln!(
            delegates,
            "  delegate_selectors  = [{}]",
            selectors.join(", ")
        );
    }
    if let Some(is_so) = specification.execute_on_delegate {
        let _ = writeln!(delegates, "  execute_on_delegate = {is_so}");
    }
    if !delegates.is_empty() {
        delegates.insert(0, '\n');
    }
    let _ = write!(
        text,
        "resource \"harness_platform_connector_docker\" \"harness_image\" {{\n  identifier = {id}\n  name       = {id}\n  type       = {}\n  url        = {}\n{delegates}{credentials}}}\n",
        quoted(&specification.provider_type),
        quoted(&specification.url),
        id = quoted(&specification.identifier),
    );
    text
}

/// A string in which nothing is a template.
fn literal(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

fn quoted(text: &str) -> String {
    literal(&serde_json::Value::from(text).to_string())
}

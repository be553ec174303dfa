//! Policies, their sets and the `harnessImage` connector for Harness's Terraform provider.

use std::fmt::Write as _;

use super::module::Module;
use super::specification::Specification;
use super::{EVENTS, SET};

/// The policies, and the sets that apply them at the events of each entity.
pub fn policies(modules: &[Module]) -> String {
    let mut text = String::new();
    for module in modules {
        let _ = write!(
            text,
            "resource \"harness_platform_policy\" \"{id}\" {{\n  identifier = \"{id}\"\n  name       = {}\n  rego       = <<REGO\n{}REGO\n}}\n\n",
            quoted(&module.name()),
            literal(&module.text(module.entity)),
            id = module.identifier,
        );
    }
    for (entity, kind, action) in EVENTS {
        let members: Vec<_> = modules
            .iter()
            .filter(|module| module.entity == entity)
            .collect();
        if members.is_empty() {
            continue;
        }
        let _ = write!(
            text,
            "resource \"harness_platform_policyset\" \"{SET}_{kind}_{action}\" {{\n  identifier = \"{SET}_{kind}_{action}\"\n  name       = \"Image policies - {kind} {action}\"\n  action     = \"{action}\"\n  type       = \"{kind}\"\n  enabled    = true\n",
        );
        for module in members {
            let _ = write!(
                text,
                "\n  policy_references {{\n    identifier = harness_platform_policy.{}.identifier\n    severity   = \"{}\"\n  }}\n",
                module.identifier, module.severity,
            );
        }
        text.push_str("}\n\n");
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
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

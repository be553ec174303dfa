//! Policies and policy sets in the form of Harness's API: the bodies of `POST /pm/api/v1/policies` and
//! `/pm/api/v1/policysets`, or of `PATCH` with an identifier. Source: Harness's Go SDK, `policymgmt`.

use serde_json::{Value, json};

use super::module::Module;
use super::{ExportedFile, PolicySet, SET, SET_NAME, file};

/// A file for each policy, and one for each policy set.
pub fn bodies(modules: &[Module]) -> Vec<ExportedFile> {
    let policies = modules.iter().map(|module| {
        let body = json!({
            "identifier": module.identifier,
            "name": module.name(),
            "rego": module.text(module.entity),
        });
        json_file(format!("{}.policy.json", module.identifier), &body)
    });
    let sets = PolicySet::of(modules).map(|set| {
        let members = set.members.iter();
        let members =
            members.map(|(policy, severity)| json!({"identifier": policy, "severity": severity}));
        let identifier = set.identifier(SET);
        let body = json!({
            "identifier": identifier,
            "name": set.name(SET_NAME),
            "type": set.kind,
            "action": set.action,
            "enabled": true,
            "policies": members.collect::<Vec<_>>(),
        });
        json_file(format!("{identifier}.policyset.json"), &body)
    });
    policies.chain(sets).collect()
}

fn json_file(name: String, body: &Value) -> ExportedFile {
    file(name, format!("{body:#}\n"))
}

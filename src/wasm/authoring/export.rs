//! `exportPolicies`: exports our rules as policies of Harness. Only the module built with `authoring` has it.

use js_sys::{Array, Object, Reflect, Uint8Array};
use rego::policy::Source;
use wasm_bindgen::prelude::*;

use super::input::policy_entity;
use super::policy::{rego_error, version};
use crate::export::{ExportError, HarnessPolicy, Target, export, export_harness_policy};
use crate::interface::rego::{ExportModuleOptions, PolicyFile};
use crate::report::Severity;
use crate::wasm::{coded, config_error, from_js, usage};
use crate::{Config, Facts};

/// The files for a target, `[{path, content}]`, given `{config?, configPath?, preset?, to, rules?, policy?}`.
/// `config` is YAML or JSON, and `policy` is `{path, text, entity?, severity?, regoVersion?}`.
///
/// # Errors
///
/// An `Error` with the `code` `config` or `rego` and its `problems`, `usage`, or `internal`.
#[wasm_bindgen(js_name = exportPolicies)]
pub fn export_policies(options: &JsValue) -> Result<Array, JsValue> {
    let options: ExportModuleOptions = from_js(options)?;
    let target = options.to.parse().map_err(|()| {
        let known = Target::ALL.map(|(name, _)| format!("`{name}`")).join(", ");
        usage(&format!(
            "`to` is `{}`, but has to be one of {known}",
            options.to
        ))
    })?;
    let preset = options.preset.as_deref();
    let mut config = Config::parse(
        options.config_path.as_deref(),
        options.config.as_deref().unwrap_or_default(),
        preset,
    )
    .map_err(|error| config_error(&error))?;
    if options.config_exceptions == Some(false) {
        config = config.without_exceptions(preset);
    }
    let files = match options.policy {
        None => {
            let facts = Facts::from_config(&config);
            let facts = facts.map_err(|error| coded("internal", &error.to_string()))?;
            export(&config, &facts, target, &options.rules.unwrap_or_default())
        }
        Some(policy) => {
            harness_policy(policy)?.and_then(|policy| export_harness_policy(&policy, target))
        }
    };
    let files = files.map_err(|error| match error {
        ExportError::Policies(_) => coded("internal", &error.to_string()),
        ExportError::Refused(problems) => rego_error(&problems),
        ExportError::UnknownRule(_)
        | ExportError::RuleIsOff(_)
        | ExportError::NeedsLists(_)
        | ExportError::OursOnly => usage(&error.to_string()),
    })?;
    let list = Array::new();
    for file in files {
        let described = Object::new();
        Reflect::set(&described, &"path".into(), &file.path.into())?;
        let content = Uint8Array::from(file.content.as_slice());
        Reflect::set(&described, &"content".into(), &content)?;
        list.push(&described);
    }
    Ok(list)
}

fn harness_policy(file: PolicyFile) -> Result<Result<HarnessPolicy, ExportError>, JsValue> {
    let version = version(file.rego_version)?;
    let entity = file.entity.as_deref().map(policy_entity).transpose()?;
    let severity = file.severity.unwrap_or(Severity::Error);
    let source = Source {
        path: file.path,
        text: file.text,
    };
    Ok(HarnessPolicy::compile(&source, version, entity, severity))
}

//! A guard with users' policies.

use wasm_bindgen::prelude::*;

use super::policy::{metadata_of, rego_error, version};
use crate::interface::rego::{GivenPolicies, PolicyFile};
use crate::report::Severity;
use crate::wasm::{WasmGuard, to_js};
use crate::{Guard, UserModule, UserPolicies};

#[wasm_bindgen]
impl WasmGuard {
    /// Warnings for the authors of the users' policies, in the form of `lint`.
    ///
    /// # Errors
    ///
    /// None that a host can cause.
    #[wasm_bindgen(js_name = policyRemarks)]
    pub fn policy_remarks(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.policy_remarks())
    }
}

/// Adds users' policies to a guard.
pub(in crate::wasm) fn put_into(guard: Guard, policies: GivenPolicies) -> Result<Guard, JsValue> {
    let modules = policies.files.into_iter().map(module);
    let modules = modules.collect::<Result<Vec<_>, _>>()?;
    let compiled = UserPolicies::compile_within(modules, policies.limits.read());
    let compiled = compiled.map_err(|problems| rego_error(&problems))?;
    let metadata = policies.metadata.as_deref().map(metadata_of).transpose()?;
    let metadata = metadata.or_else(|| guard.config().metadata());
    Ok(guard.with_policies(
        compiled,
        metadata,
        policies.now.and_then(|now| now.parse().ok()),
    ))
}

fn module(file: PolicyFile) -> Result<UserModule, JsValue> {
    Ok(UserModule {
        path: file.path,
        text: file.text,
        version: version(file.rego_version)?,
        entity: file.entity,
        severity: file.severity.unwrap_or(Severity::Error),
        is_searched: file.searched,
        broken: file.broken,
    })
}

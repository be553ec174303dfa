//! The `harnessImage` connector and a Policy step as Harness's YAML.

use std::fmt::Write as _;

use super::SET;
use super::specification::{Credentials, Specification, User};

/// The `harnessImage` connector, through which Harness pulls its own images.
pub fn connector(specification: &Specification) -> String {
    let mut text = format!(
        "# The account's connector for Harness's own images. Update the existing one; never create two.\n\
         connector:\n  name: {id}\n  identifier: {id}\n  type: DockerRegistry\n  spec:\n    \
         dockerRegistryUrl: {}\n    providerType: {}\n    auth:\n      type: {}\n",
        quoted(&specification.url),
        quoted(&specification.provider_type),
        quoted(&specification.auth),
        id = quoted(&specification.identifier),
    );
    if !specification.is_anonymous() {
        let Credentials { user, password_ref } = &specification.credentials;
        let name = match user {
            Some(User::Secret(secret)) => format!("usernameRef: {}", quoted(secret)),
            Some(User::Name(name)) => format!("username: {}", quoted(name)),
            None => "username: <USERNAME>".to_owned(),
        };
        let password = password_ref.as_deref().map(quoted);
        let password = password.unwrap_or_else(|| "account.<SECRET>".to_owned());
        let _ = writeln!(
            text,
            "      spec:\n        {name}\n        passwordRef: {password}"
        );
    }
    if let Some(selectors) = &specification.delegate_selectors {
        let selectors: Vec<_> = selectors.iter().map(|each| quoted(each)).collect();
        let _ = writeln!(text, "    delegateSelectors: [{}]", selectors.join(", "));
    }
    if let Some(is_so) = specification.execute_on_delegate {
        let _ = writeln!(text, "    executeOnDelegate: {is_so}");
    }
    text
}

/// A Policy step, which evaluates the policies for pipelines during a run.
pub fn policy_step() -> String {
    format!(
        "# For the steps of a Deployment, Custom or Approval stage. The payload is what the policies\n\
         # judge, as JSON of the form {{\"pipeline\": {{…}}}}; here, it is the output of an earlier step `read`.\n\
         step:\n  type: Policy\n  name: Image policies\n  identifier: image_policies\n  spec:\n    \
         policySets:\n      - account.{SET}_custom_onstep\n    type: Custom\n    policySpec:\n      \
         payload: <+execution.steps.read.output.outputVariables.pipeline>\n  timeout: 10m\n"
    )
}

/// A string on one line, as JSON, which is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

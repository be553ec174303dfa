//! The options for compiling, evaluating, testing, formatting, linting and exporting Rego.

use std::collections::BTreeMap;

use commands::opa_eval;
use rego::eval::Limits;
use rego::policy::Diagnostic;
use serde::{Deserialize, Serialize};
#[cfg(test)]
use values::Version;
use values::{Value, json};

use crate::policy::lint::Lint;
use crate::report::Severity;

/// The options of policies, as the module takes them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct PolicyModuleOptions {
    /// The text of each module by its path, which messages name.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// The base documents: an object as JSON or YAML.
    pub data: Option<String>,
    /// The version of Rego: 0, as Harness reads it (default), or 1, as OPA reads it since 1.0.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// Modules of the other version, by their paths, as a bundle's manifest says. @internal
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<BTreeMap<String, Version>>"))]
    pub module_versions: BTreeMap<String, u8>,
    /// Whether unused variables and imports are errors, too, as with `opa check --strict`.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict: bool,
    /// Whether a rule may have the path of a base document. Then a query for the rule gives the rule's value, and a
    /// query for a document around it the base document's. Without this, it is an error, as in OPA's commands
    /// (`conflicting rule for data path … found`).
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub rules_over_data: bool,
    /// How much compiling may take.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<ModuleLimits>"))]
    pub limits: ModuleLimits,
}

/// The options of a query, as the module takes them.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct AskModuleOptions {
    /// Whether an error of a built-in function ends the evaluation, instead of making the call undefined.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict_builtin_errors: bool,
    /// Bounds of the evaluation.
    #[cfg_attr(test, ts(as = "Option<ModuleLimits>"))]
    pub limits: ModuleLimits,
    /// Whether to report which lines are reached.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub coverage: bool,
}

/// Bounds of compiling or of an evaluation; each has a default.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct ModuleLimits {
    /// The number of steps: statements, items, comparisons, and pieces of strings.
    #[cfg_attr(test, ts(as = "Option<f64>"))]
    pub steps: Option<u64>,
    /// The bytes of values that exist at once, and of all strings made.
    #[cfg_attr(test, ts(as = "Option<f64>"))]
    pub bytes: Option<u64>,
    /// How many rules and functions may need one another in a chain.
    pub depth: Option<usize>,
}

impl ModuleLimits {
    /// The limits, with defaults for what isn't given.
    #[must_use]
    pub fn read(self) -> Limits {
        let usual = Limits::default();
        Limits {
            steps: self.steps.unwrap_or(usual.steps),
            bytes: self.bytes.unwrap_or(usual.bytes),
            depth: self.depth.unwrap_or(usual.depth),
        }
    }
}

/// A guard's users' policies, and what they see.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct GivenPolicies {
    /// The modules.
    pub files: Vec<PolicyFile>,
    /// Bounds of compiling, and of each policy's evaluations together.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<ModuleLimits>"))]
    pub limits: ModuleLimits,
    /// What they see as `input.metadata`, as JSON or YAML.
    pub metadata: Option<String>,
    /// The time in nanoseconds since 1970, as digits.
    pub now: Option<String>,
}

impl GivenPolicies {
    /// The paths of the policies.
    #[must_use]
    pub fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }
}

/// A user's Harness policy, or a module that one uses, as the module takes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct PolicyFile {
    /// Its name in the report.
    pub path: String,
    /// The module's text.
    pub text: String,
    /// The entity that it is about; by default, the one that its package names.
    pub entity: Option<String>,
    /// The severity of a denial; `error` by default.
    pub severity: Option<Severity>,
    /// The version of Rego: 0, as Harness reads it (default), or 1.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// Whether it was found in a folder. Then it is a remark instead of an error if it is about something that no file
    /// holds.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub searched: bool,
    /// Why it isn't evaluated: how it broke an earlier instance of the module. @internal
    pub broken: Option<String>,
}

/// How to wrap a file as Harness does for a policy, as the module takes it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct InputModuleOptions {
    /// The kind of entity to pass it as; by default, its own.
    #[cfg_attr(test, ts(optional, type = "PolicyEntity"))]
    pub entity: Option<String>,
    /// The event; by default, the entity's usual one: `onrun` for pipelines, `onsave` for most others.
    #[cfg_attr(test, ts(optional, type = "PolicyEvent"))]
    pub event: Option<String>,
    /// What else Harness says about the event, as JSON or YAML.
    pub metadata: Option<String>,
    /// The indentation of a level; without it, the JSON is on one line.
    pub indent: Option<String>,
}

/// The options of `eval`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct EvalOptions {
    /// The query.
    pub query: String,
    /// The version of Rego: 0 or 1.
    #[cfg_attr(test, ts(as = "Version"))]
    pub rego_version: u8,
    /// The package in which the query is evaluated.
    pub package: Option<String>,
    /// What the query imports.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>"))]
    pub imports: Vec<String>,
    /// The format of the result.
    #[cfg_attr(test, ts(type = "EvalFormat"))]
    pub format: String,
    /// Whether unused variables and imports are errors, too.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict: bool,
    /// Whether an error of a built-in function ends the evaluation.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict_builtin_errors: bool,
    /// Whether to report which lines are reached.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub coverage: bool,
    /// Bounds of the evaluation.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<ModuleLimits>"))]
    pub limits: ModuleLimits,
}

/// What `eval` prints.
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct EvalOutcome {
    /// What goes to standard output.
    pub stdout: String,
    /// What goes to standard error.
    pub stderr: String,
    /// Whether there is a result.
    #[cfg_attr(test, ts(inline))]
    pub result: opa_eval::Result,
}

/// Everything that was loaded, as policies are made of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct Loaded {
    /// The text of each module, by its path.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// The base documents, as JSON text.
    pub data: String,
    /// Modules of the other Rego, by their paths.
    #[cfg_attr(test, ts(as = "BTreeMap<String, Version>"))]
    pub module_versions: BTreeMap<String, u8>,
}

/// The options of `formatRego`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct FormatOptions {
    /// The text of each module by its path, which messages name.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// The version of Rego: 0, formatted as OPA 0.70 does (default), or 1, as OPA 1.22 does.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// Whether to change Rego v0 so that both versions can read it, as `opa fmt --rego-v1` does.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub for_both_versions: bool,
    /// Whether a result that isn't Rego is an error, as with OPA; `true` by default.
    pub check_result: Option<bool>,
}

/// The result of formatting modules.
#[derive(Default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FormatReport {
    /// The formatted text of each module by its path, without modules that have a problem.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// Why modules can't be formatted.
    #[cfg_attr(test, ts(type = "Array<PolicyProblem>"))]
    pub problems: Vec<Diagnostic>,
    /// The problems as text, each with its source line; empty if there is none.
    pub message: String,
}

impl FormatReport {
    /// The report as JSON, in which numbers in the details of problems stay as they are written.
    #[must_use]
    pub fn to_json(&self) -> String {
        let modules = self.modules.iter();
        let modules = modules.map(|(path, text)| (path.as_str(), Value::from(text.as_str())));
        let problems = self.problems.iter().map(Diagnostic::to_value);
        json::write(&Value::object([
            ("modules", Value::object(modules)),
            ("problems", Value::array(problems)),
            ("message", self.message.as_str().into()),
        ]))
    }
}

/// The options of `lintRego`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct LintOptions {
    /// The text of each module by its path; give modules together that use each other.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// The version of Rego: 0, as Harness reads it (default), or 1, as OPA reads it since 1.0.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// The oldest OPA that has to read them, such as `0.42`; `0.47` by default.
    pub oldest_opa: Option<String>,
    /// Whether to compile the modules, and report the errors of OPA's compiler, too, as `opa check` does.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub compile: bool,
    /// Whether to report unused variables and imports, too, as `opa check --strict` does.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict: bool,
    /// Rules to skip, such as `["outside-module"]`. Problems are reported anyway.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>"))]
    pub disable: Vec<String>,
}

/// The result of a lint, and the same as text.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ShownLint {
    /// What it found.
    #[serde(flatten)]
    pub lint: Lint,
    /// Each place with its source line.
    pub text: String,
}

/// The options of an export, as the module takes them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct ExportModuleOptions {
    /// The configuration to write into the policies.
    pub config: Option<String>,
    /// What error messages call the configuration.
    pub config_path: Option<String>,
    /// The preset; overrides the configuration's.
    #[cfg_attr(test, ts(optional, type = "Preset"))]
    pub preset: Option<String>,
    /// Whether the configuration may weaken the policies: by rules that are off or have a lower severity, exceptions,
    /// trusted connectors, other registries. `true` by default; with `false`, it can only make them stricter.
    pub config_exceptions: Option<bool>,
    /// What to write: one Rego module for each rule and entity, an OPA bundle of these, Terraform, Harness's YAML, or
    /// JSON for Harness's API.
    #[cfg_attr(test, ts(type = "ExportTarget"))]
    pub to: String,
    /// The rules; by default, all that the configuration doesn't switch off.
    #[cfg_attr(test, ts(optional, type = "Array<RuleName>"))]
    pub rules: Option<Vec<String>>,
    /// A policy of your own to write instead of the built-in rules, as `rego` or `terraform`. If it is in v1,
    /// `import rego.v1` is added, because Harness reads v0. Its entity is the one that `entity` or its package names, or
    /// else the one that it reads from the input, or else a pipeline. It must contain all that it uses.
    pub policy: Option<PolicyFile>,
}

/// In which forms tests are shown.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(test, derive(ts_rs::TS))]
pub enum TestFormat {
    /// As `opa test` shows them to a person.
    Pretty,
    /// As `opa test` writes them for programs.
    Json,
    /// As the XML that build servers read.
    Junit,
}

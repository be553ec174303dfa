//! What Rego is compiled, evaluated, tested, formatted, looked at and exported with.

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

/// What policies are made of, as the module takes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct PolicyModuleOptions {
    /// The text of each module, by its path, which messages name.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// The base documents, an object: text, JSON or YAML.
    pub data: Option<String>,
    /// Which Rego it is: 0, as Harness reads it (default), or 1, as OPA does since 1.0.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// Modules of the other Rego, by their paths: what a bundle's manifest says. @internal
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<BTreeMap<String, Version>>"))]
    pub module_versions: BTreeMap<String, u8>,
    /// Whether what is of no use is refused too, as by `opa check --strict`.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict: bool,
    /// Whether a rule may be where the base documents have something: asked for itself, its value counts, and in a
    /// document around it the base document's. Without it, that is refused, as OPA's commands do (`conflicting rule for
    /// data path … found`).
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub rules_over_data: bool,
    /// How much compiling may take.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<ModuleLimits>"))]
    pub limits: ModuleLimits,
}

/// How a query is asked, as the module takes it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct AskModuleOptions {
    /// Whether an error of a built-in function ends the evaluation, instead of being undefined.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict_builtin_errors: bool,
    /// How much the evaluation may take.
    #[cfg_attr(test, ts(as = "Option<ModuleLimits>"))]
    pub limits: ModuleLimits,
    /// Whether the lines that are reached are reported.
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub coverage: bool,
}

/// How much compiling or an evaluation may take; what isn't given, is as usual.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct ModuleLimits {
    /// Statements, items, comparisons and stretches of strings gone through.
    #[cfg_attr(test, ts(as = "Option<f64>"))]
    pub steps: Option<u64>,
    /// The bytes of values that are there at once, and of all strings that are made.
    #[cfg_attr(test, ts(as = "Option<f64>"))]
    pub bytes: Option<u64>,
    /// How many rules and functions an evaluation may follow from one to the next.
    pub depth: Option<usize>,
}

impl ModuleLimits {
    /// The limits, as usual where nothing is given.
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

/// Users' policies of a guard, and what they see.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct GivenPolicies {
    /// The modules.
    pub files: Vec<PolicyFile>,
    /// How much compiling, and each policy's evaluations together, may take.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<ModuleLimits>"))]
    pub limits: ModuleLimits,
    /// What they see as `input.metadata`: text, JSON or YAML.
    pub metadata: Option<String>,
    /// Nanoseconds since 1970, as digits.
    pub now: Option<String>,
}

impl GivenPolicies {
    /// The paths of the policies.
    #[must_use]
    pub fn paths(&self) -> Vec<&str> {
        self.files.iter().map(|file| file.path.as_str()).collect()
    }
}

/// A user's own Harness policy, or a module that one uses, as the module takes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct PolicyFile {
    /// What the report calls it.
    pub path: String,
    /// The module's text.
    pub text: String,
    /// The entity that it is about; without it, the package says so.
    pub entity: Option<String>,
    /// The severity of a denial; `error` by default.
    pub severity: Option<Severity>,
    /// Which Rego it is: 0, as Harness reads it (default), or 1.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// Whether it was found in a folder: if it is about nothing that a file can hold, that is a remark then, and
    /// otherwise an error.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub searched: bool,
    /// How it broke the module before, for which it isn't evaluated. @internal
    pub broken: Option<String>,
}

/// What a file becomes that Harness would hand to a policy, as the module takes it.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct InputModuleOptions {
    /// The kind of entity to pass it as; by default, what it is.
    #[cfg_attr(test, ts(optional, type = "PolicyEntity"))]
    pub entity: Option<String>,
    /// On which event; without it, the entity's usual one: `onrun` for pipelines, `onsave` for most others.
    #[cfg_attr(test, ts(optional, type = "PolicyEvent"))]
    pub event: Option<String>,
    /// What else Harness says of the event: text, JSON or YAML.
    pub metadata: Option<String>,
    /// What a level is indented with; without it, the JSON is on one line.
    pub indent: Option<String>,
}

/// What `eval` is asked.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct EvalOptions {
    /// The query.
    pub query: String,
    /// Which Rego it is: 0 or 1.
    #[cfg_attr(test, ts(as = "Version"))]
    pub rego_version: u8,
    /// The package in which the query is.
    pub package: Option<String>,
    /// What the query imports.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>"))]
    pub imports: Vec<String>,
    /// The format of the answer.
    #[cfg_attr(test, ts(type = "EvalFormat"))]
    pub format: String,
    /// Whether what is of no use is refused too.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict: bool,
    /// Whether an error of a built-in function ends the evaluation.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict_builtin_errors: bool,
    /// Whether the lines that are reached are reported.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub coverage: bool,
    /// How much it may take.
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

/// What a formatting takes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct FormatOptions {
    /// The text of each module, by its path, which messages name.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// Which Rego it is: 0, formatted as by `opa fmt` of OPA 0.70 (default), or 1, as by that of OPA 1.22.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// Whether Rego of version 0 is made fit for both versions, as by `opa fmt --rego-v1`.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub for_both_versions: bool,
    /// Whether what comes out is read again, and refused if it isn't Rego, as OPA does; true by default.
    pub check_result: Option<bool>,
}

/// What became of modules.
#[derive(Default)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct FormatReport {
    /// The text of each module as `opa fmt` writes it, by its path; those with a problem are left out.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// Why modules can't be formatted.
    #[cfg_attr(test, ts(type = "Array<PolicyProblem>"))]
    pub problems: Vec<Diagnostic>,
    /// The problems as text for a person, each with its source line; empty where there is none.
    pub message: String,
}

impl FormatReport {
    /// The report as JSON, in which what belongs to a problem keeps its numbers.
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

/// What a lint takes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct LintOptions {
    /// The text of each module, by its path; modules that are used together go together.
    #[cfg_attr(test, ts(type = "Readonly<Record<string, string>>"))]
    pub modules: BTreeMap<String, String>,
    /// Which Rego it is: 0, as Harness reads it (default), or 1, as OPA does since 1.0.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Version>"))]
    pub rego_version: u8,
    /// The oldest OPA that has to read it, as `0.42`; 0.47 by default.
    pub oldest_opa: Option<String>,
    /// Whether what OPA's compiler refuses of the modules is a problem too, as `opa check` has it.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub compile: bool,
    /// Whether what is of no use is one as well, as `opa check --strict` has it.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<bool>"))]
    pub strict: bool,
    /// Rules of the lint to leave out, `["outside-module"]`; problems stay.
    #[serde(default)]
    #[cfg_attr(test, ts(as = "Option<Vec<String>>"))]
    pub disable: Vec<String>,
}

/// What a lint found, and the same for a person.
#[derive(Serialize)]
#[cfg_attr(test, derive(ts_rs::TS))]
pub struct ShownLint {
    /// What it found.
    #[serde(flatten)]
    pub lint: Lint,
    /// Each place with its source line.
    pub text: String,
}

/// What is exported, as the module takes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(test, derive(ts_rs::TS))]
#[cfg_attr(test, ts(optional_fields))]
pub struct ExportModuleOptions {
    /// The text of the configuration, which is written in.
    pub config: Option<String>,
    /// What error messages call the configuration.
    pub config_path: Option<String>,
    /// The preset, whatever the configuration says.
    #[cfg_attr(test, ts(optional, type = "Preset"))]
    pub preset: Option<String>,
    /// Whether what a configuration makes weaker is written in: rules that are off or count less, exceptions, trusted
    /// connectors, other registries. It is by default; with `false`, only what it makes stricter is.
    pub config_exceptions: Option<bool>,
    /// One Rego module for each rule and entity, an OPA bundle of these, Terraform, Harness's YAML, or what its API
    /// takes.
    #[cfg_attr(test, ts(type = "ExportTarget"))]
    pub to: String,
    /// The rules; without them, all that the configuration doesn't switch off.
    #[cfg_attr(test, ts(optional, type = "Array<RuleName>"))]
    pub rules: Option<Vec<String>>,
    /// A policy of one's own, which is written instead of our rules, as `rego` or `terraform`: in v1, it says so to
    /// Harness, which reads v0. Without an entity that its package or `entity` names, it is about what it reads of the
    /// input, else about pipelines. What it looks up in `data`, Harness has to have: all is in this one module.
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

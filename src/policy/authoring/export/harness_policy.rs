//! A user's policy in the form for Harness, which reads Rego v0.

use compiler::problem::Code;
use compiler::syntax::ast::{Module, Term};
use compiler::syntax::parse_module;
use rego::policy::{Diagnostic, Options, Policy, Source};
use values::{Value, Version};

use super::ExportError;
use crate::harness::PolicyEntity;
use crate::policy::authoring::about;
use crate::policy::lint::{self, LintFinding};
use crate::report::Severity;

/// A user's policy for Harness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HarnessPolicy {
    /// The identifier in Harness: letters, digits and `_`.
    pub identifier: String,
    /// The module, in Rego v0.
    pub text: String,
    /// The entity on which Harness evaluates it.
    pub entity: &'static PolicyEntity,
    /// The severity of a denial in a policy set: `error` or `warning`.
    pub severity: &'static str,
}

impl HarnessPolicy {
    /// Compiles a policy for Harness. Without an entity, it is about the one that its package names, or else the one
    /// that it reads from the input, or else pipelines.
    ///
    /// # Errors
    ///
    /// If OPA refuses it, or if it reads something in `data` that Harness doesn't have.
    pub fn compile(
        source: &Source,
        version: Version,
        entity: Option<&'static PolicyEntity>,
        severity: Severity,
    ) -> Result<Self, ExportError> {
        let text = source.text.clone();
        let linted = lint::lint(
            std::slice::from_ref(source),
            lint::Options::for_version(version),
        );
        let options = Options {
            version,
            is_strict: false,
            data: Value::object::<Value>([]),
        };
        let policy =
            Policy::compile(vec![source.clone()], options).map_err(ExportError::Refused)?;
        // This parses the source again, because compiling removes the imports.
        let module = parse_module(&text, 0, version)
            .map_err(|_| ExportError::Policies("the policy is read only once".to_owned()))?;
        let outside = linted.findings.into_iter();
        let outside: Vec<_> = outside
            .filter(|finding| finding.rule == "outside-module")
            .map(|finding| refusal(finding, &text))
            .collect();
        if !outside.is_empty() {
            return Err(ExportError::Refused(outside));
        }
        let package = policy.package().trim_start_matches("data.");
        let entity = entity
            .or_else(|| PolicyEntity::of_package(package))
            .or_else(|| about::by_input(&module).map(|(entity, _)| entity));
        Ok(Self {
            identifier: identifier(package),
            text: in_v0(&module, source, version)?,
            entity: entity.unwrap_or(PolicyEntity::pipeline()),
            severity: match severity {
                Severity::Error => "error",
                Severity::Warning | Severity::Note => "warning",
            },
        })
    }
}

/// The diagnostic for a finding that prevents the export.
fn refusal(finding: LintFinding, text: &str) -> Diagnostic {
    let line = finding.start.line as usize;
    Diagnostic {
        code: Code::Compile,
        message: finding.message,
        file: Some(finding.file),
        line: Some(line),
        column: Some(finding.start.column as usize),
        line_from: 0,
        line_text: text.lines().nth(line.saturating_sub(1)).map(str::to_owned),
        details: None,
    }
}

/// The module in Rego v0. One written in v1 gets an import that says so.
///
/// # Errors
///
/// If it uses what v0 doesn't have, such as newer syntax and functions.
fn in_v0(module: &Module, source: &Source, version: Version) -> Result<String, ExportError> {
    let mut text = source.text.clone();
    if version == Version::V0 {
        return Ok(text);
    }
    // `rego.v1` includes these imports, and can't be combined with them.
    let future = module.imports.iter().rev();
    for import in future.filter(|import| import.path.first().is_some_and(|root| is(root, "future")))
    {
        text.replace_range(import.at.start as usize..import.at.end as usize, "");
    }
    let says_so = module
        .imports
        .iter()
        .any(|import| matches!(import.path.as_slice(), [root, name] if is(root, "rego") && is(name, "v1")));
    if !says_so {
        let after = text.get(module.at.end as usize..).unwrap_or_default();
        let line_end = after.find('\n').unwrap_or(after.len());
        text.insert_str(module.at.end as usize + line_end, "\n\nimport rego.v1");
    }
    let options = Options {
        version: Version::V0,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    let written = Source {
        text: text.clone(),
        ..source.clone()
    };
    Policy::compile(vec![written], options).map_err(ExportError::Refused)?;
    Ok(text)
}

fn is(term: &Term, name: &str) -> bool {
    term.as_var().is_some_and(|var| &**var == name)
        || term.as_value().is_some_and(|value| *value == name.into())
}

fn identifier(package: &str) -> String {
    let mut identifier = String::new();
    let mut is_between = false;
    for c in package.chars() {
        let is_part = c.is_ascii_alphanumeric() || c == '_';
        if is_part {
            identifier.push(c);
        } else if !is_between {
            identifier.push('_');
        }
        is_between = !is_part;
    }
    if identifier.starts_with(|c: char| c.is_ascii_digit()) {
        identifier.insert(0, '_');
    }
    identifier
}

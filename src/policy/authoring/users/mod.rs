//! Users' modules: which are policies, and which are libraries that these use.
//!
//! Harness evaluates each policy on its own, so modules that happen to share a package are kept apart here too: a
//! policy is compiled only with the modules that it needs.

mod library;
mod parsed;

use std::cell::Cell;
use std::collections::HashSet;

use compiler::problem::Code;
use compiler::syntax;
use compiler::syntax::ast::{DATA, Term};
use rego::eval::Limits;
use rego::policy::{Diagnostic, Source};
use values::Version;

use crate::harness::PolicyEntity;
use crate::report::Severity;

use super::about;
use super::lint::LintFinding;
use super::user::{UserPolicy, speaks_of_the_event};
use library::{Group, Library};
use parsed::Parsed;

/// The rules that make a module a policy: Harness reads `deny`, and shows what `warn` advises.
const VERDICTS: [&str; 2] = ["deny", "warn"];

/// A user's module in a check.
#[derive(Debug, Clone)]
pub struct UserModule {
    /// Its path, which is its name in messages.
    pub path: String,
    /// Its source.
    pub text: String,
    /// The version of Rego in which it is written.
    pub version: Version,
    /// The entity that it is about; by default, the one that its package names.
    pub entity: Option<String>,
    /// The severity of a denial.
    pub severity: Severity,
    /// Whether a search found it in a folder, instead of the user naming it.
    pub is_searched: bool,
    /// If it isn't even parsed: the error with which it broke the module before.
    pub broken: Option<String>,
}

/// Compiled policies.
#[derive(Debug, Default)]
pub struct UserPolicies {
    /// In the order in which they were given.
    pub policies: Vec<UserPolicy>,
    /// Warnings for their authors, such as about a policy that can never fail, or that checks no file.
    pub remarks: Vec<LintFinding>,
    /// The paths of modules that the user named, but that are neither a policy nor used by one.
    pub idle: Vec<String>,
}

impl UserPolicies {
    /// Compiles modules. One that has a `deny` or `warn` is a policy; any other one is a library for the policies
    /// that use it.
    ///
    /// # Errors
    ///
    /// The errors in the modules, and each policy whose entity isn't known.
    pub fn compile(given: Vec<UserModule>) -> Result<Self, Vec<Diagnostic>> {
        Self::compile_within(given, Limits::default())
    }

    /// Compiles modules within limits, which apply to compiling each policy, and to all its evaluations in one check
    /// together.
    ///
    /// # Errors
    ///
    /// As for [`UserPolicies::compile`].
    pub fn compile_within(
        mut given: Vec<UserModule>,
        limits: Limits,
    ) -> Result<Self, Vec<Diagnostic>> {
        let named: HashSet<String> = given
            .iter()
            .filter(|module| !module.is_searched)
            .map(|module| module.path.clone())
            .collect();
        // What is named takes precedence over what a search found.
        given.retain(|module| !module.is_searched || !named.contains(&module.path));
        let library = Library::read(&given, limits)?;
        let mut groups = library.groups();
        let mut compiled = Self {
            policies: Vec::new(),
            remarks: library.remarks(&groups),
            idle: library.idle(&groups),
        };
        let mut problems = Vec::new();
        for module in &given {
            if let Some(how) = &module.broken {
                compiled.policies.push(broken(module, how, limits));
                continue;
            }
            let Some(group) = groups
                .iter_mut()
                .find(|group| group.members.contains(&module.path))
            else {
                continue;
            };
            // The first of several modules that form one policy gives it its name.
            let first = given
                .iter()
                .find(|first| group.members.contains(&first.path));
            if first.is_some_and(|first| first.path != module.path) {
                continue;
            }
            let others: Vec<_> = given
                .iter()
                .filter(|other| other.path != module.path && group.members.contains(&other.path))
                .collect();
            if let Some(problem) = disagreement(module, &others, &given) {
                problems.push(problem);
                continue;
            }
            let module = &together(module, &others);
            match policy_of(module, group, &library) {
                Ok(Some(policy)) => compiled.policies.push(policy),
                Ok(None) => compiled.remarks.extend(library.not_checked(module)),
                Err(more) => problems.extend(more),
            }
        }
        problems.extend(library.problems_of_unused(&groups));
        if problems.is_empty() {
            sort::by(&mut compiled.remarks, |a, b| {
                (&a.file, a.start.offset).cmp(&(&b.file, b.start.offset))
            });
            return Ok(compiled);
        }
        sort::by(&mut problems, |a, b| {
            (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column))
        });
        problems.dedup();
        Err(problems)
    }
}

impl UserPolicies {
    /// Begins a check: each policy gets all its steps back.
    pub fn begin(&self) {
        for policy in &self.policies {
            policy.steps_left.set(policy.limits.steps);
        }
    }
}

/// A module with the highest severity of those that form one policy with it.
fn together(module: &UserModule, others: &[&UserModule]) -> UserModule {
    let severities = others.iter().map(|other| other.severity);
    let entity = || others.iter().find_map(|other| other.entity.clone());
    UserModule {
        severity: severities.fold(module.severity, Severity::max),
        entity: module.entity.clone().or_else(entity),
        ..module.clone()
    }
}

/// The error that modules form one policy, but are said to be about different entities.
fn disagreement(
    module: &UserModule,
    others: &[&UserModule],
    given: &[UserModule],
) -> Option<Diagnostic> {
    let entity = module.entity.as_deref()?;
    // One module may be named several times, with different entities.
    let is_named = |entity: &str| {
        let named = given.iter().filter(|each| each.path == module.path);
        named
            .filter_map(|each| each.entity.as_deref())
            .any(|named| named == entity)
    };
    let (other, other_entity) = others
        .iter()
        .filter_map(|other| Some((other, other.entity.as_deref()?)))
        .find(|(_, entity)| !is_named(entity))?;
    Some(Diagnostic {
        code: Code::Compile,
        message: format!(
            "this module and `{}` are one policy, because they use each other's rules, but this one is said to be about `{entity}`, and that one about `{other_entity}`: name one entity for both, or move what both use into a module without `deny`",
            other.path,
        ),
        file: Some(module.path.clone()),
        line: Some(1),
        column: Some(1),
        line_from: 0,
        line_text: module.text.lines().next().map(str::to_owned),
        details: None,
    })
}

/// The policy that a group of modules forms, with the name of one of them. `None` if it checks no file.
fn policy_of(
    module: &UserModule,
    group: &mut Group,
    library: &Library<'_>,
) -> Result<Option<UserPolicy>, Vec<Diagnostic>> {
    let entity = entity_of(module, library).map_err(|problem| vec![problem])?;
    let Some(entity) = entity else {
        return Ok(None);
    };
    let policy = group
        .policy
        .take()
        .unwrap_or_else(|| library.compile(&group.paths, module.version))?;
    let limits = library.limits;
    Ok(Some(UserPolicy {
        path: module.path.clone(),
        package: library.package(&module.path),
        policy: Ok(policy),
        entity,
        minds_the_event: library.texts(&group.paths).any(speaks_of_the_event),
        severity: module.severity,
        limits,
        steps_left: Cell::new(limits.steps),
        is_named: !module.is_searched,
    }))
}

/// The entity that a policy is about. `None` if files can't have such an entity, and a search found the policy.
fn entity_of(
    given: &UserModule,
    library: &Library<'_>,
) -> Result<Option<&'static PolicyEntity>, Diagnostic> {
    let Some(Parsed { module, .. }) = library.modules.get(given.path.as_str()) else {
        return Ok(None);
    };
    let path = &given.path;
    let asked = given.entity.as_deref();
    let entity = asked.map_or_else(|| about::by_package(module), PolicyEntity::from_name);
    let package = shown(module.package.get(1..).unwrap_or_default());
    let message = match (entity, asked, about::by_input(module)) {
        (Some(entity), ..) if entity.key.is_some() => return Ok(Some(entity)),
        (_, None, None) if given.is_searched => return Ok(None),
        (Some(step), ..) => format!(
            "Harness asks a policy about a {0} when the {0} runs, which a check can't see: try the policy with `eval` on what `input --entity {0}` writes",
            step.name
        ),
        (None, Some(asked), _) => format!(
            "`{asked}` isn't an entity that files hold; those are {}",
            PolicyEntity::names_in_files()
        ),
        (None, None, Some((entity, reads))) => format!(
            "the package `{package}` names no entity, but this policy reads `{reads}`, as a policy about `{entity}` does: if it is about that, write `{path},entity={entity}`, or `entity: {entity}` in the configuration",
            entity = entity.name,
        ),
        (None, None, None) => format!(
            "the package `{package}` names no entity, and this policy reads the input of none: if it is about something that files hold, name that, as in `{path},entity=pipeline`, or `entity: pipeline` in the configuration; otherwise try the policy with `eval`"
        ),
    };
    let (line, column) = rego::policy::position(&given.text, module.at);
    Err(Diagnostic {
        code: Code::Compile,
        message,
        file: Some(path.clone()),
        line: Some(line),
        column: Some(column),
        line_from: 0,
        line_text: given.text.lines().nth(line - 1).map(str::to_owned),
        details: None,
    })
}

/// A policy that broke the module. It is about what its `package` line names, or else pipelines.
fn broken(module: &UserModule, how: &str, limits: Limits) -> UserPolicy {
    let line = module
        .text
        .lines()
        .find(|line| line.starts_with("package "));
    let head = line.and_then(|line| syntax::parse_module(line, 0, module.version).ok());
    let entity = match &module.entity {
        Some(name) => PolicyEntity::from_name(name),
        None => head.as_ref().and_then(about::by_package),
    };
    UserPolicy {
        path: module.path.clone(),
        package: DATA.to_owned(),
        policy: Err(how.to_owned()),
        entity: entity.unwrap_or_else(PolicyEntity::pipeline),
        minds_the_event: false,
        severity: module.severity,
        limits,
        steps_left: Cell::new(limits.steps),
        is_named: !module.is_searched,
    }
}

fn source(module: &UserModule) -> Source {
    Source {
        path: module.path.clone(),
        text: module.text.clone(),
    }
}

/// The name of a package without `data`.
fn shown(package: &[Term]) -> String {
    let parts: Vec<_> = package
        .iter()
        .filter_map(|part| part.as_text().map(ToString::to_string))
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests;

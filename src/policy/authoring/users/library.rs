//! Users' modules together: which are policies, and which other modules each policy needs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use compiler::syntax;
use compiler::syntax::ast::DATA;
use rego::eval::Limits;
use rego::policy::{Diagnostic, Loading, Options, Policy, Source};
use values::{Value, Version};

use super::parsed::{Parsed, is_asked};
use super::{UserModule, shown, source};
use crate::policy::lint::{self, LintFinding, pasted};
use crate::report::Severity;

/// Lint rules about several modules that a check reports too.
const REPORTED: [&str; 2] = ["outside-module", "unread-rule"];

/// Modules by path.
pub(super) struct Library<'g> {
    pub(super) modules: BTreeMap<&'g str, Parsed<'g>>,
    /// For each module the ones that it uses: those that it names in `data`, and those that define a bare name.
    used: BTreeMap<&'g str, Used<'g>>,
    /// The limits of compiling a policy.
    pub(super) limits: Limits,
}

/// The paths of the modules that a module uses.
#[derive(Default)]
struct Used<'g> {
    by_path: Vec<&'g str>,
    by_name: Vec<&'g str>,
}

/// A policy.
pub(super) struct Group {
    /// The paths of the modules that have its `deny` or `warn` rules.
    pub(super) members: BTreeSet<String>,
    /// Those paths, and those of the libraries.
    pub(super) paths: BTreeSet<String>,
    /// The result of compiling these paths, if they have been compiled.
    pub(super) policy: Option<Result<Policy, Vec<Diagnostic>>>,
}

impl<'g> Library<'g> {
    pub(super) fn read(given: &'g [UserModule], limits: Limits) -> Result<Self, Vec<Diagnostic>> {
        let mut modules = BTreeMap::new();
        let mut problems = Vec::new();
        for module in given.iter().filter(|module| module.broken.is_none()) {
            if let Some(Parsed { is_policy, .. }) = modules.get_mut(module.path.as_str()) {
                *is_policy |= is_asked(module);
                continue;
            }
            match syntax::parse_module(&module.text, 0, module.version) {
                Ok(parsed) => {
                    modules.insert(module.path.as_str(), Parsed::new(module, parsed));
                }
                Err(_) => problems.extend(unreadable(module)),
            }
        }
        if problems.is_empty() {
            Ok(Self {
                used: used(&modules),
                modules,
                limits,
            })
        } else {
            Err(problems)
        }
    }

    pub(super) fn is_test(&self, path: &str) -> bool {
        self.modules.get(path).is_some_and(|module| module.is_test)
    }

    pub(super) fn package(&self, path: &str) -> String {
        let module = self.modules.get(path);
        module.map_or_else(|| DATA.to_owned(), |module| module.package.clone())
    }

    /// The policies, each with the modules that it is compiled with. Policies with the same package that use each
    /// other's rules form one policy.
    pub(super) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        let policies = self.modules.iter().filter(|(_, module)| module.is_policy);
        let mut policies: Vec<_> = policies.collect();
        // The one that needs most comes first, so that policies that are part of it aren't compiled again.
        policies.sort_by_cached_key(|(path, _)| Reverse(self.needs(path, true).len()));
        for (path, policy) in policies {
            if groups.iter().any(|group| group.members.contains(*path)) {
                continue;
            }
            let (paths, compiled) = self.compile_with_needs(path);
            let is_member = |other: &&String| {
                self.modules
                    .get(other.as_str())
                    .is_some_and(|other| other.is_policy && other.package == policy.package)
            };
            let mut group = Group {
                members: paths.iter().filter(is_member).cloned().collect(),
                paths,
                policy: Some(compiled),
            };
            let (met, apart): (Vec<_>, Vec<_>) = groups
                .into_iter()
                .partition(|other| !other.members.is_disjoint(&group.members));
            for other in met {
                if group.paths != other.paths {
                    group.policy = None;
                }
                group.members.extend(other.members);
                group.paths.extend(other.paths);
            }
            groups = apart;
            groups.push(group);
        }
        groups
    }

    /// The errors of libraries that no policy uses, so that they aren't missed.
    pub(super) fn problems_of_unused(&self, groups: &[Group]) -> Vec<Diagnostic> {
        let is_used = |path: &str| groups.iter().any(|group| group.paths.contains(path));
        let unused = self
            .modules
            .keys()
            .filter(|path| !is_used(path) && !self.is_test(path));
        unused
            .filter_map(|path| self.compile_with_needs(path).1.err())
            .flatten()
            .collect()
    }

    /// Compiles a module with the modules that it names in `data` and, if that isn't enough, with those of the same
    /// package that define the names it uses. Returns the paths of these modules, and the result.
    pub(super) fn compile_with_needs(
        &self,
        path: &str,
    ) -> (BTreeSet<String>, Result<Policy, Vec<Diagnostic>>) {
        let version = self
            .modules
            .get(path)
            .map_or(Version::V0, |module| module.given.version);
        let named = self.needs(path, false);
        let compiled = self.compile(&named, version);
        if compiled.is_ok() {
            return (named, compiled);
        }
        let all = self.needs(path, true);
        let compiled = if all == named {
            compiled
        } else {
            self.compile(&all, version)
        };
        (all, compiled)
    }

    fn needs(&self, path: &str, with_names: bool) -> BTreeSet<String> {
        let mut found = BTreeSet::from([path.to_owned()]);
        let mut queue = vec![path];
        while let Some(next) = queue.pop() {
            let Some(used) = self.used.get(next) else {
                continue;
            };
            let by_name = used.by_name.iter().filter(|_| with_names);
            for other in used.by_path.iter().chain(by_name) {
                if !found.contains(*other) {
                    found.insert((*other).to_owned());
                    queue.push(other);
                }
            }
        }
        found
    }

    pub(super) fn texts(&self, paths: &BTreeSet<String>) -> impl Iterator<Item = &str> {
        let modules = paths
            .iter()
            .filter_map(|path| self.modules.get(path.as_str()));
        modules.map(|module| module.given.text.as_str())
    }

    pub(super) fn compile(
        &self,
        paths: &BTreeSet<String>,
        version: Version,
    ) -> Result<Policy, Vec<Diagnostic>> {
        let sources = paths
            .iter()
            .filter_map(|path| self.modules.get(path.as_str()));
        compile(
            self.limits,
            sources.map(|module| source(module.given)).collect(),
            version,
        )
    }

    /// The modules that the user named, but of which nothing is evaluated.
    pub(super) fn idle(&self, groups: &[Group]) -> Vec<String> {
        let speaks = |path: &&str| {
            let module = self.modules.get(*path);
            module.is_some_and(Parsed::speaks)
        };
        let is_asked = |path: &str| {
            groups.iter().any(|group| {
                group.paths.contains(path)
                    && group.members.iter().any(|member| speaks(&member.as_str()))
            })
        };
        let named = self
            .modules
            .iter()
            .filter(|(_, module)| !module.given.is_searched && !module.is_test);
        named
            .filter(|(path, _)| !is_asked(path))
            .map(|(path, _)| (*path).to_owned())
            .collect()
    }

    /// The lint findings that explain why a policy never has an effect.
    pub(super) fn remarks(&self, groups: &[Group]) -> Vec<LintFinding> {
        let mut remarks = Vec::new();
        for version in [Version::V0, Version::V1] {
            let modules = self.modules.values();
            let modules: Vec<_> = modules
                .filter(|module| module.given.version == version)
                .collect();
            let options = lint::Options::for_version(version);
            let sources: Vec<_> = modules.iter().map(|module| source(module.given)).collect();
            let together = match &modules[..] {
                [] => continue,
                [one] => one.lint(options),
                _ => lint::lint(&sources, options).findings,
            };
            let is_reported = |remark: &LintFinding| {
                REPORTED.contains(&remark.rule) && remark.severity == Severity::Warning
            };
            remarks.extend(
                together
                    .iter()
                    .filter(|remark| is_reported(remark))
                    .cloned(),
            );
            // Each is linted alone, as it is evaluated: what other modules of its package deny doesn't affect it.
            for module in &modules {
                let path = &module.given.path;
                let is_library = groups
                    .iter()
                    .any(|group| group.paths.contains(path) && !group.members.contains(path));
                if is_library || module.is_test {
                    continue;
                }
                let alone = if modules.len() == 1 {
                    together.clone()
                } else {
                    module.lint(options)
                };
                remarks.extend(
                    alone
                        .into_iter()
                        .filter(|remark| remark.rule == "never-fails"),
                );
            }
        }
        remarks
    }

    /// A finding that the policy checks no file.
    pub(super) fn not_checked(&self, module: &UserModule) -> Option<LintFinding> {
        let parsed = &self.modules.get(module.path.as_str())?.module;
        let package = parsed.package.get(1..).unwrap_or_default();
        lint::warning(
            &source(module),
            "not-checked",
            parsed.at,
            format!(
                "this policy checks no file: its package `{}` names no entity that Harness's files hold, and it reads the input of none",
                shown(package)
            ),
            format!(
                "if the policy is about such an entity, name it: `--policy {},entity=pipeline`, for example",
                module.path
            ),
        )
    }
}

fn used<'g>(modules: &BTreeMap<&'g str, Parsed<'g>>) -> BTreeMap<&'g str, Used<'g>> {
    let used_by = |user: &Parsed<'g>| {
        let mut used = Used::default();
        for (path, library) in modules {
            if !user.may_use(library) {
                continue;
            }
            if user.uses_by_path(library) {
                used.by_path.push(*path);
            } else if user.uses_by_name(library) {
                used.by_name.push(*path);
            }
        }
        used
    };
    let all = modules.iter();
    all.map(|(path, user)| (*path, used_by(user))).collect()
}

/// Why a module can't be parsed, with what to do about it if that is known.
fn unreadable(module: &UserModule) -> Vec<Diagnostic> {
    let mut problems = compile(Limits::default(), vec![source(module)], module.version)
        .err()
        .unwrap_or_default();
    if let Some(first) = problems.first_mut()
        && let (Some(line), Some(column)) = (first.line, first.column)
        && let Some(help) = pasted::help(&module.text, module.version, line, column)
    {
        first.message = format!("{}; {help}", first.message);
    }
    problems
}

fn compile(
    limits: Limits,
    sources: Vec<Source>,
    version: Version,
) -> Result<Policy, Vec<Diagnostic>> {
    let options = Options {
        version,
        is_strict: false,
        data: Value::object::<Value>([]),
    };
    let loading = Loading {
        limits,
        ..Loading::default()
    };
    Policy::compile_loaded(sources, options, &loading)
}

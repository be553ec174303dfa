//! Users' modules: which of them are policies, and which are libraries that these use.
//!
//! Harness evaluates each policy by itself, so modules that happen to share a package don't meet here
//! either: a policy is compiled with what it needs, and with nothing else.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashSet};

use rego::eval::Limits;
use rego::lint::paths;
use rego::policy::{Diagnostic, Loading, Options, Policy, Source};
use rego::problem::Code;
use rego::syntax::ast::{DATA, Module, Term, TermKind, path_name};
use rego::syntax::visit::{Visitor, walk_rule};
use rego::syntax::{self, Version};
use rego::value::Value;

use crate::harness::PolicyEntity;
use crate::report::Severity;

use super::about;
use super::lint::deny::is_test;
use super::lint::outside::{leads_into, written_out};
use super::lint::pasted;
use super::lint::{self, Remark};
use super::user::{UserPolicy, speaks_of_the_event};

/// The rules that make a policy: Harness reads `deny`, and shows what `warn` advises.
const VERDICTS: [&str; 2] = ["deny", "warn"];

/// What a lint finds of all modules together that is said where policies are checked, too.
const TOLD: [&str; 2] = ["outside-module", "unread-rule"];

/// A module that a user brings to a check.
#[derive(Debug, Clone)]
pub struct UserModule {
    /// What messages call it.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Which Rego it is written in.
    pub version: Version,
    /// The entity that it is about; without it, its package says so.
    pub entity: Option<String>,
    /// What a denial weighs.
    pub severity: Severity,
    /// Whether it was found in a folder: nobody asked for this very module.
    pub is_searched: bool,
    /// Why it is not even parsed: it broke the module before, in these words.
    pub broken: Option<String>,
}

/// Policies, ready to be asked.
#[derive(Debug, Default)]
pub struct UserPolicies {
    /// In the order in which they are given.
    pub policies: Vec<UserPolicy>,
    /// What their authors should know: policies that can never fail, or that no file is checked by.
    pub remarks: Vec<Remark>,
    /// The paths of the modules that somebody named and that hold neither a policy nor what one uses.
    pub idle: Vec<String>,
}

impl UserPolicies {
    /// Compiles modules. One that has a `deny` or `warn` is a policy; another one is a library where a
    /// policy uses it.
    ///
    /// # Errors
    ///
    /// What is wrong with the modules, and each policy of which nothing says what it is about.
    pub fn compile(given: Vec<UserModule>) -> Result<Self, Vec<Diagnostic>> {
        Self::compile_within(given, Limits::default())
    }

    /// The same; a policy takes no more than this, to be compiled and to be evaluated in one check.
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
        // What is named outranks what a search found.
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
            // Of several modules that are one policy, the first one lends it its name.
            let first = given
                .iter()
                .find(|first| group.members.contains(&first.path));
            if first.is_some_and(|first| first.path != module.path) {
                continue;
            }
            let entity = match entity_of(module, &library) {
                Ok(Some(entity)) => entity,
                Ok(None) => {
                    compiled.remarks.extend(library.not_checked(module));
                    continue;
                }
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            let policy = group
                .policy
                .take()
                .unwrap_or_else(|| library.compile(&group.paths, module.version));
            match policy {
                Ok(policy) => compiled.policies.push(UserPolicy {
                    path: module.path.clone(),
                    package: library.package(&module.path),
                    policy: Ok(policy),
                    entity,
                    minds_the_event: library.texts(&group.paths).any(speaks_of_the_event),
                    severity: module.severity,
                    limits,
                    steps_left: Cell::new(limits.steps),
                    is_named: !module.is_searched,
                }),
                Err(more) => problems.extend(more),
            }
        }
        let is_used = |path: &str| groups.iter().any(|group| group.paths.contains(path));
        for path in library.modules.keys() {
            // A library that nobody uses yet is compiled too: its faults aren't passed over.
            if !is_used(path) && !library.is_test(path) {
                let (_, compiled) = library.compile_with_needs(path);
                problems.extend(compiled.err().unwrap_or_default());
            }
        }
        if problems.is_empty() {
            compiled
                .remarks
                .sort_by(|a, b| (&a.file, a.start.offset).cmp(&(&b.file, b.start.offset)));
            return Ok(compiled);
        }
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        problems.dedup();
        Err(problems)
    }
}

impl UserPolicies {
    /// Begins a check: each policy has all its steps again.
    pub fn begin(&self) {
        for policy in &self.policies {
            policy.steps_left.set(policy.limits.steps);
        }
    }
}

/// Modules by their paths.
struct Library<'g> {
    modules: BTreeMap<&'g str, Parsed<'g>>,
    /// How much compiling a policy may take.
    limits: Limits,
}

/// One policy.
struct Group {
    /// The paths of the modules that say what is denied.
    members: BTreeSet<String>,
    /// These, and the libraries.
    paths: BTreeSet<String>,
    /// What compiling these paths gave, where they have been compiled.
    policy: Option<Result<Policy, Vec<Diagnostic>>>,
}

/// A module, and what it has to do with others.
struct Parsed<'g> {
    given: &'g UserModule,
    module: Module,
    /// `data.a.b`.
    package: String,
    is_policy: bool,
    is_test: bool,
    /// The names of its rules.
    defines: HashSet<String>,
    /// What it looks up in `data`: each path as far as it is written out.
    reads: HashSet<Vec<String>>,
    /// Every other name that it uses.
    names: HashSet<String>,
}

impl<'g> Library<'g> {
    fn read(given: &'g [UserModule], limits: Limits) -> Result<Self, Vec<Diagnostic>> {
        let mut modules = BTreeMap::new();
        let mut problems = Vec::new();
        for module in given.iter().filter(|module| module.broken.is_none()) {
            if let Some(Parsed { is_policy, .. }) = modules.get_mut(module.path.as_str()) {
                *is_policy |= is_asked(module);
                continue;
            }
            match syntax::parse_module(&module.text, 0, module.version) {
                Ok(parsed) => {
                    modules.insert(module.path.as_str(), Parsed::of(module, parsed));
                }
                Err(_) => problems.extend(unreadable(module)),
            }
        }
        if problems.is_empty() {
            Ok(Self { modules, limits })
        } else {
            Err(problems)
        }
    }

    fn is_test(&self, path: &str) -> bool {
        self.modules.get(path).is_some_and(|module| module.is_test)
    }

    fn package(&self, path: &str) -> String {
        let module = self.modules.get(path);
        module.map_or_else(|| DATA.to_owned(), |module| module.package.clone())
    }

    /// The policies with what they are compiled with; policies of one package that use each other's rules
    /// are one.
    fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (path, policy) in self.modules.iter().filter(|(_, module)| module.is_policy) {
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

    /// A module compiled with what it names in `data`; and where that isn't enough, with what shares its
    /// package and defines the names that it uses. Which modules these are, and the outcome.
    fn compile_with_needs(
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
        let mut queue = vec![path.to_owned()];
        while let Some(next) = queue.pop() {
            let Some(user) = self.modules.get(next.as_str()) else {
                continue;
            };
            for (other, library) in &self.modules {
                if !found.contains(*other) && user.uses(library, with_names) {
                    found.insert((*other).to_owned());
                    queue.push((*other).to_owned());
                }
            }
        }
        found
    }

    fn texts(&self, paths: &BTreeSet<String>) -> impl Iterator<Item = &str> {
        let modules = paths
            .iter()
            .filter_map(|path| self.modules.get(path.as_str()));
        modules.map(|module| module.given.text.as_str())
    }

    fn compile(
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

    /// The modules that somebody named for nothing: none of their rules is ever asked.
    fn idle(&self, groups: &[Group]) -> Vec<String> {
        let speaks = |path: &&str| {
            let module = self.modules.get(*path);
            module.is_some_and(|module| VERDICTS.iter().any(|rule| module.defines.contains(*rule)))
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

    /// What a lint finds by which a policy never speaks.
    fn remarks(&self, groups: &[Group]) -> Vec<Remark> {
        let mut remarks = Vec::new();
        for version in [Version::V0, Version::V1] {
            let modules = self.modules.values();
            let modules: Vec<_> = modules
                .filter(|module| module.given.version == version)
                .collect();
            let options = lint::Options::of(version);
            let sources: Vec<_> = modules.iter().map(|module| source(module.given)).collect();
            let together = match &modules[..] {
                [] => continue,
                [one] => one.lint(options),
                _ => lint::lint(&sources, options).findings,
            };
            let is_told = |remark: &Remark| {
                TOLD.contains(&remark.rule) && remark.severity == Severity::Warning
            };
            remarks.extend(together.iter().filter(|remark| is_told(remark)).cloned());
            // By itself, as it is evaluated: what others of its package deny is no concern of it.
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

    /// That no file is checked by a policy.
    fn not_checked(&self, module: &UserModule) -> Option<Remark> {
        let parsed = &self.modules.get(module.path.as_str())?.module;
        let package = parsed.package.get(1..).unwrap_or_default();
        lint::warning(
            &source(module),
            "not-checked",
            parsed.at,
            format!(
                "no file is checked by this policy: its package `{}` names no entity that Harness's files hold, and it reads no input of one",
                shown(package)
            ),
            format!(
                "say what it is about (`entity=pipeline`, `connector` …) if it is about one: `--policy {},entity=…`",
                module.path
            ),
        )
    }
}

impl<'g> Parsed<'g> {
    /// What a lint finds of this module alone.
    fn lint(&self, options: lint::Options) -> Vec<Remark> {
        let modules = std::slice::from_ref(&self.module);
        lint::findings(&[source(self.given)], modules, options.oldest)
    }

    fn of(given: &'g UserModule, module: Module) -> Self {
        let defines: HashSet<_> = module
            .rules
            .iter()
            .map(|rule| rule.head.name().to_string())
            .collect();
        let mut reads: HashSet<_> = module
            .rules
            .iter()
            .flat_map(|rule| paths(rule, &module))
            .filter(|path| &*path.head == DATA)
            .map(|path| written_out(&path))
            .collect();
        let imports = module
            .imports
            .iter()
            .filter_map(|import| path_name(&import.path));
        reads.extend(imports.filter_map(|path| {
            let path = path.strip_prefix("data.")?;
            Some(path.split('.').map(str::to_owned).collect())
        }));
        let mut names = Names(HashSet::new());
        for rule in &module.rules {
            walk_rule(rule, &mut names);
        }
        names.0.retain(|name| !defines.contains(name));
        let is_test = is_test(&module) || given.path.ends_with("_test.rego");
        Self {
            is_policy: is_asked(given)
                || !is_test && VERDICTS.iter().any(|name| defines.contains(*name)),
            is_test,
            package: path_name(&module.package).unwrap_or_default(),
            given,
            module,
            defines,
            reads,
            names: names.0,
        }
    }

    /// Whether this module needs another one: by a path in `data`, or by the bare name of a rule in the
    /// package that both share.
    fn uses(&self, library: &Self, with_names: bool) -> bool {
        if self.given.version != library.given.version || library.is_test {
            return false;
        }
        let by_path = self
            .reads
            .iter()
            .any(|path| leads_into(path, &library.module));
        let by_name = || {
            self.package == library.package
                && library.defines.iter().any(|name| self.names.contains(name))
        };
        by_path || with_names && by_name()
    }
}

/// Why a module can't be read, and what to do if that can be told.
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

/// Whether somebody says that a module is a policy.
fn is_asked(module: &UserModule) -> bool {
    module.entity.is_some() && !module.is_searched
}

/// The names that a module uses.
struct Names(HashSet<String>);

impl Visitor for Names {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Var(name) = &term.kind {
            self.0.insert(name.to_string());
        }
        true
    }
}

/// What a policy is about; none where no file of Harness's is what it is about, and nobody asked for it.
fn entity_of(
    given: &UserModule,
    library: &Library<'_>,
) -> Result<Option<&'static PolicyEntity>, Diagnostic> {
    let Some(Parsed { module, .. }) = library.modules.get(given.path.as_str()) else {
        return Ok(None);
    };
    let path = &given.path;
    let asked = given.entity.as_deref();
    let entity = asked.map_or_else(|| about::by_package(module), PolicyEntity::named);
    let package = shown(module.package.get(1..).unwrap_or_default());
    let message = match (entity, asked, about::by_input(module)) {
        (Some(entity), ..) if entity.key.is_some() => return Ok(Some(entity)),
        (_, None, None) if given.is_searched => return Ok(None),
        (Some(step), ..) => format!(
            "a policy on a {0} is asked when one runs, which a check can't see: try it with `eval`, on what `input --entity {0}` writes",
            step.name
        ),
        (None, Some(asked), _) => format!(
            "`{asked}` is no entity that files hold; these are {}",
            PolicyEntity::names_in_files()
        ),
        (None, None, Some((entity, reads))) => format!(
            "`{package}` is no entity: say which one this policy is about; it reads `{reads}`, as a policy about `{entity}` does: `{path},entity={entity}`, or `entity: {entity}` in the configuration",
            entity = entity.name,
        ),
        (None, None, None) => format!(
            "`{package}` is no entity, and this policy reads no input of one: if files hold what it is about, say what that is, as in `{path},entity=pipeline`, or `entity: pipeline` in the configuration; else try it with `eval`"
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

fn source(module: &UserModule) -> Source {
    Source {
        path: module.path.clone(),
        text: module.text.clone(),
    }
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

/// A policy that broke the module: about what its line `package` says, or else pipelines.
fn broken(module: &UserModule, how: &str, limits: Limits) -> UserPolicy {
    let line = module
        .text
        .lines()
        .find(|line| line.starts_with("package "));
    let head = line.and_then(|line| syntax::parse_module(line, 0, module.version).ok());
    let entity = match &module.entity {
        Some(name) => PolicyEntity::named(name),
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

/// A package's name without `data`.
fn shown(package: &[Term]) -> String {
    let parts: Vec<_> = package
        .iter()
        .filter_map(|part| part.as_text().map(ToString::to_string))
        .collect();
    parts.join(".")
}

#[cfg(test)]
mod tests {
    use super::{PolicyEntity, UserModule, UserPolicies};
    use crate::report::Severity;
    use crate::{Config, Guard, SourceFile};
    use rego::syntax::Version;

    fn module(path: &str, text: &str) -> UserModule {
        UserModule {
            path: path.to_owned(),
            text: text.to_owned(),
            version: Version::V0,
            entity: None,
            severity: Severity::Error,
            is_searched: true,
            broken: None,
        }
    }

    fn modules(texts: &[(&str, &str)]) -> Vec<UserModule> {
        texts
            .iter()
            .map(|(path, text)| module(path, text))
            .collect()
    }

    /// What policies say of a pipeline with the stage `build`, and the remarks on them.
    fn said(modules: Vec<UserModule>) -> (Vec<String>, Vec<String>) {
        let policies = UserPolicies::compile(modules).unwrap();
        let guard = Guard::new(Config::default()).unwrap();
        let guard = guard.with_policies(policies, None, None);
        let text =
            "pipeline: {identifier: p, stages: [{stage: {identifier: build, type: Custom}}]}";
        let report = guard.check(&[SourceFile::text("p.yaml", text)]);
        let found = report.diagnostics.iter();
        let found = found.map(|found| format!("{}: {}", found.rule, found.message));
        let remarks = guard.policy_remarks().iter();
        let remarks = remarks.map(|remark| format!("{}: {}", remark.file, remark.rule));
        (found.collect(), remarks.collect())
    }

    fn refused(modules: Vec<UserModule>) -> Vec<String> {
        let problems = UserPolicies::compile(modules).unwrap_err();
        problems.iter().map(ToString::to_string).collect()
    }

    const HELPER: &str = "package pipeline\nis_custom(stage) { stage.type == \"Custom\" }";
    const LIBRARY: &str = "package lib.names\nof(stage) = name { name := stage.identifier }";

    #[test]
    fn a_policy_uses_libraries_of_its_package_and_of_others() {
        let (found, remarks) = said(modules(&[
            ("lib/names.rego", LIBRARY),
            (
                "lib/names_test.rego",
                "package lib.names\ntest_of { of({\"identifier\": 1}) == 1 }",
            ),
            (
                "pipeline.rego",
                "package pipeline\nimport data.lib.names\ndeny[msg] { stage := input.pipeline.stages[_].stage; is_custom(stage); msg := names.of(stage) }",
            ),
            ("stages.rego", HELPER),
        ]));
        assert_eq!(found, ["pipeline.rego: build"]);
        assert!(remarks.is_empty(), "{remarks:?}");
    }

    #[test]
    fn policies_of_one_package_are_each_by_themselves() {
        // Harness never sees them together: compiled as one, they would contradict each other.
        let policy = |most: u32| {
            format!(
                "package pipeline\nmost = {most}\ndefault is_long = false\nis_long {{ count(input.pipeline.stages) > most }}\ndeny[msg] {{ is_long; msg := sprintf(\"more than %d\", [most]) }}"
            )
        };
        let (found, _) = said(modules(&[("a.rego", &policy(0)), ("b.rego", &policy(5))]));
        assert_eq!(found, ["a.rego: more than 0"]);
    }

    #[test]
    fn policies_that_use_each_others_rules_are_one() {
        let (found, _) = said(modules(&[
            (
                "a.rego",
                "package pipeline\ndeny[msg] { stage_count > 0; msg := \"a\" }",
            ),
            (
                "b.rego",
                "package pipeline\nstage_count = count(input.pipeline.stages)\ndeny[msg] { stage_count > 0; msg := \"b\" }",
            ),
            ("c.rego", "package pipeline\ndeny[\"c\"]"),
        ]));
        assert_eq!(found, ["a.rego: a", "a.rego: b", "c.rego: c"]);
    }

    #[test]
    fn one_policy_may_be_about_several_entities() {
        let about = |entity: &str| UserModule {
            entity: Some(entity.to_owned()),
            is_searched: false,
            broken: None,
            ..module("all.rego", "package all\ndeny[\"no\"]")
        };
        let policies = vec![about("pipeline"), about("template")];
        assert_eq!(said(policies).0, ["all.rego: no"]);
        assert_eq!(
            UserPolicies::compile(vec![about("pipeline"), about("template")])
                .unwrap()
                .policies
                .len(),
            2
        );
        assert_eq!(
            refused(vec![about("trigger")]),
            [format!(
                "all.rego:1:1: rego_compile_error: `trigger` is no entity that files hold; these are {}",
                PolicyEntity::names_in_files()
            )]
        );
    }

    #[test]
    fn a_policy_that_broke_the_module_is_not_read_again_and_the_others_are() {
        let broken = UserModule {
            broken: Some("internal error".to_owned()),
            ..module("broken.rego", "# about\npackage acme.connector\n\n((((")
        };
        let good = module("good.rego", "package pipeline\ndeny[\"no\"]");
        let compiled = UserPolicies::compile(vec![broken, good]).unwrap();
        let said: Vec<_> = compiled
            .policies
            .iter()
            .map(|policy| (policy.path(), policy.entity().name, policy.policy.is_ok()))
            .collect();
        assert_eq!(
            said,
            [
                ("broken.rego", "connector", false),
                ("good.rego", "pipeline", true)
            ]
        );
    }

    #[test]
    fn what_is_named_outranks_what_a_folder_holds() {
        let named = UserModule {
            severity: Severity::Warning,
            is_searched: false,
            broken: None,
            ..module("a.rego", "package pipeline\ndeny[\"no\"]")
        };
        let policies = vec![module("a.rego", "package pipeline\ndeny[\"no\"]"), named];
        let compiled = UserPolicies::compile(policies).unwrap();
        let severities: Vec<_> = compiled
            .policies
            .iter()
            .map(|policy| policy.severity)
            .collect();
        assert_eq!(severities, [Severity::Warning]);
    }

    #[test]
    fn a_policy_of_which_nothing_says_what_it_is_about_is_refused_with_what_it_reads() {
        let found = refused(modules(&[(
            "owners.rego",
            "# who\npackage owners\nimport input.entity as connector\ndeny[\"no\"] { connector.spec; input.metadata.user; not input.metadata.type }",
        )]));
        assert_eq!(
            found,
            [
                "owners.rego:2:1: rego_compile_error: `owners` is no entity: say which one this policy is about; it reads `input.entity`, as a policy about `connector` does: `owners.rego,entity=connector`, or `entity: connector` in the configuration"
            ]
        );
    }

    #[test]
    fn a_policy_about_what_no_file_holds_is_said_in_a_folder_and_refused_by_name() {
        let text = "package feature_flags\ndeny[\"no\"] { not input.flag.name }";
        let (found, remarks) = said(modules(&[("flags.rego", text)]));
        assert!(found.is_empty());
        assert_eq!(remarks, ["flags.rego: not-checked"]);
        let named = UserModule {
            is_searched: false,
            broken: None,
            ..module("flags.rego", text)
        };
        assert!(refused(vec![named])[0].contains("`feature_flags` is no entity"));
    }

    #[test]
    fn what_is_wrong_with_any_module_is_said() {
        let found = refused(modules(&[
            (
                "a.rego",
                "package pipeline\ndeny[msg] { msg := missing(1) }",
            ),
            ("b.rego", "package unused.library\nf(x) = y"),
            ("c.rego", "package pipeline\ndeny {"),
        ]));
        assert_eq!(found.len(), 1, "{found:?}");
        let found = refused(modules(&[
            (
                "a.rego",
                "package pipeline\ndeny[msg] { msg := missing(1) }",
            ),
            ("b.rego", "package unused.library\nf(x) = y"),
        ]));
        let files: Vec<_> = found.iter().map(|problem| &problem[..6]).collect();
        assert_eq!(files, ["a.rego", "b.rego"], "{found:?}");
    }

    #[test]
    fn what_can_never_fail_is_said_beside_what_can() {
        let (_, remarks) = said(modules(&[
            ("allow.rego", "package pipeline\nallow = true"),
            ("deny.rego", "package pipeline\ndeny[\"no\"]"),
            (
                "deny_test.rego",
                "package pipeline\ntest_deny { deny[\"no\"] }",
            ),
        ]));
        assert_eq!(remarks, ["allow.rego: never-fails"]);
    }

    #[test]
    fn versions_do_not_mix() {
        let v1 = UserModule {
            version: Version::V1,
            ..module("v1.rego", "package pipeline\ndeny contains \"new\" if true")
        };
        let mut all = modules(&[("v0.rego", "package pipeline\ndeny[\"old\"] { true }")]);
        all.push(v1);
        assert_eq!(said(all).0, ["v0.rego: old", "v1.rego: new"]);
    }
}

//! A user's policies, from source text to answers.

mod diagnostic;
#[cfg(test)]
mod tests;

use crate::eval::{Answer, Attempt, Environment, Limits, Policies, Request};
use compiler::compile::{self, Scope};
use compiler::problem::Problem;
use compiler::syntax::ast::{INPUT, Location, Module};
use compiler::{input_usage, syntax};
use values::json::{self, Keys};
use values::{InputUsage, Value, Version};

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

pub use diagnostic::{Diagnostic, diagnostic, position};
use diagnostic::{Locator, diagnostics};

/// A module's source text and its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path that messages show.
    pub path: String,
    /// Its source text.
    pub text: String,
}

/// How modules are compiled.
#[derive(Debug, Clone)]
pub struct Options {
    /// Which Rego they are written in.
    pub version: Version,
    /// Whether unused imports, arguments and variables are refused, too, as by `opa check --strict`.
    pub is_strict: bool,
    /// The base documents.
    pub data: Value,
}

/// How modules were loaded.
#[derive(Debug, Clone, Default)]
pub struct Loading {
    /// The versions of modules that differ from [`Options::version`], by path.
    pub versions: BTreeMap<String, Version>,
    /// Whether a rule is refused where the base documents have a value, as OPA's commands do. Without it, the
    /// rule's value hides that of the base document, but not in a document around it, as in OPA's evaluation.
    pub is_path_checked: bool,
    /// Whether the tests in them are run: each is then a rule of its own, as in `opa test`.
    pub for_tests: bool,
    /// How much compiling may take.
    pub limits: Limits,
}

/// The package in which a query is evaluated, and its imports.
#[derive(Debug, Clone, Default)]
pub struct Context(Scope);

impl Context {
    /// The context of a package's name, without `package`, and of imports, without `import`.
    ///
    /// # Errors
    ///
    /// What OPA's parser refuses of them.
    pub fn parse(
        package: Option<&str>,
        imports: &[String],
        version: Version,
    ) -> Result<Self, Vec<Diagnostic>> {
        let mut scope = Scope::default();
        if let Some(package) = package {
            let text = format!("package {package}");
            let module = syntax::parse_module(&text, 0, version).map_err(|problems| {
                let problems = problems.into_iter();
                problems
                    .map(|problem| diagnostic(problem, &[], &text))
                    .collect::<Vec<_>>()
            })?;
            scope.package = module.package;
        }
        if !imports.is_empty() {
            const BEFORE: &str = "package p\n";
            let before = u32::try_from(BEFORE.len()).unwrap_or_default();
            let lines: Vec<_> = imports
                .iter()
                .map(|import| format!("import {import}"))
                .collect();
            let lines = lines.join("\n");
            let text = format!("{BEFORE}{lines}");
            let module = syntax::parse_module(&text, 0, version).map_err(|problems| {
                // OPA reads the imports alone.
                let problems = problems.into_iter().map(|mut problem| {
                    for at in problem.at.iter_mut().chain(&mut problem.places) {
                        at.start = at.start.saturating_sub(before);
                        at.end = at.end.saturating_sub(before);
                    }
                    diagnostic(problem, &[], &lines)
                });
                problems.collect::<Vec<_>>()
            })?;
            scope.imports = module.imports;
        }
        Ok(Self(scope))
    }
}

/// Compiled modules, ready for queries.
#[derive(Debug)]
pub struct Policy {
    policies: Policies,
    sources: Vec<Source>,
    version: Version,
    package: String,
    usage: InputUsage,
    keys: RefCell<Keys>,
}

impl Policy {
    /// Compiles modules.
    ///
    /// # Errors
    ///
    /// Everything that OPA's parser and compiler refuse at once.
    pub fn compile(sources: Vec<Source>, options: Options) -> Result<Self, Vec<Diagnostic>> {
        Self::compile_loaded(sources, options, &Loading::default())
    }

    /// Compiles modules that were loaded in a particular way.
    ///
    /// # Errors
    ///
    /// As for [`Policy::compile`].
    pub fn compile_loaded(
        mut sources: Vec<Source>,
        options: Options,
        loading: &Loading,
    ) -> Result<Self, Vec<Diagnostic>> {
        let _using = loading.limits.begin(None);
        sort::by(&mut sources, |a, b| a.path.cmp(&b.path));
        let mut modules = Vec::new();
        let mut problems = Vec::new();
        for (i, source) in sources.iter().enumerate() {
            let index = u32::try_from(i).unwrap_or(u32::MAX);
            let version = loading.versions.get(&source.path);
            let version = version.copied().unwrap_or(options.version);
            match syntax::parse_module(&source.text, index, version) {
                Ok(module) => modules.push(module),
                Err(more) => problems.extend(more),
            }
        }
        let compiled = if problems.is_empty() {
            Policies::compile(
                modules,
                options.data,
                options.version,
                options.is_strict,
                loading.is_path_checked,
                loading.for_tests,
            )
        } else {
            Err(problems)
        };
        match compiled {
            Ok(policies) => Ok(Self {
                package: policies.modules().first().map_or_else(
                    || "data".to_owned(),
                    |module| syntax::shown(&module.package),
                ),
                usage: input_usage::of_modules(policies.modules()),
                policies,
                sources,
                version: options.version,
                keys: RefCell::default(),
            }),
            Err(problems) => Err(diagnostics(problems, &sources, "")),
        }
    }

    /// The modules as they are evaluated, with their texts.
    pub fn modules(&self) -> impl Iterator<Item = (&Source, &Module)> {
        self.sources.iter().zip(self.policies.modules())
    }

    /// The package of the first module, as a query: `data.pipeline`.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// What a query can look at of an input: all of it where the query may look at the input itself.
    #[must_use]
    pub fn usage(&self, query: &str) -> &InputUsage {
        if query.contains(INPUT) {
            InputUsage::WHOLE
        } else {
            &self.usage
        }
    }

    /// What a query needs of an input, from text in UTF-8, JSON or else YAML: of JSON, what it can't look at is
    /// left out.
    ///
    /// # Errors
    ///
    /// What is wrong with it as either.
    pub fn input(&self, query: &str, text: &[u8]) -> Result<Value, String> {
        let usage = self.usage(query);
        // What isn't UTF-8 is rare, and looking for it byte by byte is slow.
        let text = match str::from_utf8(text) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(text),
        };
        let mut keys = self.keys.borrow_mut();
        match json::parse_used(&text, usage, &mut keys, self.version) {
            Ok(input) => Ok(input),
            // Nearly every input is JSON: only where it isn't, it is read once more.
            Err(_) => builtins::read_document(&text, self.version),
        }
    }

    /// Evaluates a query in a package, or with imports.
    ///
    /// # Errors
    ///
    /// What OPA refuses of the query, or what ended the evaluation.
    pub fn ask_in(
        &self,
        query: &str,
        context: &Context,
        request: Request<'_>,
    ) -> Result<Answer, Vec<Diagnostic>> {
        self.policies
            .ask_in(query, &context.0, self.version, request)
            .map_err(|problems| self.diagnostics(problems, query))
    }

    /// Evaluates a test, by the query for it.
    pub fn attempt(&self, query: &str, request: Request<'_>) -> Attempt {
        self.policies.attempt(query, self.version, request)
    }

    /// Which Rego the modules are written in.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Problems of a query with their places.
    #[must_use]
    pub fn diagnostics(&self, problems: Vec<Problem>, query: &str) -> Vec<Diagnostic> {
        diagnostics(problems, &self.sources, query)
    }

    /// Evaluates a query: `data.p.q`.
    ///
    /// # Errors
    ///
    /// What OPA refuses of the query, or what ended the evaluation.
    pub fn ask(&self, query: &str, request: Request<'_>) -> Result<Answer, Vec<Diagnostic>> {
        self.policies
            .ask(query, self.version, request)
            .map_err(|problems| self.diagnostics(problems, query))
    }
}

/// What OPA's compiler refuses of modules that can be read, as `opa check` does, each with its place; of those
/// that are about no place, the start of the first module. The modules are numbered as the sources are.
#[must_use]
pub fn refused(
    sources: &[Source],
    modules: Vec<Module>,
    version: Version,
    is_strict: bool,
) -> Vec<(Location, Diagnostic)> {
    let problems = compile::compile(
        modules,
        compile::Options {
            is_strict,
            ..version.into()
        },
    )
    .err()
    .unwrap_or_default();
    let mut locator = Locator::new(sources, "");
    let problems = problems.into_iter();
    problems
        .map(|problem| (problem.at.unwrap_or_default(), locator.diagnostic(problem)))
        .collect()
}

/// A request that takes what is usual.
#[must_use]
pub fn request(input: Option<Value>, environment: &mut dyn Environment) -> Request<'_> {
    Request {
        input,
        environment,
        strict_builtin_errors: false,
        limits: Limits::default(),
        coverage: false,
    }
}

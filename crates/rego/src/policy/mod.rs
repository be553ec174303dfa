//! Policies of a user: compiles their modules and answers queries.

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

/// The source text of a module, with its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path by which messages name it.
    pub path: String,
    /// Its source text.
    pub text: String,
}

/// How to compile modules.
#[derive(Debug, Clone)]
pub struct Options {
    /// The version of Rego in which they are written.
    pub version: Version,
    /// Whether unused imports, arguments and variables are errors too, as in `opa check --strict`.
    pub is_strict: bool,
    /// The base documents.
    pub data: Value,
}

/// How the modules were loaded.
#[derive(Debug, Clone, Default)]
pub struct Loading {
    /// By path, the versions of modules that differ from [`Options::version`].
    pub versions: BTreeMap<String, Version>,
    /// Whether it is an error if a rule has the path of a base document, as in OPA's commands. Otherwise, a reference
    /// to the rule finds the rule's value, but a document around it shows the base document, as in OPA's library.
    pub is_path_checked: bool,
    /// Whether tests are going to be run. Tests of the same name then become separate rules, as in `opa test`.
    pub for_tests: bool,
    /// The limits of the compilation.
    pub limits: Limits,
}

/// The package in which a query is evaluated, and its imports.
#[derive(Debug, Clone, Default)]
pub struct Context(Scope);

impl Context {
    /// Parses the name of a package, without `package`, and imports, without `import`.
    ///
    /// # Errors
    ///
    /// The errors that OPA's parser reports.
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
                // OPA parses the imports alone, so locations don't count the package.
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
    /// The errors that OPA's parser or compiler reports.
    pub fn compile(sources: Vec<Source>, options: Options) -> Result<Self, Vec<Diagnostic>> {
        Self::compile_loaded(sources, options, &Loading::default())
    }

    /// Compiles modules, given how they were loaded.
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
            let compiler_options = compile::Options {
                version: options.version,
                is_strict: options.is_strict,
                documents: loading.is_path_checked.then_some(&options.data),
                for_tests: loading.for_tests,
            };
            compile::compile(modules, compiler_options)
        } else {
            Err(problems)
        };
        match compiled {
            Ok(compiled) => Ok(Self {
                package: compiled.modules.first().map_or_else(
                    || "data".to_owned(),
                    |module| syntax::shown(&module.package),
                ),
                usage: input_usage::of_modules(&compiled.modules),
                policies: Policies::new(compiled, options.data, options.version),
                sources,
                version: options.version,
                keys: RefCell::default(),
            }),
            Err(problems) => Err(diagnostics(problems, &sources, "")),
        }
    }

    /// The compiled modules, with their sources.
    pub fn modules(&self) -> impl Iterator<Item = (&Source, &Module)> {
        self.sources.iter().zip(self.policies.modules())
    }

    /// The package of the first module as a query, such as `data.pipeline`.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The parts of the input that a query may read: all of it if the query itself mentions the input.
    #[must_use]
    pub fn usage(&self, query: &str) -> &InputUsage {
        if query.contains(INPUT) {
            InputUsage::WHOLE
        } else {
            &self.usage
        }
    }

    /// Parses the input of a query from UTF-8 that is JSON or else YAML. What the query can't read in JSON is left
    /// out.
    ///
    /// # Errors
    ///
    /// Why it is neither JSON nor YAML.
    pub fn input(&self, query: &str, text: &[u8]) -> Result<Value, String> {
        let usage = self.usage(query);
        // Text that isn't UTF-8 is rare, and replacing invalid bytes is slow.
        let text = match str::from_utf8(text) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => String::from_utf8_lossy(text),
        };
        let mut keys = self.keys.borrow_mut();
        match json::parse_used(&text, usage, &mut keys, self.version) {
            Ok(input) => Ok(input),
            // Nearly every input is JSON, so only other ones are parsed twice.
            Err(_) => builtins::read_document(&text, self.version),
        }
    }

    /// Evaluates a query within a package and with imports.
    ///
    /// # Errors
    ///
    /// The errors that OPA reports for the query, or the error that ended the evaluation.
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

    /// Evaluates a test, given the query for it.
    pub fn attempt(&self, query: &str, request: Request<'_>) -> Attempt {
        self.policies.attempt(query, self.version, request)
    }

    /// The version of Rego in which the modules are written.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// The diagnostics for problems of a query.
    #[must_use]
    pub fn diagnostics(&self, problems: Vec<Problem>, query: &str) -> Vec<Diagnostic> {
        diagnostics(problems, &self.sources, query)
    }

    /// Evaluates a query, such as `data.p.q`.
    ///
    /// # Errors
    ///
    /// The errors that OPA reports for the query, or the error that ended the evaluation.
    pub fn ask(&self, query: &str, request: Request<'_>) -> Result<Answer, Vec<Diagnostic>> {
        self.policies
            .ask(query, self.version, request)
            .map_err(|problems| self.diagnostics(problems, query))
    }
}

/// The errors that OPA's compiler reports for modules that have been parsed, as in `opa check`. An error without a
/// location gets that of the start of the first module. The modules have the order of the sources.
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

/// A request with the default limits.
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

//! Evaluates compiled policies.

mod call;
mod conflicts;
mod context;
mod depth;
mod function_call;
mod machine;
mod partial_rule;
pub mod plan;
mod planner;
mod prepared_query;
mod reference;
mod rule_index;
mod rules;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use builtins::{Cache, Failure, Outcome};
use compiler::compile::{self, Compiled, Scope};
use compiler::problem::Problem;
use compiler::syntax::ast::{Location, Module};
use machine::Machine;
use plan::Plan;
use prepared_query::{PreparedQueries, PreparedQuery};
use values::budget::{Allowance, Deadline, Using};
use values::{Value, Version};

/// The limits of one evaluation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The steps that it may take. A statement, an item, a comparison and a stretch of a string are a step each.
    pub steps: u64,
    /// The bytes that all values alive at once, and all strings ever made, may take. The answer may have an eighth of
    /// them, because it is written, handed over, read and shown.
    pub bytes: u64,
    /// How many evaluations of rules and functions may be nested in one another. It may be more than the 400 that fit
    /// on the stack.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 50_000_000,
            bytes: 128 << 20,
            depth: 100_000,
        }
    }
}

impl Limits {
    /// Gives the current thread a budget of these limits, which lasts until the returned guard is dropped.
    #[must_use]
    pub fn begin(&self, deadline: Option<Deadline>) -> Using {
        Using::begin(Allowance {
            steps: self.steps,
            bytes: self.bytes,
            deadline,
        })
    }
}

/// What an evaluation may ask of its host.
pub trait Environment {
    /// The time in nanoseconds since 1970. It stays the same throughout an evaluation.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where there is no clock.
    fn now(&mut self) -> Result<i64, Failure>;

    /// Calls a built-in function that needs the outside world, such as `http.send`.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where the host doesn't offer it.
    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome;

    /// When the evaluation must have ended; `None` if it may take any time.
    fn deadline(&self) -> Option<Deadline> {
        None
    }
}

/// A host that refuses every request.
#[derive(Debug, Default, Clone, Copy)]
pub struct Alone;

impl Environment for Alone {
    fn now(&mut self) -> Result<i64, Failure> {
        Err(Failure::Refused(
            "there is no clock: the host has to provide the time".to_owned(),
        ))
    }

    fn ask(&mut self, function: &str, _arguments: &[Value]) -> Outcome {
        Err(Failure::Refused(format!(
            "{function} reaches outside the evaluation, and the host doesn't answer it"
        )))
    }
}

/// Compiled modules, ready for queries.
#[derive(Debug)]
pub struct Policies {
    compiled: Compiled,
    plan: Plan,
    data: Value,
    /// The module index that locations in queries carry: the first one after those of the modules.
    query_index: u32,
    prepared_queries: PreparedQueries,
    /// Intermediate results, such as compiled patterns, that the next evaluation can use.
    cache: RefCell<Cache>,
}

/// What to evaluate a query with.
pub struct Request<'r> {
    /// The `input` document; `None` if it is undefined.
    pub input: Option<Value>,
    /// The host.
    pub environment: &'r mut dyn Environment,
    /// Whether an error of a built-in function ends the evaluation. Otherwise the call is undefined.
    pub strict_builtin_errors: bool,
    /// The limits of the evaluation.
    pub limits: Limits,
    /// Whether to record which expressions were evaluated.
    pub coverage: bool,
}

/// The result of a query that was evaluated without an error.
#[derive(Debug, Default)]
pub struct Answer {
    /// The solutions; empty if the query is undefined.
    pub rows: Vec<Row>,
    /// The lines that `print` and `trace` wrote.
    pub printed: Vec<String>,
    /// If coverage was asked for: the expressions that were evaluated, and the rules that had a value.
    pub covered: BTreeSet<Location>,
    /// If coverage was asked for: the last comparison that was false.
    pub differed: Option<Difference>,
}

/// The result of a test's query, with what it printed and reached even if it failed.
#[derive(Debug)]
pub struct Attempt {
    /// The solutions, or what is wrong with the query, or the error that ended the evaluation.
    pub rows: Result<Vec<Row>, Vec<Problem>>,
    /// The lines that were printed before it ended.
    pub printed: Vec<String>,
    /// The expressions and rules that were reached, as in an [`Answer`].
    pub covered: BTreeSet<Location>,
    /// The last comparison that was false, as in an [`Answer`].
    pub differed: Option<Difference>,
    /// The cases that the test came to, each an array of keys.
    pub cases: Vec<Value>,
}

/// A comparison that was false.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The expression.
    pub at: Location,
    /// Its left and right side; `None` if either was undefined.
    pub compared: Option<(Value, Value)>,
}

/// One solution of a query.
#[derive(Debug)]
pub struct Row {
    /// The value of each expression, and the location of the expression in the query.
    pub expressions: Vec<(Value, Location)>,
    /// The query's variables with their values.
    pub bindings: Vec<(String, Value)>,
}

impl Policies {
    /// Plans the evaluation of compiled modules. `data` holds the base documents.
    #[must_use]
    pub fn new(compiled: Compiled, data: Value, version: Version) -> Self {
        Self {
            plan: planner::plan(&compiled, version),
            query_index: u32::try_from(compiled.modules.len()).unwrap_or(u32::MAX),
            compiled,
            data,
            prepared_queries: PreparedQueries::default(),
            cache: RefCell::default(),
        }
    }

    /// The modules after compilation, in the order in which they were given.
    #[must_use]
    pub fn modules(&self) -> &[Module] {
        &self.compiled.modules
    }

    /// Evaluates a query.
    ///
    /// # Errors
    ///
    /// The errors that OPA reports for the query, or the error that ended the evaluation.
    pub fn ask(
        &self,
        query: &str,
        version: Version,
        request: Request<'_>,
    ) -> Result<Answer, Vec<Problem>> {
        let prepared = self.prepared(query, version, request.limits)?;
        self.answer(&prepared, request)
    }

    /// Evaluates a query within a package and with imports.
    ///
    /// # Errors
    ///
    /// As for [`Policies::ask`].
    pub fn ask_in(
        &self,
        query: &str,
        scope: &Scope,
        version: Version,
        request: Request<'_>,
    ) -> Result<Answer, Vec<Problem>> {
        let compiled = &self.compiled;
        let using = request.limits.begin(None);
        let prepared = PreparedQuery::compile(query, self.query_index, version, scope, compiled)?;
        drop(using);
        self.answer(&prepared, request)
    }

    /// Evaluates a test's query. Unlike [`Policies::ask`], it returns what was printed and reached even if the query
    /// fails, and leaves out the output of `trace`, as OPA does.
    pub fn attempt(&self, query: &str, version: Version, request: Request<'_>) -> Attempt {
        match self.prepared(query, version, request.limits) {
            Ok(prepared) => self.evaluate(&prepared, request, true),
            Err(problems) => Attempt {
                rows: Err(problems),
                printed: Vec::new(),
                covered: BTreeSet::new(),
                differed: None,
                cases: Vec::new(),
            },
        }
    }

    /// The compiled form of a query that has no package and no imports.
    fn prepared(
        &self,
        query: &str,
        version: Version,
        limits: Limits,
    ) -> Result<Rc<PreparedQuery>, Vec<Problem>> {
        let _using = limits.begin(None);
        self.prepared_queries.find(query, version, || {
            let scope = Scope::default();
            PreparedQuery::compile(query, self.query_index, version, &scope, &self.compiled)
        })
    }

    fn answer(
        &self,
        prepared: &PreparedQuery,
        request: Request<'_>,
    ) -> Result<Answer, Vec<Problem>> {
        let attempt = self.evaluate(prepared, request, false);
        Ok(Answer {
            rows: attempt.rows?,
            printed: attempt.printed,
            covered: attempt.covered,
            differed: attempt.differed,
        })
    }

    fn evaluate(&self, prepared: &PreparedQuery, request: Request<'_>, for_tests: bool) -> Attempt {
        let _using = request.limits.begin(request.environment.deadline());
        let mut machine = Machine::new(
            &self.plan,
            request.input,
            self.data.clone(),
            request.environment,
            request.limits,
        );
        machine.is_strict = request.strict_builtin_errors;
        machine.covered = request.coverage.then(Default::default);
        machine.cache = self.cache.take();
        machine.for_tests = for_tests;
        let rows = prepared.rows(&mut machine);
        machine.cache.drop_large();
        self.cache.replace(std::mem::take(&mut machine.cache));
        Attempt {
            rows: rows.map_err(|problem| vec![*problem]),
            printed: std::mem::take(&mut machine.printed),
            covered: machine.covered.take().unwrap_or_default(),
            differed: machine.differed.take(),
            cases: std::mem::take(&mut machine.cases),
        }
    }
}

//! Compiled policies, evaluated.

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

/// How much an evaluation may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Statements, items and comparisons, and stretches of strings gone through.
    pub steps: u64,
    /// The bytes of values that are there at once, and of all strings that are made. An answer may have an
    /// eighth of it, for it is written, read and shown.
    pub bytes: u64,
    /// How deep evaluations may nest. Chains of rules and functions are followed further than the stack reaches, which is
    /// 400 levels.
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
    /// Begins to use a budget of so much.
    #[must_use]
    pub fn begin(&self, deadline: Option<Deadline>) -> Using {
        Using::begin(Allowance {
            steps: self.steps,
            bytes: self.bytes,
            deadline,
        })
    }
}

/// What an evaluation may request from its host.
pub trait Environment {
    /// The time in nanoseconds since 1970, the same during all of an evaluation.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where there is no clock.
    fn now(&mut self) -> Result<i64, Failure>;

    /// Computes the call of a function that reaches out of the evaluation.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where the host doesn't.
    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome;

    /// When the time is over that the evaluation has.
    fn deadline(&self) -> Option<Deadline> {
        None
    }
}

/// A host that answers nothing.
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
    /// The number that the next query's text has among the modules'.
    /// The number that positions in queries carry.
    query_index: u32,
    prepared_queries: PreparedQueries,
    /// What is worth keeping from one evaluation to the next.
    cache: RefCell<Cache>,
}

/// What a query is evaluated with.
pub struct Request<'r> {
    /// The input; none where it is undefined.
    pub input: Option<Value>,
    /// What the evaluation may ask.
    pub environment: &'r mut dyn Environment,
    /// Whether errors of built-in functions end the evaluation.
    pub strict_builtin_errors: bool,
    /// How much it may take.
    pub limits: Limits,
    /// Whether it is recorded which expressions are evaluated.
    pub coverage: bool,
}

/// The result of a query.
#[derive(Debug, Default)]
pub struct Answer {
    /// Its solutions; none where it is undefined.
    pub rows: Vec<Row>,
    /// What `print` and `trace` said.
    pub printed: Vec<String>,
    /// The expressions that were evaluated and the rules that have a value, where that was asked for.
    pub covered: BTreeSet<Location>,
    /// The last comparison that didn't hold, where coverage was asked for.
    pub differed: Option<Difference>,
}

/// The result of a query, whether or not it failed.
#[derive(Debug)]
pub struct Attempt {
    /// Its solutions, or what is wrong with it or ended the evaluation.
    pub rows: Result<Vec<Row>, Vec<Problem>>,
    /// What was printed until then.
    pub printed: Vec<String>,
    /// What was reached, as in an [`Answer`].
    pub covered: BTreeSet<Location>,
    /// The last comparison that didn't hold.
    pub differed: Option<Difference>,
    /// The cases to which a test has come, each an array of keys.
    pub cases: Vec<Value>,
}

/// A comparison that didn't hold.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The expression.
    pub at: Location,
    /// Its left and right side, where both have a value.
    pub compared: Option<(Value, Value)>,
}

/// One solution.
#[derive(Debug)]
pub struct Row {
    /// The value of each expression, and its location in the query.
    pub expressions: Vec<(Value, Location)>,
    /// The values of the query's variables.
    pub bindings: Vec<(String, Value)>,
}

impl Policies {
    /// Compiles modules, each parsed under its number, for these base documents. With `is_path_checked`, a rule at the
    /// path of one of them is refused.
    ///
    /// # Errors
    ///
    /// What OPA's compiler refuses.
    pub fn compile(
        modules: Vec<Module>,
        data: Value,
        version: Version,
        is_strict: bool,
        is_path_checked: bool,
        for_tests: bool,
    ) -> Result<Self, Vec<Problem>> {
        let query_index = u32::try_from(modules.len()).unwrap_or(u32::MAX);
        let documents = is_path_checked.then_some(&data);
        let options = compile::Options {
            version,
            is_strict,
            documents,
            for_tests,
        };
        let compiled = compile::compile(modules, options)?;
        let plan = planner::plan(&compiled, version);
        Ok(Self {
            compiled,
            plan,
            data,
            query_index,
            prepared_queries: PreparedQueries::default(),
            cache: RefCell::default(),
        })
    }

    /// The modules, as they are evaluated.
    #[must_use]
    pub fn modules(&self) -> &[Module] {
        &self.compiled.modules
    }

    /// Evaluates a query.
    ///
    /// # Errors
    ///
    /// What OPA refuses of the query, or what ended the evaluation.
    pub fn ask(
        &self,
        query: &str,
        version: Version,
        request: Request<'_>,
    ) -> Result<Answer, Vec<Problem>> {
        let prepared = self.prepared(query, version, request.limits)?;
        self.answer(&prepared, request)
    }

    /// Evaluates a query in a package, or with imports.
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

    /// Evaluates a test's query, and returns what it printed and reached even if it failed. As in OPA, the
    /// output of `trace` isn't printed.
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

    /// A query without a package and imports.
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

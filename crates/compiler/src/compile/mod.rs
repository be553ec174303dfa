//! Compiles modules: checks them, and rewrites them into the form that is evaluated. It has the stages of OPA's
//! compiler in the same order, so that it refuses a module with the same message.

mod annotation;
mod call;
mod conflict;
mod constants;
mod declare;
mod dependencies;
mod expand;
pub mod names;
mod print;
mod query;
mod recursion;
mod resolve;
mod safety;
mod template;
pub mod test_rules;
pub mod tree;
mod typing;

use std::collections::{HashMap, HashSet};

use crate::problem::{Code, Problem};
use crate::syntax::ast::{
    Expr, ExprKind, INPUT, Import, Location, Module, Name, Rule, Term, TermKind,
};
use crate::syntax::visit::{VisitorMut, bodies_of_term, walk_expr_mut};
use values::budget::{self, Spent};
use values::{Value, Version};

pub use crate::syntax::ast::DATA;
pub use call::argument_types;
use dependencies::Dependencies;
use expand::Expander;
use names::{Names, is_operator};
use print::Prints;
pub use query::{Query, Scope};
use safety::VarSet;
use tree::Tree;
use typing::Types;

/// Modules that have been compiled without errors.
#[derive(Debug)]
pub struct Compiled {
    /// The modules, in the form that is evaluated.
    pub modules: Vec<Module>,
    /// The rules by their paths in `data`.
    pub tree: Tree,
    /// The original names of their variables.
    pub names: Names,
    /// The types of their documents.
    types: Types,
}

/// How to compile modules.
#[derive(Debug, Clone, Copy)]
pub struct Options<'d> {
    /// The version of Rego in which they are written.
    pub version: Version,
    /// Whether more is refused: unused imports, arguments and variables, two imports of one name, and `input` or
    /// `data` as the name of something else.
    pub is_strict: bool,
    /// The base documents, if a rule that would hide one of them is to be refused.
    pub documents: Option<&'d Value>,
    /// Whether tests of the same name become separate rules.
    pub for_tests: bool,
}

impl From<Version> for Options<'_> {
    /// The options for this version, with everything else off.
    fn from(version: Version) -> Self {
        Self {
            version,
            is_strict: false,
            documents: None,
            for_tests: false,
        }
    }
}

/// Checks modules, and rewrites them into the form that is evaluated.
///
/// # Errors
///
/// All problems of the first stage that finds any.
pub fn compile(mut modules: Vec<Module>, options: Options<'_>) -> Result<Compiled, Vec<Problem>> {
    let Options {
        version,
        is_strict,
        documents,
        for_tests,
    } = options;
    let mut names = Names::default();
    let mut found = Found::by(version);
    let mut annotations = annotation::read(&modules, version)?;
    let (problems, unused) = resolve_all(&mut modules, is_strict);
    found.note(unused, problems)?;
    each_rule(&mut modules, |rule| {
        Expander { names: &mut names }.head_reference(rule);
    });
    if for_tests {
        test_rules::number_repeated_tests(&mut modules, version);
    }
    found.note(imports(&modules, is_strict), Vec::new())?;
    let tree = Tree::new(&modules, version);
    let (problems, unused) = declarations(&mut modules, &mut names, version, is_strict);
    found.note(unused, problems)?;
    if for_tests && version == Version::V1 {
        test_rules::announce_cases(&mut modules);
    }
    found.stop(templates(&mut modules, &tree, &mut names))?;
    found.stop(rules(&modules).flat_map(call::void_calls).collect())?;
    found.stop(print_calls(&mut modules, &tree, &mut names))?;
    let mut unsafe_heads: Vec<Problem> = rules(&modules)
        .flat_map(safety::documents_in_args)
        .collect();
    expand_calls(&mut modules, &mut names);
    found.stop(annotations.repeated())?;
    annotations.rewrite(&mut modules);
    found.stop(with_values(&mut modules, &tree, &mut names))?;
    let mut conflicts = conflict::conflicts(&modules, &tree, &names, version);
    if let Some(documents) = documents {
        conflicts.extend(conflict::with_documents(&modules, &tree, documents));
    }
    found.stop(conflicts)?;
    found.stop(calls(&modules, &tree, &names))?;
    let heads = rules(&modules).flat_map(chain);
    unsafe_heads.extend(heads.flat_map(|rule| safety::check_head(rule, &names, version)));
    found.stop(unsafe_heads)?;
    found.stop(order(&mut modules, &tree, &names))?;
    each_rule(&mut modules, |rule| {
        Equalities.visit_body(&mut rule.body);
        Expander { names: &mut names }.references_in_body(&mut rule.body);
    });
    let dependencies = Dependencies::new(&modules, &tree, version);
    found.stop(recursion::recursion(&modules, &dependencies, &names))?;
    let (types, problems) = Types::of_rules(
        &modules,
        &tree,
        &names,
        &dependencies,
        &annotations,
        version,
    );
    found.note(problems, Vec::new())?;
    found.stop(deprecated_calls(&modules, is_strict))?;
    found.end()?;
    Ok(Compiled {
        modules,
        tree,
        names,
        types,
    })
}

/// If the budget is spent, the problem of a rule that can't be compiled any more.
fn out_of_budget(at: Location) -> Option<Problem> {
    let message = match budget::spent()? {
        Spent::Bytes => "compilation was stopped: it needs more bytes than it may use",
        _ => "compilation was stopped: it needs more steps than it may use",
    };
    Some(Problem::new(Code::Limit, at, message))
}

/// The problems that were found so far.
struct Found {
    problems: Vec<Problem>,
    /// OPA 1.22 goes on after some problems, to find more at once. 0.70 doesn't.
    goes_on: bool,
}

impl Found {
    fn by(version: Version) -> Self {
        Found {
            problems: Vec::new(),
            goes_on: version == Version::V1,
        }
    }

    /// Ends the compilation if there are problems.
    fn stop(&mut self, problems: Vec<Problem>) -> Result<(), Vec<Problem>> {
        if !problems.is_empty() || budget::is_spent() {
            self.problems.extend(problems);
            return self.end();
        }
        Ok(())
    }

    /// The same, beside problems after which OPA 1.22 goes on.
    fn note(
        &mut self,
        noted: Vec<Problem>,
        mut problems: Vec<Problem>,
    ) -> Result<(), Vec<Problem>> {
        if self.goes_on {
            self.problems.extend(noted);
        } else {
            problems.extend(noted);
        }
        self.stop(problems)
    }

    /// Ends the compilation if anything was found.
    fn end(&mut self) -> Result<(), Vec<Problem>> {
        stage(std::mem::take(&mut self.problems))
    }
}

fn stage(mut problems: Vec<Problem>) -> Result<(), Vec<Problem>> {
    // Once the budget is spent, other problems mean nothing.
    if budget::is_spent() {
        problems.retain(|problem| problem.code == Code::Limit);
        problems.truncate(1);
        if problems.is_empty() {
            problems.extend(out_of_budget(Location::default()));
        }
        return Err(problems);
    }
    if problems.is_empty() {
        return Ok(());
    }
    sort::by_key(&mut problems, |a| a.at);
    problems.dedup();
    Err(problems)
}

fn rules(modules: &[Module]) -> impl Iterator<Item = &Rule> {
    modules.iter().flat_map(|module| &module.rules)
}

fn rules_mut(modules: &mut [Module]) -> impl Iterator<Item = &mut Rule> {
    modules.iter_mut().flat_map(|module| &mut module.rules)
}

/// A rule and its `else` branches.
#[must_use]
pub fn chain(rule: &Rule) -> Vec<&Rule> {
    std::iter::successors(Some(rule), |rule| rule.else_branch.as_deref()).collect()
}

fn each_else(rule: &mut Rule, work: &mut impl FnMut(&mut Rule)) {
    work(rule);
    if let Some(else_branch) = &mut rule.else_branch {
        each_else(else_branch, work);
    }
}

/// Replaces the names of rules and imports by the full references that they abbreviate. Returns the problems found.
pub fn resolve(modules: &mut [Module]) -> Vec<Problem> {
    resolve_all(modules, false).0
}

/// The same. Also returns the problems of unused imports, if these are refused.
fn resolve_all(modules: &mut [Module], is_strict: bool) -> (Vec<Problem>, Vec<Problem>) {
    let mut exports: HashMap<Vec<Option<Name>>, HashSet<Name>> = HashMap::new();
    for module in modules.iter() {
        let names = module.rules.iter().map(|rule| rule.head.name());
        exports.entry(package_of(module)).or_default().extend(names);
    }
    let (mut problems, mut unused) = (Vec::new(), Vec::new());
    let none = HashSet::new();
    for module in modules {
        let rules = exports.get(&package_of(module)).unwrap_or(&none);
        let mut resolver = resolve::Resolver::new(module, rules);
        for rule in &mut module.rules {
            resolver.rule(rule, &mut problems);
        }
        if !is_strict {
            continue;
        }
        for import in &module.imports {
            let is_ours = import
                .path
                .first()
                .and_then(Term::as_var)
                .is_some_and(|root| matches!(&**root, DATA | INPUT));
            if let Some(name) = import.name().filter(|_| is_ours)
                && !resolver.has_used(&name)
            {
                unused.push(Problem::new(
                    Code::Compile,
                    import.at,
                    format!("{} unused", shown_import(import)),
                ));
            }
        }
    }
    (problems, unused)
}

fn package_of(module: &Module) -> Vec<Option<Name>> {
    let parts = module.package.iter().skip(1);
    parts.map(|part| part.as_text().cloned()).collect()
}

fn same_package(a: &Module, b: &Module) -> bool {
    package_of(a) == package_of(b)
}

fn shown_import(import: &Import) -> String {
    let path = crate::syntax::shown(&import.path);
    match &import.alias {
        Some(alias) => format!("import {path} as {alias}"),
        None => format!("import {path}"),
    }
}

fn imports(modules: &[Module], is_strict: bool) -> Vec<Problem> {
    modules
        .iter()
        .filter(|module| is_strict || module.is_v1)
        .flat_map(refused_imports_and_names)
        .collect()
}

/// The problems that Rego v1 finds in a module's imports and names: two imports of one name, and `input` or `data` as
/// the name of something else.
#[must_use]
pub fn refused_imports_and_names(module: &Module) -> Vec<Problem> {
    let mut problems = resolve::shadowed_roots(module);
    let mut seen: HashMap<Option<Name>, &Import> = HashMap::new();
    for import in &module.imports {
        let name = import.name();
        if let Some(first) = seen.get(&name) {
            let message = format!("import must not shadow {}", shown_import(first));
            problems.push(Problem::new(Code::Compile, import.at, message));
        } else {
            seen.insert(name, import);
        }
    }
    problems
}

/// Calls `work` with every rule, and with each of its `else` branches.
fn each_rule(modules: &mut [Module], mut work: impl FnMut(&mut Rule)) {
    for rule in rules_mut(modules) {
        each_else(rule, &mut work);
    }
}

/// Moves the calls in rules, and the references in their heads, into expressions of their own.
fn expand_calls(modules: &mut [Module], names: &mut Names) {
    each_rule(modules, |rule| {
        let mut expander = Expander { names };
        expander.calls_in_rule(rule);
        expander.heads_in_body(&mut rule.body);
        let head = &mut rule.head;
        let terms = head.key.iter_mut().chain(&mut head.value);
        for term in terms.chain(head.args.iter_mut().flatten()) {
            expander.heads_in_term(term);
        }
        expander.references_in_head(rule);
    });
}

/// Gives each local variable a unique name. Returns the problems, and what is declared and not used.
fn declarations(
    modules: &mut [Module],
    names: &mut Names,
    version: Version,
    is_strict: bool,
) -> (Vec<Problem>, Vec<Problem>) {
    let (mut problems, mut unused) = (Vec::new(), Vec::new());
    for rule in rules_mut(modules) {
        let (wrong, without_use) = declare::declare_in_rule(rule, names, version, is_strict);
        problems.extend(wrong);
        unused.extend(without_use);
    }
    (problems, unused)
}

fn print_calls(modules: &mut [Module], tree: &Tree, names: &mut Names) -> Vec<Problem> {
    let mut problems = Vec::new();
    each_rule(modules, |rule| {
        let arguments = safety::argument_vars(rule);
        let mut prints = Prints {
            arguments: &arguments,
            tree,
            names,
            problems: &mut problems,
        };
        prints.body(&mut rule.body, &arguments);
        for term in rule.head.key.iter_mut().chain(&mut rule.head.value) {
            prints.term(term);
        }
    });
    problems
}

/// Turns template strings into calls.
fn templates(modules: &mut [Module], tree: &Tree, names: &mut Names) -> Vec<Problem> {
    let defined = template::defined(modules, tree);
    let is_defined = |place| defined.contains(&place);
    let mut templates = template::Templates::new(tree, &is_defined, names);
    each_rule(modules, |rule| templates.rule(rule));
    templates.problems
}

fn with_values(modules: &mut [Module], tree: &Tree, names: &mut Names) -> Vec<Problem> {
    let mut problems = Vec::new();
    each_rule(modules, |rule| {
        call::check_with(&mut rule.body, tree, names, &mut problems);
        for term in rule.head.key.iter_mut().chain(&mut rule.head.value) {
            bodies_of_term(term, &mut |body| {
                call::check_with(body, tree, names, &mut problems);
            });
        }
    });
    problems
}

fn calls(modules: &[Module], tree: &Tree, names: &Names) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in rules(modules).flat_map(chain) {
        call::check_calls(&rule.body, tree, names, &mut problems);
    }
    problems
}

/// The calls of functions that Rego v1 refuses, in modules that are strict or in v1. As in OPA, they are only looked
/// for if any module has one where [`call::has_deprecated_call`] looks.
fn deprecated_calls(modules: &[Module], is_strict: bool) -> Vec<Problem> {
    let has_one = |rule: &Rule| call::has_deprecated_call(&rule.body);
    if !rules(modules).flat_map(chain).any(has_one) {
        return Vec::new();
    }
    let refusing = modules.iter().filter(|module| is_strict || module.is_v1);
    let all = refusing.flat_map(|module| &module.rules).flat_map(chain);
    all.flat_map(call::deprecated_calls).collect()
}

fn order(modules: &mut [Module], tree: &Tree, names: &Names) -> Vec<Problem> {
    let mut problems = Vec::new();
    each_rule(modules, |rule| {
        if let Some(problem) = out_of_budget(rule.at) {
            return problems.push(problem);
        }
        let known: VarSet = safety::argument_vars(rule);
        problems.extend(safety::order(&mut rule.body, &known, tree, names));
    });
    problems
}

/// Turns `==` into `=`. It comes after the expressions are ordered, because `==` needs both sides to have values.
struct Equalities;

impl VisitorMut for Equalities {
    fn visit_expr(&mut self, expr: &mut Expr) {
        if let ExprKind::Call(call) = &mut expr.kind
            && let [operator, _, _] = call.as_mut_slice()
            && is_operator(operator, "equal")
        {
            operator.kind = TermKind::Ref(vec![Term::var(operator.at, "eq")]);
        }
        walk_expr_mut(expr, self);
    }
}

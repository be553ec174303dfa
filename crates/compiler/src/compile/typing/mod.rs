//! Type checking: finds arguments that a function never takes, equations of values of different types, and fields
//! that a value can't have. Types come from constants, from the functions that make a value, and from rules; a base
//! document may have any type.
//!
//! What OPA 1.22 reports, and 0.70 doesn't, is only reported in v1.

pub(super) mod body;
mod call;
pub(super) mod constant;
mod learn;
mod reference;
mod schema;
mod term;
mod tree;
mod unify;

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::annotation::Annotations;
use super::dependencies::Dependencies;
use super::names::Names;
use super::tree::{RuleId, Tree, place};
use crate::problem::{Code, Problem};
use crate::syntax::ast::{Body, Module, Rule, Term};
use crate::syntax::visit::{Visitor, walk_term};
use crate::types::Type;
use values::{Object, Value, Version};

use body::Checker;
pub(super) use call::argument_details;
use tree::TypeTree;

/// The types of the documents that rules define.
#[derive(Debug)]
pub(super) struct Types {
    is_v1: bool,
    data: TypeTree,
    /// By rule, the rules that depend on it.
    dependents: HashMap<RuleId, Vec<RuleId>>,
    places: HashMap<RuleId, Vec<Value>>,
    /// The size of all types that may still be kept.
    room: usize,
    /// The type of the first schema written inline in an annotation.
    first_definition: Option<Type>,
}

impl Types {
    /// The types of rules, with all type errors in them.
    pub(super) fn of_rules(
        modules: &[Module],
        tree: &Tree,
        names: &Names,
        dependencies: &Dependencies,
        annotations: &Annotations,
        version: Version,
    ) -> (Self, Vec<Problem>) {
        let mut types = Self {
            is_v1: version == Version::V1,
            data: TypeTree::default(),
            dependents: dependencies.reversed(),
            places: HashMap::new(),
            room: body::OF_ALL_RULES,
            first_definition: None,
        };
        let rules = || {
            let ids = dependencies.in_order().into_iter();
            ids.filter_map(|id| {
                let module = modules.get(id.module)?;
                Some((id, module, module.rules.get(id.rule)?))
            })
        };
        for (id, module, rule) in rules() {
            types.places.insert(id, place(module, rule));
        }
        let mut problems = Vec::new();
        for (id, module, rule) in rules() {
            let (around, own) = annotations.schemas(id, module);
            let mut schemas = [around.clone(), own].concat();
            if let Some(problem) = super::out_of_budget(rule.at) {
                problems.push(problem);
                break;
            }
            for rule in super::chain(rule) {
                problems.extend(types.add(module, rule, tree, names, &schemas));
                // The schemas of a rule don't apply to its `else` branches.
                schemas.truncate(around.len());
            }
        }
        (types, problems)
    }

    /// All type errors in a query.
    pub(super) fn problems_in_query(
        &self,
        body: &Body,
        tree: &Tree,
        names: &Names,
    ) -> Vec<Problem> {
        let mut checker = Checker::new(self, tree, names);
        checker.body(body);
        checker.problems
    }

    /// Adds the type of one more rule, and returns the type errors in it.
    fn add(
        &mut self,
        module: &Module,
        rule: &Rule,
        tree: &Tree,
        names: &Names,
        schemas: &[&Object],
    ) -> Vec<Problem> {
        let place = place(module, rule);
        let mut wrong = Vec::new();
        let annotated = self.annotated(schemas, tree, names, rule.at, &mut wrong);
        let mut checker = Checker::new(self, tree, names);
        if annotated.children().next().is_some() {
            checker.replaced.push(Rc::new(annotated));
        }
        checker.body(&rule.body);
        if !checker.problems.is_empty() {
            wrong.extend(checker.problems);
            let problems = wrong;
            // Errors in rules that depend on it would only follow from this one.
            self.data.put(&place, Type::ANY);
            return problems;
        }
        let head = &rule.head;
        let of = if head.is_function() {
            let args = || head.args.iter().flatten();
            for arg in args() {
                walk_term(arg, &mut Unmentioned(&mut checker));
            }
            let arguments = args().map(|arg| checker.infer(arg)).collect();
            let result = head.value.as_ref().map(|value| checker.infer(value));
            Type::Function {
                arguments,
                variadic: None,
                result: result.filter(|of| !of.is_unknown()).map(Box::new),
            }
        } else {
            let inner = if head.is_set() {
                let key = head
                    .key
                    .as_ref()
                    .map_or(Type::Unknown, |key| checker.infer(key));
                match key {
                    Type::Unknown => Type::Unknown,
                    key => Type::Set(Box::new(key)),
                }
            } else {
                let value = head.value.as_ref();
                value.map_or(Type::Unknown, |value| checker.infer(value))
            };
            let ground = place.len() + 1 - module.package.len();
            let variable = head.reference.get(ground..).unwrap_or_default();
            if head.is_set() && !variable.is_empty() && !self.is_v1 {
                Type::Unknown
            } else {
                nested(&mut checker, variable, inner)
            }
        };
        if of.is_unknown() {
            self.data.place(&place);
        } else {
            let of = body::kept(of, &mut self.room);
            self.data.insert(&place, of);
        }
        wrong
    }

    /// The paths of rules whose types may change if these rules are replaced.
    fn relaxed(&self, replaced: &[RuleId]) -> Vec<&[Value]> {
        let mut seen: HashSet<RuleId> = HashSet::new();
        let mut next = replaced.to_vec();
        while let Some(id) = next.pop() {
            if seen.insert(id) {
                next.extend(self.dependents.get(&id).into_iter().flatten());
            }
        }
        let places = seen.iter().filter_map(|id| self.places.get(id));
        places.map(Vec::as_slice).collect()
    }
}

/// Nested objects with these keys, which aren't known.
fn nested(checker: &mut Checker, keys: &[Term], value: Type) -> Type {
    keys.iter()
        .rev()
        .fold(value, |value, key| match (checker.infer(key), value) {
            (Type::Unknown, _) | (_, Type::Unknown) => Type::Unknown,
            (key, value) => Type::object_of(key, value),
        })
}

/// Gives any type to arguments that the body doesn't mention.
struct Unmentioned<'c, 't>(&'c mut Checker<'t>);

impl Visitor for Unmentioned<'_, '_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let Some(name) = term.as_var()
            && self.0.infer(term).is_unknown()
        {
            self.0.learn(name, Type::ANY);
        }
        true
    }
}

fn problem(at: crate::syntax::ast::Location, message: String) -> Problem {
    Problem::new(Code::Type, at, message)
}

//! Prepared queries, and the cache of those used last.

use std::cell::RefCell;
use std::rc::Rc;

use super::machine::{Frame, Machine, Next};
use super::plan::{Slot, Statement};
use super::planner::Planner;
use super::{Row, compile};
use compiler::compile::names::Names;
use compiler::problem::Problem;
use compiler::syntax;
use compiler::syntax::ast::Location;
use values::{Value, Version};

/// A query that is compiled for some modules, and can be evaluated often.
#[derive(Debug)]
pub(super) struct PreparedQuery {
    statements: Vec<Statement>,
    slots: usize,
    /// For each expression its location and the variable that holds its value; `None` if the value is `true`.
    captured: Vec<(Option<Slot>, Location)>,
    /// The variables of the query, as they are written, with their slots.
    bindings: Vec<(String, Slot)>,
}

impl PreparedQuery {
    /// Compiles a query. Its locations carry `index` as the index of their module.
    ///
    /// # Errors
    ///
    /// The errors that OPA reports for the query.
    pub(super) fn compile(
        text: &str,
        index: u32,
        version: Version,
        scope: &compile::Scope,
        compiled: &compile::Compiled,
    ) -> Result<Self, Vec<Problem>> {
        let body = syntax::parse_query(text, index, version, &scope.imports)?;
        let query = compile::Query::compile(body, scope, compiled, &mut Names::for_query())?;
        let mut planner = Planner::new(&compiled.tree);
        let statements = planner.body(&query.body);
        let captured = query.captured.iter().map(|captured| {
            let slot = captured.var.as_ref().map(|name| planner.slot(name));
            (slot, captured.at)
        });
        let captured = captured.collect();
        let bindings = query
            .bindings
            .iter()
            .filter_map(|(shown, name)| Some((shown.to_string(), planner.bound_slot(name)?)))
            .collect();
        Ok(Self {
            statements,
            captured,
            bindings,
            slots: planner.slots(),
        })
    }

    /// Evaluates the query, and returns its solutions.
    pub(super) fn rows<'q>(&'q self, machine: &mut Machine<'q>) -> Result<Vec<Row>, Box<Problem>> {
        let rows = machine.settle(|machine| self.rows_of(machine))?;
        machine.tick()?;
        let values = rows.iter().flat_map(|row| {
            let expressions = row.expressions.iter().map(|(value, _)| value);
            expressions.chain(row.bindings.iter().map(|(_, value)| value))
        });
        machine.answers(values)?;
        Ok(rows)
    }

    fn rows_of<'q>(&'q self, machine: &mut Machine<'q>) -> Result<Vec<Row>, Box<Problem>> {
        let mut rows = Vec::new();
        let mut frame = Frame::new(self.slots);
        machine.run(&self.statements, &mut frame, &mut |machine, frame| {
            machine.take_room(self.captured.len() + self.bindings.len() + 4)?;
            let value = |slot: Slot| frame.get(slot).clone();
            let captured = self.captured.iter();
            let bindings = self.bindings.iter();
            rows.push(Row {
                expressions: captured
                    .map(|(slot, at)| (slot.map_or(Value::Bool(true), value), *at))
                    .collect(),
                bindings: bindings
                    .map(|(name, slot)| (name.clone(), value(*slot)))
                    .collect(),
            });
            Ok(Next::On)
        })?;
        Ok(rows)
    }
}

/// The queries that were compiled last, because most programs ask the same ones again and again.
#[derive(Debug, Default)]
pub(super) struct PreparedQueries(RefCell<Vec<(String, Version, Rc<PreparedQuery>)>>);

/// How many queries are kept.
const KEPT: usize = 16;

impl PreparedQueries {
    /// Finds a query, and compiles it if it isn't cached.
    pub(super) fn find(
        &self,
        text: &str,
        version: Version,
        compile: impl FnOnce() -> Result<PreparedQuery, Vec<Problem>>,
    ) -> Result<Rc<PreparedQuery>, Vec<Problem>> {
        let mut known = self.0.borrow_mut();
        let is_it = |(other, of, _): &(String, Version, _)| other == text && *of == version;
        if let Some((.., prepared)) = known.iter().find(|entry| is_it(entry)) {
            return Ok(Rc::clone(prepared));
        }
        let prepared = Rc::new(compile()?);
        if known.len() >= KEPT {
            known.remove(0);
        }
        known.push((text.to_owned(), version, Rc::clone(&prepared)));
        Ok(prepared)
    }
}

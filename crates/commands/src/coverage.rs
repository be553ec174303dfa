//! The lines of modules that an evaluation reached, as OPA counts them: a rule's head once the rule has a value, and
//! an expression once it is evaluated, each by its first line. Only arguments on lines of their own aren't counted
//! here, as OPA does when it moves them out of their call.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::ops::RangeInclusive;

use document::LineIndex;

use compiler::shown::Shown;
use compiler::syntax::ast::{Expr, ExprKind, Location, Rule, Term};
use compiler::syntax::visit::{self, Visitor};
use rego::policy::Policy;
use values::{Number, Value};

/// The covered lines of each module, counted from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    files: BTreeMap<String, Lines>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Lines {
    covered: BTreeSet<u32>,
    missed: BTreeSet<u32>,
}

impl Coverage {
    /// Sorts the lines of a policy by whether they were reached (`Answer::covered`).
    #[must_use]
    pub fn new(policy: &Policy, reached: &BTreeSet<Location>) -> Self {
        let files = policy
            .modules()
            .enumerate()
            .map(|(number, (source, module))| {
                let index = LineIndex::new(&source.text);
                let line = |at: &Location| index.position(at.start).line;
                let here = locations_of(number);
                let mut found = Expressions::default();
                for rule in &module.rules {
                    found.rule(rule);
                }
                let covered: BTreeSet<_> = reached.range(here).map(line).collect();
                let missed = found
                    .0
                    .iter()
                    .map(line)
                    .filter(|line| !covered.contains(line));
                let lines = Lines {
                    missed: missed.collect(),
                    covered,
                };
                (source.path.clone(), lines)
            });
        Self {
            files: files.collect(),
        }
    }

    /// The report that `opa test --coverage` prints.
    #[must_use]
    pub fn report(&self) -> CoverageReport {
        let files = self.files.iter();
        let files = files.map(|(path, lines)| (path.clone(), FileCoverage::new(lines)));
        CoverageReport {
            files: files.collect(),
            totals: self.totals(),
        }
    }

    /// The report with its fields in OPA's order.
    #[must_use]
    pub fn shown(&self) -> Shown {
        self.report().shown()
    }

    /// The report as a value.
    #[must_use]
    pub fn to_value(&self) -> Value {
        self.shown().value()
    }

    /// The percentage of lines that were reached.
    #[must_use]
    pub fn percentage(&self) -> f64 {
        self.totals().coverage.as_f64()
    }

    fn totals(&self) -> CoverageCount {
        let sum = |count: fn(&Lines) -> usize| self.files.values().map(count).sum();
        CoverageCount::new(
            sum(|lines| lines.covered.len()),
            sum(|lines| lines.missed.len()),
        )
    }
}

/// Which lines were reached, as OPA counts them: rules that have a value, and expressions evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CoverageReport {
    /// By module.
    #[cfg_attr(
        feature = "typescript",
        ts(type = "Readonly<Record<string, FileCoverage>>")
    )]
    pub files: BTreeMap<String, FileCoverage>,
    /// The totals of all modules.
    #[cfg_attr(feature = "typescript", ts(flatten))]
    pub totals: CoverageCount,
}

/// How many lines an evaluation reached.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CoverageCount {
    /// The number of lines that were reached.
    pub covered_lines: usize,
    /// The number of lines that weren't reached.
    pub not_covered_lines: usize,
    /// The percentage of lines that were reached.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub coverage: Number,
}

/// The lines of a module that an evaluation reached. As in OPA, empty fields are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(optional_fields))]
pub struct FileCoverage {
    /// The lines that were reached.
    pub covered: Option<Vec<LineRange>>,
    /// The lines that weren't reached.
    pub not_covered: Option<Vec<LineRange>>,
    /// The number of lines that were reached.
    pub covered_lines: Option<usize>,
    /// The number of lines that weren't reached.
    pub not_covered_lines: Option<usize>,
    /// The percentage of lines that were reached.
    #[cfg_attr(feature = "typescript", ts(optional, type = "number"))]
    pub coverage: Option<Number>,
}

/// A range of lines, including both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LineRange {
    /// The first line.
    pub start: Row,
    /// The last line.
    pub end: Row,
}

/// A line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Row {
    /// The line, counted from 1.
    pub row: u32,
}

impl CoverageCount {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a module has fewer lines than 2^52"
    )]
    fn new(covered: usize, missed: usize) -> Self {
        let share = match covered {
            0 => 0.0,
            _ => 100.0 * covered as f64 / (covered + missed) as f64,
        };
        Self {
            covered_lines: covered,
            not_covered_lines: missed,
            coverage: Number::parse(&share.to_string()).unwrap_or_else(|| 0_usize.into()),
        }
    }

    fn fields(self) -> [(&'static str, Value); 3] {
        [
            ("covered_lines", self.covered_lines.into()),
            ("not_covered_lines", self.not_covered_lines.into()),
            ("coverage", self.coverage.into()),
        ]
    }
}

impl FileCoverage {
    fn new(lines: &Lines) -> Self {
        let count = CoverageCount::new(lines.covered.len(), lines.missed.len());
        let some = |count: usize| Some(count).filter(|count| *count > 0);
        let ranges = |lines| Some(ranges(lines)).filter(|ranges| !ranges.is_empty());
        Self {
            covered: ranges(&lines.covered),
            not_covered: ranges(&lines.missed),
            covered_lines: some(count.covered_lines),
            not_covered_lines: some(count.not_covered_lines),
            coverage: Some(count.coverage).filter(|_| !lines.covered.is_empty()),
        }
    }

    fn shown(self) -> Shown {
        let ranges = |ranges: Vec<LineRange>| {
            Shown::List(ranges.into_iter().map(LineRange::shown).collect())
        };
        let number = |count: usize| Value::from(count).into();
        let fields = [
            ("covered", self.covered.map(ranges)),
            ("not_covered", self.not_covered.map(ranges)),
            ("covered_lines", self.covered_lines.map(number)),
            ("not_covered_lines", self.not_covered_lines.map(number)),
            (
                "coverage",
                self.coverage.map(|share| Value::from(share).into()),
            ),
        ];
        let fields = fields.into_iter();
        Shown::Fields(
            fields
                .filter_map(|(name, field)| Some((name, field?)))
                .collect(),
        )
    }
}

impl CoverageReport {
    fn shown(self) -> Shown {
        let files = self.files.into_iter();
        let files = files.map(|(path, file)| (path, file.shown()));
        let mut fields = vec![("files", Shown::Named(files.collect()))];
        let totals = self.totals.fields();
        fields.extend(totals.map(|(name, value)| (name, value.into())));
        Shown::Fields(fields)
    }
}

impl LineRange {
    fn shown(self) -> Shown {
        let row = |Row { row }: Row| Shown::Fields(vec![("row", i64::from(row).into())]);
        Shown::Fields(vec![("start", row(self.start)), ("end", row(self.end))])
    }
}

/// The range of all possible locations in a module.
fn locations_of(module: usize) -> RangeInclusive<Location> {
    let module = u32::try_from(module).unwrap_or(u32::MAX);
    let first = Location {
        module,
        start: 0,
        end: 0,
    };
    let last = Location {
        module,
        start: u32::MAX,
        end: u32::MAX,
    };
    first..=last
}

/// The lines as ranges.
fn ranges(lines: &BTreeSet<u32>) -> Vec<LineRange> {
    let mut ranges: Vec<LineRange> = Vec::new();
    for &row in lines {
        let row = Row { row };
        match ranges.last_mut() {
            Some(LineRange { end, .. }) if end.row + 1 == row.row => *end = row,
            _ => ranges.push(LineRange {
                start: row,
                end: row,
            }),
        }
    }
    ranges
}

/// The locations of all rules and expressions that can be reached.
#[derive(Default)]
struct Expressions(BTreeSet<Location>);

impl Expressions {
    fn rule(&mut self, rule: &Rule) {
        visit::walk_rule(rule, self);
        let tried = iter::successors(Some(rule), |rule| rule.else_branch.as_deref());
        self.0.extend(tried.map(|rule| rule.at));
    }
}

impl Visitor for Expressions {
    fn visit_term(&mut self, _term: &Term) -> bool {
        true
    }

    fn visit_expr(&mut self, expr: &Expr) {
        if !expr.generated && !matches!(expr.kind, ExprKind::Some(_)) {
            self.0.insert(expr.at);
        }
    }
}

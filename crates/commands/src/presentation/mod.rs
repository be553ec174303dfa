//! Prints the outcome of an evaluation as `opa eval` does.

mod table;
mod width;

use crate::coverage::Coverage;
use crate::loader::LoadError;
use compiler::shown::Shown;
use rego::eval::{Answer, Row};
use rego::output::{bindings, source_of};
use rego::policy::position;
use table::Table;
use values::{Value, Version, json};

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The result set, or the errors, as JSON.
    Json,
    /// The values of the expressions: an array for each solution.
    Values,
    /// The values of the variables: an object for each solution.
    Bindings,
    /// For people: a single value as it is, anything else as a table.
    Pretty,
    /// For scripts: the values without quotes, a line for each solution.
    Raw,
    /// Whether there is a result, but not the result itself.
    Discard,
}

impl Format {
    /// All formats by name.
    pub const ALL: [(&'static str, Self); 6] = [
        ("json", Self::Json),
        ("values", Self::Values),
        ("bindings", Self::Bindings),
        ("pretty", Self::Pretty),
        ("raw", Self::Raw),
        ("discard", Self::Discard),
    ];

    /// The format with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.map(|(_, format)| format)
    }
}

/// The outcome of an evaluation.
#[derive(Debug)]
pub struct Output<'o> {
    /// The source of the query, which its expressions are part of.
    pub query: &'o str,
    /// The answer; `None` if there are errors.
    pub answer: Option<&'o Answer>,
    /// The errors.
    pub errors: &'o [LoadError],
    /// The lines that were reached, if coverage was asked for.
    pub coverage: Option<&'o Coverage>,
    /// The version of OPA whose output it is.
    pub version: Version,
}

/// The output of a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Streams {
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Output<'_> {
    /// Renders the outcome in a format.
    #[must_use]
    pub fn render(&self, format: Format) -> Streams {
        let rows = self.rows();
        let mut out = String::new();
        match format {
            Format::Json => {
                out = self.shown().pretty() + "\n";
            }
            Format::Discard => {
                let document = self.shown().value();
                let document = match document {
                    Value::Object(fields) if !rows.is_empty() => {
                        let mut fields = (*fields).clone();
                        fields.insert("result".into(), "discarded".into());
                        fields.into()
                    }
                    other => other,
                };
                out = json::write_pretty(&document, "  ") + "\n";
            }
            // OPA 0.70 prints errors to standard output, 1.22 to standard error.
            _ if !self.errors.is_empty() => {
                let errors = self.errors_as_text();
                let mut streams = match self.version {
                    Version::V0 => Streams {
                        stdout: errors,
                        stderr: String::new(),
                    },
                    Version::V1 => Streams {
                        stdout: String::new(),
                        stderr: errors,
                    },
                };
                if format == Format::Pretty {
                    streams.stdout.push_str(&self.covered());
                }
                return streams;
            }
            Format::Values => {
                for row in rows {
                    let values =
                        Value::array(row.expressions.iter().map(|(value, _)| value.clone()));
                    out.push_str(&json::write_pretty(&values, "  "));
                    out.push('\n');
                }
            }
            Format::Bindings => {
                for row in rows {
                    out.push_str(&json::write_pretty(&bindings(row), "  "));
                    out.push('\n');
                }
            }
            Format::Raw => {
                for row in rows {
                    let values = row.expressions.iter();
                    let values = values.map(|(value, _)| json::write_bare(value));
                    out.push_str(&values.collect::<Vec<_>>().join(" "));
                    if !row.expressions.is_empty() {
                        out.push('\n');
                    }
                }
            }
            Format::Pretty => {
                out = self.pretty();
                out.push_str(&self.covered());
            }
        }
        Streams {
            stdout: out,
            stderr: String::new(),
        }
    }

    fn rows(&self) -> &[Row] {
        self.answer.map_or(&[], |answer| answer.rows.as_slice())
    }

    /// The outcome in OPA's JSON format.
    fn shown(&self) -> Shown {
        let mut fields = Vec::new();
        if !self.errors.is_empty() {
            let errors = self.errors.iter().map(LoadError::as_opa_writes_it);
            fields.push(("errors", Shown::List(errors.collect())));
        }
        let rows = self.rows();
        if !rows.is_empty() {
            fields.push(("result", result(self.query, rows)));
        }
        fields.extend(self.coverage.map(|coverage| ("coverage", coverage.shown())));
        Shown::Fields(fields)
    }

    /// The errors for people.
    fn errors_as_text(&self) -> String {
        let texts: Vec<_> = self.errors.iter().map(LoadError::as_opa_says_it).collect();
        match texts.as_slice() {
            [one] => format!("1 error occurred: {one}\n"),
            many => format!("{} errors occurred:\n{}\n", many.len(), many.join("\n")),
        }
    }

    fn pretty(&self) -> String {
        let rows = self.rows();
        let Some(first) = rows.first() else {
            return "undefined\n".to_owned();
        };
        let is_bool = |value: &Value| matches!(value, Value::Bool(_));
        let are_all_bools = || first.expressions.iter().all(|(value, _)| is_bool(value));
        if rows.len() == 1
            && first.bindings.is_empty()
            && (first.expressions.len() == 1 || are_all_bools())
        {
            let value = first.expressions.first().map(|(value, _)| value);
            return json::write_pretty(value.unwrap_or(&Value::Null), "  ") + "\n";
        }
        let shown: Vec<usize> = first
            .expressions
            .iter()
            .enumerate()
            .filter(|(_, (value, _))| !is_bool(value) || first.bindings.is_empty())
            .map(|(i, _)| i)
            .collect();
        let expressions = shown
            .iter()
            .filter_map(|i| first.expressions.get(*i))
            .map(|(_, at)| source_of(self.query, *at).to_owned());
        let header = first.bindings.iter().map(|(name, _)| name.clone());
        let mut table = Table::new(self.version, header.chain(expressions).collect());
        for row in rows {
            let bindings = row.bindings.iter().map(|(_, value)| value);
            let values = shown.iter().filter_map(|i| row.expressions.get(*i));
            let cells = bindings.chain(values.map(|(value, _)| value));
            table.row(cells.map(json::write).collect());
        }
        table.render()
    }

    /// The coverage as a table, if it was asked for.
    fn covered(&self) -> String {
        let Some(coverage) = self.coverage else {
            return String::new();
        };
        let mut table = Table::new(self.version, Vec::new());
        let percentage = format!("{:.2}", coverage.percentage());
        table.row(vec!["Overall Coverage".to_owned(), percentage]);
        table.render()
    }
}

/// The solutions in OPA's JSON format: `[{"expressions", "bindings"}]`.
#[must_use]
pub fn result(query: &str, rows: &[Row]) -> Shown {
    let row = |row: &Row| {
        let expressions = row.expressions.iter().map(|(value, at)| {
            let (line, column) = position(query, *at);
            let location = vec![("row", Shown::from(line)), ("col", column.into())];
            Shown::Fields(vec![
                ("value", value.clone().into()),
                ("text", source_of(query, *at).into()),
                ("location", Shown::Fields(location)),
            ])
        });
        let mut fields = vec![("expressions", Shown::List(expressions.collect()))];
        if !row.bindings.is_empty() {
            fields.push(("bindings", bindings(row).into()));
        }
        Shown::Fields(fields)
    };
    Shown::List(rows.iter().map(row).collect())
}

//! References as paths.

use std::fmt;

use compiler::syntax::ast::{INPUT, Location, Module, Name, Rule, Term, TermKind};
use compiler::syntax::visit::{Visitor, walk_rule};

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A constant name.
    Key(Name),
    /// A variable: any element, or the one that it is bound to.
    Var(Name),
    /// Anything else: a number, or the value of another expression.
    Other(String),
}

/// A reference such as `input.pipeline.stages[i].stage`, in which imports are replaced by their paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The variable or document at its start.
    pub head: Name,
    /// The keys after it.
    pub steps: Vec<Step>,
    /// Its location in the source.
    pub at: Location,
}

impl Path {
    /// The path of a term that is a reference or a variable.
    #[must_use]
    pub fn from_term(term: &Term, module: &Module) -> Option<Self> {
        let single = std::slice::from_ref(term);
        let parts = match &term.kind {
            TermKind::Ref(parts) => parts.as_slice(),
            TermKind::Var(_) => single,
            _ => return None,
        };
        let (head, rest) = parts.split_first()?;
        let mut head = head.as_var()?.clone();
        let mut steps = Vec::new();
        let import = module
            .imports
            .iter()
            .find(|import| import.name().as_ref() == Some(&head));
        if let Some(import) = import
            && let Some((root, path)) = import.path.split_first()
            && let Some(root) = root.as_var()
        {
            head = root.clone();
            steps.extend(path.iter().map(step));
        }
        steps.extend(rest.iter().map(step));
        Some(Self {
            head,
            steps,
            at: term.at,
        })
    }

    /// The key at an index, if it is a constant.
    #[must_use]
    pub fn key(&self, index: usize) -> Option<&str> {
        match self.steps.get(index)? {
            Step::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Whether it begins with `input`.
    #[must_use]
    pub fn is_of_input(&self) -> bool {
        &*self.head == INPUT
    }

    /// Whether it enumerates a collection.
    #[must_use]
    pub fn has_wildcard(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::Var(name) if name.starts_with('$')))
    }

    /// Whether another path begins with this one.
    #[must_use]
    pub fn begins(&self, other: &Self) -> bool {
        self.head == other.head && other.steps.starts_with(&self.steps)
    }

    /// Its prefixes, from the shortest to itself, as strings in which all variables look the same.
    #[must_use]
    pub fn shapes(&self) -> Vec<String> {
        let mut shape = self.head.to_string();
        let steps = self.steps.iter().map(|step| {
            shape = match step {
                Step::Key(key) => format!("{shape}[{key:?}]"),
                Step::Var(_) => format!("{shape}[_]"),
                Step::Other(text) => format!("{shape}[{text}]"),
            };
            shape.clone()
        });
        steps.collect()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.head)?;
        for step in &self.steps {
            match step {
                Step::Key(key) if compiler::syntax::is_plain_name(key) && is_word(key) => {
                    write!(f, ".{key}")?;
                }
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Var(name) if name.starts_with('$') => f.write_str("[_]")?,
                Step::Var(name) => write!(f, "[{name}]")?,
                Step::Other(text) => write!(f, "[{text}]")?,
            }
        }
        Ok(())
    }
}

fn is_word(key: &str) -> bool {
    !key.is_empty()
        && !key.starts_with(|c: char| c.is_ascii_digit())
        && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn step(part: &Term) -> Step {
    match &part.kind {
        TermKind::Var(name) => Step::Var(name.clone()),
        TermKind::Value(value) => part.as_text().map_or_else(
            || Step::Other(value.to_string()),
            |key| Step::Key(key.clone()),
        ),
        // The location makes each of them different.
        _ => Step::Other(format!("…{}", part.at.start)),
    }
}

/// Every reference in a rule, including those in other references.
#[must_use]
pub fn paths(rule: &Rule, module: &Module) -> Vec<Path> {
    let mut found = Paths {
        module,
        found: Vec::new(),
    };
    walk_rule(rule, &mut found);
    found.found
}

/// Collects references.
pub(super) struct Paths<'m> {
    pub module: &'m Module,
    pub found: Vec<Path>,
}

impl Visitor for Paths<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if matches!(term.kind, TermKind::Ref(_)) {
            self.found.extend(Path::from_term(term, self.module));
        }
        true
    }
}

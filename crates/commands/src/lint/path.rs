//! References as the places that they name.

use std::fmt;

use compiler::syntax::ast::{INPUT, Location, Module, Name, Rule, Term, TermKind};
use compiler::syntax::visit::{Visitor, walk_rule};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A name that is written out.
    Key(Name),
    /// A variable: any element, or the one that it is bound to.
    Var(Name),
    /// Anything else: a number, or what another expression gives.
    Other(String),
}

/// A reference: `input.pipeline.stages[i].stage`, with imports replaced by what they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// The variable or document at its head.
    pub head: Name,
    /// What is looked up, one by one.
    pub steps: Vec<Step>,
    /// Its location in the source.
    pub at: Location,
}

impl Path {
    /// The path of a term, where it is a reference or a variable.
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

    /// The key at a place, where one is written out.
    #[must_use]
    pub fn key(&self, index: usize) -> Option<&str> {
        match self.steps.get(index)? {
            Step::Key(key) => Some(key),
            _ => None,
        }
    }

    /// Whether it leads into the input.
    #[must_use]
    pub fn is_of_input(&self) -> bool {
        &*self.head == INPUT
    }

    /// Whether it goes through all elements of something.
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

    /// The places from its head to it, as texts that are alike for all variables.
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
        // No two of them are taken for one.
        _ => Step::Other(format!("…{}", part.at.start)),
    }
}

/// Every reference of a rule, those in others included.
#[must_use]
pub fn paths(rule: &Rule, module: &Module) -> Vec<Path> {
    let mut found = Paths {
        module,
        found: Vec::new(),
    };
    walk_rule(rule, &mut found);
    found.found
}

/// What gathers references.
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

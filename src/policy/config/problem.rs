//! Problems in a configuration. Messages suggest the nearest valid word.

use std::fmt;

use document::Position;

/// Why a configuration can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The path of the file, if it is known.
    pub path: Option<String>,
    /// All problems, in source order.
    pub problems: Vec<ConfigProblem>,
}

/// A problem in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// What is wrong, and what to write instead.
    pub message: String,
    /// The position. For something outside of files, such as a command-line option, it is the first one.
    pub position: Position,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.as_deref().unwrap_or("configuration");
        for (i, problem) in self.problems.iter().enumerate() {
            if i > 0 {
                f.write_str("\n")?;
            }
            let Position { line, column, .. } = problem.position;
            write!(f, "{path}:{line}:{column}: {}", problem.message)?;
        }
        Ok(())
    }
}

/// The message for a value that isn't one of those allowed.
pub fn not_one_of(name: &str, value: &str, values: &[&str]) -> String {
    let nearest =
        nearest(value, values).map_or(String::new(), |known| format!("; did you mean `{known}`?"));
    format!(
        "`{name}` is `{value}`, but has to be one of {}{nearest}",
        listed(values)
    )
}

/// The message for an unknown key or rule; `what` is its kind.
pub fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(nearest) => format!("{what} is unknown; did you mean `{nearest}`?"),
        None => format!("{what} is unknown; the known ones are {}", listed(known)),
    }
}

/// The nearest known word: at most a third of its letters differ, or one of the two begins with the other.
fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase();
    let distance = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        let starts =
            word.len() > 2 && (candidate.starts_with(&word) || word.starts_with(&candidate));
        if starts {
            1
        } else {
            strsim::osa_distance(&word, &candidate)
        }
    };
    known
        .iter()
        .map(|candidate| (distance(candidate), *candidate))
        .filter(|(distance, candidate)| distance * 3 <= candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// Words as a list, each formatted as code.
pub fn listed(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

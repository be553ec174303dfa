//! What is wrong with a configuration, in words that name the nearest right one.

use std::fmt;

use document::Position;

/// The configuration can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The file, where it is known.
    pub path: Option<String>,
    /// Everything that is wrong with it, in the order of the text.
    pub problems: Vec<ConfigProblem>,
}

/// One thing that is wrong with the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    /// What is wrong, and what to write.
    pub message: String,
    /// Where; the first position for what no file has (a command-line option).
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

/// A value that isn't among those known.
pub fn not_one_of(name: &str, value: &str, values: &[&str]) -> String {
    let nearest =
        nearest(value, values).map_or(String::new(), |known| format!("; did you mean `{known}`?"));
    format!(
        "`{name}` is `{value}`, but has to be one of {}{nearest}",
        listed(values)
    )
}

/// A key or a rule that isn't known; `what` names it.
pub fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    match nearest(word, known) {
        Some(nearest) => format!("{what} is unknown; did you mean `{nearest}`?"),
        None => format!("{what} is unknown; the known ones are {}", listed(known)),
    }
}

/// The known word that is nearest: at most a third of its letters differ, or one of the two begins with the other.
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

/// Words, each as code.
pub fn listed(words: &[&str]) -> String {
    let quoted: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

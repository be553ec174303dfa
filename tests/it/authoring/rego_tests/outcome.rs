//! The outcome of a test runner, without what differs from one run to the next.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The exit code, and the result of every test.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    code: i32,
    tests: Vec<String>,
    failing: usize,
    shown: Vec<String>,
}

impl Outcome {
    /// The outcome if the modules can't be compiled.
    pub fn refused() -> Self {
        Self {
            code: 1,
            tests: Vec::new(),
            failing: 0,
            shown: Vec::new(),
        }
    }

    /// Reads the outcome from the reports `json` and `pretty`.
    pub fn of(json: &str, pretty: &str, code: i32, version: usize) -> Self {
        let mut tests: Vec<Value> = serde_json::from_str(json).expect("a list of tests");
        // If several modules have tests with the same name, the order in which OPA runs them is random.
        let by_chance = named_by_chance(&tests);
        for test in &mut tests {
            let fields = test.as_object_mut().expect("an object");
            fields.remove("duration");
            if let Some(error) = fields.get_mut("error") {
                without_extras(error);
            }
            if by_chance.contains(&key(fields["package"].as_str(), fields["name"].as_str())) {
                let name = fields["name"].as_str().map(plain).expect("a name");
                fields.insert("name".to_owned(), name.into());
                if let Some(error) = fields.get_mut("error") {
                    *error = plain(&error.to_string().replace("\\\"", "\"")).into();
                }
            }
        }
        let failing = tests.iter().filter(|test| {
            ["fail", "error", "skip"]
                .iter()
                .any(|key| test.get(key).is_some())
        });
        let failing = failing.count();
        let mut tests: Vec<_> = tests.iter().map(ToString::to_string).collect();
        if version == 1 || !by_chance.is_empty() {
            tests.sort();
        }
        let pretty = without_durations(pretty);
        let shown = if by_chance.is_empty() {
            match version {
                0 => vec![pretty],
                _ => blocks(&pretty),
            }
        } else {
            counts(&pretty)
        };
        Self {
            code,
            tests,
            failing,
            shown,
        }
    }

    pub fn is_refused(&self) -> bool {
        self.code == 1
    }

    pub fn len(&self) -> usize {
        self.tests.len()
    }

    /// The number of tests that don't pass.
    pub fn failing(&self) -> usize {
        self.failing
    }

    /// The difference from the outcome of another runner.
    pub fn difference(&self, theirs: &Self) -> Option<String> {
        if self.code != theirs.code {
            return Some(format!("exit code {}, OPA {}", self.code, theirs.code));
        }
        let lists = [(&self.tests, &theirs.tests), (&self.shown, &theirs.shown)];
        lists.into_iter().find_map(|(ours, theirs)| {
            if ours == theirs {
                return None;
            }
            let only = |one: &[String], other: &[String]| {
                let only = one.iter().filter(|line| !other.contains(line));
                only.cloned().collect::<Vec<_>>().join("\n")
            };
            Some(format!(
                "-- only here:\n{}\n-- only OPA:\n{}",
                only(ours, theirs),
                only(theirs, ours)
            ))
        })
    }
}

/// The names of tests that several modules have.
fn named_by_chance(tests: &[Value]) -> BTreeSet<String> {
    let mut files: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for test in tests {
        let key = key(test["package"].as_str(), test["name"].as_str());
        let file = test["location"]["file"].as_str().expect("a file");
        files.entry(key).or_default().insert(file);
    }
    let several = files.into_iter().filter(|(_, files)| files.len() > 1);
    several.map(|(key, _)| key).collect()
}

fn key(package: Option<&str>, name: Option<&str>) -> String {
    format!(
        "{}.{}",
        package.expect("a package"),
        plain(name.expect("a name"))
    )
}

/// A name without its number, in any notation.
fn plain(name: &str) -> String {
    let name = name.replace("[\"", ".").replace("\"]", "");
    match name.split_once('#') {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
            format!("{before}{rest}")
        }
        None => name,
    }
}

/// Removes details that OPA has, and we don't.
fn without_extras(error: &mut Value) {
    match error {
        Value::Array(errors) => errors.iter_mut().for_each(without_extras),
        Value::Object(fields) => {
            fields.remove("details");
            fields.remove("stack_trace");
            if let Some(Value::String(message)) = fields.get_mut("message") {
                message.truncate(message.find("\n\t").unwrap_or(message.len()));
            }
        }
        _ => {}
    }
}

fn without_durations(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let is_outcome = [": PASS (", ": FAIL (", ": ERROR ("]
            .iter()
            .any(|word| line.contains(word));
        match line
            .rfind('(')
            .filter(|_| is_outcome && line.ends_with(')'))
        {
            Some(at) => &line[..at],
            None => line,
        }
    });
    let mut kept: Vec<&str> = Vec::new();
    let mut in_extras = false;
    for line in lines {
        // Lines below an error that we don't have.
        in_extras = line == "  Traceback:"
            || line.starts_with('\t')
            || (in_extras && line.starts_with("    "));
        if !in_extras {
            kept.push(line);
        }
    }
    kept.join("\n")
}

/// The tests in OPA 1.22's report, which lists them as they end, each with the lines below it.
fn blocks(text: &str) -> Vec<String> {
    let mut blocks: Vec<String> = vec![String::new()];
    for line in text.lines() {
        let is_place = line.ends_with(':')
            && line[..line.len() - 1]
                .rsplit_once(':')
                .is_some_and(|(_, row)| row.parse::<usize>().is_ok());
        if is_place || line.starts_with("-----") {
            blocks.push(String::new());
        }
        let last = blocks.last_mut().expect("one");
        last.push_str(line);
        last.push('\n');
    }
    let mut blocks: Vec<_> = blocks.iter().map(|block| block.trim().to_owned()).collect();
    blocks.sort();
    blocks
}

fn counts(text: &str) -> Vec<String> {
    let last = text.rsplit("-----").next().unwrap_or_default();
    last.lines().map(str::to_owned).collect()
}

//! The cases of a test: the fields of its value, and those that it came to without getting a value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use values::{Value, json};

/// The cases of a test, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(
    feature = "typescript",
    ts(rename = "TestCases", type = "{ [key: string]: TestCase }")
)]
pub struct Cases(BTreeMap<String, Case>);

/// A case of a test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[cfg_attr(feature = "typescript", ts(rename = "TestCase"))]
pub struct Case {
    /// Its name in reports: its key, or empty if its value is null.
    pub name: String,
    /// Whether it fails, or one of the cases in it does.
    pub fails: bool,
    /// The cases in it.
    pub cases: Cases,
}

impl Cases {
    /// The cases in a test's value, and those whose keys it came to.
    #[must_use]
    pub fn new(value: &Value, reached: &[Value]) -> Self {
        let mut cases = Self::from_value(value);
        for keys in reached {
            if let Value::Array(keys) = keys {
                let names: Vec<_> = keys.iter().map(json::write_bare).collect();
                cases.add(&names);
            }
        }
        cases
    }

    fn from_value(value: &Value) -> Self {
        let Value::Object(fields) = value else {
            return Self::default();
        };
        let fields = fields.iter().map(|(key, value)| {
            let name = json::write_bare(key);
            (name.clone(), Case::new(name, value))
        });
        Self(fields.collect())
    }

    /// Adds a failed case with these names, unless it has a value. Returns whether it fails.
    fn add(&mut self, names: &[String]) -> bool {
        let Some((first, rest)) = names.split_first() else {
            return true;
        };
        let case = self.0.entry(first.clone()).or_insert_with(|| Case {
            name: first.clone(),
            fails: true,
            cases: Self::default(),
        });
        if rest.is_empty() {
            return case.fails;
        }
        let fails = case.cases.add(rest);
        case.fails |= fails;
        fails
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them fails.
    #[must_use]
    pub fn any_fails(&self) -> bool {
        self.0.values().any(|case| case.fails)
    }

    /// The cases in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Case)> {
        self.0.iter().map(|(key, case)| (key.as_str(), case))
    }

    /// Calls `show` with every case and its depth. The cases in a case come after it.
    pub fn each<'c>(&'c self, show: &mut impl FnMut(usize, &'c Case)) {
        self.each_from(0, show);
    }

    // The recursion is limited by the length of a rule's reference and by how deep its value nests.
    fn each_from<'c>(&'c self, depth: usize, show: &mut impl FnMut(usize, &'c Case)) {
        for case in self.0.values() {
            show(depth, case);
            case.cases.each_from(depth + 1, show);
        }
    }
}

impl Case {
    fn new(name: String, value: &Value) -> Self {
        let (fails, cases) = match value {
            // As in OPA, null has no name, and doesn't fail.
            Value::Null => return Self::default(),
            Value::Object(_) => {
                let cases = Cases::from_value(value);
                (cases.any_fails(), cases)
            }
            value => (*value != Value::Bool(true), Cases::default()),
        };
        Self { name, fails, cases }
    }
}

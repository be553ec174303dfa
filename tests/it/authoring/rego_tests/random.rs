//! Random modules with tests, which are the same for the same seed on every machine.

use std::collections::BTreeMap;

use super::project::{DATA, Project};

/// The project for a seed. Most projects compile.
pub fn project(version: usize, seed: u64) -> Project {
    let mut chance = Chance {
        // Far apart, so that neighboring seeds don't use the same numbers.
        state: seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ version as u64,
        version,
    };
    let mut project = chance.project();
    for _ in 0..5 {
        if project.compiles() {
            break;
        }
        project = chance.project();
    }
    project
}

struct Chance {
    state: u64,
    version: usize,
}

const PACKAGES: [&str; 4] = ["p", "p_test", "p.q_test", "r[\"a b\"]"];

/// Names of tests. There are few, so that several rules have the same one, and two aren't names of tests.
const NAMES: [&str; 8] = [
    "test_a",
    "test_b",
    "test_a",
    "test_c",
    "todo_test_a",
    "test_",
    "testing",
    "a_test_b",
];

const VALUES: [&str; 14] = [
    "true",
    "true",
    "true",
    "false",
    "null",
    "0",
    "1",
    "\"\"",
    "\"x\"",
    "[]",
    "{}",
    "set()",
    "{1}",
    "data.base.yes",
];

const EXPRESSIONS: [&str; 30] = [
    "true",
    "1 == 1",
    "count([1, 2]) == 2",
    "x := 1\n\tx == 1",
    "every x in [1, 2] { x > 0 }",
    "not data.base.none",
    "data.base.yes",
    "print(\"seen\", [1, \"two\"])",
    "print(data.base.none)",
    "print(\"<&>\")",
    "trace(\"a note\")",
    "helper(1) == 2",
    "allowed with input as {\"ok\": true}",
    "not allowed with input as {\"ok\": false}",
    "allowed with data.base.yes as false with input.ok as true",
    "some y in [1, 2]\n\ty == 2",
    "upper(\"a\") == \"A\"",
    "false",
    "1 == 2",
    "x := 1\n\tx == 2",
    "data.base.none",
    "input.ok",
    "to_number(\"abc\") == 1",
    "every x in [1, 2] { x > 1 }",
    "not allowed with input as {\"ok\": true}",
    "two_values",
    "twice(1)",
    "{\"a\": 1} == {\"a\": 2}",
    "{k: v | some k, v in [[\"a\", 1], [\"a\", 2]]; some z in [k, v]} == {}",
    "object_of_two",
];

/// How many of the expressions are true.
const RIGHT: usize = 17;

const KEYS: [&str; 12] = [
    "\"a\"",
    "\"b c\"",
    "\"<x>\"",
    "1",
    "1.5",
    "true",
    "null",
    "[1, \"x\"]",
    "{\"k\": 1}",
    "\"1\"",
    "\"\"",
    "{1}",
];

const HELPERS: &str = "helper(x) := x + 1

allowed if input.ok

two_values := x if { some x in [1, 2] }

twice(x) := y if { some y in [x, x + 1] }

object_of_two[k] := v if { k := \"k\"; some v in [1, 2] }
";

impl Chance {
    /// A number below a limit (`SplitMix64`).
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % bound as u64).expect("below a bound")
    }

    fn one_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn project(&mut self) -> Project {
        let mut files = BTreeMap::new();
        let modules = 1 + [0, 0, 0, 1, 1, 2][self.below(6)];
        let mut packages: Vec<&str> = Vec::new();
        for i in 0..modules {
            let package = match packages.last() {
                Some(same) if self.one_in(3) => same,
                _ => self.of(&PACKAGES),
            };
            let is_first = !packages.contains(&package);
            packages.push(package);
            files.insert(format!("m{i}_test.rego"), self.module(package, is_first));
        }
        if self.one_in(2) {
            files.insert(DATA.to_owned(), r#"{"base": {"yes": true}}"#.to_owned());
        }
        let chosen = match self.below(8) {
            0 => "test_a",
            // If several modules have the test, it is random which one has a number.
            1 if modules == 1 => "_b$",
            2 if modules == 1 => "#01",
            _ => "",
        };
        Project {
            version: self.version,
            files,
            chosen: chosen.to_owned(),
        }
    }

    fn module(&mut self, package: &str, is_first: bool) -> String {
        // In v0, heads and bodies may be in the old and the new syntax.
        let imports = match self.version {
            0 => "import future.keywords\n\n",
            _ => "",
        };
        let mut text = format!("package {package}\n\n{imports}");
        if is_first {
            text.push_str(HELPERS);
            text.push('\n');
        }
        for _ in 0..2 + self.below(5) {
            text.push_str(&self.rule());
            text.push_str("\n\n");
        }
        text
    }

    fn rule(&mut self) -> String {
        let name = self.of(&NAMES);
        let body = self.body();
        match self.below(20) {
            0..5 => format!("{name} if {{\n\t{body}\n}}"),
            5 => format!("{name} := {}", self.of(&VALUES)),
            6 => format!("{name} := {} if {{\n\t{body}\n}}", self.of(&VALUES)),
            7 => format!("{name} contains {} if {{\n\t{body}\n}}", self.of(&KEYS)),
            8 => format!("default {name} := {}", self.of(&["true", "false", "null"])),
            9 => {
                let other = self.body();
                let value = self.of(&VALUES);
                format!("{name} if {{\n\t{body}\n}} else := {value} if {{\n\t{other}\n}}")
            }
            // No name that an `else` also has, because OPA would take the function for a value.
            10 => "test_function(x) if x == 1".to_owned(),
            11 => {
                let head = self.of(&[
                    "test_a.b",
                    "a.test_b",
                    "a.b.test_c",
                    "test_b[\"k\"]",
                    "x[\"test_y z\"]",
                    "test_c.d[\"e f\"]",
                    "todo_test_b.c",
                ]);
                match self.below(3) {
                    0 => format!("{head} if {{\n\t{body}\n}}"),
                    1 => format!("{head} := {}", self.of(&VALUES)),
                    _ => format!("{head} := {} if {{\n\t{body}\n}}", self.of(&VALUES)),
                }
            }
            12 if self.version == 0 => format!("{name} {{\n\t{body}\n}} {{\n\t{}\n}}", self.body()),
            13 if self.version == 0 => {
                format!("{name}[x] {{\n\tx := {}\n\t{body}\n}}", self.of(&KEYS))
            }
            12 | 13 => format!("{name} if 1 == 1\n\n{name} if {{\n\t{body}\n}}"),
            _ => self.cases(name),
        }
    }

    fn body(&mut self) -> String {
        let count = 1 + self.below(3);
        let expressions: Vec<_> = (0..count)
            .map(|_| {
                // Mostly the right ones, because otherwise nothing would ever pass.
                let among = if self.below(5) > 0 {
                    RIGHT
                } else {
                    EXPRESSIONS.len()
                };
                EXPRESSIONS[self.below(among)]
            })
            .collect();
        let mut body = String::new();
        for (i, expression) in expressions.iter().enumerate() {
            // This avoids declaring a variable twice.
            let expression = expression
                .replace('x', &format!("x{i}"))
                .replace("some y", &format!("some y{i}"))
                .replace("y == 2", &format!("y{i} == 2"));
            body.push_str(if i > 0 { "\n\t" } else { "" });
            body.push_str(&expression);
            // OPA continues with the first value before it finds the second, which shows in the output of `print`.
            if ["twice", "two_values"]
                .iter()
                .any(|of_two| expression.starts_with(of_two))
            {
                break;
            }
        }
        body
    }

    /// A test with cases.
    fn cases(&mut self, name: &str) -> String {
        let keys: Vec<_> = (0..=self.below(3)).map(|_| self.of(&KEYS)).collect();
        let cases: Vec<_> = keys
            .iter()
            .map(|key| {
                let in_ = self.below(3);
                let out = if self.one_in(3) { self.below(3) } else { in_ };
                format!("{{\"note\": {key}, \"in\": {in_}, \"out\": {out}}}")
            })
            .collect();
        let list = format!("[{}]", cases.join(", "));
        let checked = self.of(&[
            "tc[\"in\"] == tc.out",
            "tc.out == tc[\"in\"]",
            "tc.out == 1",
            "print(tc.note)\n\ttc[\"in\"] == tc.out",
            "not tc.none",
            "act := tc[\"in\"] + 0\n\tact == tc.out",
            "twice(tc.out) == 1",
        ]);
        let before = self.of(&[
            "",
            "",
            "",
            "data.base.yes\n\t",
            "z := 1\n\tz == 1\n\t",
            "input.none\n\t",
        ]);
        let given = self.of(&[
            "",
            "",
            "",
            " := true",
            " := false",
            " := tc",
            " := tc.out > 0",
            " := null",
        ]);
        match self.below(8) {
            0 => format!(
                "{name}[tc.note]{given} if {{\n\t{before}some tc in {list}\n\t{checked}\n}}"
            ),
            1 => format!(
                "{name}[note]{given} if {{\n\t{before}some tc in {list}\n\tnote := tc.note\n\t{checked}\n}}"
            ),
            2 => format!(
                "{name}[note]{given} if {{\n\t{before}some tc in {list}\n\t{checked}\n\tnote := tc.note\n}}"
            ),
            3 => format!(
                "{name}[tc.note][i]{given} if {{\n\t{before}some i, tc in {list}\n\t{checked}\n}}"
            ),
            4 => format!(
                "{name}[tc.note].fixed[tc.out]{given} if {{\n\t{before}some tc in {list}\n\t{checked}\n}}"
            ),
            5 => format!(
                "{name}[sprintf(\"%v-%d\", [tc.note, tc.out])]{given} if {{\n\t{before}some tc in {list}\n\t{checked}\n}}"
            ),
            6 => format!(
                "{name}.part[tc.note]{given} if {{\n\t{before}some tc in {list}\n\t{checked}\n}}"
            ),
            _ => format!(
                "a.{name}[note]{given} if {{\n\t{before}tc = {list}[_]\n\tnote = tc.note\n\t{checked}\n}}"
            ),
        }
    }
}

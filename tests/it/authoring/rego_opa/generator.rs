//! Small random policies: from a seed, so that they are the same on every machine, or from a fuzzer's bytes.

use std::fmt;

use rego::policy::{Options, Source};
use serde_json::json;
use values::{Value, Version};

use crate::authoring::chance::Chance;

/// A policy of several rules, each of which can be left out.
#[derive(Clone)]
pub struct Policy {
    version: usize,
    /// What it is called.
    id: u64,
    rules: Vec<String>,
    input: String,
}

impl Policy {
    /// The policy for a seed, in a version of Rego (0 or 1).
    pub fn of_seed(version: usize, seed: u64) -> Self {
        // Far apart, so that neighboring seeds don't use the same numbers.
        let state = seed.wrapping_mul(0xD134_2543_DE82_EF95) ^ version as u64;
        Generator::new(version, seed, Chance::Seed(state)).policy()
    }

    /// The policy that these choices make.
    pub fn of_chance(version: usize, chance: Chance<'_>) -> Self {
        Generator::new(version, 0, chance).policy()
    }

    /// Its input as JSON.
    pub fn input(&self) -> &str {
        &self.input
    }

    /// The size of its rules, in bytes.
    pub fn size(&self) -> usize {
        self.rules.iter().map(String::len).sum()
    }

    /// Its module.
    pub fn text(&self) -> String {
        let header = if self.version == 0 {
            "package p\n\nimport future.keywords.in\nimport future.keywords.every\n"
        } else {
            "package p\n"
        };
        format!("{header}\n{}\n", self.rules.join("\n\n"))
    }

    fn compiles(&self) -> bool {
        let source = Source {
            path: "p.rego".to_owned(),
            text: self.text(),
        };
        let options = Options {
            version: [Version::V0, Version::V1][self.version],
            is_strict: false,
            data: Value::object::<Value>([]),
        };
        rego::policy::Policy::compile(vec![source], options).is_ok()
    }

    /// The policy with its input and query, in the form of the engine and the reference.
    pub fn case(&self) -> String {
        format!(
            r#"{{"id":{},"modules":{},"query":"data.p","regoVersion":{},"input":{}}}"#,
            self.id,
            json!({ "p.rego": self.text() }),
            self.version,
            self.input
        )
    }

    /// This policy without one of its rules, for each of them.
    pub fn smaller(&self) -> impl Iterator<Item = Self> {
        (0..self.rules.len()).map(|i| {
            let mut smaller = self.clone();
            smaller.rules.remove(i);
            smaller
        })
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}\n{}\ninput: {}",
            self.id,
            self.text(),
            self.input
        )
    }
}

/// Makes one policy. Its rules are often undefined, and sometimes refused; the answers must be the same for those
/// too.
struct Generator<'b> {
    version: usize,
    id: u64,
    chance: Chance<'b>,
    /// The variables that are bound at this point.
    variables: Vec<String>,
    /// The number of rules so far.
    rules: usize,
    functions: usize,
    fresh: usize,
}

const CONSTANTS: [&str; 16] = [
    "0",
    "1",
    "2",
    "1.0",
    "-1",
    "1.5",
    "\"a\"",
    "\"b\"",
    "\"\"",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "[1, \"a\"]",
    "{\"a\": 1}",
];

const KEYS: [&str; 5] = ["a", "b", "c", "xs", "o"];

impl<'b> Generator<'b> {
    fn new(version: usize, id: u64, chance: Chance<'b>) -> Self {
        Self {
            version,
            id,
            chance,
            variables: Vec::new(),
            rules: 0,
            functions: 0,
            fresh: 0,
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.chance.below(bound)
    }

    fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        self.chance.one_of(choices)
    }

    fn policy(mut self) -> Policy {
        let mut policy = Policy {
            version: self.version,
            id: self.id,
            rules: Vec::new(),
            input: self.json(3),
        };
        for _ in 0..2 + self.below(5) {
            // Most of what is refused is made again, because nothing of a refused policy is evaluated.
            let mut tries = self.below(8);
            loop {
                let (rules, functions) = (self.rules, self.functions);
                let rule = self.rule();
                policy.rules.push(rule);
                if tries == 0 || policy.compiles() {
                    break;
                }
                tries -= 1;
                policy.rules.pop();
                (self.rules, self.functions) = (rules, functions);
            }
        }
        policy
    }

    /// In OPA 0.70, `1.0` isn't an index of an array; in 1.22 it is. We do as 1.22 does.
    fn known(&self, number: &'static str) -> String {
        let has_difference = self.version == 0 && number == "1.0";
        if has_difference { "1" } else { number }.to_owned()
    }

    fn json(&mut self, depth: usize) -> String {
        if depth == 0 {
            let plain = [
                "0", "1", "2", "1.0", "\"a\"", "\"b\"", "true", "false", "null",
            ];
            let plain = self.one_of(&plain);
            return self.known(plain);
        }
        match self.below(if depth == 3 { 5 } else { 8 }) {
            0 if depth < 3 => {
                let count = self.below(4);
                let items: Vec<_> = (0..count).map(|_| self.json(depth - 1)).collect();
                format!("[{}]", items.join(","))
            }
            0..=4 => {
                let mut fields = Vec::new();
                for key in KEYS {
                    if self.below(3) > 0 {
                        let value = if key == "xs" && self.below(4) > 0 {
                            let count = self.below(4);
                            let items: Vec<_> = (0..count).map(|_| self.json(depth - 1)).collect();
                            format!("[{}]", items.join(","))
                        } else {
                            self.json(depth - 1)
                        };
                        fields.push(format!("\"{key}\":{value}"));
                    }
                }
                format!("{{{}}}", fields.join(","))
            }
            _ => self.json(0),
        }
    }

    fn constant(&mut self) -> String {
        let constant = self.one_of(&CONSTANTS);
        self.known(constant)
    }

    fn rule(&mut self) -> String {
        self.variables.clear();
        let name = format!("r{}", self.rules);
        let is_v1 = self.version == 1;
        let iff = if is_v1 { " if" } else { "" };
        let text = match self.below(7) {
            0 => {
                let name = format!("f{}", self.functions);
                self.variables.push("arg".to_owned());
                let body = self.body();
                let head = self.term(1);
                let else_branch = self.else_branch();
                self.variables.clear();
                self.functions += 1;
                return format!("{name}(arg) = {head}{iff} {body}{else_branch}");
            }
            1 | 2 => {
                let body = self.body();
                let member = self.term(1);
                if is_v1 {
                    format!("{name} contains {member} if {body}")
                } else {
                    format!("{name}[{member}] {body}")
                }
            }
            3 => {
                let body = self.body();
                let (key, value) = (self.term(1), self.term(1));
                format!("{name}[{key}] = {value}{iff} {body}")
            }
            4 => {
                let body = self.body();
                format!("{name}{iff} {body}{}", self.else_branch())
            }
            5 => {
                let constant = self.constant();
                let body = self.body();
                let value = self.term(2);
                format!("default {name} = {constant}\n\n{name} = {value}{iff} {body}")
            }
            _ => {
                let body = self.body();
                let value = self.term(2);
                format!("{name} = {value}{iff} {body}{}", self.else_branch())
            }
        };
        self.rules += 1;
        text
    }

    fn else_branch(&mut self) -> String {
        if self.below(4) > 0 {
            return String::new();
        }
        let kept = self.variables.clone();
        self.variables.retain(|name| name == "arg");
        let body = self.body();
        let value = self.term(1);
        self.variables = kept;
        let iff = if self.version == 1 { " if" } else { "" };
        format!(" else = {value}{iff} {body}")
    }

    fn body(&mut self) -> String {
        let count = 1 + self.below(3);
        let lines: Vec<_> = (0..count)
            .map(|_| format!("\t{}\n", self.literal()))
            .collect();
        format!("{{\n{}}}", lines.concat())
    }

    fn literal(&mut self) -> String {
        match self.below(14) {
            0..=3 => {
                let value = self.term(2);
                let name = self.variable();
                format!("{name} := {value}")
            }
            4 => {
                let value = self.term(1);
                let pattern = self.pattern(1);
                let is = self.one_of(&["=", "="]);
                format!("{pattern} {is} {value}")
            }
            5 => {
                let collection = self.collection();
                let name = self.variable();
                if self.below(3) == 0 {
                    let key = self.variable();
                    format!("some {key}, {name} in {collection}")
                } else {
                    format!("some {name} in {collection}")
                }
            }
            6 => {
                let collection = self.collection();
                let kept = self.variables.clone();
                let name = self.variable();
                let condition = self.condition();
                self.variables = kept;
                format!("every {name} in {collection} {{ _ = {name}; {condition} }}")
            }
            7 | 8 => {
                let kept = self.variables.clone();
                let condition = self.condition();
                self.variables = kept;
                format!("not {condition}")
            }
            9 => {
                let condition = self.condition();
                let value = self.operand();
                let target = self.one_of(&["input", "input.a", "input.o.b", "input.xs"]);
                format!("{condition} with {target} as {value}")
            }
            10 => {
                let from = self.reference();
                let (path, value) = (self.variable(), self.variable());
                format!("walk({from}, [{path}, {value}])")
            }
            _ => self.condition(),
        }
    }

    fn condition(&mut self) -> String {
        match self.below(6) {
            0 => self.reference(),
            1 => {
                let collection = self.collection();
                format!("{} in {collection}", self.operand())
            }
            2 => self.call(1),
            _ => {
                let operator = self.one_of(&["==", "==", "!=", "<", ">="]);
                format!("{} {operator} {}", self.operand(), self.operand())
            }
        }
    }

    /// An operand that isn't a comprehension. OPA refuses some comprehensions that are in one expression with a
    /// reference whose variables are all bound before (`tests/cases/forms/exceptions.txt`).
    fn operand(&mut self) -> String {
        match self.below(5) {
            0 => self.constant(),
            1 => format!("[{}, {}]", self.term(0), self.term(0)),
            _ => self.reference(),
        }
    }

    fn pattern(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 3 } else { 5 }) {
            0 => "_".to_owned(),
            1 | 2 => self.variable(),
            3 => format!("[{}, {}]", self.pattern(depth - 1), self.pattern(depth - 1)),
            _ => format!("{{\"a\": {}}}", self.pattern(depth - 1)),
        }
    }

    fn variable(&mut self) -> String {
        let name = format!("v{}", self.fresh);
        self.fresh += 1;
        self.variables.push(name.clone());
        name
    }

    fn reference(&mut self) -> String {
        let mut text = match self.below(6) {
            0 | 1 if !self.variables.is_empty() => {
                let i = self.below(self.variables.len());
                self.variables[i].clone()
            }
            2 if self.rules > 0 => format!("r{}", self.below(self.rules)),
            3 if self.rules > 0 => format!("data.p.r{}", self.below(self.rules)),
            _ => format!("input.{}", self.one_of(&KEYS)),
        };
        for _ in 0..self.below(3) {
            let step = match self.below(8) {
                0 | 1 => "[_]".to_owned(),
                2 => "[0]".to_owned(),
                3 if !self.variables.is_empty() => {
                    let i = self.below(self.variables.len());
                    format!("[{}]", self.variables[i])
                }
                4 => format!("[{}]", self.term(0)),
                _ => format!(".{}", self.one_of(&KEYS)),
            };
            text.push_str(&step);
        }
        text
    }

    fn collection(&mut self) -> String {
        match self.below(5) {
            0 => format!("[{}, {}]", self.term(0), self.term(0)),
            1 => format!("{{{}, {}}}", self.term(0), self.term(0)),
            _ => self.reference(),
        }
    }

    fn term(&mut self, depth: usize) -> String {
        if depth == 0 {
            return match self.below(3) {
                0 if !self.variables.is_empty() => {
                    let i = self.below(self.variables.len());
                    self.variables[i].clone()
                }
                _ => self.constant(),
            };
        }
        match self.below(12) {
            0 => self.constant(),
            1 => format!("[{}, {}]", self.term(depth - 1), self.term(depth - 1)),
            2 => format!("{{\"k\": {}}}", self.term(depth - 1)),
            3 => format!("{{{}, {}}}", self.term(depth - 1), self.term(depth - 1)),
            4 | 5 => self.comprehension(),
            6 | 7 => self.call(depth - 1),
            _ => self.reference(),
        }
    }

    fn comprehension(&mut self) -> String {
        let kept = self.variables.clone();
        let count = 1 + self.below(2);
        let body: Vec<_> = (0..count).map(|_| self.literal()).collect();
        let body = body.join("; ");
        let text = match self.below(3) {
            0 => format!("[{} | {body}]", self.term(0)),
            1 => format!("{{{} | {body}}}", self.term(0)),
            _ => format!("{{{}: {} | {body}}}", self.term(0), self.term(0)),
        };
        self.variables = kept;
        text
    }

    fn call(&mut self, depth: usize) -> String {
        if self.functions > 0 && self.below(2) == 0 {
            let function = self.below(self.functions);
            return format!("f{function}({})", self.term(depth));
        }
        let a = self.reference();
        let b = self.reference();
        match self.below(16) {
            0 => format!("count({a})"),
            1 => format!("sum({a})"),
            2 => format!("max({a})"),
            3 => format!("sort({a})"),
            4 => format!("lower({a})"),
            5 => format!("contains({a}, {b})"),
            6 => format!("concat(\",\", {a})"),
            7 => format!("sprintf(\"%v|%s|%d\", [{a}, {b}, {}])", self.term(0)),
            8 => format!("object.get({a}, \"a\", {})", self.term(0)),
            9 => format!("({a} + {b})"),
            10 => format!("({a} | {b})"),
            11 => format!("({a} & {b})"),
            12 => format!("array.concat({a}, {b})"),
            13 => format!("type_name({a})"),
            14 => format!("json.marshal({a})"),
            _ => format!("to_number({a})"),
        }
    }
}

#![doc = include_str!("../README.md")]
#![warn(unreachable_pub)]

mod aggregates;
#[cfg(test)]
mod answers;
#[cfg(feature = "crypto")]
mod aws;
mod catalogue;
mod collections;
#[cfg(feature = "crypto")]
mod crypto;
mod encoding;
mod format;
mod glob;
mod graph;
mod host;
#[cfg(feature = "crypto")]
mod jwt;
mod net;
mod numbers;
mod operand;
mod parse_float;
mod patch;
#[cfg(test)]
mod patterns;
#[cfg(feature = "crypto")]
mod private_key;
mod regex;
mod schema;
mod semver;
mod strings;
mod template;
mod time;
mod types;
mod units;
mod uri;
mod uuid;
mod yaml;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use catalogue::{Listed, Support, all, is_deprecated, lacking, since};
pub use encoding::encode_base64;
pub use operand::exhausted;
pub use schema::{
    Id as SchemaId, Part as SchemaPart, Schema, SchemaError, Ways as SchemaWays,
    read as read_schema,
};
pub use uri::error as uri_error;
pub use yaml::{annotations, read_document, yaml_document};

use values::{Value, Version};

/// A built-in function.
pub struct Builtin {
    /// `regex.match`.
    pub name: &'static str,
    /// Its type in OPA's own notation:
    /// `(pattern: string, value: string) => result: boolean`.
    pub signature: &'static str,
    /// How it is computed.
    pub call: Call,
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// How a built-in function comes to its value.
#[derive(Clone, Copy)]
pub enum Call {
    /// From its arguments alone.
    Pure(fn(&[Value]) -> Outcome),
    /// From its arguments, within the bounds of the evaluation: what may become large asks first.
    Bounded(fn(&mut dyn Host, &[Value]) -> Outcome),
    /// By the host, which may refuse: it reaches out of the evaluation.
    Hosted(fn(&mut dyn Host, &[Value]) -> Outcome),
    /// By the evaluator itself (`walk`, `print`, `=` …).
    Evaluator,
}

/// The value, or none: an undefined result, which isn't an error.
pub type Outcome = Result<Option<Value>, Failure>;

/// Why a built-in function has no value. Unless built-in errors are strict, the call is undefined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// `eval_type_error`, in OPA's words without the function's name: `operand 1 must be string but
    /// got number`.
    Type(String),
    /// `eval_builtin_error`, in OPA's words without the function's name.
    Failed(String),
    /// A bound is reached; this ends the evaluation, strict or not.
    Limit(String),
    /// The host has to answer, and doesn't; this ends the evaluation, strict or not.
    Refused(String),
}

/// What a function may ask of the evaluation around it.
pub trait Host {
    /// Asks for room for this many values, and for the steps of making them, before it is taken. The room
    /// is given back when the function has its value, which has room of its own.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`] where the evaluation would be larger or longer than allowed.
    fn charge(&mut self, values: usize) -> Result<(), Failure>;

    /// Asks for the room of a string of so many bytes.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`] where the evaluation would be larger or longer than allowed.
    fn charge_text(&mut self, bytes: usize) -> Result<(), Failure> {
        self.charge(bytes / 32 + 1)
    }

    /// The time of the evaluation in nanoseconds since 1970, the same during all of it.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where the host gave no clock.
    fn now(&mut self) -> Result<i64, Failure>;

    /// Lets the host compute the call of a function that reaches out of the evaluation (`http.send`).
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] where it doesn't.
    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome;

    /// Which Rego is evaluated: v0 behaves as OPA 0.70, v1 as OPA 1.22.
    fn version(&self) -> Version;

    /// Compiled patterns and the like.
    fn cache(&mut self) -> &mut Cache;
}

/// What is worth keeping between calls, and between evaluations.
#[derive(Debug, Default)]
pub struct Cache {
    regexes: regex::Patterns<regex::Pattern>,
    globs: regex::Patterns<glob::Glob>,
    schemas: schema::Schemas,
}

impl Cache {
    /// Forgets what is too large to be kept where nothing is evaluated.
    pub fn drop_large(&mut self) {
        self.regexes.drop_large();
        self.globs.drop_large();
        self.schemas.clear();
    }
}

/// The tables, by theme.
const TABLES: &[&[Builtin]] = &[
    EVALUATOR,
    aggregates::TABLE,
    #[cfg(feature = "crypto")]
    aws::TABLE,
    collections::TABLE,
    #[cfg(feature = "crypto")]
    crypto::TABLE,
    encoding::TABLE,
    format::TABLE,
    glob::TABLE,
    graph::TABLE,
    host::TABLE,
    #[cfg(feature = "crypto")]
    jwt::TABLE,
    net::TABLE,
    numbers::TABLE,
    patch::TABLE,
    #[cfg(feature = "crypto")]
    private_key::TABLE,
    regex::TABLE,
    schema::TABLE,
    semver::TABLE,
    strings::TABLE,
    template::TABLE,
    time::TABLE,
    types::TABLE,
    units::TABLE,
    uri::TABLE,
    uuid::TABLE,
    yaml::TABLE,
];

const EVALUATOR: &[Builtin] = &[
    own("eq", "(any, any) => boolean"),
    own("equal", "(x: any, y: any) => result: boolean"),
    own("assign", "(any, any) => boolean"),
    own("internal.member_2", "(any, any) => boolean"),
    own("internal.member_3", "(any, any, any) => boolean"),
    own("internal.print", "(array[set[any]])"),
    own("internal.template_string", "(array[any]) => string"),
    own("internal.test_case", "(array[any])"),
    own("print", "(any...)"),
    own("trace", "(note: string) => result: boolean"),
    own("walk", "(x: any) => output: array<array[any], any>"),
];

const fn pure(
    name: &'static str,
    signature: &'static str,
    call: fn(&[Value]) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        signature,
        call: Call::Pure(call),
    }
}

const fn bounded(
    name: &'static str,
    signature: &'static str,
    call: fn(&mut dyn Host, &[Value]) -> Outcome,
) -> Builtin {
    Builtin {
        name,
        signature,
        call: Call::Bounded(call),
    }
}

const fn own(name: &'static str, signature: &'static str) -> Builtin {
    Builtin {
        name,
        signature,
        call: Call::Evaluator,
    }
}

/// The function of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    static NAMED: LazyLock<HashMap<&str, &Builtin>> = LazyLock::new(|| {
        let all = TABLES.iter().copied().flatten();
        all.map(|builtin| (builtin.name, builtin)).collect()
    });
    NAMED.get(name).copied()
}

/// The function of that name, if there is one in OPA of this version: 1.22 for v1, and 0.70, the last
/// before 1.0, for v0.
#[must_use]
pub fn find_in(version: Version, name: &str) -> Option<&'static Builtin> {
    let is_newer = || since(name).is_some_and(|since| since.starts_with("v1."));
    find(name).filter(|_| version == Version::V1 || !is_newer())
}

impl Builtin {
    /// How many arguments it takes at least.
    #[must_use]
    pub fn arity(&self) -> usize {
        // Counted rather than read as a type: this is asked for every call that is compiled.
        let mut depth = 0;
        let mut commas = 0;
        for byte in self.signature.bytes() {
            match byte {
                b'(' | b'<' | b'[' => depth += 1,
                b')' if depth == 1 => break,
                b')' | b'>' | b']' => depth -= 1,
                b',' if depth == 1 => commas += 1,
                _ => {}
            }
        }
        let is_last_extra = self.signature.starts_with("()") || self.is_variadic();
        commas + usize::from(!is_last_extra)
    }

    /// Whether it gives a value.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.signature.contains(") => ")
    }

    /// Whether it takes any number of arguments.
    #[must_use]
    pub fn is_variadic(&self) -> bool {
        self.signature.contains("...)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Builtin, Call, TABLES, lacking};

    #[test]
    fn a_signature_tells_the_arguments() {
        for (signature, arity, has_result, is_variadic) in [
            ("() => output: number", 0, true, false),
            ("(any...)", 0, false, true),
            ("(x: array<any, set[any]>)", 1, false, false),
            (
                "(x: object<a: any, b: any>, y: any) => z: any<null, any>",
                2,
                true,
                false,
            ),
        ] {
            let call = Call::Evaluator;
            let builtin = Builtin {
                name: "f",
                signature,
                call,
            };
            let told = (builtin.arity(), builtin.has_result(), builtin.is_variadic());
            assert_eq!(told, (arity, has_result, is_variadic), "{signature}");
        }
    }

    #[test]
    fn what_is_here_is_not_lacking() {
        for builtin in TABLES.iter().copied().flatten() {
            assert_eq!(lacking(builtin.name), None, "{}", builtin.name);
        }
    }
}

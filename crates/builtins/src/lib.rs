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
    /// The name, such as `regex.match`.
    pub name: &'static str,
    /// The type in OPA's notation: `(pattern: string, value: string) => result: boolean`.
    pub signature: &'static str,
    /// How it is computed.
    pub call: Call,
}

impl std::fmt::Debug for Builtin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// How the value of a function is computed.
#[derive(Clone, Copy)]
pub enum Call {
    /// Only from its arguments.
    Pure(fn(&[Value]) -> Outcome),
    /// From its arguments, within the limits of the evaluation, to which it charges what may become large.
    Bounded(fn(&mut dyn Host, &[Value]) -> Outcome),
    /// By the host, which may refuse, because the function needs the outside world.
    Hosted(fn(&mut dyn Host, &[Value]) -> Outcome),
    /// By the evaluator itself (`walk`, `print`, `=` …).
    Evaluator,
}

/// The value of a call; `None` if it is undefined, which isn't an error.
pub type Outcome = Result<Option<Value>, Failure>;

/// Why a call has no value. Unless built-in errors are strict, `Type` and `Failed` make the call undefined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// `eval_type_error`, with OPA's message without the name of the function, such as `operand 1 must be string but
    /// got number`.
    Type(String),
    /// `eval_builtin_error`, with OPA's message without the name of the function.
    Failed(String),
    /// A limit was reached. This ends the evaluation even if errors aren't strict.
    Limit(String),
    /// The host refused. This ends the evaluation even if errors aren't strict.
    Refused(String),
}

/// What a function may ask of the evaluation that calls it.
pub trait Host {
    /// Charges the evaluation for this many values, before they are made: their room, and the steps to make them. The
    /// room is returned when the function is done, because its value has its own.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`] if it would exceed the limits.
    fn charge(&mut self, values: usize) -> Result<(), Failure>;

    /// Charges the evaluation for a string of this many bytes.
    ///
    /// # Errors
    ///
    /// [`Failure::Limit`] if it would exceed the limits.
    fn charge_text(&mut self, bytes: usize) -> Result<(), Failure> {
        self.charge(bytes / 32 + 1)
    }

    /// The time in nanoseconds since 1970. It stays the same throughout an evaluation.
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] if there is no clock.
    fn now(&mut self) -> Result<i64, Failure>;

    /// Lets the host compute a call of a function that needs the outside world (`http.send`).
    ///
    /// # Errors
    ///
    /// [`Failure::Refused`] if it doesn't.
    fn ask(&mut self, function: &str, arguments: &[Value]) -> Outcome;

    /// The version of Rego: functions behave as in OPA 0.70 for v0, and as in OPA 1.22 for v1.
    fn version(&self) -> Version;

    /// Compiled patterns and other intermediate results.
    fn cache(&mut self) -> &mut Cache;
}

/// Intermediate results that are kept between calls and between evaluations.
#[derive(Debug, Default)]
pub struct Cache {
    regexes: regex::Patterns<regex::Pattern>,
    globs: regex::Patterns<glob::Glob>,
    schemas: schema::Schemas,
}

impl Cache {
    /// Drops entries that are too large to keep between evaluations.
    pub fn drop_large(&mut self) {
        self.regexes.drop_large();
        self.globs.drop_large();
        self.schemas.clear();
    }
}

/// The functions of each module.
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

/// The function with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    static NAMED: LazyLock<HashMap<&str, &Builtin>> = LazyLock::new(|| {
        let all = TABLES.iter().copied().flatten();
        all.map(|builtin| (builtin.name, builtin)).collect()
    });
    NAMED.get(name).copied()
}

/// The function with this name, if the OPA of this version has it: 1.22 for v1, and 0.70, the last before 1.0, for
/// v0.
#[must_use]
pub fn find_in(version: Version, name: &str) -> Option<&'static Builtin> {
    let is_newer = || since(name).is_some_and(|since| since.starts_with("v1."));
    find(name).filter(|_| version == Version::V1 || !is_newer())
}

impl Builtin {
    /// The least number of arguments.
    #[must_use]
    pub fn arity(&self) -> usize {
        // This counts commas instead of parsing the type, because it is called for each call that is compiled.
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

    /// Whether it returns a value.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.signature.contains(") => ")
    }

    /// Whether it takes any number of further arguments.
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
            let counts = (builtin.arity(), builtin.has_result(), builtin.is_variadic());
            assert_eq!(counts, (arity, has_result, is_variadic), "{signature}");
        }
    }

    #[test]
    fn what_is_here_is_not_lacking() {
        for builtin in TABLES.iter().copied().flatten() {
            assert_eq!(lacking(builtin.name), None, "{}", builtin.name);
        }
    }
}

//! Writes programs as Rust source, as constant data of the crate that runs them.

use std::fmt::Write as _;

use super::program::{Instruction, Literal, Program};

impl Program {
    /// The program as a Rust expression, for a scope that imports `Cow` and everything in `rego::rvm::program`.
    #[must_use]
    pub fn to_rust(&self) -> String {
        let mut rust = "Program {\n".to_owned();
        let mut rows = |name: &str, rows: Vec<String>| {
            let rows = rows.join(",\n");
            let _ = writeln!(rust, "{name}: Cow::Borrowed(&[\n{rows}\n]),");
        };
        let instructions = self.instructions.iter().copied().map(instruction);
        rows("instructions", instructions.collect());
        rows(
            "operands",
            self.operands.iter().map(|it| format!("{it:?}")).collect(),
        );
        rows(
            "bodies",
            self.bodies.iter().map(|it| format!("{it:?}")).collect(),
        );
        rows(
            "rules",
            self.rules.iter().map(|it| format!("{it:?}")).collect(),
        );
        rows("literals", self.literals.iter().map(literal).collect());
        let entry_points = self.entry_points.iter();
        let entry_point = |(name, rule): &(_, u16)| format!("(Cow::Borrowed({name:?}), {rule})");
        rows("entry_points", entry_points.map(entry_point).collect());
        rust.push('}');
        rust
    }
}

/// An instruction as Rust. Its `Debug` output already is, except for the enums in its fields.
fn instruction(instruction: Instruction) -> String {
    [
        ("builtin", "Builtin"),
        ("relation", "Relation"),
        ("holds", "Condition"),
        ("composite", "Composite"),
        ("operation", "Arithmetic"),
        ("kind", "Collection"),
    ]
    .iter()
    .fold(
        format!("Instruction::{instruction:?}"),
        |rust, (field, of)| rust.replace(&format!("{field}: "), &format!("{field}: {of}::")),
    )
}

fn literal(literal: &Literal) -> String {
    let all = |items: &[Literal]| {
        items
            .iter()
            .map(self::literal)
            .collect::<Vec<_>>()
            .join(", ")
    };
    match literal {
        Literal::String(text) => format!("Literal::String(Cow::Borrowed({text:?}))"),
        Literal::Array(items) => format!("Literal::Array(Cow::Borrowed(&[{}]))", all(items)),
        Literal::Set(items) => format!("Literal::Set(Cow::Borrowed(&[{}]))", all(items)),
        Literal::Object(fields) => {
            let fields = fields.iter();
            let field = |(key, value): &(Literal, Literal)| {
                format!("({}, {})", self::literal(key), self::literal(value))
            };
            let fields: Vec<_> = fields.map(field).collect();
            format!("Literal::Object(Cow::Borrowed(&[{}]))", fields.join(", "))
        }
        scalar => format!("Literal::{scalar:?}"),
    }
}

//! `opa fmt`: formats a module's source text as OPA does.
//!
//! A port of OPA's formatter, of 0.70 for Rego v0 and of 1.22 for Rego v1, which decides by the locations
//! of things in the source text: [`locate`] gives our syntax tree OPA's locations, [`writer`] and the
//! modules beside it write it. Where OPA's output follows from a quirk of its parser or formatter, so
//! does ours: what `opa fmt` would change is never called formatted here.

mod checks;
mod derived;
mod expressions;
mod imports;
mod lists;
mod locate;
mod logic;
mod order;
mod refusal;
mod relocate;
mod rules;
mod shown;
mod source_text;
mod terms;
mod tree;
mod writer;

use compiler::problem::{Code, Problem};
use compiler::syntax;
use imports::Keywords;
use source_text::SourceText;
use values::Version;
use writer::{Stop, Writer};

/// Which of OPA's formatters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `opa fmt` of OPA 0.70: Rego v0 stays Rego v0.
    V0,
    /// `opa fmt --rego-v1` of OPA 0.70: Rego v0 becomes Rego that OPA reads in both versions.
    V0AndV1,
    /// `opa fmt` of OPA 1.22: Rego v1.
    V1,
}

impl Dialect {
    /// The Rego that is read.
    #[must_use]
    pub fn version(self) -> Version {
        match self {
            Self::V0 | Self::V0AndV1 => Version::V0,
            Self::V1 => Version::V1,
        }
    }

    /// Whether it is OPA 1.22's.
    fn is_newer(self) -> bool {
        self == Self::V1
    }

    /// Whether Rego v1 is written.
    fn is_v1(self) -> bool {
        self != Self::V0
    }
}

/// A module's text as `opa fmt` writes it. `index` is the module's number, which positions carry.
///
/// # Errors
///
/// Everything that is wrong with the module, in OPA's words; and what OPA can't format.
pub fn format(text: &str, index: u32, dialect: Dialect) -> Result<String, Vec<Problem>> {
    let module = syntax::parse_module(text, index, dialect.version())?;
    if dialect.is_v1() {
        let problems = checks::problems(&module);
        if !problems.is_empty() {
            return Err(problems);
        }
    }
    let source = SourceText::new(text, dialect.version());
    let (mut tree, found) = locate::locate(&module, &source, dialect);
    drop(module);
    let keywords = Keywords::from_imports(&tree.imports, dialect);
    let imports = std::mem::take(&mut tree.imports);
    tree.imports = imports::adapt(imports, &keywords, &found, dialect);
    let mut writer = Writer::new(&source, dialect, keywords);
    writer.module = index;
    writer.has_references = found.has_references;
    let twice = found.wildcards.into_iter().filter(|(_, times)| *times > 1);
    writer.named_wildcards = twice.map(|(name, _)| name).collect();
    if let Err((_, Stop::Problem(problem))) = writer.write_module(&tree) {
        writer.problems.push(problem);
    }
    if !writer.problems.is_empty() {
        return Err(writer.problems);
    }
    let mut out = writer.out;
    if out.ends_with('\n') {
        out.truncate(out.trim_end_matches('\n').len() + 1);
    }
    Ok(out)
}

/// Checks that what [`format()`] gave is Rego, as `opa fmt --check-result` does: some modules that
/// OPA's formatter takes become something else.
///
/// # Errors
///
/// Why it isn't.
pub fn check_result(formatted: &str, dialect: Dialect) -> Result<(), Vec<Problem>> {
    match syntax::parse_module(formatted, 0, dialect.version()) {
        Ok(_) => Ok(()),
        Err(problems) => Err(problems
            .into_iter()
            .map(|problem| {
                let message = format!(
                    "the module can be formatted, but the result isn't Rego ({}); format it without checkResult (--check-result=false) to see it",
                    problem.message
                );
                Problem::nowhere(Code::Parse, message)
            })
            .collect()),
    }
}

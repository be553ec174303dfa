//! `opa fmt`: formats a module's source text as OPA does.
//!
//! A port of OPA's formatter: of 0.70 for Rego v0, and of 1.22 for Rego v1. Its decisions depend on the locations of
//! things in the source, so [`locate`] gives our syntax tree OPA's locations, and [`writer`] and the modules next to
//! it write it. Where OPA's output is due to a quirk of its parser or formatter, so is ours, so that nothing counts
//! as formatted here that `opa fmt` would change.

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

/// The formatter of a version of OPA.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// `opa fmt` of OPA 0.70, which leaves Rego v0 as Rego v0.
    V0,
    /// `opa fmt --rego-v1` of OPA 0.70, which turns Rego v0 into Rego that both versions can read.
    V0AndV1,
    /// `opa fmt` of OPA 1.22, for Rego v1.
    V1,
}

impl Dialect {
    /// The version of Rego that it reads.
    #[must_use]
    pub fn version(self) -> Version {
        match self {
            Self::V0 | Self::V0AndV1 => Version::V0,
            Self::V1 => Version::V1,
        }
    }

    /// Whether it is that of OPA 1.22.
    fn is_newer(self) -> bool {
        self == Self::V1
    }

    /// Whether it writes Rego v1.
    fn is_v1(self) -> bool {
        self != Self::V0
    }
}

/// Formats a module as `opa fmt` does. Locations carry `index` as the index of the module.
///
/// # Errors
///
/// All syntax errors in OPA's words, or what OPA can't format.
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

/// Checks that the output of [`format()`] is Rego, as `opa fmt --check-result` does. OPA's formatter breaks some
/// modules.
///
/// # Errors
///
/// Why it isn't Rego.
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

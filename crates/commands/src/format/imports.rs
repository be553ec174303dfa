//! The imports that the formatter adds and removes: those that set the version of Rego.

use super::Dialect;
use super::locate::Found;
use super::tree::{Import, Loc, Loose, Term, TermKind};

/// How the imports of a module allow it to be written.
#[derive(Debug, Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "imports say each alone")]
pub(super) struct Keywords {
    /// Whether `contains` is written before the elements of sets.
    pub contains: bool,
    /// Whether `if` is written before bodies.
    pub ifs: bool,
    /// Whether everything is written in Rego v1.
    pub rego_v1: bool,
    /// Whether Rego v2 is imported, which adds the keywords `and` and `or` to those of v1.
    pub rego_v2: bool,
    /// The words that imports make keywords.
    pub imported: Vec<String>,
}

impl Keywords {
    /// Reads the imports of a module.
    pub(super) fn from_imports(imports: &[Import], dialect: Dialect) -> Self {
        let rego_v1 = dialect.is_v1();
        let mut keywords = Self {
            contains: rego_v1,
            ifs: rego_v1,
            rego_v1,
            rego_v2: false,
            imported: Vec::new(),
        };
        for import in imports {
            if let Some(word) = import.keyword() {
                keywords.imported.push(word.to_owned());
            }
            let is_v2 = import.is("rego", &["v2"]);
            keywords.rego_v2 |= is_v2;
            let is_all = is_v2 || import.is("rego", &["v1"]) || import.is("future", &["keywords"]);
            keywords.contains |= is_all || import.keyword() == Some("contains");
            keywords.ifs |= is_all || import.keyword() == Some("if");
        }
        keywords
    }

    /// Whether a word after a dot is a keyword.
    pub(super) fn has(&self, word: &str) -> bool {
        if self.rego_v2 {
            return is_keyword_v1(word) || matches!(word, "and" | "or");
        }
        is_keyword_v0(word)
            || (self.rego_v1 && is_keyword_v1(word))
            || self.imported.iter().any(|keyword| keyword == word)
    }
}

/// Whether a word is a keyword of Rego v0.
pub(super) fn is_keyword_v0(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "package"
            | "import"
            | "as"
            | "default"
            | "else"
            | "with"
            | "null"
            | "true"
            | "false"
            | "some"
    )
}

/// Whether a word is a keyword of Rego v1.
pub(super) fn is_keyword_v1(word: &str) -> bool {
    is_keyword_v0(word) || matches!(word, "if" | "contains" | "in" | "every")
}

impl Import {
    /// Whether it imports this path.
    fn is(&self, root: &str, rest: &[&str]) -> bool {
        let Some((first, parts)) = self.path.split_first() else {
            return false;
        };
        let mut words = parts.iter().zip(rest);
        matches!(&first.kind, TermKind::Var(name) if &**name == root)
            && parts.len() == rest.len()
            && words.all(
                |(part, word)| matches!(&part.kind, TermKind::String(text) if &**text == *word),
            )
    }

    /// The keyword that it imports, such as `in` for `future.keywords.in`.
    pub(super) fn keyword(&self) -> Option<&str> {
        match &self.path.last()?.kind {
            TermKind::String(word) if self.is("future", &["keywords", word]) => Some(word),
            _ => None,
        }
    }

    fn is_future(&self) -> bool {
        let root = self.path.first().map(|part| &part.kind);
        matches!(root, Some(TermKind::Var(name)) if &**name == "future")
    }

    /// Whether the formatter added it.
    pub(super) fn is_added(&self) -> bool {
        self.loc.is_default
    }
}

/// The imports with those added and removed that the version requires.
pub(super) fn adapt(
    mut imports: Vec<Import>,
    keywords: &Keywords,
    found: &Found,
    dialect: Dialect,
) -> Vec<Import> {
    let mut extra = Vec::new();
    if found.has_in {
        extra.push("in");
    }
    if found.has_every {
        extra.push("every");
    }
    let is_rego_v1 = |imports: &[Import]| imports.iter().any(|i| i.is("rego", &["v1"]));
    match dialect {
        Dialect::V0AndV1 => {
            if !is_rego_v1(&imports) {
                imports.push(added("rego", &["v1"], Loc::DEFAULT));
            }
            imports.retain(|import| !import.is_future());
        }
        Dialect::V0 if is_rego_v1(&imports) => imports.retain(|import| !import.is_future()),
        Dialect::V0 => {
            for word in extra {
                ensure_keyword(&mut imports, word, dialect);
            }
        }
        Dialect::V1 if keywords.rego_v2 => {
            imports.retain(|import| !import.is_future() && !import.is("rego", &["v1"]));
        }
        Dialect::V1 => {
            if is_rego_v1(&imports) {
                imports.retain(|import| !import.is_future());
            }
            // Those of Rego v1 don't need an import.
            let used = [
                (found.has_and, "and"),
                (found.has_not, "not"),
                (found.has_or, "or"),
            ];
            for (_, word) in used.into_iter().filter(|(is_used, _)| *is_used) {
                ensure_keyword(&mut imports, word, dialect);
            }
        }
    }
    imports
}

fn ensure_keyword(imports: &mut Vec<Import>, word: &str, dialect: Dialect) {
    let is_there = imports.iter().any(|import| {
        import.is("future", &["keywords"])
            || import.keyword() == Some(word)
            || (word == "in" && import.keyword() == Some("every"))
    });
    if is_there {
        return;
    }
    let loc = if dialect.is_newer() {
        after(imports)
    } else {
        Loc::DEFAULT
    };
    imports.push(added("future", &["keywords", word], loc));
}

/// The row after the last import of this kind.
fn after(imports: &[Import]) -> Loc {
    let last = imports
        .iter()
        .filter(|import| import.is_future() || import.is("rego", &["v1"]))
        .map(|import| import.loc.row)
        .max();
    Loc {
        row: last.map_or(1, |row| row + 1),
        ..Loc::DEFAULT
    }
}

fn added(root: &str, rest: &[&str], loc: Loc) -> Import {
    let term = |kind| Term {
        loc,
        kind,
        loose: Loose::default(),
        hash: 0,
    };
    let mut path = vec![term(TermKind::Var(root.into()))];
    path.extend(
        rest.iter()
            .map(|word| term(TermKind::String((*word).into()))),
    );
    Import {
        loc,
        path,
        alias: None,
    }
}

//! Imports, and the keywords that they introduce.

use super::ast::{DATA, INPUT, Import, Location, Name, Term, TermKind};
use super::keywords::Keywords;
use super::parser::Parser;
use super::token::Token;
use values::Version;

impl Parser<'_> {
    pub(super) fn import(&mut self) -> Option<Import> {
        let start = self.here();
        self.scan();
        let (path_at, path) = self.import_path()?;
        let first = path.first().and_then(Term::as_var).cloned();
        let root = first.unwrap_or_else(|| "".into());
        if !matches!(&*root, DATA | INPUT | "future" | "rego") {
            self.hint("if this is unexpected, try updating OPA".to_owned());
            self.problem(
                path_at,
                format!("unexpected import path, must begin with one of: {{data, future, input, rego}}, got: {root}"),
            );
            return None;
        }
        let at = self.since(start);
        let (alias, alias_at) = if self.token() == Token::As {
            let (alias, at) = self.import_alias()?;
            // OPA 1.22 reports the location of an alias that isn't allowed.
            (Some(alias), (self.version == Version::V1).then_some(at))
        } else {
            (None, None)
        };
        let import = Import { at, path, alias };
        if &*root != "future" {
            self.check_import(&import);
        }
        match &*root {
            "rego" => self.import_v1(&import, alias_at),
            "future" => self.import_keywords(&import, alias_at),
            _ => {}
        }
        Some(import)
    }

    /// The imported path, and its location.
    fn import_path(&mut self) -> Option<(Location, Vec<Term>)> {
        // In OPA 1.22, a keyword is a name like any other here.
        let is_keyword = self.version == Version::V1 && self.token().is_keyword();
        if self.token() != Token::Name && !is_keyword {
            match self.version {
                Version::V0 => self.problem(self.here(), "expected ident".to_owned()),
                Version::V1 => self.illegal(""),
            }
            return None;
        }
        // In `import future.keywords.in`, the last word is already a keyword.
        let keywords = self.state.keywords;
        self.state.keywords = Keywords::default();
        let term = if is_keyword {
            let name = self.var();
            self.finish_term(name, false)
        } else {
            self.parse_term()
        };
        self.state.keywords = keywords;
        let at = term.as_ref().map(|term| term.at);
        let path = match term.map(|term| term.kind) {
            Some(TermKind::Ref(parts)) => parts,
            Some(kind @ TermKind::Var(_)) => vec![Term::new(at?, kind)],
            _ => {
                self.problem(self.here(), "expected path".to_owned());
                return None;
            }
        };
        if let Some(part) = path.iter().skip(1).find(|part| part.as_text().is_none()) {
            let message = format!("unexpected {} token: expecting string", part.type_name());
            self.problem(part.at, message);
            return None;
        }
        Some((at?, path))
    }

    /// The alias, and its location.
    fn import_alias(&mut self) -> Option<(Name, Location)> {
        self.scan();
        if self.token() != Token::Name {
            self.illegal("expected var");
            return None;
        }
        let alias = self.parse_term();
        match alias.as_ref().map(|alias| (&alias.kind, alias.at)) {
            Some((TermKind::Var(name), at)) => return Some((name.clone(), at)),
            Some((TermKind::Ref(parts), at)) if self.version == Version::V1 && parts.len() == 1 => {
                let name = crate::syntax::shown(parts);
                let message =
                    format!("unexpected import alias, must not be a reserved name, got: {name}");
                self.problem(at, message);
            }
            _ => self.illegal("expected var"),
        }
        None
    }

    /// OPA 1.22 refuses to import something whose name is a keyword.
    fn check_import(&mut self, import: &Import) {
        if self.version == Version::V1
            && import.alias.is_none()
            && let Some(last) = import.path.last()
            && let Some(name) = last.as_text()
            && super::is_keyword_v1(name)
        {
            self.hint("import a different path or use an alias".to_owned());
            let message =
                format!("unexpected import path, must not end with a keyword, got: {name}");
            self.problem(last.at, message);
        }
    }

    fn import_keywords(&mut self, import: &Import, alias_at: Option<Location>) {
        let at = import.path.first().map_or(import.at, |first| Location {
            end: import.at.end,
            ..first.at
        });
        if import
            .path
            .get(1)
            .and_then(Term::as_text)
            .map(|text| &**text)
            != Some("keywords")
        {
            return self.problem(at, "invalid import, must be `future.keywords`".to_owned());
        }
        if import.alias.is_some() {
            return self.problem(
                alias_at.unwrap_or(at),
                "`future` imports cannot be aliased".to_owned(),
            );
        }
        if self.state.rego_v1 {
            return self.problem(
                at,
                "the `rego.v1` import implies `future.keywords`, these are therefore mutually exclusive".to_owned(),
            );
        }
        if let Some(word) = import.path.get(2).and_then(Term::as_text)
            && import.path.len() == 3
        {
            let is_newer = matches!(&**word, "and" | "or" | "not");
            let is_known = match self.version {
                Version::V0 => Token::future_keyword(word).is_some(),
                Version::V1 => is_newer || Token::future_keyword(word).is_some(),
            };
            if !is_known {
                let keywords = match self.version {
                    Version::V0 => "contains every if in",
                    Version::V1 => "and contains every if in not or",
                };
                return self.problem(
                    at,
                    format!("unexpected keyword, must be one of [{keywords}]"),
                );
            }
        }
        self.state.keywords.import(import, self.version);
    }

    fn import_v1(&mut self, import: &Import, alias_at: Option<Location>) {
        let at = import.path.first().map_or(import.at, |first| Location {
            end: import.at.end,
            ..first.at
        });
        let path = super::ast::path_name(&import.path).unwrap_or_default();
        let is_v2 = path == "rego.v2" && self.version == Version::V1;
        if path != "rego.v1" && !is_v2 {
            let wanted = match self.version {
                Version::V0 => "must be `rego.v1`",
                Version::V1 => "must be one of: `rego.v1`, `rego.v2`",
            };
            return self.problem(at, format!("invalid import `{path}`, {wanted}"));
        }
        if import.alias.is_some() {
            return self.problem(
                alias_at.unwrap_or(at),
                "`rego` imports cannot be aliased".to_owned(),
            );
        }
        if self.version == Version::V0 && self.state.keywords.any() && !self.state.rego_v1 {
            return self.problem(
                at,
                "the `rego.v1` import implies `future.keywords`, these are therefore mutually exclusive".to_owned(),
            );
        }
        self.state.rego_v1 |= self.version == Version::V0;
        self.state.keywords.import(import, self.version);
    }
}

//! Modules: the package and the statements.

use super::ast::{Body, DATA, Import, Location, Module, Rule, Term, TermKind};
use super::parser::Parser;
use super::rule::rule_of_body;
use super::token::Token;
use crate::problem::{Code, EMPTY_MODULE, Problem};
use values::Version;

/// A statement of a module.
enum Statement {
    Package(Location, Vec<Term>),
    Import(Import),
    Rules(Vec<Rule>),
    Body(Body),
}

impl Parser<'_> {
    /// Parses the whole source as a module.
    pub(super) fn module(mut self) -> Result<Module, Vec<Problem>> {
        let mut statements = Vec::new();
        while self.token() != Token::End {
            // For OPA 0.70, an import that is refused ends the module.
            let is_over = self.version == Version::V0 && !self.problems.is_empty();
            if is_over && self.token() != Token::Package {
                break;
            }
            match self.statement() {
                Some(statement) => statements.push(statement),
                None => break,
            }
        }
        let statements = self.finish(statements)?;
        self.module_of(statements)
    }

    fn statement(&mut self) -> Option<Statement> {
        self.open();
        if self.version == Version::V1 && self.begins_rule_of_keyword() {
            self.refuse_name();
            return None;
        }
        let named = match self.token() {
            Token::Package => Some(self.package()),
            Token::Import => Some(self.import().map(Statement::Import)),
            _ => None,
        };
        if let Some(statement) = named {
            return statement.filter(|_| !self.refuses_minus());
        }
        let before = self.save();
        if let Some(rules) = self.rules() {
            return Some(Statement::Rules(rules));
        }
        if !self.problems.is_empty() {
            return None;
        }
        self.restore(before);
        self.body_of(true, Token::End).map(Statement::Body)
    }

    /// OPA 1.22 refuses a minus after a package or an import, where it would begin the next statement.
    fn refuses_minus(&mut self) -> bool {
        let is_refused = self.version == Version::V1 && self.token() == Token::Sub;
        if is_refused {
            self.illegal("");
        }
        is_refused
    }

    /// Whether a rule begins with a keyword as its name, as the next token shows.
    fn begins_rule_of_keyword(&mut self) -> bool {
        const VALUE: &[Token] = &[Token::Assign, Token::Unify];
        let more: &[Token] = match self.token() {
            Token::Every | Token::If | Token::In | Token::Some | Token::As => {
                &[Token::If, Token::Contains, Token::OpenParen]
            }
            Token::Package | Token::Import => &[Token::OpenParen],
            Token::Not | Token::LogicalAnd | Token::LogicalOr => &[Token::If, Token::Contains],
            Token::Contains => {
                return matches!(self.following(), Token::If | Token::Contains);
            }
            _ => return false,
        };
        let next = self.following();
        VALUE.contains(&next) || more.contains(&next)
    }

    /// The token after the current one.
    fn following(&mut self) -> Token {
        let before = self.save();
        self.scan();
        let next = self.token();
        self.restore(before);
        next
    }

    /// Refuses the current token as the name of a rule, if it is a keyword that OPA names in its message.
    pub(super) fn refuse_keyword(&mut self) {
        let is_other = matches!(
            self.token(),
            Token::With | Token::Else | Token::Default | Token::Null | Token::True | Token::False
        );
        if self.token().is_keyword() && !is_other {
            self.refuse_name();
        }
    }

    fn refuse_name(&mut self) {
        let name = self.token().name();
        let message = format!("{name} keyword cannot be used for rule name");
        self.problem(self.here(), message);
    }

    fn module_of(mut self, statements: Vec<Statement>) -> Result<Module, Vec<Problem>> {
        self.forget_hints();
        let mut statements = statements.into_iter();
        let mut module = Module {
            package: Vec::new(),
            at: Location::default(),
            imports: Vec::new(),
            rules: Vec::new(),
            is_v1: false,
            metadata: super::metadata::blocks(self.text, self.here().module, self.version),
        };
        module.at = self.here();
        let mut is_v1 = self.version == Version::V1;
        let read = self.problems.len();
        match statements.next() {
            None => {
                let start = Location {
                    start: 0,
                    end: 0,
                    ..self.here()
                };
                return Err(vec![Problem::new(Code::Parse, start, EMPTY_MODULE)]);
            }
            Some(Statement::Package(at, path)) => {
                module.at = at;
                module.package = path;
            }
            Some(Statement::Import(import)) => {
                self.problem(import.at, "package expected".to_owned());
            }
            Some(Statement::Rules(rules)) => {
                let at = rules.first().map(|rule| rule.at).unwrap_or_default();
                self.problem(at, "package expected".to_owned());
            }
            Some(Statement::Body(body)) => {
                let at = body.first().map(|expr| expr.at).unwrap_or_default();
                self.problem(at, "package expected".to_owned());
            }
        }
        for statement in statements {
            match statement {
                Statement::Package(at, _) => self.problem(at, "unexpected package".to_owned()),
                Statement::Import(import) => {
                    let path = super::ast::path_name(&import.path);
                    is_v1 |= path.as_deref() == Some("rego.v1");
                    module.imports.push(import);
                }
                Statement::Rules(rules) => module.rules.extend(rules),
                Statement::Body(body) => {
                    let at = body.first().map(|expr| expr.at).unwrap_or_default();
                    match rule_of_body(body) {
                        Ok(rule) => module.rules.push(rule),
                        Err(message) => self.problem(at, message),
                    }
                }
            }
        }
        module.is_v1 = is_v1;
        if is_v1 {
            for rule in &module.rules {
                self.check_v1(rule);
            }
        }
        // These aren't syntax errors, so OPA doesn't show the line.
        for problem in self.problems.iter_mut().skip(read) {
            problem.details = Some(Box::default());
        }
        self.finish(module)
    }

    /// Checks what Rego v1 requires in addition to the grammar.
    fn check_v1(&mut self, rule: &Rule) {
        let kind = if rule.head.is_function() {
            "function"
        } else {
            "rule"
        };
        let name = rule.head.name();
        if super::is_keyword_v1(&name) && rule.head.reference.len() == 1 {
            self.problem(
                rule.at,
                format!("{name} keyword cannot be used for rule name"),
            );
        }
        // A function without a body or value is `true` for its arguments.
        if rule.generated_body && rule.head.generated_value && kind == "rule" {
            self.problem(
                rule.at,
                format!("{kind} must have value assignment and/or body declaration"),
            );
        }
        if !rule.generated_body && !rule.head.has_if && !rule.is_default {
            self.problem(
                rule.at,
                format!("`if` keyword is required before {kind} body"),
            );
        }
        if rule.head.is_set() && !rule.head.has_contains {
            self.problem(
                rule.at,
                "`contains` keyword is required for partial set rules".to_owned(),
            );
        }
        if let Some(else_branch) = &rule.else_branch {
            self.check_v1(else_branch);
        }
    }

    fn package(&mut self) -> Option<Statement> {
        let at = self.here();
        self.scan();
        // In OPA 1.22, a keyword is a name like any other here.
        let is_keyword = self.version == Version::V1 && self.token().is_keyword();
        if self.token() != Token::Name && !is_keyword {
            self.illegal("");
            return None;
        }
        let term = if is_keyword {
            let name = self.var();
            self.finish_term(name, false)?
        } else {
            self.parse_term()?
        };
        let mut path = vec![Term::var(term.at, DATA)];
        match term.kind {
            TermKind::Var(name) => path.push(Term::text(term.at, &*name)),
            TermKind::Ref(parts) => {
                let mut parts = parts.into_iter();
                let first = parts.next()?;
                if let Some(name) = first.as_var() {
                    path.push(Term::text(first.at, &**name));
                } else {
                    let message = format!("unexpected {} token: expecting var", first.type_name());
                    self.problem(first.at, message);
                    return None;
                }
                for part in parts {
                    if part.as_text().is_none() {
                        let message =
                            format!("unexpected {} token: expecting string", part.type_name());
                        self.problem(part.at, message);
                        return None;
                    }
                    path.push(part);
                }
            }
            _ => {
                self.illegal("");
                return None;
            }
        }
        Some(Statement::Package(at, path))
    }
}

//! Rules, imports, packages: a module.

use std::fmt::Write as _;

use super::ast::{
    Body, DATA, Expr, ExprKind, Head, INPUT, Import, Location, Module, Part, Rule, Term, TermKind,
};
use super::parser::{Parser, Version};
use super::token::Token;
use super::visit::is_ground;
use crate::problem::{Code, EMPTY_MODULE, Problem};

/// What a module is made of.
enum Statement {
    Package(Location, Vec<Term>),
    Import(Import),
    Rules(Vec<Rule>),
    Body(Body),
}

impl Parser<'_> {
    /// The whole text as a module.
    pub(super) fn module(mut self) -> Result<Module, Vec<Problem>> {
        let mut statements = Vec::new();
        while self.token() != Token::End {
            // To OPA 0.70, an import that is refused is the last statement.
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
        match self.token() {
            Token::Package => return self.package(),
            Token::Import => return self.import().map(Statement::Import),
            _ => {}
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

    /// Whether a keyword is where a rule's name belongs, as what follows it shows.
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

    /// Refuses the current token for a rule's name, if it is a keyword of which OPA says so.
    fn refuse_keyword(&mut self) {
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
        // They are no matter of the grammar: OPA doesn't show the line.
        for problem in self.problems.iter_mut().skip(read) {
            problem.details = Some(Box::default());
        }
        self.finish(module)
    }

    /// What Rego v1 asks for beyond the grammar.
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
        // A function is true of the arguments that it is written with.
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
        // To OPA 1.22, a keyword is a name like others here.
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

    fn import(&mut self) -> Option<Import> {
        let at = self.here();
        self.scan();
        // To OPA 1.22, a keyword is a name like others here.
        let is_keyword = self.version == Version::V1 && self.token().is_keyword();
        if self.token() != Token::Name && !is_keyword {
            match self.version {
                Version::V0 => self.problem(self.here(), "expected ident".to_owned()),
                Version::V1 => self.illegal(""),
            }
            return None;
        }
        // `import future.keywords.in` names words that are keywords already.
        let keywords = self.state.keywords;
        self.state.keywords = super::keywords::Keywords::default();
        let term = if is_keyword {
            let name = self.var();
            self.finish_term(name, false)
        } else {
            self.parse_term()
        };
        self.state.keywords = keywords;
        let Some(term) = term else {
            self.problem(self.here(), "expected path".to_owned());
            return None;
        };
        let path = match term.kind {
            TermKind::Ref(parts) => {
                if let Some(part) = parts.iter().skip(1).find(|part| part.as_text().is_none()) {
                    let message =
                        format!("unexpected {} token: expecting string", part.type_name());
                    self.problem(part.at, message);
                    return None;
                }
                parts
            }
            TermKind::Var(_) => vec![Term {
                at: term.at,
                kind: term.kind,
            }],
            _ => {
                self.problem(self.here(), "expected path".to_owned());
                return None;
            }
        };
        let root = path
            .first()
            .and_then(Term::as_var)
            .cloned()
            .unwrap_or_else(|| "".into());
        if !matches!(&*root, DATA | INPUT | "future" | "rego") {
            self.hint("if this is unexpected, try updating OPA".to_owned());
            self.problem(
                term.at,
                format!("unexpected import path, must begin with one of: {{data, future, input, rego}}, got: {root}"),
            );
            return None;
        }
        let mut import = Import {
            at: self.since(at),
            path,
            alias: None,
        };
        let mut alias_at = None;
        if self.token() == Token::As {
            self.scan();
            if self.token() != Token::Name {
                self.illegal("expected var");
                return None;
            }
            let alias = self.parse_term();
            match alias.as_ref().map(|alias| (&alias.kind, alias.at)) {
                Some((TermKind::Var(name), at)) => {
                    import.alias = Some(name.clone());
                    // OPA 1.22 points at the alias where there may be none.
                    alias_at = (self.version == Version::V1).then_some(at);
                }
                Some((TermKind::Ref(parts), at))
                    if self.version == Version::V1 && parts.len() == 1 =>
                {
                    let name = crate::syntax::shown(parts);
                    let message = format!(
                        "unexpected import alias, must not be a reserved name, got: {name}"
                    );
                    self.problem(at, message);
                    return None;
                }
                _ => {
                    self.illegal("expected var");
                    return None;
                }
            }
        }
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

    /// To OPA 1.22, what is imported may have no keyword for a name.
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
        match import.path.get(2).and_then(Term::as_text) {
            Some(word) if import.path.len() == 3 => {
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
                self.state.keywords.add(word);
            }
            Some(_) | None => match self.version {
                Version::V0 => self.state.keywords.all(),
                Version::V1 => self.state.keywords.all_of_v2(),
            },
        }
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
        if is_v2 {
            self.state.keywords.all_of_v2();
        }
        if self.version == Version::V1 {
            return;
        }
        if self.state.keywords.any() && !self.state.rego_v1 {
            return self.problem(
                at,
                "the `rego.v1` import implies `future.keywords`, these are therefore mutually exclusive".to_owned(),
            );
        }
        self.state.rego_v1 = true;
        self.state.keywords.all();
    }

    // Rules.

    fn rules(&mut self) -> Option<Vec<Rule>> {
        let start = self.here();
        let is_default = self.token() == Token::Default;
        if is_default {
            self.scan();
            self.open();
        }
        if self.token() != Token::Name {
            if is_default && self.version == Version::V1 {
                self.refuse_keyword();
            }
            return None;
        }
        let head = self.head(is_default)?;
        let mut rule = Rule::new(start, head);
        rule.is_default = is_default;
        if is_default {
            return self.default_rule(rule).map(|rule| vec![rule]);
        }
        let has_if = self.token() == Token::If;
        let has_contains = rule.head.has_contains;
        rule.head.has_if = has_if;
        if has_if && !has_contains && rule.head.reference.len() == 2 && rule.head.value.is_none() {
            rule.head.generated_value = true;
            rule.head.value = Some(Term::new(rule.head.at, TermKind::Value(true.into())));
        }
        // `p[x] { … }`, from before there was `contains`.
        if !has_if
            && !has_contains
            && !rule.head.is_function()
            && rule.head.reference.len() == 2
            && rule.head.value.is_none()
        {
            rule.head.key = rule.head.reference.pop();
        }
        let mut braces = self.token() == Token::OpenBrace;
        if has_if {
            self.scan();
            let before = self.save();
            let opens_body = self.token() == Token::OpenBrace || self.version == Version::V0;
            match self.literal() {
                // `if { true }` is a body, not a set, which would always hold.
                Some(expr)
                    if !(opens_body
                        && matches!(&expr.kind, ExprKind::Term(term) if matches!(term.kind, TermKind::Set(_)))) =>
                {
                    rule.body.push(expr);
                    braces = false;
                }
                _ => {
                    self.restore(before);
                    braces = true;
                    if self.token() != Token::OpenBrace {
                        // Once more, for what is wrong with it.
                        self.literal();
                        if self.problems.is_empty() {
                            self.illegal("expected rule body");
                        }
                        return None;
                    }
                }
            }
        }
        if braces {
            self.scan();
            rule.body = self.body(Token::CloseBrace)?;
            self.scan();
        } else if !has_if {
            if !has_contains {
                return None;
            }
            rule.body = always(rule.at);
            rule.generated_body = true;
            rule.at = rule.head.at;
            return Some(vec![rule]);
        }
        // It may as well be the name of the next rule, `else.x`.
        self.open();
        if self.token() == Token::Else {
            if let Some(rules) = takes_no_else(&rule.head) {
                let message = format!("else keyword cannot be used on {rules}");
                self.problem(self.here(), message);
                return None;
            }
            rule.else_branch = Some(Box::new(self.else_branch(&rule.head, 0)?));
        }
        rule.at = self.since(start);
        let mut rules = vec![rule];
        while self.token() == Token::OpenBrace {
            let next = self.chained(rules.first()?)?;
            rules.push(next);
        }
        Some(rules)
    }

    /// `f(x) { … } { … }`: the head holds for the second body too.
    fn chained(&mut self, first: &Rule) -> Option<Rule> {
        if first.else_branch.is_some() {
            self.problem(self.here(), "expected else keyword".to_owned());
            return None;
        }
        let start = self.here();
        self.scan();
        let body = self.body(Token::CloseBrace)?;
        self.scan();
        let mut head = first.head.clone();
        head.at = self.since(start);
        self.fresh_wildcards(&mut head);
        Some(Rule {
            at: self.since(start),
            head,
            body,
            else_branch: None,
            is_default: false,
            generated_body: false,
        })
    }

    fn fresh_wildcards(&mut self, head: &mut Head) {
        for arg in head.args.iter_mut().flatten() {
            if arg.is_wildcard() {
                arg.kind = TermKind::Var(self.wildcard().into());
            }
        }
    }

    fn else_branch(&mut self, head: &Head, before: usize) -> Option<Rule> {
        let start = self.here();
        let mut head = head.clone();
        head.generated_value = false;
        head.has_if = false;
        let elses = self.one_more(before, "`else`")?;
        self.fresh_wildcards(&mut head);
        self.scan();
        match self.token() {
            Token::OpenBrace | Token::If => {
                head.generated_value = true;
                head.value = Some(Term::new(start, TermKind::Value(true.into())));
            }
            Token::Assign | Token::Unify => {
                head.assigned = self.token() == Token::Assign;
                self.scan();
                head.value = Some(self.infix()?);
            }
            _ => {
                self.illegal("expected else value term or rule body");
                return None;
            }
        }
        head.at = self.since(start);
        let mut rule = Rule::new(start, head);
        let has_if = self.token() == Token::If;
        if !has_if && self.token() != Token::OpenBrace {
            rule.at = self.since(start);
            rule.body = always(rule.at);
            rule.generated_body = true;
            return Some(rule);
        }
        rule.head.has_if = has_if;
        if has_if {
            self.scan();
        }
        if self.token() == Token::OpenBrace {
            self.scan();
            rule.body = self.body(Token::CloseBrace)?;
            self.scan();
        } else if self.token() == Token::End {
            self.illegal("rule body expected");
            return None;
        } else {
            rule.body.push(self.literal()?);
        }
        if self.token() == Token::Else {
            let else_branch = self.else_branch(&rule.head, elses)?;
            rule.else_branch = Some(Box::new(else_branch));
        }
        rule.at = self.since(start);
        Some(rule)
    }

    fn default_rule(&mut self, mut rule: Rule) -> Option<Rule> {
        let Some(value) = &rule.head.value else {
            self.problem(
                rule.at,
                "illegal default rule (must have a value)".to_owned(),
            );
            return None;
        };
        if let Some(kind) = not_a_constant(value) {
            self.problem(
                rule.at,
                format!("illegal default rule (value cannot contain {kind})"),
            );
            return None;
        }
        let args = rule.head.args.as_deref().unwrap_or_default();
        if let Some(arg) = args.iter().find(|arg| arg.as_var().is_none()) {
            let message = format!(
                "illegal default rule (arguments cannot contain {})",
                arg.type_name()
            );
            self.problem(rule.at, message);
            return None;
        }
        for (i, arg) in args.iter().enumerate() {
            let repeated = args
                .iter()
                .take(i)
                .any(|other| other.as_var() == arg.as_var());
            if repeated {
                let name = arg.as_var().cloned().unwrap_or_else(|| "".into());
                self.problem(
                    rule.at,
                    format!("illegal default rule (arguments cannot be repeated {name})"),
                );
                return None;
            }
        }
        rule.at = self.since(rule.at);
        rule.body = always(rule.at);
        Some(rule)
    }

    fn head(&mut self, is_default: bool) -> Option<Head> {
        let start = self.here();
        let var = self.var();
        let Some(term) = self.finish_term(var, true) else {
            self.illegal("expected rule head name");
            return None;
        };
        let (reference, args) = match term.kind {
            TermKind::Var(_) => (vec![term], None),
            TermKind::Ref(parts) => (parts, None),
            TermKind::Call(mut call) => {
                let args = call.split_off(1);
                match call.pop()?.kind {
                    TermKind::Ref(parts)
                        if parts.first().is_some_and(|first| first.as_var().is_some()) =>
                    {
                        (parts, Some(args))
                    }
                    _ => {
                        self.illegal("rule head ref invalid");
                        return None;
                    }
                }
            }
            _ => return None,
        };
        // A reference that starts with a call, `f(x)[y]`, names no rule.
        reference.first()?.as_var()?;
        let name = shown(&reference);
        let mut head = Head {
            at: start,
            reference,
            args,
            key: None,
            value: None,
            generated_value: false,
            assigned: false,
            has_contains: false,
            has_if: false,
        };
        match self.token() {
            Token::Contains => {
                if head.args.is_some() {
                    self.illegal(&format!(
                        "the contains keyword can only be used with multi-value rule definitions (e.g., {name} contains <VALUE> {{ ... }})"
                    ));
                }
                self.scan();
                head.has_contains = true;
                head.key = self.infix();
                if head.key.is_none() {
                    self.illegal(&format!(
                        "expected rule key term (e.g., {name} contains <VALUE> {{ ... }})"
                    ));
                }
                head.at = self.since(start);
                return Some(head);
            }
            Token::Unify => {
                self.scan();
                head.value = self.infix();
                if head.value.is_none() {
                    self.illegal(&format!(
                        "expected rule value term (e.g., {name}[<nil>] = <VALUE> {{ ... }})"
                    ));
                }
            }
            Token::Assign => {
                self.scan();
                head.assigned = true;
                head.value = self.infix();
                if head.value.is_none() {
                    let note = if head.args.as_ref().is_some_and(|args| !args.is_empty()) {
                        format!(
                            "expected function value term (e.g., {name}(...) := <VALUE> {{ ... }})"
                        )
                    } else if is_default {
                        format!(
                            "expected default rule value term (e.g., default {name} := <VALUE>)"
                        )
                    } else {
                        format!("expected rule value term (e.g., {name} := <VALUE> {{ ... }})")
                    };
                    self.illegal(&note);
                }
            }
            _ => {}
        }
        head.at = self.since(start);
        // `default p` is true by default.
        if head.value.is_none()
            && (head.reference.len() != 2
                || head.args.as_ref().is_some_and(|args| !args.is_empty()))
        {
            head.generated_value = true;
            head.value = Some(Term::new(head.at, TermKind::Value(true.into())));
        }
        Some(head)
    }
}

impl Rule {
    /// A rule whose body is yet to be read.
    fn new(at: Location, head: Head) -> Self {
        Self {
            at,
            is_default: false,
            head,
            body: Body::new(),
            else_branch: None,
            generated_body: false,
        }
    }
}

/// What rules are called that take no `else`, as one of this head does; none for others.
fn takes_no_else(head: &Head) -> Option<&'static str> {
    if !head.reference.iter().skip(1).all(is_ground) {
        return Some("rules with variables in head");
    }
    // `p.q = 1 { … }` is one of an object, as `p[q] = 1 { … }` is.
    let is_of_object = !head.has_if && head.args.is_none() && head.reference.len() == 2;
    (head.key.is_some() || is_of_object).then_some("multi-value rules")
}

/// A body that always holds.
fn always(at: Location) -> Body {
    vec![Expr {
        at,
        negated: false,
        kind: ExprKind::Term(Term::new(at, TermKind::Value(true.into()))),
        with: Vec::new(),
        generated: true,
        assigns: false,
    }]
}

/// What in a term keeps it from being known without an evaluation.
fn not_a_constant(term: &Term) -> Option<&'static str> {
    match &term.kind {
        // Evaluated, but by nothing else.
        TermKind::Value(_)
        | TermKind::ArrayComprehension(..)
        | TermKind::SetComprehension(..)
        | TermKind::ObjectComprehension(..) => None,
        TermKind::Var(_) => Some("var"),
        TermKind::Ref(_) => Some("ref"),
        TermKind::Call(_) => Some("call"),
        TermKind::Array(items) | TermKind::Set(items) => items.iter().find_map(not_a_constant),
        TermKind::Object(fields) => fields
            .iter()
            .find_map(|(key, value)| not_a_constant(key).or_else(|| not_a_constant(value))),
        TermKind::Template(template) => template.parts.iter().find_map(|part| match part {
            Part::Value(_) => None,
            Part::Expr(expr) => match &expr.kind {
                ExprKind::Term(term) => not_a_constant(term),
                // The name of the function is a reference.
                ExprKind::Call(_) => Some("ref"),
                _ => None,
            },
        }),
    }
}

/// A reference as a message shows it.
#[must_use]
pub fn shown(reference: &[Term]) -> String {
    let mut text = String::new();
    for (i, part) in reference.iter().enumerate() {
        match (&part.kind, i) {
            (TermKind::Var(name), 0) => text.push_str(name),
            (TermKind::Var(name), _) => {
                let _ = write!(text, "[{}]", if part.is_wildcard() { "_" } else { name });
            }
            (TermKind::Value(crate::value::Value::String(word)), _) => {
                text.push('.');
                text.push_str(word);
            }
            _ => text.push_str("[…]"),
        }
    }
    text
}

/// The rule that a body stands for, as in `p = 1`.
fn rule_of_body(body: Body) -> Result<Rule, String> {
    let mut exprs = body.into_iter();
    let (Some(expr), None) = (exprs.next(), exprs.next()) else {
        return Err("multiple expressions cannot be used for rule head".to_owned());
    };
    if !expr.with.is_empty() {
        return Err("expressions using with keyword cannot be used for rule head".to_owned());
    }
    if expr.negated {
        return Err("negated expressions cannot be used for rule head".to_owned());
    }
    let at = expr.at;
    let (term, value, assigned) = match expr.kind {
        ExprKind::Some(_) => {
            return Err("'some' declarations cannot be used for rule head".to_owned());
        }
        ExprKind::Every(_) | ExprKind::Not(_) | ExprKind::And(_) | ExprKind::Or(_) => {
            return Err("expression cannot be used for rule head".to_owned());
        }
        ExprKind::Term(term) => (term, None, false),
        ExprKind::Call(call) => {
            let operator = call.first().and_then(Term::operator).unwrap_or_default();
            let mut operands = call.clone().into_iter().skip(1);
            match (
                operator.as_str(),
                operands.next(),
                operands.next(),
                operands.next(),
            ) {
                ("eq" | "assign", Some(left), Some(right), None) => {
                    (left, Some(right), operator == "assign")
                }
                ("eq" | "assign", ..) => return Err("assignment requires two operands".to_owned()),
                _ => {
                    if crate::builtins::find(&operator).is_some() {
                        return Err("rule name conflicts with built-in function".to_owned());
                    }
                    if call.len() <= 1 {
                        return Err("rule argument list must take at least one argument".to_owned());
                    }
                    (Term::new(at, TermKind::Call(call)), None, false)
                }
            }
        }
    };
    head_of_term(at, term, value, assigned).map(|head| Rule {
        at,
        is_default: false,
        body: always(at),
        head,
        else_branch: None,
        generated_body: true,
    })
}

fn head_of_term(
    at: Location,
    term: Term,
    value: Option<Term>,
    assigned: bool,
) -> Result<Head, String> {
    let name = term.type_name();
    let (mut reference, args) = match term.kind {
        TermKind::Var(_) if value.is_some() => (vec![term], None),
        TermKind::Ref(parts) => (parts, None),
        TermKind::Call(mut call) => {
            let args = call.split_off(1);
            match call.pop().map(|operator| operator.kind) {
                Some(TermKind::Ref(parts)) => (parts, Some(args)),
                _ => return Err("refs cannot be used in function signature".to_owned()),
            }
        }
        _ => return Err(format!("{name} cannot be used for rule name")),
    };
    if reference
        .first()
        .is_none_or(|first| first.as_var().is_none())
    {
        return Err(format!("invalid rule head: {}", shown(&reference)));
    }
    let mut head = Head {
        at,
        reference: Vec::new(),
        args,
        key: None,
        generated_value: value.is_none(),
        value,
        assigned,
        has_contains: false,
        has_if: false,
    };
    if head.value.is_none() && head.args.is_none() && reference.len() == 1 {
        return Err("refs cannot be used for rule head".to_owned());
    }
    if head.value.is_none() && head.args.is_none() && reference.len() == 2 {
        head.key = reference.pop();
        head.generated_value = false;
    } else if head.value.is_none() {
        head.value = Some(Term::new(at, TermKind::Value(true.into())));
    }
    head.reference = reference;
    Ok(head)
}

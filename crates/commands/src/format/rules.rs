//! Writes the module with its package, imports and rules.

use super::imports::is_keyword_v0;
use super::imports::is_keyword_v1;
use super::order::compare_terms;
use super::shown::{shown, shown_reference};
use super::source_text::Bracket;
use super::tree::{Expr, Head, Import, Module, Rule, Term};
use super::writer::{Rest, Stop, Writer, Written, lost};
use std::cmp::Ordering;

/// An import or a rule, in source order.
enum Part<'m> {
    Import(&'m Import),
    Rule(&'m Rule),
}

impl Part<'_> {
    fn place(&self) -> (i64, usize) {
        let loc = match self {
            Part::Import(import) => import.loc,
            Part::Rule(rule) => rule.loc,
        };
        (loc.row, loc.column)
    }
}

impl<'m> Writer<'m> {
    pub(super) fn write_module(&mut self, module: &'m Module) -> Written {
        let imports = module.imports.iter().map(Part::Import);
        let mut parts: Vec<_> = imports.chain(module.rules.iter().map(Part::Rule)).collect();
        sort::by_key(&mut parts, Part::place);
        let mut added = Vec::new();
        if self.is_newer() && added_follows_rule(module) {
            parts.retain(|part| match part {
                Part::Import(import) if import.is_added() => {
                    added.push(*import);
                    false
                }
                _ => true,
            });
        }
        let mut rest = lost(self.write_package(module), self.none_left())?;
        rest = self.write_imports(&added, rest)?;
        let mut parts = parts.into_iter().peekable();
        while parts.peek().is_some() {
            let mut imports = Vec::new();
            let mut rules = Vec::new();
            while let Some(Part::Import(import)) =
                parts.next_if(|part| matches!(part, Part::Import(_)))
            {
                imports.push(import);
            }
            while let Some(Part::Rule(rule)) = parts.next_if(|part| matches!(part, Part::Rule(_))) {
                rules.push(rule);
            }
            rest = self.write_imports(&imports, rest)?;
            rest = self.write_rules(&rules, rest)?;
        }
        self.write_last_comments(rest);
        Ok(self.none_left())
    }

    fn write_package(&mut self, module: &'m Module) -> Written {
        let rest = self.insert_comments(0, module.package.row)?;
        self.start_line();
        self.write("package ");
        self.write_reference(&module.path, self.none_left())?;
        self.blank_line();
        Ok(rest)
    }

    // Imports.

    fn write_imports(&mut self, imports: &[&'m Import], mut rest: Rest) -> Written {
        // A comment belongs to the first import of its row.
        let mut comments = Vec::new();
        for (i, import) in imports.iter().enumerate() {
            let is_first = i == 0
                || imports
                    .get(i - 1)
                    .is_some_and(|before| before.loc.row != import.loc.row);
            let at = self.first_from(rest, import.loc.row);
            let comment = self
                .comment(at)
                .filter(|comment| is_first && comment.row == import.loc.row)
                .map(|_| at);
            comments.push(comment);
        }
        for comment in comments.iter().flatten() {
            self.take(*comment);
        }
        let mut imports: Vec<_> = imports.iter().copied().zip(comments).collect();
        while !imports.is_empty() {
            let length = 1 + imports
                .windows(2)
                .take_while(|pair| matches!(pair, [(a, _), (b, _)] if b.loc.row - a.loc.row <= 1))
                .count();
            let after = imports.split_off(length);
            let mut group = std::mem::replace(&mut imports, after);
            if let Some((first, _)) = group.first() {
                rest = lost(self.insert_comments(rest, first.loc.row), self.none_left())?;
            }
            sort::by(&mut group, |(a, _), (b, _)| compare_imports(a, b));
            for (import, comment) in group {
                self.start_line();
                self.write_import(import)?;
                if let Some(comment) = comment.and_then(|at| self.comment(at)) {
                    self.write(" ");
                    self.write(comment.shown());
                }
                self.end_line();
            }
            self.blank_line();
        }
        Ok(rest)
    }

    fn write_import(&mut self, import: &'m Import) -> Written {
        self.write("import ");
        if import.keyword().is_some() {
            self.write_path(&import.path);
        } else if self.is_newer() {
            self.write_reference(&import.path, self.none_left())?;
        } else {
            let path = shown_reference(&import.path, is_keyword_v0);
            self.write(&path);
        }
        if let Some(alias) = &import.alias {
            self.write(" as ");
            self.write(alias);
        }
        Ok(self.none_left())
    }

    /// Writes `future.keywords.x`, whose last part is a keyword, but follows a dot.
    fn write_path(&mut self, path: &[Term]) {
        let path = if self.is_newer() {
            shown_reference(path, |_| false)
        } else {
            shown_reference(path, is_keyword_v0)
        };
        self.write(&path);
    }

    // Rules.

    fn write_rules(&mut self, rules: &[&'m Rule], mut rest: Rest) -> Written {
        for (i, rule) in rules.iter().enumerate() {
            rest = self.go_on(|writer| writer.insert_comments(rest, rule.loc.row))?;
            rest = self.go_on(|writer| writer.write_rule(rule, false, rest))?;
            if self.is_newer()
                && let Some(next) = rules.get(i + 1)
                && self.is_one_line(rule)
                && self.is_one_line(next)
                && next.loc.row == rule.loc.row + 1
            {
                continue;
            }
            self.blank_line();
        }
        Ok(rest)
    }

    /// Continues with the comments that are left after a comment ended the writing.
    fn go_on(&mut self, write: impl FnOnce(&mut Self) -> Written) -> Written {
        match write(self) {
            Err((rest, Stop::Comment)) => Ok(rest),
            written => written,
        }
    }

    /// Whether a rule is on one row, so that another may directly follow.
    fn is_one_line(&self, rule: &Rule) -> bool {
        let is_partial = !self.keywords.contains && rule.head.value.is_none();
        rule.body.len() <= 1
            && !rule.is_default
            && rule.else_branch.is_none()
            && !rule.body.first().is_some_and(Expr::is_set)
            && self.keywords.ifs
            && !is_partial
    }

    fn write_rule(&mut self, rule: &'m Rule, is_else: bool, rest: Rest) -> Written {
        if !is_else {
            self.start_line();
        }
        if rule.is_default {
            self.write("default ");
        }
        // A constant has the body `true`, which isn't written.
        let is_constant =
            matches!(rule.body.as_slice(), [expr] if expr.is_true()) && rule.else_branch.is_none();
        self.comment_on_final_row = is_constant;
        let mut has_unexpected_comment = false;
        let mut rest = match self.write_head(&rule.head, rule.is_default, is_constant, rest) {
            Ok(rest) => rest,
            Err((rest, Stop::Comment)) => {
                has_unexpected_comment = true;
                rest
            }
            Err((_, stop)) => return Err((self.none_left(), stop)),
        };
        if rule.body.is_empty() || is_constant {
            self.end_line();
            return Ok(rest);
        }
        self.comment_on_final_row = true;
        let may_have_if = self.keywords.contains || rule.head.value.is_some();
        let has_if = self.keywords.ifs && may_have_if;
        if has_if {
            self.write(" if");
            if let [expr] = rule.body.as_slice()
                && self.is_behind_head(rule, expr)
            {
                self.write(" ");
                rest = lost(
                    self.go_on(|writer| writer.write_expr(expr, rest)),
                    self.none_left(),
                )?;
                self.end_line();
                if let Some(else_branch) = &rule.else_branch {
                    rest = lost(self.write_else(rule, else_branch, rest), self.none_left())?;
                }
                return Ok(rest);
            }
        }
        if has_unexpected_comment && self.first_left(rest).is_some() {
            self.write(" { ");
        } else {
            self.write(" {");
            self.end_line();
        }
        if self.is_newer()
            && has_if
            && !is_else
            && let Some(first) = rule.body.first()
        {
            self.mark_leading_union(first);
        }
        self.up();
        rest = lost(
            self.go_on(|writer| writer.write_body(&rule.body, rest)),
            self.none_left(),
        )?;
        let skip = if !rule.head.args.is_empty() {
            Some(Bracket::Paren)
        } else if rule.head.key.is_some() {
            Some(Bracket::Square)
        } else {
            None
        };
        let close = self.source.closing_row(skip, Bracket::Brace, rule.loc);
        rest = lost(self.insert_comments_at(rest, close), self.none_left())?;
        self.down();
        self.start_line();
        self.write("}");
        if let Some(else_branch) = &rule.else_branch {
            rest = lost(self.write_else(rule, else_branch, rest), self.none_left())?;
        }
        Ok(rest)
    }

    /// Whether the only expression of a body stays on the row of the head.
    fn is_behind_head(&self, rule: &Rule, expr: &Expr) -> bool {
        let head = rule.head.loc;
        if self.is_newer() {
            expr.loc.row == head.row + self.source.breaks(head) && !expr.is_set()
        } else {
            expr.loc.row == head.row
        }
    }

    fn write_else(&mut self, rule: &'m Rule, else_branch: &'m Rule, mut rest: Rest) -> Written {
        let row = else_branch.head.loc.row;
        let relative = else_branch.loc.row - rule.loc.row;
        let was_inline = relative > 0
            && relative <= self.source.breaks(rule.loc)
            && !self
                .source
                .row_text(row, rule.loc.end)
                .trim()
                .starts_with("else");
        let has_comment_above = self.before_end.is_some()
            || self
                .first_left(rest)
                .is_some_and(|(_, comment)| comment.row < row);
        if !has_comment_above && was_inline {
            self.write(" ");
        } else {
            self.blank_line();
            self.start_line();
        }
        rest = lost(self.insert_comments(rest, row), self.none_left())?;
        if has_comment_above && !was_inline {
            self.start_line();
        }
        self.write_rule(else_branch, true, rest)
    }

    fn write_head(
        &mut self,
        head: &'m Head,
        is_default: bool,
        is_constant: bool,
        mut rest: Rest,
    ) -> Written {
        let mut reference = head.reference.as_slice();
        if head.is_set() && !self.is_dynamic(head) {
            let length = 1 + reference
                .iter()
                .skip(1)
                .take_while(|part| part.is_ground())
                .count();
            reference = reference.get(..length).unwrap_or(reference);
        }
        match reference {
            [first, second] if !self.has_references => {
                if self.is_newer()
                    && self
                        .first_left(rest)
                        .is_some_and(|(_, comment)| comment.row == second.loc.row)
                {
                    return lost(self.write_unformatted(head.loc, rest), self.none_left());
                }
                let is_keyword = self.canonical_keywords();
                let text = format!(
                    "{}[{}]",
                    shown(first, is_keyword),
                    shown(second, is_keyword)
                );
                self.write(&text);
            }
            reference if self.is_newer() => {
                rest = lost(self.write_reference(reference, rest), self.none_left())?;
            }
            reference => {
                self.write_reference(reference, self.none_left())?;
            }
        }
        if !head.args.is_empty() {
            self.write("(");
            let close = self.source.closing_row(None, Bracket::Paren, head.loc);
            let written = self.write_terms(&head.args, head.loc, close, rest, false);
            self.write(")");
            rest = written?;
        }
        if let Some(key) = &head.key
            && head.value.is_none()
        {
            if self.keywords.contains {
                self.write(" contains ");
                rest = self.write_term(key, rest)?;
            } else {
                self.write("[");
                rest = self.write_term(key, rest)?;
                self.write("]");
            }
        }
        let Some(value) = &head.value else {
            return Ok(rest);
        };
        if head.key.is_none() && value.is_true() && !is_constant && !is_default {
            return Ok(rest);
        }
        let is_reference =
            self.keywords.rego_v1 && is_constant && head.key.is_none() && head.args.is_empty();
        if head.shares_loc && !head.is_else && value.is_true() && !is_reference {
            // The value is implied.
            return Ok(rest);
        }
        if head.is_assigned || self.keywords.rego_v1 {
            self.write(" := ");
        } else {
            self.write(" = ");
        }
        self.write_term(value, rest)
    }

    /// Whether a head has variables in its reference. Versions of OPA differ in this.
    fn is_dynamic(&self, head: &Head) -> bool {
        let position = head
            .reference
            .iter()
            .skip(1)
            .position(|part| !part.is_constant());
        position.is_some_and(|i| {
            self.is_newer() || i + 1 < head.reference.len().saturating_sub(1) || head.is_set()
        })
    }

    /// The keywords that OPA takes into account when it prints canonically.
    pub(super) fn canonical_keywords(&self) -> fn(&str) -> bool {
        if self.is_newer() {
            is_keyword_v1
        } else {
            is_keyword_v0
        }
    }

    /// Writes the expressions of a body, each on its own row.
    pub(super) fn write_body(&mut self, body: &'m [Expr], mut rest: Rest) -> Written {
        let Some(first) = body.first() else {
            return Ok(rest);
        };
        rest = self.insert_comments(rest, first.loc.row)?;
        let mut before: Option<&Expr> = None;
        for expr in body {
            if let Some(before) = before
                && expr.loc.row > before.loc.row + self.source.breaks(before.loc) + 1
            {
                self.blank_line();
            }
            self.start_line();
            rest = self.go_on(|writer| writer.write_expr(expr, rest))?;
            self.end_line();
            before = Some(expr);
        }
        Ok(rest)
    }
}

fn compare_imports(a: &Import, b: &Import) -> Ordering {
    compare_terms(&a.path, &b.path).then_with(|| a.alias.cmp(&b.alias))
}

/// Whether an import that the formatter adds would be on the row of the first rule, or below it.
fn added_follows_rule(module: &Module) -> bool {
    let first = module.rules.iter().map(|rule| rule.loc.row).min();
    first.is_some_and(|first| {
        module
            .imports
            .iter()
            .any(|import| import.is_added() && import.loc.row >= first)
    })
}

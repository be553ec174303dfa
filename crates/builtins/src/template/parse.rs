//! Parses templates into trees of text and actions.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::DEPTH;
use super::functions;
use super::token::{Token, tokens, wrong};
use crate::Failure;

/// The templates in a text by name. That of the text itself is [`MAIN`].
pub(super) type Templates = BTreeMap<String, Rc<[Node]>>;

/// The name of the template that is the text itself.
pub(super) const MAIN: &str = "template";

/// A part of a template.
#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Action(Pipeline),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template(String, Option<Pipeline>),
    Break,
    Continue,
}

/// A condition with what is done if it holds, and what is done otherwise.
#[derive(Debug)]
pub(super) struct Branch {
    pub pipeline: Pipeline,
    pub then: Vec<Node>,
    pub alternative: Vec<Node>,
}

/// A pipeline: commands, each of which gets the value of the one before as its last argument.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub variables: Vec<String>,
    /// Whether it assigns to existing variables instead of declaring them.
    pub is_assignment: bool,
    pub commands: Vec<Vec<Operand>>,
}

#[derive(Debug)]
pub(super) enum Operand {
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    Function(String),
    Variable(String, Vec<String>),
    Field(Vec<String>),
    Pipeline(Box<Pipeline>),
    /// Fields of a value in parentheses.
    Chain(Box<Operand>, Vec<String>),
}

/// Parses a template.
pub(super) fn parse(text: &str) -> Result<Templates, Failure> {
    let mut parser = Parser {
        rest: text,
        trims: false,
        templates: Templates::new(),
        variables: vec!["$".to_owned()],
        depth: 0,
        loops: 0,
    };
    let (nodes, end) = parser.nodes(true)?;
    match end {
        End::OfText => {}
        End::Reached => return Err(wrong("unexpected {{end}}")),
        End::Else(_) => return Err(wrong("unexpected {{else}}")),
    }
    parser.templates.insert(MAIN.to_owned(), nodes.into());
    Ok(parser.templates)
}

struct Parser<'t> {
    rest: &'t str,
    /// Whether to trim the white space before the next text.
    trims: bool,
    templates: Templates,
    /// The variables in scope.
    variables: Vec<String>,
    depth: usize,
    /// How many `range` actions surround it.
    loops: usize,
}

/// The end of a list of nodes.
enum End {
    OfText,
    /// `end`.
    Reached,
    /// `else`, with the tokens after it.
    Else(Vec<Token>),
}

const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

impl Parser<'_> {
    fn nodes(&mut self, is_top: bool) -> Result<(Vec<Node>, End), Failure> {
        let mut nodes = Vec::new();
        loop {
            let (text, action) = match self.rest.split_once("{{") {
                Some((text, action)) => (text, Some(action)),
                None => (self.rest, None),
            };
            let mut text = text;
            if std::mem::take(&mut self.trims) {
                text = text.trim_start_matches(SPACE);
            }
            let Some(action) = action else {
                self.rest = "";
                if !text.is_empty() {
                    nodes.push(Node::Text(text.to_owned()));
                }
                return if is_top {
                    Ok((nodes, End::OfText))
                } else {
                    Err(wrong("unexpected EOF"))
                };
            };
            let trimming = action
                .strip_prefix('-')
                .filter(|rest| rest.starts_with(SPACE));
            if trimming.is_some() {
                text = text.trim_end_matches(SPACE);
            }
            if !text.is_empty() {
                nodes.push(Node::Text(text.to_owned()));
            }
            let action = trimming.map_or(action, |rest| rest.trim_start_matches(SPACE));
            if let Some(comment) = action.strip_prefix("/*") {
                let (_, after) = comment
                    .split_once("*/")
                    .ok_or_else(|| wrong("unclosed comment"))?;
                self.close(after)?;
                continue;
            }
            let (tokens, after) = tokens(action)?;
            self.close(after)?;
            if let Some(end) = self.action(tokens, is_top, &mut nodes)? {
                return Ok((nodes, end));
            }
        }
    }

    /// Continues after the closing braces.
    fn close(&mut self, after: &str) -> Result<(), Failure> {
        let trimmed = after.trim_start_matches(SPACE);
        let (is_trimming, rest) = match trimmed.strip_prefix("-}}") {
            Some(rest) if trimmed.len() < after.len() || after.starts_with("-}}") => (true, rest),
            _ => match trimmed.strip_prefix("}}") {
                Some(rest) => (false, rest),
                None => return Err(wrong("comment ends before closing delimiter")),
            },
        };
        self.trims = is_trimming;
        let at = self.rest.len() - rest.len();
        self.rest = self.rest.get(at..).unwrap_or_default();
        Ok(())
    }

    fn action(
        &mut self,
        tokens: Vec<Token>,
        is_top: bool,
        nodes: &mut Vec<Node>,
    ) -> Result<Option<End>, Failure> {
        let mut words = Words::new(tokens);
        let keyword = match words.peek() {
            Some(Token::Name(name)) => name.clone(),
            None => return Err(wrong("missing value for command")),
            _ => String::new(),
        };
        match &*keyword {
            "end" => {
                words.next();
                words.finish("end")?;
                return Ok(Some(End::Reached));
            }
            "else" => {
                words.next();
                return Ok(Some(End::Else(words.rest())));
            }
            "if" | "with" | "range" => {
                words.next();
                nodes.push(self.branch(&keyword, &mut words)?);
            }
            "define" | "block" => {
                words.next();
                let Some(Token::Text(name)) = words.next() else {
                    return Err(wrong(&format!("unexpected token in {keyword} clause")));
                };
                let called = match &*keyword {
                    "block" => Some(self.pipeline(&mut words, 0)?),
                    _ if !is_top || self.depth > 0 => return Err(wrong("unexpected {{define}}")),
                    _ => None,
                };
                words.finish(&keyword)?;
                self.define(&name)?;
                if called.is_some() {
                    nodes.push(Node::Template(name, called));
                }
            }
            "template" => {
                words.next();
                let Some(Token::Text(name)) = words.next() else {
                    return Err(wrong("unexpected token in template clause"));
                };
                let called = match words.peek() {
                    None => None,
                    Some(_) => Some(self.pipeline(&mut words, 0)?),
                };
                words.finish("template")?;
                nodes.push(Node::Template(name, called));
            }
            "break" | "continue" => {
                words.next();
                words.finish(&keyword)?;
                if self.loops == 0 {
                    return Err(wrong(&format!("{{{{{keyword}}}}} outside {{{{range}}}}")));
                }
                nodes.push(match &*keyword {
                    "break" => Node::Break,
                    _ => Node::Continue,
                });
            }
            _ => {
                let pipeline = self.pipeline(&mut words, 0)?;
                words.finish("command")?;
                nodes.push(Node::Action(pipeline));
            }
        }
        Ok(None)
    }

    fn define(&mut self, name: &str) -> Result<(), Failure> {
        self.deeper()?;
        let outer = std::mem::replace(&mut self.variables, vec!["$".to_owned()]);
        let loops = std::mem::take(&mut self.loops);
        let (nodes, end) = self.nodes(false)?;
        (self.variables, self.loops) = (outer, loops);
        self.depth -= 1;
        let End::Reached = end else {
            return Err(wrong("unexpected {{else}} in define clause"));
        };
        let is_empty = |nodes: &[Node]| {
            nodes
                .iter()
                .all(|node| matches!(node, Node::Text(text) if text.trim_matches(SPACE).is_empty()))
        };
        // An empty template doesn't replace another one.
        let known = self
            .templates
            .get(name)
            .is_some_and(|known| !is_empty(known));
        if known && !is_empty(&nodes) {
            return Err(wrong(&format!(
                "multiple definition of template \"{name}\""
            )));
        }
        if !known {
            self.templates.insert(name.to_owned(), nodes.into());
        }
        Ok(())
    }

    fn deeper(&mut self) -> Result<(), Failure> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Failure::Limit(format!(
                "the template nests deeper than {DEPTH} levels"
            )));
        }
        Ok(())
    }

    fn branch(&mut self, keyword: &str, words: &mut Words) -> Result<Node, Failure> {
        self.deeper()?;
        let before = self.variables.len();
        let is_range = keyword == "range";
        let pipeline = self.pipeline(words, if is_range { 2 } else { 1 })?;
        words.finish(keyword)?;
        self.loops += usize::from(is_range);
        let (then, end) = self.nodes(false)?;
        self.loops -= usize::from(is_range);
        let mut alternative = Vec::new();
        if let End::Else(rest) = end {
            let mut rest = Words::new(rest);
            match rest.peek() {
                // `else if` is an `if` in an `else`, with one `end` for both.
                Some(Token::Name(name)) if *name == keyword && !is_range => {
                    rest.next();
                    alternative.push(self.branch(keyword, &mut rest)?);
                }
                _ => {
                    rest.finish("else")?;
                    let (nodes, end) = self.nodes(false)?;
                    if !matches!(end, End::Reached) {
                        return Err(wrong("expected end; found {{else}}"));
                    }
                    alternative = nodes;
                }
            }
        }
        self.variables.truncate(before);
        self.depth -= 1;
        let branch = Branch {
            pipeline,
            then,
            alternative,
        };
        Ok(match keyword {
            "if" => Node::If(branch),
            "with" => Node::With(branch),
            _ => Node::Range(branch),
        })
    }

    /// A pipeline with up to `most` variables at its start: none in parentheses, two in `range`.
    fn pipeline(&mut self, words: &mut Words, most: usize) -> Result<Pipeline, Failure> {
        let mut variables = Vec::new();
        let mut is_assignment = false;
        if let Some((names, is_assigned)) = words.variables() {
            if names.len() > most.max(1) {
                return Err(wrong("too many declarations"));
            }
            is_assignment = is_assigned;
            if is_assignment {
                for name in &names {
                    self.known(name)?;
                }
            }
            variables = names;
        }
        let commands = self.commands(words)?;
        if !is_assignment {
            self.variables.extend(variables.iter().cloned());
        }
        Ok(Pipeline {
            variables,
            is_assignment,
            commands,
        })
    }

    fn known(&self, name: &str) -> Result<(), Failure> {
        if self.variables.iter().any(|known| known == name) {
            return Ok(());
        }
        Err(wrong(&format!("undefined variable \"{name}\"")))
    }

    fn commands(&mut self, words: &mut Words) -> Result<Vec<Vec<Operand>>, Failure> {
        let mut commands: Vec<Vec<Operand>> = Vec::new();
        loop {
            let mut operands = Vec::new();
            words.skip_space();
            while let Some(operand) = self.operand(words)? {
                operands.push(operand);
                match words.peek_exact() {
                    Some(Token::Space) => words.skip_space(),
                    None | Some(Token::Pipe | Token::Close) => break,
                    Some(_) => return Err(wrong("unexpected token in operand")),
                }
            }
            if operands.is_empty() {
                return Err(wrong("missing value for command"));
            }
            let is_callable = matches!(
                operands.first(),
                Some(
                    Operand::Function(_)
                        | Operand::Variable(..)
                        | Operand::Field(_)
                        | Operand::Chain(..)
                )
            );
            if !commands.is_empty() && !is_callable {
                let stage = commands.len() + 1;
                return Err(wrong(&format!(
                    "non executable command in pipeline stage {stage}"
                )));
            }
            commands.push(operands);
            if !words.take(&Token::Pipe) {
                return Ok(commands);
            }
        }
    }

    fn operand(&mut self, words: &mut Words) -> Result<Option<Operand>, Failure> {
        let operand = match words.peek_exact() {
            None | Some(Token::Pipe | Token::Close) => return Ok(None),
            Some(token) => match token.clone() {
                Token::Dot => Operand::Dot,
                Token::Field(name) => Operand::Field(vec![name]),
                Token::Variable(name) => {
                    self.known(&name)?;
                    Operand::Variable(name, Vec::new())
                }
                Token::Text(text) => Operand::Text(text),
                Token::Int(int) => Operand::Int(int),
                Token::Float(float) => Operand::Float(float),
                Token::Name(name) => match &*name {
                    "true" => Operand::Bool(true),
                    "false" => Operand::Bool(false),
                    "nil" => Operand::Nil,
                    name if functions::is_known(name) => Operand::Function(name.to_owned()),
                    name => {
                        return Err(wrong(&format!("function \"{name}\" not defined")));
                    }
                },
                Token::Open => {
                    words.next();
                    self.deeper()?;
                    let inner = self.pipeline(words, 0)?;
                    self.depth -= 1;
                    words.skip_space();
                    if words.peek_exact() != Some(&Token::Close) {
                        return Err(wrong("unclosed left paren"));
                    }
                    Operand::Pipeline(Box::new(inner))
                }
                _ => return Err(wrong("unexpected token in operand")),
            },
        };
        words.step();
        let mut fields = Vec::new();
        while let Some(Token::Field(name)) = words.peek_exact() {
            fields.push(name.clone());
            words.step();
        }
        if fields.is_empty() {
            return Ok(Some(operand));
        }
        Ok(Some(match operand {
            Operand::Field(mut names) => {
                names.extend(fields);
                Operand::Field(names)
            }
            Operand::Variable(name, _) => Operand::Variable(name, fields),
            Operand::Bool(_)
            | Operand::Int(_)
            | Operand::Float(_)
            | Operand::Text(_)
            | Operand::Nil
            | Operand::Dot => {
                return Err(wrong("unexpected . after term"));
            }
            other => Operand::Chain(Box::new(other), fields),
        }))
    }
}

/// The tokens of an action that haven't been parsed yet.
struct Words {
    tokens: Vec<Token>,
    at: usize,
}

impl Words {
    fn new(tokens: Vec<Token>) -> Self {
        let mut words = Self { tokens, at: 0 };
        words.skip_space();
        words
    }

    fn peek_exact(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn peek(&self) -> Option<&Token> {
        let mut rest = self.tokens.iter().skip(self.at);
        rest.find(|token| **token != Token::Space)
    }

    fn step(&mut self) {
        self.at += 1;
    }

    fn next(&mut self) -> Option<Token> {
        self.skip_space();
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn skip_space(&mut self) {
        while self.peek_exact() == Some(&Token::Space) {
            self.at += 1;
        }
    }

    fn take(&mut self, token: &Token) -> bool {
        self.skip_space();
        let is_there = self.peek_exact() == Some(token);
        self.at += usize::from(is_there);
        is_there
    }

    fn rest(self) -> Vec<Token> {
        self.tokens.into_iter().skip(self.at).collect()
    }

    /// Checks that nothing is left.
    fn finish(&mut self, of: &str) -> Result<(), Failure> {
        match self.peek() {
            None => Ok(()),
            Some(Token::Close) => Err(wrong("unexpected right paren")),
            Some(_) => Err(wrong(&format!("unexpected token in {of}"))),
        }
    }

    /// The start of an assignment: `$a := `, `$a, $b := ` or `$a = `.
    fn variables(&mut self) -> Option<(Vec<String>, bool)> {
        let before = self.at;
        let mut names = Vec::new();
        while let Some(Token::Variable(name)) = self.next() {
            names.push(name);
            match self.next() {
                Some(Token::Declare) => return Some((names, false)),
                Some(Token::Assign) => return Some((names, true)),
                Some(Token::Comma) => {}
                _ => break,
            }
        }
        self.at = before;
        None
    }
}

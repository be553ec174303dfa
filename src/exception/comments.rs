use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use document::{Comment, LineIndex, Node, Span, Step, Value, cut};

use crate::report::{Exception, ExceptionKind};

use super::directive::{Directive, FORM, TOOL};
use super::{Date, EXPIRED, EXPIRED_HELP, Required, UNUSED, WRONG};

/// The ignore comments of a file, with a record of which have suppressed something.
#[derive(Debug)]
pub struct Comments<'t> {
    directives: Vec<Placed<'t>>,
    problems: Vec<CommentProblem>,
    /// The first comment that covers findings of a rule at a place. The empty rule is every rule.
    covering: HashMap<(&'t str, Covered), Use>,
    used: HashSet<Use>,
}

/// An ignore comment that is in force.
#[derive(Debug)]
struct Placed<'t> {
    directive: Directive<'t>,
    span: Span,
    exception: Rc<Exception>,
    is_trailing: bool,
}

/// The indexes of a comment, and of the rule in it.
type Use = (usize, usize);

/// The findings that a comment covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Covered {
    /// Findings that start or end on a line, counted from 1.
    Line(u32),
    /// Findings below the key at an offset.
    Key(u32),
    /// Findings in the item of a sequence that starts at an offset.
    Item(u32),
}

/// A problem with a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentProblem {
    /// Its identity: [`WRONG`], [`EXPIRED`] or [`UNUSED`].
    pub rule: &'static str,
    /// The location of the comment, in bytes.
    pub span: Span,
    /// The message, in one sentence.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl<'t> Comments<'t> {
    /// Reads the ignore comments of a file; `None` if it has none. `lines` are those of the file, and are only
    /// computed if they are needed.
    pub fn read<'l>(
        path: &str,
        text: &'t str,
        lines: impl FnOnce() -> &'l LineIndex<'t>,
        today: Option<Date>,
        required: Required,
    ) -> Option<Self>
    where
        't: 'l,
    {
        text.contains(TOOL)
            .then(|| Self::among(path, text, lines(), today, required))
            .flatten()
    }

    /// Reads the ignore comments of a text that contains the name of this tool.
    #[cold]
    fn among(
        path: &str,
        text: &'t str,
        lines: &LineIndex<'t>,
        today: Option<Date>,
        required: Required,
    ) -> Option<Self> {
        let mut found = Self {
            directives: Vec::new(),
            problems: Vec::new(),
            covering: HashMap::new(),
            used: HashSet::new(),
        };
        let mut below = Below::default();
        // This goes backward, so that of comments on consecutive lines, each knows what follows.
        let mut all: Vec<_> = document::comments(text)
            .into_iter()
            .rev()
            .map(|comment| (comment, below.next(&comment, lines, text)))
            .collect();
        all.reverse();
        for (comment, place) in all {
            match Directive::read(comment.text, required) {
                None => {}
                Some(Err(problem)) => found.problems.push(CommentProblem {
                    rule: WRONG,
                    span: comment.span,
                    message: format!("this ignore comment suppresses nothing: {problem}"),
                    help: FORM.to_owned(),
                }),
                Some(Ok(directive)) => {
                    let line = lines.position(comment.span.start).line;
                    found.add(path, directive, comment.span, line, place, today);
                }
            }
        }
        (!found.directives.is_empty() || !found.problems.is_empty()).then_some(found)
    }

    fn add(
        &mut self,
        path: &str,
        directive: Directive<'t>,
        span: Span,
        line: u32,
        place: Place,
        today: Option<Date>,
    ) {
        if let Some(until) = directive.until
            && until.has_passed(today)
        {
            self.problems.push(CommentProblem {
                rule: EXPIRED,
                span,
                message: format!(
                    "this ignore comment expired on {until}, and no longer suppresses anything"
                ),
                help: EXPIRED_HELP.to_owned(),
            });
            return;
        }
        let index = self.directives.len();
        let every = [""];
        let rules = if directive.rules.is_empty() {
            every.as_slice()
        } else {
            &directive.rules
        };
        let (covered, is_trailing) = match place {
            Place::Trailing => ([Some(Covered::Line(line)), None], true),
            Place::Above(covered) => (covered, false),
        };
        for (at, rule) in rules.iter().enumerate() {
            for covered in covered.into_iter().flatten() {
                self.covering.entry((*rule, covered)).or_insert((index, at));
            }
        }
        let exception = Exception {
            kind: ExceptionKind::Comment,
            file: path.to_owned(),
            line,
            until: directive.until.map(|until| until.to_string()),
            reason: directive.reason.map(|reason| cut(reason.to_owned())),
        };
        self.directives.push(Placed {
            directive,
            span,
            exception: Rc::new(exception),
            is_trailing,
        });
    }

    /// The comment that suppresses a finding: one on its line or on the line above, or else the one above the
    /// innermost key or item around it. `lines` are those on which the finding begins and ends.
    pub fn covering(
        &mut self,
        rule: &str,
        root: &Node<'_>,
        path: &[Step],
        lines: (u32, u32),
    ) -> Option<Rc<Exception>> {
        let found = self
            .at(rule, Covered::Line(lines.0))
            .or_else(|| self.at(rule, Covered::Line(lines.1)))
            .or_else(|| self.along(rule, root, path))?;
        self.used.insert(found);
        let placed = self.directives.get(found.0)?;
        Some(Rc::clone(&placed.exception))
    }

    fn at(&self, rule: &str, covered: Covered) -> Option<Use> {
        let named = self.covering.get(&(rule, covered));
        named.or_else(|| self.covering.get(&("", covered))).copied()
    }

    fn along(&self, rule: &str, root: &Node<'_>, path: &[Step]) -> Option<Use> {
        let mut node = root;
        let mut innermost = None;
        for step in path {
            let (child, key) = match (&node.value, step) {
                (Value::Mapping(mapping), Step::Key(key)) => {
                    let Some(entry) = mapping.get(key) else { break };
                    (
                        &entry.node,
                        self.at(rule, Covered::Key(entry.key_span.start)),
                    )
                }
                (Value::Sequence(items), Step::Index(index)) => {
                    let Some(item) = items.get(*index) else { break };
                    (item, None)
                }
                _ => break,
            };
            let item = self.at(rule, Covered::Item(child.span.start));
            innermost = item.or(key).or(innermost);
            node = child;
        }
        innermost
    }

    /// The problems with the comments, in source order, including those that suppressed nothing although their rule
    /// ran.
    pub fn problems(self, runs: impl Fn(&str) -> bool) -> Vec<CommentProblem> {
        let mut problems = self.problems;
        for (index, placed) in self.directives.iter().enumerate() {
            let rules = &placed.directive.rules;
            let message = if rules.is_empty() {
                let is_used = self.used.contains(&(index, 0));
                (!is_used).then(|| {
                    "this ignore comment suppresses nothing: there is no finding here".to_owned()
                })
            } else {
                let unused = rules.iter().enumerate();
                let unused =
                    unused.filter(|(at, rule)| !self.used.contains(&(index, *at)) && runs(rule));
                let unused: Vec<_> = unused
                    .map(|(_, rule)| document::quoted(rule, '`'))
                    .collect();
                (!unused.is_empty()).then(|| {
                    format!(
                        "this ignore comment suppresses no finding of {}: there is none here, or another comment covers it",
                        unused.join(", ")
                    )
                })
            };
            problems.extend(message.map(|message| CommentProblem {
                rule: UNUSED,
                span: placed.span,
                message,
                help: if placed.is_trailing {
                    "remove the comment; at the end of a line, it covers only that line"
                } else {
                    "remove the comment; it covers the next line, with everything inside a key or item that begins there"
                }
                .to_owned(),
            }));
        }
        sort::by_key(&mut problems, |problem| problem.span.start);
        problems
    }
}

/// The position of a comment.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// At the end of a line.
    Trailing,
    /// On a line of its own, with what it covers below.
    Above([Option<Covered>; 2]),
}

/// Finds what follows comments on lines of their own, from the last comment to the first.
#[derive(Debug, Default)]
struct Below {
    /// The previous comment on a line of its own: its line, and what it covers.
    last: Option<(u32, [Option<Covered>; 2])>,
}

impl Below {
    fn next(&mut self, comment: &Comment<'_>, lines: &LineIndex<'_>, text: &str) -> Place {
        let line = lines.position(comment.span.start).line;
        let start = lines.line_start(line).unwrap_or_default();
        let before = text.get(start as usize..comment.span.start as usize);
        if before.is_none_or(|before| !before.trim().is_empty()) {
            return Place::Trailing;
        }
        let below = match self.last {
            // Comments on consecutive lines cover the same.
            Some((next, below)) if next == line + 1 => below,
            _ => covered_at(line + 1, lines, text),
        };
        self.last = Some((line, below));
        Place::Above(below)
    }
}

/// What a comment above a line covers.
fn covered_at(line: u32, lines: &LineIndex<'_>, text: &str) -> [Option<Covered>; 2] {
    let (Some(start), Some(shown)) = (lines.line_start(line), lines.line_text(line)) else {
        return [None; 2];
    };
    let content = shown.trim_start();
    if content.is_empty() {
        return [None; 2];
    }
    let at = start as usize + (shown.len() - content.len());
    let dash = content
        .strip_prefix('-')
        .filter(|rest| rest.is_empty() || rest.starts_with([' ', '\t']));
    let is_item = dash.is_some() || content.starts_with(['{', '[']);
    let value = if dash.is_some() {
        after_properties(text, after_blanks(text, at + 1))
    } else {
        after_properties(text, at)
    };
    let value = u32::try_from(value).unwrap_or(u32::MAX);
    let covered = if is_item {
        Covered::Item(value)
    } else {
        Covered::Key(value)
    };
    [Some(Covered::Line(line)), Some(covered)]
}

/// The next offset that isn't in white space or a comment.
fn after_blanks(text: &str, from: usize) -> usize {
    let mut rest = text.get(from..).unwrap_or_default();
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        if !rest.starts_with('#') {
            return text.len() - rest.len();
        }
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        rest = rest.get(end..).unwrap_or_default();
    }
}

/// The next offset after a tag and an anchor.
fn after_properties(text: &str, from: usize) -> usize {
    let mut at = from;
    for _ in 0..2 {
        let rest = text.get(at..).unwrap_or_default();
        if !rest.starts_with(['&', '!']) {
            break;
        }
        let end = rest.find([' ', '\t', '\n', '\r']).unwrap_or(rest.len());
        at = after_blanks(text, at + end);
    }
    at
}

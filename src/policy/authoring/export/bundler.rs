//! Brings rules of several packages into one module. It takes only the rules that are needed, with their comments,
//! under names that show where they are from.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};

use compiler::problem::Problem;
use compiler::syntax::ast::{INPUT, Location, Module, Rule, Term, TermKind};
use compiler::syntax::visit::{Visitor, walk_body, walk_rule, walk_term};
use compiler::{compile, syntax};
use values::Version;

use super::oldest_rego::{self, SourceEdit};

/// The modules to take rules from.
pub struct Bundler {
    texts: Vec<&'static str>,
    modules: Vec<Module>,
    /// By full name, the indexes of the rules' modules, and of the rules in them.
    rules: HashMap<String, Vec<(usize, usize)>>,
}

/// What to take, and how to change it.
pub struct Outline<'o> {
    /// The package whose rules are wanted. They keep their names.
    pub package: &'o str,
    /// Documents that become constants: `data.a.b`, and the name of the constant.
    pub constants: &'o [(&'o str, &'o str)],
    /// A key of the input, and the name that replaces it.
    pub input: (&'o str, &'o str),
    /// Whether to keep a rule, given its full name.
    pub keeps: &'o dyn Fn(&str, &Rule) -> bool,
    /// Fields in the elements of sets that nothing reads.
    pub unread: &'o [&'o str],
}

/// The rules that were taken.
pub struct Bundle {
    /// The source text of the rules.
    pub text: String,
    /// The names of the rules.
    pub names: BTreeSet<String>,
}

impl Outline<'_> {
    /// The name in the bundle of the rule with this full name.
    pub fn new_name(&self, name: &str) -> String {
        let (package, rule) = name.rsplit_once('.').unwrap_or(("", name));
        if package == self.package {
            return rule.to_owned();
        }
        let last = package.rsplit('.').next().unwrap_or_default();
        // A private rule stays private.
        match rule.strip_prefix('_') {
            Some(rule) => format!("_{last}_{rule}"),
            None => format!("{last}_{rule}"),
        }
    }
}

impl Bundler {
    /// Parses modules of Rego v1.
    pub fn new(sources: &[(&str, &'static str)]) -> Result<Self, Vec<Problem>> {
        let mut modules = Vec::new();
        for (i, (_, text)) in sources.iter().enumerate() {
            let index = u32::try_from(i).unwrap_or(u32::MAX);
            modules.push(syntax::parse_module(text, index, Version::V1)?);
        }
        let problems = compile::resolve(&mut modules);
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut rules: HashMap<_, Vec<_>> = HashMap::new();
        for (i, module) in modules.iter().enumerate() {
            for (j, rule) in module.rules.iter().enumerate() {
                rules
                    .entry(full_name(module, rule))
                    .or_default()
                    .push((i, j));
            }
        }
        Ok(Self {
            texts: sources.iter().map(|(_, text)| *text).collect(),
            modules,
            rules,
        })
    }

    /// The rules with these full names, and all that they need. Those in `first` come first.
    pub fn bundle(&self, first: &[String], then: &[String], outline: &Outline<'_>) -> Bundle {
        let mut queue: VecDeque<_> = first.iter().chain(then).cloned().collect();
        let mut met: HashSet<_> = queue.iter().cloned().collect();
        let mut edits: HashMap<_, Vec<SourceEdit>> = HashMap::new();
        let mut order = Vec::new();
        while let Some(name) = queue.pop_front() {
            for place @ (i, _) in self.rules.get(&name).into_iter().flatten() {
                let Some(rule) = self.rule(*place) else {
                    continue;
                };
                if !(outline.keeps)(&name, rule) {
                    continue;
                }
                if !order.contains(i) {
                    order.push(*i);
                }
                let mut looking = Looking {
                    bundler: self,
                    outline,
                    reached: Vec::new(),
                    edits: Vec::new(),
                };
                looking.rule(rule, &outline.new_name(&name), self.text(*i));
                looking.comment(
                    self.start(*place),
                    rule,
                    &outline.new_name(&name),
                    self.text(*i),
                );
                edits.insert(*place, looking.edits);
                for reached in looking.reached {
                    if met.insert(reached.clone()) {
                        queue.push_back(reached);
                    }
                }
            }
        }
        let mut text = String::new();
        for i in order {
            let count = self.modules.get(i).map_or(0, |module| module.rules.len());
            for j in 0..count {
                if let Some(edits) = edits.remove(&(i, j)) {
                    text.push_str(&self.edited((i, j), edits));
                    text.push_str("\n\n");
                }
            }
        }
        let names = met.iter().map(|name| outline.new_name(name));
        let constants = outline.constants.iter().map(|(_, name)| (*name).to_owned());
        Bundle {
            text,
            names: names.chain(constants).collect(),
        }
    }

    /// The names of all variables, which new names must differ from.
    pub fn variables(&self) -> BTreeSet<String> {
        let mut found = Variables(BTreeSet::new());
        let rules = self.modules.iter().flat_map(|module| &module.rules);
        for rule in rules.flat_map(|rule| compile::chain(rule)) {
            let head = &rule.head;
            let terms = head.args.iter().flatten();
            for term in terms.chain(&head.key).chain(&head.value) {
                walk_term(term, &mut found);
            }
            walk_body(&rule.body, &mut found);
        }
        found.0
    }

    fn rule(&self, (i, j): (usize, usize)) -> Option<&Rule> {
        self.modules.get(i)?.rules.get(j)
    }

    fn text(&self, i: usize) -> &'static str {
        self.texts.get(i).copied().unwrap_or_default()
    }

    /// The offset of the comments before a rule.
    fn start(&self, (i, j): (usize, usize)) -> usize {
        let text = self.text(i);
        let Some(module) = self.modules.get(i) else {
            return 0;
        };
        let start_of = |rule: &Rule| rule.at.start as usize;
        let own = module.rules.get(j).map_or(0, start_of);
        let starts = module.rules.iter().map(start_of);
        match starts.filter(|start| *start < own).max() {
            Some(previous) => previous + code(text, previous, own),
            None => module
                .imports
                .iter()
                .map(|import| import.at.end)
                .chain([module.at.end])
                .max()
                .map_or(0, |end| end as usize),
        }
    }

    /// The source of a rule with the comments before it, after edits.
    fn edited(&self, (i, j): (usize, usize), mut edits: Vec<SourceEdit>) -> String {
        let text = self.text(i);
        let Some(module) = self.modules.get(i) else {
            return String::new();
        };
        let start = self.start((i, j));
        let start_of = |rule: &Rule| rule.at.start as usize;
        let own = module.rules.get(j).map_or(0, start_of);
        let starts: BTreeSet<_> = module.rules.iter().map(start_of).collect();
        let next = starts.range(own + 1..).next().copied();
        let end = own + code(text, own, next.unwrap_or(text.len()));
        sort::by(&mut edits, Ord::cmp);
        edits.dedup();
        let mut result = String::new();
        let mut at = start;
        for (from, to, new) in edits {
            result.push_str(text.get(at..from).unwrap_or_default());
            result.push_str(&new);
            at = to;
        }
        result.push_str(text.get(at..end).unwrap_or_default());
        result.trim().to_owned()
    }
}

/// The length of a rule without the blank lines after it, and without the comments of the next rule.
fn code(text: &str, start: usize, end: usize) -> usize {
    let mut length = 0;
    let mut passed = 0;
    for line in text
        .get(start..end)
        .unwrap_or_default()
        .split_inclusive('\n')
    {
        passed += line.len();
        if !line.trim().is_empty() && !line.starts_with('#') {
            length = passed;
        }
    }
    length
}

fn full_name(module: &Module, rule: &Rule) -> String {
    format!("{}.{}", syntax::shown(&module.package), rule.head.name())
}

/// Finds what one rule needs, and what to change in it.
struct Looking<'l> {
    bundler: &'l Bundler,
    outline: &'l Outline<'l>,
    reached: Vec<String>,
    edits: Vec<SourceEdit>,
}

impl Looking<'_> {
    fn rule(&mut self, rule: &Rule, new_name: &str, text: &str) {
        self.edits.extend(oldest_rego::edits(rule, text));
        if let Some(at) = rule.head.reference.first().map(|term| term.at)
            && text.get(at.start as usize..at.end as usize) == Some(&*rule.head.name())
        {
            self.replace(at, at, new_name);
        }
        match rule.head.key.as_ref().map(|key| (key, &key.kind)) {
            Some((_, TermKind::Object(fields))) => self.fields(fields, text),
            Some((key, _)) => walk_term(key, self),
            None => {}
        }
        if let Some(value) = &rule.head.value {
            walk_term(value, self);
        }
        walk_body(&rule.body, self);
        if let Some(else_branch) = &rule.else_branch {
            self.rule(else_branch, new_name, text);
        }
    }

    /// Edits the comment above a rule, if it begins with the name of the rule.
    fn comment(&mut self, start: usize, rule: &Rule, new_name: &str, text: &str) {
        let own = rule.at.start as usize;
        let above = text.get(start..own).unwrap_or_default();
        let opening = format!("\n# {} ", rule.head.name());
        if let Some(at) = above.find(&opening) {
            let name = start + at + "\n# ".len();
            self.edits
                .push((name, start + at + opening.len() - 1, new_name.to_owned()));
        }
    }

    /// Puts the fields of a set's element on lines of their own.
    fn fields(&mut self, fields: &[(Term, Term)], text: &str) {
        for (key, value) in fields {
            let is_unread = key
                .as_text()
                .is_some_and(|key| self.outline.unread.contains(&&**key));
            if is_unread {
                let start = line_start(text, key.at.start as usize);
                let after = text.get(value.at.end as usize..).unwrap_or_default();
                let length = after.find('\n').map_or(after.len(), |i| i + 1);
                let end = value.at.end as usize + length;
                self.edits.push((start, end, String::new()));
            } else {
                walk_term(key, self);
                walk_term(value, self);
            }
        }
    }

    fn replace(&mut self, from: Location, to: Location, new: &str) {
        self.edits
            .push((from.start as usize, to.end as usize, new.to_owned()));
    }

    /// The name in the bundle of the document that a reference leads to, and the part of the reference that it
    /// replaces.
    fn target(&mut self, parts: &[Term]) -> Option<(Location, String)> {
        let mut name = parts.first()?.as_var()?.to_string();
        for part in parts.get(1..)? {
            name.push('.');
            name.push_str(part.as_text()?);
            let constant = self
                .outline
                .constants
                .iter()
                .find(|(path, _)| *path == name);
            if let Some((_, constant)) = constant {
                return Some((part.at, (*constant).to_owned()));
            }
            if self.bundler.rules.contains_key(&name) {
                self.reached.push(name.clone());
                return Some((part.at, self.outline.new_name(&name)));
            }
        }
        None
    }
}

fn line_start(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    before.rfind('\n').map_or(0, |i| i + 1)
}

impl Visitor for Looking<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Ref(parts) = &term.kind
            && let Some(first) = parts.first()
        {
            if let Some((end, name)) = self.target(parts) {
                self.replace(first.at, end, &name);
            } else if reads_input(parts, self.outline.input.0)
                && let Some(key) = parts.get(1)
            {
                self.replace(key.at, key.at, self.outline.input.1);
            }
        }
        true
    }
}

/// Whether a reference begins with a key of the input.
fn reads_input(parts: &[Term], key: &str) -> bool {
    matches!(parts, [root, first, ..]
        if root.as_var().is_some_and(|root| &**root == INPUT)
            && first.as_text().is_some_and(|text| &**text == key))
}

/// Whether a rule reads a key of the input.
pub fn rule_reads_input(rule: &Rule, key: &str) -> bool {
    let mut reads = Reads { key, found: false };
    walk_rule(rule, &mut reads);
    reads.found
}

struct Reads<'k> {
    key: &'k str,
    found: bool,
}

impl Visitor for Reads<'_> {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Ref(parts) = &term.kind {
            self.found |= reads_input(parts, self.key);
        }
        true
    }
}

struct Variables(BTreeSet<String>);

impl Visitor for Variables {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let Some(name) = term.as_var() {
            self.0.insert(name.to_string());
        }
        true
    }
}

//! A parsed module of a user, and how it relates to others.

use std::collections::HashSet;

use commands::lint::paths;
use compiler::compile::test_rules::is_test_name;
use compiler::syntax::ast::{DATA, Module, Term, TermKind, path_name};
use compiler::syntax::visit::{Visitor, walk_rule};

use super::{UserModule, VERDICTS, source};
use crate::policy::lint::deny::is_test;
use crate::policy::lint::outside::{leads_into, written_out};
use crate::policy::lint::{self, LintFinding};

/// A parsed module, and how it relates to others.
pub(super) struct Parsed<'g> {
    pub(super) given: &'g UserModule,
    pub(super) module: Module,
    /// The package, such as `data.a.b`.
    pub(super) package: String,
    pub(super) is_policy: bool,
    pub(super) is_test: bool,
    /// Whether it has only tests, so that no policy needs it.
    pub(super) has_only_tests: bool,
    /// The names of its rules.
    pub(super) defines: HashSet<String>,
    /// The paths in `data` that it reads, up to the first part that isn't constant.
    pub(super) reads: HashSet<Vec<String>>,
    /// All other names that it uses.
    pub(super) names: HashSet<String>,
}

impl<'g> Parsed<'g> {
    /// The lint findings in this module alone.
    pub(super) fn lint(&self, options: lint::Options) -> Vec<LintFinding> {
        let modules = std::slice::from_ref(&self.module);
        lint::findings(&[source(self.given)], modules, options.oldest)
    }

    pub(super) fn new(given: &'g UserModule, module: Module) -> Self {
        let defines: HashSet<_> = module
            .rules
            .iter()
            .map(|rule| rule.head.name().to_string())
            .collect();
        let mut reads: HashSet<_> = module
            .rules
            .iter()
            .flat_map(|rule| paths(rule, &module))
            .filter(|path| &*path.head == DATA)
            .map(|path| written_out(&path))
            .collect();
        let imports = module
            .imports
            .iter()
            .filter_map(|import| path_name(&import.path));
        reads.extend(imports.filter_map(|path| {
            let path = path.strip_prefix("data.")?;
            Some(path.split('.').map(str::to_owned).collect())
        }));
        let mut names = Names(HashSet::new());
        for rule in &module.rules {
            walk_rule(rule, &mut names);
        }
        names.0.retain(|name| !defines.contains(name));
        let is_test = is_test(&module) || given.path.ends_with("_test.rego");
        let may_be_policy = !is_test || !given.is_searched;
        Self {
            is_policy: is_asked(given)
                || may_be_policy && VERDICTS.iter().any(|name| defines.contains(*name)),
            is_test,
            has_only_tests: defines.iter().all(|name| is_test_name(name)),
            package: path_name(&module.package).unwrap_or_default(),
            given,
            module,
            defines,
            reads,
            names: names.0,
        }
    }

    /// Whether it has a rule that Harness reads, which a function isn't.
    pub(super) fn speaks(&self) -> bool {
        let values = self
            .module
            .rules
            .iter()
            .filter(|rule| rule.head.args.is_none());
        let mut names = values.map(|rule| rule.head.name());
        names.any(|name| VERDICTS.contains(&&*name))
    }

    /// Whether this module can need another one.
    pub(super) fn may_use(&self, library: &Self) -> bool {
        self.given.version == library.given.version && !library.has_only_tests
    }

    /// Whether this module needs another one, because it names it in `data`.
    pub(super) fn uses_by_path(&self, library: &Self) -> bool {
        let mut reads = self.reads.iter();
        reads.any(|path| leads_into(path, &library.module))
    }

    /// Whether this module needs another one, because it uses the bare name of a rule in their common package.
    pub(super) fn uses_by_name(&self, library: &Self) -> bool {
        self.package == library.package && !self.names.is_disjoint(&library.defines)
    }
}

/// Whether the user says that a module is a policy.
pub(super) fn is_asked(module: &UserModule) -> bool {
    module.entity.is_some() && !module.is_searched
}

/// Collects the names that a module uses.
struct Names(HashSet<String>);

impl Visitor for Names {
    fn visit_term(&mut self, term: &Term) -> bool {
        if let TermKind::Var(name) = &term.kind {
            self.0.insert(name.to_string());
        }
        true
    }
}

use std::rc::Rc;

use document::{Position, cut};

use crate::report::{self, ExceptionKind};

use super::Date;

/// An exception in the configuration. It covers a finding that matches every field that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingException {
    /// The rule's identity, or the file of a policy of the user's.
    pub rule: Option<String>,
    /// A glob of files, relative to the configuration's folder.
    pub path: Option<String>,
    /// A pattern of a finding's subject, as the report shows it after `in:`.
    pub subject: Option<String>,
    /// A pattern of the image that is reported.
    pub image: Option<String>,
    /// Its last day.
    pub until: Option<Date>,
    /// The reason.
    pub reason: Option<String>,
    /// Where it begins in the configuration.
    pub position: Position,
}

impl FindingException {
    /// Whether its last day has passed.
    pub fn is_expired(&self, today: Option<Date>) -> bool {
        self.until.is_some_and(|until| until.has_passed(today))
    }

    /// Whether it covers findings in a file, by its path from the configuration's folder.
    pub fn is_about_file(&self, path: &str) -> bool {
        self.path
            .as_deref()
            .is_none_or(|glob| super::glob_describes(glob, path))
    }

    /// Whether it may cover findings of a rule.
    pub fn is_about_rule(&self, rule: &str) -> bool {
        self.rule.as_deref().is_none_or(|own| own == rule)
    }

    /// As a report has it; `config` is what the configuration is called there.
    pub fn reported(&self, config: &str) -> Rc<report::Exception> {
        Rc::new(report::Exception {
            kind: ExceptionKind::Configuration,
            file: config.to_owned(),
            line: self.position.line,
            until: self.until.map(|until| until.to_string()),
            reason: self.reason.clone().map(cut),
        })
    }

    /// What it is about, in words: ``rule `no-docker-hub`, path `legacy/**` ``.
    pub fn shown(&self) -> String {
        let fields = [
            ("rule", &self.rule),
            ("path", &self.path),
            ("subject", &self.subject),
            ("image", &self.image),
        ];
        let shown: Vec<_> = fields
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name} `{}`", value.as_ref()?)))
            .collect();
        shown.join(", ")
    }
}

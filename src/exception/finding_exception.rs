use std::rc::Rc;

use document::{Position, cut};

use crate::report::{self, ExceptionKind};

use super::Date;

/// An exception in the configuration. It covers a finding that matches all its fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FindingException {
    /// The identity of the rule, or the file of a user's policy.
    pub rule: Option<String>,
    /// A glob for files, relative to the configuration's folder.
    pub path: Option<String>,
    /// A pattern for the subject of a finding, as the report shows it after `in:`.
    pub subject: Option<String>,
    /// A pattern for the reported image.
    pub image: Option<String>,
    /// Its last day.
    pub until: Option<Date>,
    /// The reason.
    pub reason: Option<String>,
    /// Where it is in the configuration.
    pub position: Position,
}

impl FindingException {
    /// Whether its last day has passed.
    pub fn is_expired(&self, today: Option<Date>) -> bool {
        self.until.is_some_and(|until| until.has_passed(today))
    }

    /// Whether it may cover findings in a file, given by its path from the configuration's folder.
    pub fn is_about_file(&self, path: &str) -> bool {
        self.path
            .as_deref()
            .is_none_or(|glob| super::glob_describes(glob, path))
    }

    /// Whether it may cover findings of a rule.
    pub fn is_about_rule(&self, rule: &str) -> bool {
        self.rule.as_deref().is_none_or(|own| own == rule)
    }

    /// The exception as a report shows it. `config` is the configuration's name there.
    pub fn reported(&self, config: &str) -> Rc<report::Exception> {
        Rc::new(report::Exception {
            kind: ExceptionKind::Configuration,
            file: config.to_owned(),
            line: self.position.line,
            until: self.until.map(|until| until.to_string()),
            reason: self.reason.clone().map(cut),
        })
    }

    /// The fields in words: ``rule `no-docker-hub`, path `legacy/**` ``.
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

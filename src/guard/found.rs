//! What a rule found.

use std::rc::Rc;

use document::{RepeatedKey, Span, Step};

use crate::policy::{EvaluationError, Finding, Proposal, UnreadFinding};
use crate::report::{Exception, Severity, Verdict};

/// What a rule found, before it is known whether it is listed: whoever finds a million of a kind has no
/// room for all that is said of them.
pub(super) struct Found<'f> {
    pub rule: &'f str,
    pub verdict: Verdict,
    pub severity: Severity,
    pub span: Span,
    pub finding: Said<'f>,
    /// What keeps it from counting.
    pub exception: Option<Rc<Exception>>,
}

impl Found<'_> {
    /// The place, from the document's root.
    pub fn path(&self) -> Vec<Step> {
        match &self.finding {
            Said::Ours(finding) => finding.path(),
            Said::Repeated(repeated) => repeated.path(),
            Said::Registry(said) => said.0.path.clone(),
            #[cfg(feature = "authoring")]
            Said::Finding(finding) => finding.path.clone(),
        }
    }

    /// Every image that its place can have and that is found.
    pub fn images(&self) -> Vec<String> {
        match &self.finding {
            Said::Ours(finding) => finding.images().map(str::to_owned).collect(),
            Said::Repeated(_) => Vec::new(),
            Said::Registry(said) => vec![said.1.clone()],
            #[cfg(feature = "authoring")]
            Said::Finding(_) => Vec::new(),
        }
    }
}

/// All that is said of a place.
pub(super) enum Said<'f> {
    /// By our policies.
    Ours(UnreadFinding<'f>),
    /// Of a key that is repeated.
    Repeated(&'f RepeatedKey<'f>),
    /// By a registry, of the image that is written there.
    Registry(Box<(Finding, String)>),
    /// By a user's policy.
    #[cfg(feature = "authoring")]
    Finding(&'f Finding),
}

impl Said<'_> {
    /// All of it.
    ///
    /// # Errors
    ///
    /// Where a rule made what isn't a finding.
    pub fn read(&self) -> Result<Finding, EvaluationError> {
        match self {
            Self::Ours(finding) => finding.read(),
            Self::Repeated(repeated) => Ok(Finding::repeated_key(repeated)),
            Self::Registry(said) => Ok(said.0.clone()),
            #[cfg(feature = "authoring")]
            Self::Finding(finding) => Ok((*finding).clone()),
        }
    }

    /// What it proposes to write.
    ///
    /// # Errors
    ///
    /// As of [`Said::read`].
    pub fn fix(&self) -> Result<Option<Proposal>, EvaluationError> {
        match self {
            Self::Ours(finding) => Ok(finding.read()?.fix),
            Self::Repeated(_) | Self::Registry(_) => Ok(None),
            #[cfg(feature = "authoring")]
            Self::Finding(_) => Ok(None),
        }
    }
}

//! What a rule found.

use std::rc::Rc;

use document::{Node, RepeatedKey, Span, Step};

use crate::policy::{EvaluationError, Finding, LazyFinding, Proposal};
use crate::report::{Exception, Severity, Verdict};

/// A finding of which only the necessary is in memory, before it is decided whether it is listed: there may be a
/// million of a kind.
pub(super) struct Found<'f> {
    pub rule: &'f str,
    pub verdict: Verdict,
    pub severity: Severity,
    pub span: Span,
    pub finding: Said<'f>,
    /// What suppresses it.
    pub exception: Option<Rc<Exception>>,
}

impl Found<'_> {
    /// The place, from the document's root.
    pub fn path(&self) -> Vec<Step> {
        match &self.finding {
            Said::Ours(finding) => finding.path(),
            Said::Repeated(repeated) => repeated.path(),
            Said::Registry(said) => said.finding.path.clone(),
            #[cfg(feature = "authoring")]
            Said::UserPolicy(finding) => finding.path.clone(),
        }
    }

    /// The place for which exceptions are looked up, and its span: those of the whole entity if the finding's place is
    /// only a guess.
    pub fn excepted_at(&self, root: &Node<'_>) -> (Vec<Step>, Span) {
        let mut path = self.path();
        if !self.finding.has_guessed_place() {
            return (path, self.span);
        }
        path.truncate(1);
        path.push(Step::Key(String::new()));
        let span = root.locate(&path).span();
        (path, span)
    }
}

/// A finding, by its origin.
pub(super) enum Said<'f> {
    /// Of our policies.
    Ours(LazyFinding<'f>),
    /// About a repeated key.
    Repeated(&'f RepeatedKey<'f>),
    /// Of a registry.
    Registry(Box<SaidByRegistry>),
    /// Of a user's policy.
    #[cfg(feature = "authoring")]
    UserPolicy(&'f Finding),
}

/// A registry's finding about an image.
pub(super) struct SaidByRegistry {
    pub finding: Finding,
    pub image: String,
}

impl Said<'_> {
    /// Every image that is reported at its place.
    pub fn images(&self) -> Vec<String> {
        match self {
            Self::Ours(finding) => finding.images().map(str::to_owned).collect(),
            Self::Repeated(_) => Vec::new(),
            Self::Registry(said) => vec![said.image.clone()],
            #[cfg(feature = "authoring")]
            Self::UserPolicy(_) => Vec::new(),
        }
    }

    /// Whether its place is only a guess by its message.
    fn has_guessed_place(&self) -> bool {
        match self {
            Self::Ours(_) | Self::Repeated(_) | Self::Registry(_) => false,
            #[cfg(feature = "authoring")]
            Self::UserPolicy(finding) => finding.is_guessed,
        }
    }

    /// All of it.
    ///
    /// # Errors
    ///
    /// Where a rule made what isn't a finding.
    pub fn read(&self) -> Result<Finding, EvaluationError> {
        match self {
            Self::Ours(finding) => finding.read(),
            Self::Repeated(repeated) => Ok(Finding::repeated_key(repeated)),
            Self::Registry(said) => Ok(said.finding.clone()),
            #[cfg(feature = "authoring")]
            Self::UserPolicy(finding) => Ok((*finding).clone()),
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
            Self::UserPolicy(_) => Ok(None),
        }
    }
}

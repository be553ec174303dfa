//! What a rule found.

use std::rc::Rc;

use document::{Node, RepeatedKey, Span, Step};

use crate::policy::{EvaluationError, Finding, LazyFinding, Proposal};
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
            Said::Registry(said) => said.finding.path.clone(),
            #[cfg(feature = "authoring")]
            Said::UserPolicy(finding) => finding.path.clone(),
        }
    }

    /// The place that exceptions are about, and its stretch of the text: those of the entity as a whole, where the
    /// place is only a guess.
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

/// All that is said of a place.
pub(super) enum Said<'f> {
    /// By our policies.
    Ours(LazyFinding<'f>),
    /// Of a key that is repeated.
    Repeated(&'f RepeatedKey<'f>),
    /// By a registry.
    Registry(Box<SaidByRegistry>),
    /// By a user's policy.
    #[cfg(feature = "authoring")]
    UserPolicy(&'f Finding),
}

/// What a registry says of the image that is written at a place.
pub(super) struct SaidByRegistry {
    pub finding: Finding,
    pub image: String,
}

impl Said<'_> {
    /// Every image that its place can have and that is found.
    pub fn images(&self) -> Vec<String> {
        match self {
            Self::Ours(finding) => finding.images().map(str::to_owned).collect(),
            Self::Repeated(_) => Vec::new(),
            Self::Registry(said) => vec![said.image.clone()],
            #[cfg(feature = "authoring")]
            Self::UserPolicy(_) => Vec::new(),
        }
    }

    /// Whether its place is only what its message seems to speak of.
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

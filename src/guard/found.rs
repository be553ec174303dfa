//! Findings during a check.

use std::rc::Rc;

use document::{Node, RepeatedKey, Span, Step};

use crate::policy::{EvaluationError, Finding, LazyFinding, Proposal};
use crate::report::{Exception, Severity, Verdict};

/// A finding, before it is decided whether it is listed. It holds only what is needed for that, because there may be
/// a million of a kind.
pub(super) struct Found<'f> {
    pub rule: &'f str,
    pub verdict: Verdict,
    pub severity: Severity,
    pub span: Span,
    pub finding: AnyFinding<'f>,
    /// The exception that suppresses it.
    pub exception: Option<Rc<Exception>>,
}

impl Found<'_> {
    /// The path of its place from the document's root.
    pub fn path(&self) -> Vec<Step> {
        match &self.finding {
            AnyFinding::Ours(finding) => finding.path(),
            AnyFinding::Repeated(repeated) => repeated.path(),
            AnyFinding::Registry(found) => found.finding.path.clone(),
            #[cfg(feature = "authoring")]
            AnyFinding::UserPolicy(finding) => finding.path.clone(),
        }
    }

    /// The path and span by which exceptions are looked up. If the finding's place is only a guess, they are those of
    /// the whole entity.
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

/// A finding, by its source.
pub(super) enum AnyFinding<'f> {
    /// One of our policies.
    Ours(LazyFinding<'f>),
    /// A repeated key.
    Repeated(&'f RepeatedKey<'f>),
    /// A registry.
    Registry(Box<RegistryFinding>),
    /// A user's policy.
    #[cfg(feature = "authoring")]
    UserPolicy(&'f Finding),
}

/// A registry's finding about an image.
pub(super) struct RegistryFinding {
    pub finding: Finding,
    pub image: String,
}

impl AnyFinding<'_> {
    /// All images reported at its place.
    pub fn images(&self) -> Vec<String> {
        match self {
            Self::Ours(finding) => finding.images().map(str::to_owned).collect(),
            Self::Repeated(_) => Vec::new(),
            Self::Registry(found) => vec![found.image.clone()],
            #[cfg(feature = "authoring")]
            Self::UserPolicy(_) => Vec::new(),
        }
    }

    /// Whether its place is only guessed from its message.
    fn has_guessed_place(&self) -> bool {
        match self {
            Self::Ours(_) | Self::Repeated(_) | Self::Registry(_) => false,
            #[cfg(feature = "authoring")]
            Self::UserPolicy(finding) => finding.is_guessed,
        }
    }

    /// The whole finding.
    ///
    /// # Errors
    ///
    /// If a rule made something that isn't a finding.
    pub fn read(&self) -> Result<Finding, EvaluationError> {
        match self {
            Self::Ours(finding) => finding.read(),
            Self::Repeated(repeated) => Ok(Finding::repeated_key(repeated)),
            Self::Registry(found) => Ok(found.finding.clone()),
            #[cfg(feature = "authoring")]
            Self::UserPolicy(finding) => Ok((*finding).clone()),
        }
    }

    /// The fix that it proposes.
    ///
    /// # Errors
    ///
    /// As for [`AnyFinding::read`].
    pub fn fix(&self) -> Result<Option<Proposal>, EvaluationError> {
        match self {
            Self::Ours(finding) => Ok(finding.read()?.fix),
            Self::Repeated(_) | Self::Registry(_) => Ok(None),
            #[cfg(feature = "authoring")]
            Self::UserPolicy(_) => Ok(None),
        }
    }
}

//! The counterpart of `users` in the module without Rego, where there are no users' policies.

use document::Document;

use super::excepted::Configured;
use super::reporter::Reporter;
use super::{Guard, Status};
use crate::harness::Entity;
use crate::policy::Evaluator;
use crate::report::Report;

/// No policies.
#[derive(Debug, Default, Clone)]
pub(super) struct Users {}

#[expect(
    clippy::unused_self,
    reason = "the same as where there are users' policies"
)]
impl Users {
    pub(super) fn has(&self, _path: &str) -> bool {
        false
    }

    pub(super) fn begin(&self) {}
}

impl Guard {
    /// No policies were named, so there are none.
    #[must_use]
    pub fn policies_not_run(&self, _report: &Report) -> Vec<String> {
        Vec::new()
    }

    #[expect(
        clippy::unused_self,
        reason = "the same as where there are users' policies"
    )]
    pub(super) fn judge_by_users(
        &self,
        _document: &Document<'_>,
        _entity: Entity<'_, '_>,
        _evaluator: &mut Evaluator,
        _reporter: &mut Reporter<'_, '_>,
        _configured: &mut Configured<'_>,
        status: Status,
    ) -> Status {
        status
    }
}

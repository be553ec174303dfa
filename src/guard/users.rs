//! Users' policies in a check.

use std::rc::Rc;

use builtins::{Failure, Outcome};
use document::Document;
use rego::eval::Environment;
use terminal::escaped;
use values::Value;

use crate::harness::Entity;
use crate::policy::lint::LintFinding;
use crate::policy::{Evaluator, UserPolicies};
use crate::report::{Report, Status, Verdict};

use super::Guard;
use super::excepted::Configured;
use super::found::{AnyFinding, Found};
use super::reporter::Reporter;

/// The policies of a user, and what they can see.
#[derive(Debug, Clone, Default)]
pub(super) struct Users {
    policies: Rc<UserPolicies>,
    metadata: Option<Value>,
    now: Option<i64>,
}

impl Users {
    /// Whether a policy with this path is among them.
    pub(super) fn has(&self, path: &str) -> bool {
        self.policies
            .policies
            .iter()
            .any(|policy| policy.path() == path)
    }

    /// Begins a check.
    pub(super) fn begin(&self) {
        self.policies.begin();
    }
}

impl Guard {
    /// Adds users' policies. `metadata` is what Harness says about the event (user, groups, roles, action); `now` is
    /// the time in nanoseconds since 1970.
    #[must_use]
    pub fn with_policies(
        mut self,
        policies: UserPolicies,
        metadata: Option<Value>,
        now: Option<i64>,
    ) -> Self {
        self.users = Users {
            policies: Rc::new(policies),
            metadata,
            now,
        };
        self
    }

    /// Warnings for the authors of the users' policies.
    #[must_use]
    pub fn policy_remarks(&self) -> &[LintFinding] {
        &self.users.policies.remarks
    }

    /// A sentence about each policy that was named and didn't apply to any file of a report, because it has no rule
    /// that Harness reads, or there is no file of its entity.
    #[must_use]
    pub fn policies_not_run(&self, report: &Report) -> Vec<String> {
        let UserPolicies { policies, idle, .. } = &*self.users.policies;
        let idle = idle.iter().map(|path| {
            format!(
                "the policy '{}' has no `deny` or `warn` rule",
                escaped(path)
            )
        });
        let documents = || report.files.iter().flat_map(|file| &file.documents);
        let unmet = policies.iter().filter(|policy| {
            let key = policy.entity().kind.key();
            policy.is_named() && !documents().any(|found| found.entity.as_deref() == Some(key))
        });
        let unmet = unmet.map(|policy| {
            format!(
                "the policy '{}' did not run: it is about the entity `{}`, which is in none of the files",
                escaped(policy.path()),
                policy.entity().name
            )
        });
        idle.chain(unmet).collect()
    }

    pub(super) fn judge_by_users(
        &self,
        document: &Document<'_>,
        entity: Entity<'_, '_>,
        evaluator: &mut Evaluator,
        reporter: &mut Reporter<'_, '_>,
        configured: &mut Configured<'_>,
        status: Status,
    ) -> Status {
        let mut status = status;
        let metadata = self
            .users
            .metadata
            .clone()
            .unwrap_or_else(|| Value::object::<Value>([]));
        for policy in self
            .users
            .policies
            .policies
            .iter()
            .filter(|policy| policy.entity().kind == entity.kind)
        {
            if status == Status::NotApplicable {
                status = Status::Pass;
            }
            let mut clock = Clock(self.users.now);
            let findings = policy.findings(
                reporter.text(),
                &document.root,
                entity,
                &metadata,
                &mut clock,
            );
            let found = findings.iter().filter_map(|finding| {
                let (rule, verdict) = (finding.rule.as_str(), finding.verdict);
                Some(Found {
                    rule,
                    verdict,
                    severity: self.config.severity(rule, verdict, finding.severity)?,
                    span: document.root.locate(&finding.path).span(),
                    finding: AnyFinding::UserPolicy(finding),
                    exception: None,
                })
            });
            let found: Vec<_> = found.collect();
            let listed = self.list(document, entity, found, evaluator, reporter, configured);
            let listed =
                listed.unwrap_or_else(|error| reporter.evaluation_error(document, entity, &error));
            status = match listed {
                Status::Fail => status.with(Verdict::Violation),
                Status::Undecided => status.with(Verdict::Undecided),
                Status::Error => status.with(Verdict::Error),
                Status::Pass | Status::NotApplicable => status,
            };
        }
        status
    }
}

/// A host that has a clock, and nothing else.
struct Clock(Option<i64>);

impl Environment for Clock {
    fn now(&mut self) -> Result<i64, Failure> {
        self.0
            .ok_or_else(|| Failure::Refused("there is no clock".to_owned()))
    }

    fn ask(&mut self, function: &str, _arguments: &[Value]) -> Outcome {
        Err(Failure::Refused(format!(
            "{function} reaches outside the policy, which a check doesn't allow"
        )))
    }
}

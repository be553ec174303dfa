# METADATA
# title: A rule as a policy of Harness
# description: |
#   What the export makes of the findings of one rule for Harness's own OPA: messages that block
#   (`deny`) and messages that advise (`warn`). `data.harness_image_guard.exported` has the
#   findings, the configuration's severity for each verdict, its exceptions for this rule, and
#   the day.
package harness_image_guard.governance

import data.harness_image_guard.lib.exception
import data.harness_image_guard.lib.subject
import rego.v1

deny contains subject.sentence(finding) if {
	some finding in data.harness_image_guard.exported.findings
	_severity(finding) == "error"
}

warn contains subject.sentence(finding) if {
	some finding in data.harness_image_guard.exported.findings
	_severity(finding) == "warning"
}

# A finding may be milder than its rule, but never more severe.
_severity(finding) := finding.severity if {
	finding.verdict == "violation"
	is_string(finding.severity)
	data.harness_image_guard.exported.severities.violation == "error"
} else := data.harness_image_guard.exported.severities[finding.verdict]

# is_excepted holds for a finding that an exception of the configuration covers, until the end of its last
# day in UTC. An error that keeps an entity from being checked to its end is never excepted.
is_excepted(finding) if {
	finding.verdict != "error"
	some each in data.harness_image_guard.exported.exceptions
	data.harness_image_guard.exported.today <= each.until
	exception.covers(each, {
		"rule": each.rule,
		"subject": subject.described(finding.path),
		"images": object.get(finding, "images", []),
	})
}

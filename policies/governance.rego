# METADATA
# title: A rule as a policy of Harness
# description: |
#   What the export turns the findings of one rule into, for Harness's own OPA: texts that block
#   (`deny`) and texts that advise (`warn`). `data.harness_image_guard.exported` holds the
#   findings, the severity of each verdict by the configuration, its exceptions for this rule, and
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

# A finding that is milder than its rule stays so, and is never more severe.
_severity(finding) := finding.severity if {
	finding.verdict == "violation"
	is_string(finding.severity)
	data.harness_image_guard.exported.severities.violation == "error"
} else := data.harness_image_guard.exported.severities[finding.verdict]

# is_excepted holds for a finding that an exception of the configuration covers, to the end of its last
# day in UTC. What keeps an entity from being looked at to its end is never excepted.
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

# What the policies say in OPA, for all cases of tests/it/authoring/opa.rs at once: a process for each would take
# most of the time.
package compare

import rego.v1

answers := [{"id": case.id, "reports": reports_of(case)} | some case in input]

reports_of(case) := [{"metadata": entity.metadata, "report": report, "images": images, "own": own} |
	facts := data.harness_image_guard.workspace.facts with input as {"connectors": case.connectors}
		with data.harness_image_guard.config as case.config
	some entity in case.entities
	report := data.harness_image_guard.main.report with input as entity
		with data.harness_image_guard.facts as facts
		with data.harness_image_guard.config as case.config
	images := data.harness_image_guard.inventory.report.images with input as entity
		with data.harness_image_guard.facts as facts
		with data.harness_image_guard.config as case.config
	own := data.harness_image_guard.inventory.report.own with input as entity
		with data.harness_image_guard.facts as facts
		with data.harness_image_guard.config as case.config
]

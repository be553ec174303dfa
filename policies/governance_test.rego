package harness_image_guard.governance_test

import data.harness_image_guard.governance
import rego.v1

stage := {"identifier": "build", "spec": {"execution": {"steps": [{"step": {"name": "unit", "spec": {"image": "maven"}}}]}}}

pipeline := {"pipeline": {"id": "shop", "a.b": "c", "stages": [{"stage": stage}]}}

image := ["pipeline", "stages", 0, "stage", "spec", "execution", "steps", 0, "step", "spec", "image"]

severities := {"violation": "error", "undecided": "note", "error": "error"}

exported(findings) := {"findings": findings, "severities": severities}

test_a_violation_denies_with_its_place if {
	findings := {{"verdict": "violation", "path": image, "message": "no"}}
	governance.deny == {"pipeline 'shop' › stage 'build' › step 'unit': no (pipeline.stages[0].stage.spec.execution.steps[0].step.spec.image)"} with input as pipeline
		with data.harness_image_guard.exported as exported(findings)
	governance.warn == set() with input as pipeline
		with data.harness_image_guard.exported as exported(findings)
}

test_a_severity_of_its_own_goes_before_the_rules if {
	findings := {{"verdict": "violation", "severity": "warning", "path": ["pipeline", "a.b"], "message": "no"}}
	governance.deny == set() with input as pipeline
		with data.harness_image_guard.exported as exported(findings)
	governance.warn == {"pipeline 'shop': no (pipeline[\"a.b\"])"} with input as pipeline
		with data.harness_image_guard.exported as exported(findings)
}

test_what_is_undecided_is_silent_unless_the_configuration_raises_it if {
	findings := {{"verdict": "undecided", "path": ["connector", "type"], "message": "open"}}
	entity := {"connector": {"name": "c"}}
	governance.deny == set() with input as entity
		with data.harness_image_guard.exported as exported(findings)
	governance.deny == {"connector 'c': open (connector.type)"} with input as entity
		with data.harness_image_guard.exported as object.union(exported(findings), {"severities": {"undecided": "error"}})
}

excepting(exceptions) := {"exceptions": exceptions, "today": "2026-11-27"}

every_image := {"rule": null, "subject": null, "image": "*", "until": "2026-11-27"}

is_excepted(finding, exceptions) if {
	governance.is_excepted(finding) with input as pipeline
		with data.harness_image_guard.exported as excepting(exceptions)
}

test_an_exception_holds_to_the_end_of_its_day if {
	finding := {"verdict": "violation", "path": image, "message": "no", "images": ["maven"]}
	is_excepted(finding, [every_image])
	not is_excepted(finding, [object.union(every_image, {"until": "2026-11-26"})])
	not is_excepted(finding, [])
}

test_an_exception_is_about_a_place_by_its_name if {
	finding := {"verdict": "undecided", "path": image, "message": "no", "images": ["maven"]}
	is_excepted(finding, [object.union(every_image, {"subject": "*› stage 'build' ›*"})])
	not is_excepted(finding, [object.union(every_image, {"subject": "*stage 'other'*"})])
	not is_excepted({"verdict": "violation", "path": ["pipeline"], "message": "no"}, [every_image])
}

is_excepted_in(key, noun) if {
	exception := object.union(every_image, {"image": null, "subject": sprintf("%s 'bot'", [noun])})
	governance.is_excepted({"verdict": "violation", "path": [key, "x"], "message": "no"}) with input as {key: {"identifier": "bot"}}
		with data.harness_image_guard.exported as excepting([exception])
}

test_every_entity_is_called_what_a_report_calls_it if {
	every key, noun in {"inputSet": "input set", "agent": "agent", "trigger": "trigger"} {
		is_excepted_in(key, noun)
	}
}

test_what_was_not_looked_at_is_not_excepted if {
	finding := {"verdict": "error", "path": image, "message": "no", "images": ["maven"]}
	not is_excepted(finding, [every_image])
}

package harness_image_guard.main_test

import rego.v1

facts := given if {
	given := data.harness_image_guard.workspace.facts with input as {"connectors": []}
		with data.harness_image_guard.config as {"stageOverride": "required"}
}

report_of(entity) := report if {
	report := data.harness_image_guard.main.report with input as entity
		with data.harness_image_guard.facts as facts
}

said(entity) := {[finding.rule, finding.verdict, finding.path] | some finding in report_of(entity).findings}

test_every_rule_is_asked if {
	said({"pipeline": {"stages": [{"stage": {"spec": {
		"runtime": {"type": "Docker"},
		"execution": {"steps": [{"step": {"spec": {"image": "maven"}}}]},
	}}}]}}) == {
		[
			"harness-image-connector", "violation",
			["pipeline", "stages", 0, "stage", "spec", "runtime", "spec", "harnessImageConnectorRef"],
		],
		[
			"no-docker-hub", "violation",
			["pipeline", "stages", 0, "stage", "spec", "execution", "steps", 0, "step", "spec", "image"],
		],
	}
	said({"connector": {"identifier": "harnessImage", "type": "Gcp"}}) == {[
		"harness-image-registry", "violation",
		["connector", "type"],
	]}
}

test_what_is_no_entity_has_no_findings if {
	every entity in [{}, {"pipeline": {}}, {"inputSet": {}}, {"connector": {}}, {"pipeline": {"stages": "<+input>"}}] {
		report_of(entity) == {"applicable": true, "findings": []}
	}
}

# Templates.

shapes := {
	"Pipeline": {"stages": []},
	"Stage": {"spec": {}},
	"Step": {"spec": {}},
	"StepGroup": {"steps": []},
}

test_a_template_of_the_right_shape_is_fine if {
	every type, spec in shapes {
		report_of({"template": {"type": type, "spec": spec}}) == {"applicable": true, "findings": []}
		report_of({"template": {"type": type, "spec": {"template": {}}}}) == {"applicable": true, "findings": []}
	}
}

missing_keys := {"Pipeline": "stages", "Stage": "spec", "Step": "spec", "StepGroup": "steps"}

test_a_template_without_its_shape_is_an_error if {
	every type, key in missing_keys {
		every spec in [null, {}, "<+input>", {key: null}, {"template": "text"}] {
			said({"template": {"type": type, "spec": spec}}) == {["unknown-entity", "error", ["template", "spec", key]]}
		}
	}
	every type, key in object.remove(missing_keys, ["Step"]) {
		said({"template": {"type": type, "spec": {key: "<+input>"}}}) == {["unknown-entity", "error", ["template", "spec", key]]}
	}
	said({"template": {"type": "Step", "spec": {"spec": "<+input>"}}}) == set()
	said({"template": {"type": " Step "}}) == {["unknown-entity", "error", ["template", "spec", "spec"]]}
}

messages_of(entity) := {finding.message | some finding in report_of(entity).findings}

test_what_a_template_lacks_is_missing_or_has_another_shape if {
	messages_of({"template": {"type": "StepGroup", "spec": {}}}) == {"a template of type StepGroup needs `spec.steps`, which is missing here, so the template has not been checked"}
	messages_of({"template": {"type": "StepGroup", "spec": {"steps": "<+input>"}}}) == {"a template of type StepGroup needs `spec.steps` to be a list, which it isn't here, so the template has not been checked"}
	messages_of({"template": {"type": "Pipeline", "spec": {"stages": {}}}}) == {"a template of type Pipeline needs `spec.stages` to be a list, which it isn't here, so the template has not been checked"}
	messages_of({"template": {"type": "Stage", "spec": {"spec": "<+input>"}}}) == {"a template of type Stage needs `spec.spec` to be a mapping, which it isn't here, so the template has not been checked"}
	messages_of({"template": {"type": "Step", "spec": {"spec": []}}}) == {"a template of type Step needs `spec.type` or `spec.spec`, which is missing here, so the template has not been checked"}
}

test_a_template_without_type_is_an_error if {
	every type in [null, "", " ", "<+input>", ["Step"], {"a": 1}] {
		every key in ["identifier", "versionLabel"] {
			said({"template": {"type": type, key: "x", "spec": {"spec": {}}}}) == {["unknown-entity", "error", ["template", "type"]]}
		}
	}
}

test_a_type_may_be_in_any_case if {
	every type, spec in shapes {
		report_of({"template": {"type": lower(type), "spec": spec}}) == {"applicable": true, "findings": []}
		not report_of({"template": {"type": lower(type), "spec": {}}}).applicable
	}
}

# Other tools have a root key `template` as well.
test_a_template_of_another_tool_is_not_applicable if {
	report_of({"template": {"type": "<+input>", "spec": {}}}).applicable == false
}

test_templates_of_the_v1_syntax_have_no_type if {
	every key in ["pipeline", "stage", "step", "group", "agent"] {
		report_of({"template": {"identifier": "x", key: {}}}) == {"applicable": true, "findings": []}
	}
	said({"template": {"identifier": "x", "step": "text"}}) == {["unknown-entity", "error", ["template", "type"]]}
}

test_templates_without_steps_are_not_applicable if {
	every type in ["SecretManager", "MonitoredService", "pipeline", 1, true] {
		report_of({"template": {"type": type}}).applicable == false
	}
}

# Depth.

parallel_4(item) := {"parallel": [{"parallel": [{"parallel": [{"parallel": [item]}]}]}]}

parallel_12 := parallel_4(parallel_4(parallel_4({"stage": {}})))

parallel_13 := {"parallel": [parallel_12]}

thirteen_down := [key | some _ in numbers.range(1, 13); some key in ["parallel", 0]]

test_stages_too_deep_for_the_walk_are_an_error if {
	said({"pipeline": {"stages": [parallel_13]}}) == {["too-deep", "error", array.concat(["pipeline", "stages", 0], thirteen_down)]}
	said({"pipeline": {"stages": [parallel_12]}}) == set()
}

# What `path` means to a host, and `deny` to Harness.
test_every_finding_has_what_a_host_needs if {
	entity := {"pipeline": {"stages": [{"stage": {"spec": {
		"infrastructure": "<+input>",
		"execution": {"steps": [{"step": {"spec": {"image": "<+input>"}}}]},
	}}}]}}
	every finding in report_of(entity).findings {
		is_array(finding.path)
		is_string(finding.rule)
		is_string(finding.message)
		is_string(finding.help)
		finding.verdict in {"violation", "undecided", "error"}
	}
	count(report_of(entity).findings) == 2
}

package harness_image_guard.rules.harness_image_connector_test

import rego.v1

facts_with(stage_override, connector_is_right) := {
	"settings": {"requiredConnector": "account.harnessImage", "stageOverride": stage_override},
	"imageConnectorIsRight": connector_is_right,
}

findings_in(entity, facts) := findings if {
	findings := data.harness_image_guard.rules.harness_image_connector.findings with input as entity
		with data.harness_image_guard.facts as facts
}

said(entity) := {[finding.verdict, finding.path] |
	some finding in findings_in(entity, facts_with("required", false))
}

pipeline_of(stages) := {"pipeline": {"stages": stages}}

stage_at(n, below) := array.concat(["pipeline", "stages", n, "stage", "spec"], below)

# OPA 0.70 can't type an object with a variable for its key here.
stages_with(key, values) := pipeline_of([{"stage": {"spec": {name: written | some name in [key]}}} |
	some written in values
])

# What the reference may be, one stage for each value.

references := [
	"account.harnessImage",
	" account.harnessImage ",
	"harnessImage",
	"org.harnessImage",
	"account.harnessimage",
	"account.other",
	1,
	true,
	false,
	"<+input>",
	"account.<+x>",
	"$REF",
	["account.harnessImage"],
	{"a": 1},
	null,
	"",
	" ",
]

verdicts_of_references := {["violation", n] | some n in [2, 3, 4, 5, 6, 7, 8, 14, 15, 16]} | {["undecided", n] | some n in [9, 10, 11, 12, 13]}

test_every_reference_is_judged if {
	entity := stages_with("infrastructure", [{"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": reference}} | some reference in references])
	said(entity) == {[verdict, stage_at(n, ["infrastructure", "spec", "harnessImageConnectorRef"])] |
		some [verdict, n] in verdicts_of_references
	}
}

test_a_part_says_nothing_by_an_absent_reference if {
	stages := [{"stage": {"template": {"templateInputs": {"spec": {"infrastructure": {
		"type": "KubernetesDirect",
		"spec": {"harnessImageConnectorRef": reference},
	}}}}}} |
		some reference in references
	]
	below := ["template", "templateInputs", "spec", "infrastructure", "spec", "harnessImageConnectorRef"]
	said(pipeline_of(stages)) == {[verdict, array.concat(["pipeline", "stages", n, "stage"], below)] |
		some [verdict, n] in verdicts_of_references
		n < 14
	}
}

# Whether a missing one is a violation.

missing_under(stage_override, connector_is_right) := count(findings_in(
	stages_with("runtime", [{"type": "Docker"}]),
	facts_with(stage_override, connector_is_right),
))

test_the_setting_decides_about_a_missing_reference if {
	missing_under("required", false) == 1
	missing_under("required", true) == 1
	missing_under("optional", false) == 0
	missing_under("optional", true) == 0
	missing_under("auto", false) == 1
	missing_under("auto", true) == 0
}

test_the_setting_decides_about_nothing_else if {
	entity := stages_with("runtime", [{"type": "Docker", "spec": {"harnessImageConnectorRef": reference}} | some reference in ["a", "<+input>"]])
	every setting in ["required", "optional", "auto"] {
		count(findings_in(entity, facts_with(setting, true))) == 2
	}
}

# Sites of stages.

test_infrastructures_have_their_sites if {
	entity := stages_with("infrastructure", [
		{"type": "KubernetesDirect"},
		{"type": "KubernetesDirect", "spec": {}},
		{"type": "VM"},
		{"type": "VM", "spec": {"type": "Pool"}},
		{"type": "VM", "spec": {"spec": {}}},
		{"type": " VM "},
		{"type": "KubernetesDirect", "spec": ["a"]},
		{"type": "KubernetesDirect", "useFromStage": ""},
	])
	said(entity) == {["violation", stage_at(n, ["infrastructure", "spec", "harnessImageConnectorRef"])] | some n in [0, 1, 6, 7]} | {["violation", stage_at(n, ["infrastructure", "spec", "spec", "harnessImageConnectorRef"])] | some n in [2, 3, 4, 5]}
}

test_what_has_no_override_is_no_site if {
	hosted := {"type": "KubernetesHosted", "spec": {"harnessImageConnectorRef": "a"}}
	other_stage := {"useFromStage": "build", "type": "KubernetesDirect"}
	said(stages_with("infrastructure", [hosted, other_stage, {}, {"type": ""}, {"type": "Docker"}, {"type": "ECSDirect"}, {"type": 1}, null, 1, "", ["a"]])) == set()
	said(stages_with("runtime", [{"type": "Cloud"}, {}, {"type": "KubernetesDirect"}, null, 1, " ", ["a"]])) == set()
	said(pipeline_of([{"stage": {"type": "CI", "spec": {}}}, {"stage": {"type": "CI"}}])) == set()
}

test_a_stage_may_have_both if {
	entity := pipeline_of([{"stage": {"spec": {
		"runtime": {"type": "Docker"},
		"infrastructure": {"type": "KubernetesDirect"},
	}}}])
	said(entity) == {
		["violation", stage_at(0, ["runtime", "spec", "harnessImageConnectorRef"])],
		["violation", stage_at(0, ["infrastructure", "spec", "harnessImageConnectorRef"])],
	}
}

test_a_text_in_the_place_of_a_mapping_is_undecided if {
	infrastructures := [
		"<+input>",
		"text",
		{"type": "KubernetesDirect", "spec": "<+input>"},
		{"type": "VM", "spec": "text"},
		{"type": "VM", "spec": {"spec": "<+input>"}},
	]
	said(stages_with("infrastructure", infrastructures)) == {
		["undecided", stage_at(0, ["infrastructure"])],
		["undecided", stage_at(1, ["infrastructure"])],
		["undecided", stage_at(2, ["infrastructure", "spec"])],
		["undecided", stage_at(3, ["infrastructure", "spec"])],
		["undecided", stage_at(4, ["infrastructure", "spec", "spec"])],
	}
	said(stages_with("runtime", ["<+input>", "cloud", {"type": "Docker", "spec": "<+input>"}])) == {
		["undecided", stage_at(0, ["runtime"])],
		["undecided", stage_at(1, ["runtime"])],
		["undecided", stage_at(2, ["runtime", "spec"])],
	}
}

test_an_unknown_type_is_undecided if {
	types := ["<+input>", "$TYPE", ["VM"], {"a": 1}]
	every key in ["infrastructure", "runtime"] {
		said(stages_with(key, [{"type": type} | some type in types])) == {["undecided", stage_at(n, [key, "type"])] | some n in [0, 1, 2, 3]}
	}
}

# A template has the type that its inputs leave out.
test_a_part_without_type_is_judged_as_each if {
	inputs := {"spec": {
		"infrastructure": {"spec": {"harnessImageConnectorRef": "a", "spec": {"harnessImageConnectorRef": "<+input>"}}},
		"runtime": {"spec": "<+input>"},
	}}
	at := ["pipeline", "stages", 0, "stage", "template", "templateInputs", "spec"]
	said(pipeline_of([{"stage": {"template": {"templateInputs": inputs}}}])) == {
		["violation", array.concat(at, ["infrastructure", "spec", "harnessImageConnectorRef"])],
		["undecided", array.concat(at, ["infrastructure", "spec", "spec", "harnessImageConnectorRef"])],
	}
}

# Sites of step groups and steps.

steps_of(steps) := pipeline_of([{"stage": {"spec": {"execution": {"steps": steps}}}}])

step_at(n, below) := array.concat(["pipeline", "stages", 0, "stage", "spec", "execution", "steps", n], below)

test_step_groups_have_their_sites if {
	infrastructures := [
		{"type": "KubernetesDirect"},
		{"type": "ECSDirect", "spec": {"harnessImageConnectorRef": "a"}},
		{"type": "VM"},
		{"type": "<+input>"},
		{"type": "KubernetesDirect", "spec": "text"},
		"<+input>",
		{},
	]
	said(steps_of([{"stepGroup": {"stepGroupInfra": infra}} | some infra in infrastructures])) == {
		["violation", step_at(0, ["stepGroup", "stepGroupInfra", "spec", "harnessImageConnectorRef"])],
		["violation", step_at(1, ["stepGroup", "stepGroupInfra", "spec", "harnessImageConnectorRef"])],
		["violation", step_at(2, ["stepGroup", "stepGroupInfra", "spec", "spec", "harnessImageConnectorRef"])],
		["undecided", step_at(3, ["stepGroup", "stepGroupInfra", "type"])],
		["undecided", step_at(4, ["stepGroup", "stepGroupInfra", "spec"])],
		["undecided", step_at(5, ["stepGroup", "stepGroupInfra"])],
	}
}

test_steps_have_their_sites if {
	steps := [
		{"type": "Container", "spec": {"infrastructure": {"type": "KubernetesDirect"}}},
		{"type": "Anything", "spec": {"infrastructure": {"type": "ECSDirect"}}},
		{"type": "Container", "spec": {"infrastructure": "<+input>"}},
		{"type": "Anything", "spec": {"infrastructure": "text"}},
		{"type": "Container", "spec": {"infrastructure": {"type": "ECSDirect", "spec": "<+input>"}}},
		{"type": "Container", "spec": {"infrastructure": {"useFromStage": "a", "type": "ECSDirect"}}},
		{"type": "Container", "spec": {}},
	]
	said(steps_of([{"step": step} | some step in steps])) == {
		["violation", step_at(0, ["step", "spec", "infrastructure", "spec", "harnessImageConnectorRef"])],
		["violation", step_at(1, ["step", "spec", "infrastructure", "spec", "harnessImageConnectorRef"])],
		["undecided", step_at(2, ["step", "spec", "infrastructure"])],
		["undecided", step_at(4, ["step", "spec", "infrastructure", "spec"])],
	}
}

# Sites of the v1 syntax.

test_v1_stages_have_their_sites if {
	runtimes := [
		{"kubernetes": {}},
		{"vm": {"harness-image-connector": "a"}},
		{"kubernetes": {"harness-image-connector": "<+input>"}},
		{"vm": "<+input>"},
		{"kubernetes": "text"},
		"<+input>",
		"cloud",
		{"shell": {"connector": "a"}},
		{"kubernetes": {"harness-image-connector": "account.harnessImage"}},
		{"kubernetes": null},
		{"cloud": {}},
	]
	at := {n: ["pipeline", "stages", n, "runtime"] | some n, _ in runtimes}
	said(pipeline_of([{"id": "a", "runtime": runtime} | some runtime in runtimes])) == {
		["violation", array.concat(at[0], ["kubernetes", "harness-image-connector"])],
		["violation", array.concat(at[1], ["vm", "harness-image-connector"])],
		["undecided", array.concat(at[2], ["kubernetes", "harness-image-connector"])],
		["undecided", array.concat(at[3], ["vm"])],
		["undecided", array.concat(at[4], ["kubernetes"])],
		["undecided", at[5]],
	}
}

# Texts.

texts_of(entity) := {[finding.message, finding.help] |
	some finding in findings_in(entity, facts_with("required", false))
}

test_texts_say_what_is_wrong_and_what_to_write if {
	texts_of(stages_with("runtime", [
		{"type": "Docker", "spec": {"harnessImageConnectorRef": "account.other"}},
		{"type": "Docker"},
		{"type": "Docker", "spec": {"harnessImageConnectorRef": "<+input>"}},
		"<+input>",
	])) == {
		[
			"Harness's own images come through `account.other` instead of `account.harnessImage`",
			"write `harnessImageConnectorRef: account.harnessImage`",
		],
		[
			"`runtime.spec.harnessImageConnectorRef` is missing, and every stage has to name the connector for Harness's own images",
			"add `runtime.spec.harnessImageConnectorRef: account.harnessImage`",
		],
		[
			"cannot determine from the file what `<+input>` evaluates to, so the connector for Harness's own images is unknown",
			"write `harnessImageConnectorRef: account.harnessImage`",
		],
		[
			"cannot determine from the file what `runtime` evaluates to, so the connector for Harness's own images is unknown",
			"write out the value of `runtime`, and add `harnessImageConnectorRef: account.harnessImage`",
		],
	}
}

test_without_the_connector_its_file_may_be_missing if {
	findings := findings_in(stages_with("infrastructure", [{"type": "VM"}]), facts_with("auto", false))
	{[finding.message, finding.help] | some finding in findings} == {[
		"`infrastructure.spec.spec.harnessImageConnectorRef` is missing, and no correct `harnessImage` connector is among the files checked: Harness's own images may be pulled anonymously from Docker Hub",
		"add `infrastructure.spec.spec.harnessImageConnectorRef: account.harnessImage`, or check the connector's file together with this one",
	]}
}

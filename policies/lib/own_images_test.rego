package harness_image_guard.lib.own_images_test

import rego.v1

facts := {"settings": {"identifier": "harnessImage", "expressions": "decide"}}

engine := ["harness/ci-addon", "harness/ci-lite-engine"]

with_clone := array.concat(engine, ["harness/drone-git"])

pulled_in(entity) := pulls if {
	pulls := data.harness_image_guard.lib.own_images.pulled with input as entity
		with data.harness_image_guard.facts as facts
}

stage(spec) := {"pipeline": {"stages": [{"stage": {"identifier": "s", "type": "CI", "spec": spec}}]}}

v1(stage) := {"version": 1, "pipeline": {"stages": [stage]}}

names(entity) := [pull.image | some pull in pulled_in(entity)]

kubernetes := {"type": "KubernetesDirect", "spec": {"connectorRef": "k"}}

in_stage := ["pipeline", "stages", 0, "stage", "spec"]

test_a_pod_has_its_engine_with_and_without_steps if {
	names(stage({"infrastructure": kubernetes})) == engine
	names(stage({"infrastructure": kubernetes, "execution": {"steps": []}})) == engine
	names(stage({"infrastructure": {"type": " KubernetesHosted "}})) == engine
	names({"template": {"type": "Stage", "spec": {"spec": {"infrastructure": kubernetes}}}}) == engine
}

test_machines_have_no_image_of_the_engine if {
	every spec in [
		{"runtime": {"type": "Cloud", "spec": {}}},
		{"runtime": {"type": "Docker", "spec": {}}},
		{"infrastructure": {"type": "VM", "spec": {"type": "Pool", "spec": {"poolName": "p"}}}},
	] {
		names(stage(spec)) == []
		cloned := pulled_in(stage(object.union(spec, {"cloneCodebase": true})))
		[pull.image | some pull in cloned] == ["harness/drone-git"]
		contains(cloned[0].conditions[0], "CI_GIT_CLONE_CONTAINERLESS")
	}
}

test_only_true_clones if {
	names(stage({"infrastructure": kubernetes, "cloneCodebase": true})) == with_clone
	names(stage({"infrastructure": kubernetes, "cloneCodebase": "true"})) == with_clone
	names(stage({"infrastructure": kubernetes, "cloneCodebase": false})) == engine
	names(stage({"infrastructure": kubernetes, "cloneCodebase": null})) == engine
	pulls := pulled_in(stage({"infrastructure": kubernetes, "cloneCodebase": "<+input>"}))
	[pull.image | some pull in pulls] == with_clone
	[pull.conditions | some pull in pulls] == [[], [], ["if `cloneCodebase` (`<+input>`) evaluates to true"]]
}

test_on_macos_nothing_runs_in_a_container if {
	every spec in [
		{"runtime": {"type": "Cloud"}, "platform": {"os": "MacOS"}},
		{"infrastructure": {"type": "VM", "spec": {"spec": {"os": "MacOS"}}}},
	] {
		names(stage(object.union(spec, {"cloneCodebase": true}))) == []
	}
	names(stage({"runtime": {"type": "Docker"}, "platform": {"os": "MacOS"}, "cloneCodebase": true})) == ["harness/drone-git"]
}

# Where the row is, and through which connector.
place(entity) := [array.concat(pull.at, pull.image_path), pull.reference] if pull := pulled_in(entity)[0]

test_the_reference_is_the_stages_or_the_accounts if {
	place(stage({"infrastructure": kubernetes})) == [array.concat(in_stage, ["infrastructure", "type"]), "account.harnessImage"]
	of_stage := {"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": "org.own"}}
	place(stage({"infrastructure": of_stage})) == [array.concat(in_stage, ["infrastructure", "spec", "harnessImageConnectorRef"]), "org.own"]
	of_pool := {"type": "VM", "spec": {"spec": {"harnessImageConnectorRef": "own"}}}
	place(stage({"infrastructure": of_pool, "cloneCodebase": true})) == [array.concat(in_stage, ["infrastructure", "spec", "spec", "harnessImageConnectorRef"]), "own"]
	of_docker := {"type": "Docker", "spec": {"harnessImageConnectorRef": "own"}}
	place(stage({"runtime": of_docker, "cloneCodebase": true})) == [array.concat(in_stage, ["runtime", "spec", "harnessImageConnectorRef"]), "own"]
	of_cloud := {"type": "Cloud", "spec": {"harnessImageConnectorRef": "nobody.reads.it"}}
	place(stage({"runtime": of_cloud, "cloneCodebase": true})) == [array.concat(in_stage, ["runtime", "type"]), "account.harnessImage"]
	place(stage({"infrastructure": {"type": "KubernetesDirect", "spec": "<+input>"}})) == [array.concat(in_stage, ["infrastructure", "spec"]), "<+input>"]
}

test_an_infrastructure_goes_before_a_runtime if {
	names(stage({"infrastructure": kubernetes, "runtime": {"type": "Cloud"}, "cloneCodebase": true})) == with_clone
}

test_the_infrastructure_of_another_stage_is_followed if {
	entity := {"pipeline": {"stages": [
		{"stage": {"identifier": "a", "type": "CI", "spec": {"infrastructure": {"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": "own"}}}}},
		{"stage": {"identifier": "a", "type": "CI", "spec": {"infrastructure": {"type": "VM"}}}},
		{"stage": {"identifier": "b", "type": "CI", "spec": {"infrastructure": {"useFromStage": "a"}, "cloneCodebase": true}}},
		{"stage": {"identifier": "c", "type": "CI", "spec": {"infrastructure": {"useFromStage": "nobody"}}}},
	]}}
	pulls := pulled_in(entity)
	[[pull.at[2], pull.image, pull.reference] | some pull in pulls] == [
		[0, "harness/ci-addon", "own"],
		[0, "harness/ci-lite-engine", "own"],
		[2, "harness/ci-addon", "own"],
		[2, "harness/ci-lite-engine", "own"],
		[2, "harness/drone-git", "own"],
	]
	pulls[2].image_path == ["useFromStage"]
}

test_groups_and_steps_with_pods_of_their_own if {
	entity := stage({"execution": {"steps": [
		{"stepGroup": {"identifier": "g", "stepGroupInfra": {"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": "own"}}, "steps": []}},
		{"step": {"type": "Container", "spec": {"infrastructure": {"type": "KubernetesDirect", "spec": {}}}}},
	]}})
	[[pull.image, pull.reference] | some pull in pulled_in(entity)] == [
		["harness/ci-addon", "own"],
		["harness/ci-lite-engine", "own"],
		["harness/ci-addon", "account.harnessImage"],
		["harness/ci-lite-engine", "account.harnessImage"],
	]
}

inputs(infrastructure) := {"pipeline": {"stages": [{"stage": {"template": {"templateInputs": {"spec": {"infrastructure": infrastructure}}}}}]}}

test_a_part_says_only_what_is_written if {
	names(inputs(kubernetes)) == []
	names(inputs({"type": "KubernetesDirect", "spec": {"harnessImageConnectorRef": "own"}})) == engine
}

test_what_is_not_told_is_not_listed if {
	every infrastructure in [null, "<+input>", {}, {"type": "<+input>"}, {"type": ["KubernetesDirect"]}, {"type": "Other"}, ["a"], {"useFromStage": "s"}] {
		names(stage({"infrastructure": infrastructure})) == []
	}
	names({"connector": {"type": "DockerRegistry"}}) == []
}

test_stages_of_the_v1_syntax if {
	names(v1({"runtime": "k8", "clone": {"enabled": false}})) == engine
	names(v1({"runtime": {"kubernetes": {"namespace": "n"}}, "clone": {"enabled": true}})) == with_clone
	names(v1({"runtime": {"kubernetes": null}})) == []
	names(v1({"runtime": {"shell": true}})) == []
	names(v1({"runtime": "shell"})) == []
	names(v1({"runtime": "cloud", "clone": {"disabled": true}})) == []
	open := pulled_in(v1({"runtime": "cloud"}))
	[pull.image | some pull in open] == ["harness/drone-git"]
	count(open[0].conditions) == 2
	names({"pipeline": {"clone": {"enabled": false}, "stages": [{"runtime": "vm"}]}}) == []
	runtime := {"vm": {"harness-image-connector": "own"}}
	place(v1({"runtime": runtime, "clone": {"enabled": true}})) == [["pipeline", "stages", 0, "runtime", "vm", "harness-image-connector"], "own"]
}

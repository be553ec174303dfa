package harness_image_guard.exceptions_test

import rego.v1

anything := {"rule": null, "subject": null, "image": null}

finding := {
	"rule": "no-docker-hub",
	"subject": "pipeline 'shop' › stage 'Deploy' › step 'unit'",
	"images": ["node:22"],
}

matched(exceptions, findings) := found if {
	found := data.harness_image_guard.exceptions.matched with input as {"exceptions": exceptions, "findings": findings}
}

is_about(fields) if matched([object.union(anything, fields)], [finding]) == [[0]]

test_an_exception_is_about_what_it_says if {
	is_about({})
	is_about({"rule": "no-docker-hub"})
	is_about({"subject": "*stage 'deploy'*"})
	is_about({"image": "node:*"})
	is_about({"rule": "no-docker-hub", "subject": "*'unit'", "image": "node:22"})
}

test_a_finding_is_all_that_an_exception_says if {
	not is_about({"rule": "no-docker"})
	not is_about({"rule": "harness-image-connector", "image": "node:*"})
	not is_about({"rule": "no-docker-hub", "image": "python:*"})
	not is_about({"rule": "no-docker-hub", "image": "node"})
	not is_about({"subject": "stage 'deploy'"})
	not is_about({"subject": "*stage 'deploy'*", "image": "python*"})
}

test_all_images_of_a_place_have_to_be_excepted if {
	several := object.union(finding, {"images": ["node:22", "node:24"]})
	exceptions := [object.union(anything, {"image": star}) | some star in ["node:22", "node:24", "node:*", "*"]]
	matched(exceptions, [several]) == [[2, 3]]
}

test_what_has_no_image_or_subject_is_of_no_pattern if {
	bare := {"rule": "duplicate-key", "subject": null, "images": []}
	matched([object.union(anything, {"image": "*"}), object.union(anything, {"subject": "*"}), anything], [bare]) == [[2]]
}

test_findings_and_exceptions_are_in_their_order if {
	other := {"rule": "duplicate-key", "subject": null, "images": []}
	exceptions := [
		object.union(anything, {"rule": "duplicate-key"}),
		object.union(anything, {"rule": "no-docker-hub"}),
		anything,
	]
	matched(exceptions, [finding, other, finding]) == [[1, 2], [0, 2], [1, 2]]
	matched([], [finding]) == [[]]
	matched(exceptions, []) == []
}

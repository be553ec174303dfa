package harness_image_guard.lib.reference_test

import data.harness_image_guard.lib.reference
import rego.v1

facts := {
	"settings": {
		"requiredConnector": "account.harnessImage",
		"trustedConnectors": ["account.corp_*", "org.dockerhub_mirror"],
		"dockerHubConnectors": data.harness_image_guard.defaults.dockerHubConnectors,
		"presets": data.harness_image_guard.defaults.presets,
		"expressions": "decide",
		"severities": {},
	},
	"connectors": {},
	"declared": {
		"account.harnessImage": {"class": "hub"},
		"account.corp_hub": {"class": "hub"},
		"account.dockerhub_proxy": {"class": "mirror", "location": "r.example"},
		"account.gcp": {"class": "foreign", "type": "Gcp"},
		"account.corp_unclear": {"class": "unresolved"},
		"account.unclear": {"class": "unresolved"},
	},
}

references := {
	"absent": [null, "", " "],
	"unknown": ["<+input>", "account.<+x>", "$REF", "<REF>", [], ["account.gcp"], {}],
	# The required one is before what its file says.
	"required": ["account.harnessImage", " account.harnessImage "],
	# What is known is before what the name suggests.
	"mirror": ["account.dockerhub_proxy", " account.dockerhub_proxy "],
	"hub": ["account.corp_hub"],
	"foreign": ["account.gcp"],
	# Trusted is before distrusted.
	"trusted": ["account.corp_x", "ACCOUNT.CORP_X", "org.dockerhub_mirror", "account.corp_unclear"],
	"distrusted": ["dockerhub", "account.MyDockerHub", "org.docker_hub_1", "a-docker-hub"],
	# What doesn't say enough is judged by its name.
	"unresolved": ["account.unclear"],
	"unlisted": [
		"harnessImage",
		"org.harnessImage",
		"account.HarnessImage",
		"account.GCP",
		"gcp",
		"docker.hub",
		"https://r.example",
		1,
		true,
		false,
	],
}

# Harness takes the scope in any case, and dots at the end: what is known of a connector counts however it is spelled.
spellings := {
	"required": ["Account.harnessImage", "account.harnessImage."],
	"hub": ["ACCOUNT.corp_hub", "account.corp_hub.."],
	"unlisted": ["account.", ".", "account.unclear.x", "account..corp_hub"],
}

test_a_reference_may_be_spelled_in_several_ways if {
	every class, written_references in spellings {
		{class} == {found |
			some written in written_references
			found := class_of(written)
		}
	}
}

specified(written) if {
	reference.is_specified(written) with data.harness_image_guard.facts as {"settings": {"identifier": "harnessImage", "requiredConnector": "account.harnessImage"}}
}

test_the_accounts_own_connector_is_specified_however_it_is_spelled if {
	specified("account.harnessImage")
	specified("Account.harnessImage")
	not specified("org.harnessImage")
	not specified("harnessImage")
}

class_of(written) := class if {
	class := reference.class(written, {"org": null, "project": null}) with data.harness_image_guard.facts as facts
}

test_every_reference_has_its_class if {
	told := {class: [reference.class(written, {"org": null, "project": null}) | some written in written_references] |
		some class, written_references in references
	} with data.harness_image_guard.facts as facts
	told == {class: [class | some _ in written_references] |
		some class, written_references in references
	}
}

# Which connector a reference means.

place(org, project) := {"org": org, "project": project}

mirror(location) := {"class": "mirror", "location": location, "says": location}

# Connectors of every level, each with a registry of its own; `none` says no org.
written := [
	{"level": "account", "org": "", "project": "", "location": "account"},
	{"level": "org", "org": "o", "project": "", "location": "o"},
	{"level": "org", "org": "other", "project": "", "location": "other"},
	{"level": "project", "org": "o", "project": "p", "location": "o/p"},
	{"level": "project", "org": "o", "project": "q", "location": "o/q"},
	{"level": "project", "org": "other", "project": "p", "location": "other/p"},
]

at_hand(levels) := {"settings": facts.settings, "declared": {}, "connectors": {key: said(locations) |
	some key in {key | some each in found(levels); key := each[0]}
	locations := [each[1] | some each in found(levels); each[0] == key]
}}

found(levels) := {[key, connector.location] |
	some connector in written
	connector.location in levels
	some key in reference.keys_of(object.union(connector, {"identifier": "x"}))
}

said(locations) := mirror(locations[0]) if {
	count(locations) == 1
} else := {"class": "unresolved", "says": ""}

location(levels, written_reference, from) := found if {
	found := reference.known(written_reference, from).location with data.harness_image_guard.facts as at_hand(levels)
}

everything := {"account", "o", "other", "o/p", "o/q", "other/p"}

test_a_reference_means_the_connector_of_its_place if {
	location(everything, "account.x", place("o", "p")) == "account"
	location(everything, "org.x", place("o", "p")) == "o"
	location(everything, "x", place("o", "p")) == "o/p"
	location(everything, "x", place("o", "q")) == "o/q"
	location(everything, "x", place("other", "p")) == "other/p"
}

test_what_a_place_leaves_open_may_be_any if {
	location({"other/p"}, "x", place(null, "p")) == "other/p"
	location({"o/p"}, "x", place("o", null)) == "o/p"
	location({"o"}, "x", place("o", null)) == "o"
	location({"other"}, "x", place(null, null)) == "other"
	location({"account"}, "x", place(null, null)) == "account"
	location({"other"}, "org.x", place(null, "p")) == "other"
}

test_another_place_is_not_meant if {
	every pair in [
		[{"account", "o", "other", "o/q", "other/p"}, place("o", "p")],
		[{"account", "o", "other", "o/q"}, place(null, "p")],
		[{"account", "other", "other/p"}, place("o", null)],
	] {
		not location(pair[0], "x", pair[1])
	}
	not location({"other"}, "org.x", place("o", "p"))
}

test_two_that_may_be_meant_leave_it_open if {
	every from in [place(null, "p"), place(null, null), place("o", null)] {
		known := reference.known("x", from) with data.harness_image_guard.facts as at_hand(everything)
		known.class == "unresolved"
	}
}

test_a_template_of_an_org_means_its_connectors if {
	known := reference.known("x", place("o", null)) with data.harness_image_guard.facts as at_hand(everything)
		with input as {"template": {"orgIdentifier": "o"}}
	known.location == "o"
}

test_a_pipeline_that_an_orgs_template_runs_means_its_own_projects_connectors if {
	known := reference.known("x", object.union(place("o", null), {"isOfProject": true})) with data.harness_image_guard.facts as at_hand(everything)
		with input as {"template": {"orgIdentifier": "o"}}
	known.class == "unresolved"
}

# Scopes of which a list has every connector.

listed := object.union(facts, {
	"scopes": {"account": true, "default": true, "default/shop": true},
	"connectors": {"[\"project\",\"there\",\"default\",\"shop\"]": {"class": "unresolved", "says": ""}},
})

place(org, project) := {"org": org, "project": project}

scopes_said := {
	["account.x", null, null]: "account",
	["account.x", "default", "shop"]: "account",
	["org.x", "default", null]: "default",
	["org.x", "default", "shop"]: "default",
	["x", "default", "shop"]: "default/shop",
}

test_a_reference_leads_to_the_scope_that_its_place_says if {
	told := {said: reference.scope(said[0], place(said[1], said[2])) | some said, _ in scopes_said} with input as {"pipeline": {}}
	told == scopes_said
}

test_a_place_that_is_not_said_leads_nowhere if {
	told := {said |
		some said in [["x", null, null], ["x", "default", null], ["x", null, "shop"], ["org.x", null, null], ["org.x", null, "shop"]]
		reference.scope(said[0], place(said[1], said[2]))
	} with input as {"pipeline": {}}
	told == set()
}

test_a_template_of_an_organization_means_its_connectors if {
	told := reference.scope("x", place("default", null)) with input as {"template": {}}
	told == "default"
}

class_listed(written, org, project) := class if {
	class := reference.class(written, place(org, project)) with data.harness_image_guard.facts as listed with input as {"pipeline": {}}
}

test_what_is_not_in_a_scope_that_is_listed_whole_is_missing if {
	class_listed("account.x", null, null) == "missing"
	class_listed("x", "default", "shop") == "missing"
	class_listed("org.x", "default", "other") == "missing"

	# A name can't make up for what isn't there.
	class_listed("account.corp_x", null, null) == "missing"
	class_listed("account.mydockerhub", null, null) == "missing"
}

test_what_is_defined_or_not_listed_whole_is_not_missing if {
	class_listed("account.gcp", null, null) == "foreign"
	class_listed("account.unclear", null, null) == "unresolved"
	class_listed("there", "default", "shop") == "unresolved"
	class_listed("x", "default", "other") == "unlisted"
	class_listed("org.x", "other", "shop") == "unlisted"
	class_listed("x", null, null) == "unlisted"
	class_listed("account.<+x>", null, null) == "unknown"
	class_listed("account.harnessImage", null, null) == "required"
}

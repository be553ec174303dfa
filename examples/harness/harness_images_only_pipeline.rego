# Only Harness's own images come through Harness's registry
#
# Harness's registries, `app.harness.io/registry` and its mirrors in Google Artifact Registry
# and Amazon ECR Public, have only images that Harness supports. A connector to one of them puts
# it before the name of any image, so the pull of any other image fails.
#
# The rule `harness-images-only` of harness-image-guard for the entity pipeline, written by
# `harness-image-guard export`: change the configuration instead of this file, and export again.
package pipeline

import future.keywords.in

# What the configuration says.
configuration := {
	"connectors": {},
	"declared": {},
	"imageConnectorIsRight": false,
	"outranked": {},
	"repeated": {},
	"scopes": {},
	"settings": {
		"defaultConnector": null,
		"dockerHubConnectors": [
			"*dockerhub*",
			"*docker_hub*",
			"*docker-hub*",
		],
		"dockerHubHosts": [
			"docker.io",
			"index.docker.io",
			"registry-1.docker.io",
			"registry.hub.docker.com",
			"hub.docker.com",
			"registry.docker.io",
		],
		"endsOfLife": {"https://app.harness.io/registry": "15 May 2024"},
		"expected": {
			"auth": "Anonymous",
			"providerType": "Other",
			"url": "https://app.harness.io/registry",
		},
		"expressions": "decide",
		"identifier": "harnessImage",
		"mirrors": {},
		"presets": {
			"app-harness": {
				"auth": "Anonymous",
				"providerType": "Other",
				"url": "https://app.harness.io/registry",
			},
			"ecr": {
				"auth": "Anonymous",
				"providerType": "Other",
				"url": "https://public.ecr.aws/harness",
			},
			"gar": {
				"auth": "Anonymous",
				"providerType": "Other",
				"url": "https://us-docker.pkg.dev/gar-prod-setup/harness-public",
			},
		},
		"registryRuleRuns": true,
		"requiredConnector": "account.harnessImage",
		"severities": {},
		"stageOverride": "auto",
		"trustedConnectors": [],
	},
}

severities := {
	"error": "error",
	"undecided": "note",
	"violation": "warning",
}

# A plain `configuration` isn't enough: OPA 1.21 refuses a lookup in an object that it knows to be empty.
facts := object.union(configuration, {})

findings := harness_images_only_findings | main_too_deep

# An input without this entity isn't checked, so it is denied.
deny["there is no `input.pipeline`, so nothing has been checked"] {
	not input.pipeline
}

deny[subject_sentence(finding)] {
	some finding in findings
	_severity(finding) == "error"
}

warn[subject_sentence(finding)] {
	some finding in findings
	_severity(finding) == "warning"
}

# A finding may be milder than its rule, but never more severe.
_severity(finding) := finding.severity {
	finding.verdict == "violation"
	is_string(finding.severity)
	severities.violation == "error"
} else := severities[finding.verdict]

# Where each distinct reference in each place leads, if that is one of Harness's registries.
_harness_images_only_harness_locations := {pair: url_location(reference_url_of(value_text(pair[0]), pair[1])) |
	some pair in {[each.reference, one.from] | some one in images_through_connectors; some each in one.values}
	value_kind(pair[0]) == "literal"
	reference_leads_to_harness(value_text(pair[0]), pair[1])
}

harness_images_only_findings[{
	"verdict": "violation",
	"path": array.concat(one.pull.at, one.pull.reference_path),
	"message": decisions_added_to(
		_harness_images_only_message(value_quoted(wrong.image), value_quoted(wrong.reference), _harness_images_only_harness_locations[[wrong.reference, one.from]], image_name(value_shown(wrong.image))),
		wrong.decided,
	),
}] {
	_harness_images_only_harness_locations != {}
	some one in images_through_connectors
	all_wrong := [each |
		some each in one.values
		_harness_images_only_harness_locations[[each.reference, one.from]]
		image_origin(each.image) == "bare"
		not image_is_of_harness(value_shown(each.image))
	]
	wrong := all_wrong[0]
}

# Harness adds no registry to a name that contains the registry's host.
_harness_images_only_message(written, connector, location, name) := sprintf("%s isn't one of Harness's own images, and the registry of %s has no others", [written, connector]) {
	image_has_host(name, url_authority_of(location))
} else := sprintf("%s is pulled through %s as `%s/%s`, which doesn't exist: that registry has only Harness's own images", [written, connector, location, value_cut(name)])

main_too_deep[{
	"verdict": "error",
	"path": node.at,
	"message": "this is nested deeper than the check follows, so what is inside has not been checked",
}] {
	some node in tree_too_deep
}

# subject_sentence is a finding's message with its place, different for each place.
subject_sentence(finding) := sprintf("%s: %s (%s)", [concat(" › ", _subject_names(finding.path)), finding.message, _subject_shown(finding.path)]) {
	_subject_names(finding.path) != []
} else := sprintf("%s (%s)", [finding.message, _subject_shown(finding.path)])

# _subject_names are the names along a path, outermost first: `stage 'build'`.
_subject_names(path) := [sprintf("%s %s", [_subject_noun(path, i), _subject_in_quotes(_subject_name(_subject_node(array.slice(path, 0, i + 1))))]) |
	some i, _ in path
]

# What is under these keys is called by its name.
_subject_named := {
	"pipeline": "pipeline",
	"template": "template",
	"connector": "connector",
	"inputSet": "input set",
	"agent": "agent",
	"trigger": "trigger",
	"stage": "stage",
	"stepGroup": "step group",
	"group": "group",
	"step": "step",
}

# The items of these lists are v1's stages and steps, without a key around them.
_subject_listed := {"stages": "stage", "steps": "step", "rollback": "step"}

_subject_noun(path, i) := _subject_named[path[i]] {
	is_string(path[i])
}

_subject_noun(path, i) := _subject_listed[path[i - 1]] {
	is_number(path[i])
}

_subject_in_quotes(text) := concat("", ["'", text, "'"]) {
	not value_is_long(text)
} else := sprintf("'%s…' (%s characters)", [substring(text, 0, value_most_kept), value_grouped(count(text))])

_subject_name(named_value) := [text |
	some key in ["identifier", "id", "name"]
	text := object.get(named_value, key, null)
	is_string(text)
][0]

_subject_node(path) := object.get(input.entity, array.slice(path, 1, count(path)), null) {
	path[0] == "connector"
} else := object.get(input, path, null)

# _subject_shown is a path in the usual notation: `pipeline.stages[0].stage`.
_subject_shown(path) := trim_prefix(concat("", [_subject_step(key) | some key in path]), ".")

# A long key is cut, so two places can have the same text only if their keys begin alike.
_subject_step(key) := sprintf("[%d]", [key]) {
	is_number(key)
} else := concat("", [".", key]) {
	key != ""
	not value_is_long(key)
	trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == ""
} else := sprintf("[%s]", [json.marshal(value_cut(key))])

# decisions_added_to is a message that also names the values of its expressions.
decisions_added_to(message, decided) := message {
	decided == []
} else := sprintf("%s; %s", [message, concat(" and ", _decisions_once([sprintf("%s can be %s", [value_in_quotes(each.expression), value_in_quotes(each.value)]) | some each in decided]))])

# An expression may occur twice in one place.
_decisions_once(items) := [item |
	some i, item in items
	not item in array.slice(items, 0, i)
]

value_letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What follows `<` or `$` in a computed value: `<+expression>`, `<PLACEHOLDER>`, `${variable}`,
# `$VARIABLE`. The other marker is `{{`.
_value_openers := {
	"<": concat("", ["+", value_letters]),
	"$": concat("", ["{_", value_letters]),
}

# value_kind is "absent", "unknown" or "literal", for a value in place of a string.
value_kind(value) := "absent" {
	value == null
} else := "literal" {
	is_string(value)

	# By far the most frequent case: every marker contains one of these.
	not contains(value, "<")
	not contains(value, "$")
	not contains(value, "{{")
	trim_space(value) != ""
} else := _value_text_kind(trim_space(value)) {
	is_string(value)
} else := "unknown" {
	is_array(value)
} else := "unknown" {
	is_object(value)
} else := "literal"

_value_text_kind(text) := "absent" {
	text == ""
} else := "unknown" {
	value_computed(text)
} else := "literal"

# value_computed holds for a string that contains a marker.
value_computed(text) {
	contains(text, "{{")
}

value_computed(text) {
	some sign in ["<", "$"]
	contains(text, sign)
	_value_marked(split(text, sign), _value_openers[sign]) != []
}

# _value_marked are the indexes of the pieces that follow a marker. Looking in the whole string for what follows each sign
# would take time that grows with the square of its length.
_value_marked(pieces, followers) := [i |
	some i, piece in pieces
	i > 0
	piece != ""
	contains(followers, substring(piece, 0, 1))
]

# value_known is the part of a string before its first marker, or all of it.
value_known(text) := text {
	# By far the most frequent case, as for `kind`.
	not contains(text, "<")
	not contains(text, "$")
	not contains(text, "{{")
} else := [prefix | some prefix in prefixes; count(prefix) == shortest][0] {
	prefixes := [split(text, "{{")[0], _value_before(text, "<"), _value_before(text, "$")]
	shortest := min([count(prefix) | some prefix in prefixes])
}

_value_before(text, sign) := concat(sign, array.slice(pieces, 0, markers[0])) {
	pieces := split(text, sign)
	markers := _value_marked(pieces, _value_openers[sign])
	markers != []
} else := text

# value_text is a value without the spaces around it if it is a string; other values stay as they are.
value_text(value) := trim_space(value) {
	is_string(value)
} else := value

# value_says holds for a string that isn't empty.
value_says(value) {
	is_string(value)
	trim_space(value) != ""
}

# No image and no reference is longer than this, so a longer value can't be pulled.
_value_longest := 4096

# value_is_too_long holds for a string that is longer than that.
value_is_too_long(text) {
	is_string(text)
	_value_is_longer_than(text, _value_longest)
}

# Unlike `count`, this takes no longer for a longer string.
_value_is_longer_than(text, length) {
	substring(text, length, 1) != ""
}

# value_shown is a value as it is written.
value_shown(value) := trim_space(value) {
	is_string(value)
} else := json.marshal(value)

# A longer string is cut in messages. `crates/document/src/quote.rs` cuts names and paths in the same way.
_value_most_quoted := 500

# What is kept of it.
value_most_kept := 100

# value_quoted is a value as a message quotes it: `node:22`, or `nnnnn…` (1,250,000 characters).
value_quoted(value) := value_in_quotes(value_shown(value))

value_in_quotes(text) := concat("", ["`", text, "`"]) {
	not value_is_long(text)
} else := sprintf("`%s…` (%s characters)", [substring(text, 0, value_most_kept), value_grouped(count(text))])

# value_cut is a string as a message shows it without quotes.
value_cut(text) := text {
	not value_is_long(text)
} else := sprintf("%s… (%s characters)", [substring(text, 0, value_most_kept), value_grouped(count(text))])

# value_is_long holds for a string that is too long to be quoted as a whole.
value_is_long(text) {
	_value_is_longer_than(text, _value_most_quoted)
}

# value_grouped is a number with commas between groups of three digits.
value_grouped(number) := concat(",", [group |
	digits := sprintf("%d", [number])
	some i in numbers.range(0, floor((count(digits) - 1) / 3))
	groups := floor((count(digits) - 1) / 3)
	end := count(digits) - (3 * (groups - i))
	start := max([0, end - 3])
	group := substring(digits, start, end - start)
])

# image_origin is "hub" (Docker Hub's host is written out), "host" (another one is), "bare" (none is) or
# "unknown"; "none" for an empty name.
image_origin(image) := _image_literal_origin(trim_space(image)) {
	is_string(image)

	# Every marker and every scheme contains one of these.
	not contains(image, "<")
	not contains(image, "$")
	not contains(image, "{{")
	not contains(image, "://")
} else := _image_text_origin(image_name(image)) {
	is_string(image)
} else := "bare"

_image_schemes := ["https://", "http://", "docker://"]

# image_name is the image's name without a scheme before it; an action's `docker://` may have one after it.
image_name(image) := _image_without_scheme(_image_without_scheme(trim_space(image))) {
	contains(image, "://")
} else := trim_space(image)

_image_without_scheme(text) := trim_space([substring(text, count(scheme), -1) |
	some scheme in _image_schemes
	startswith(lower(text), scheme)
][0]) {
	_image_startswith_one_of(lower(text), _image_schemes)
} else := text

_image_startswith_one_of(text, prefixes) {
	some prefix in prefixes
	startswith(text, prefix)
}

_image_text_origin(text) := _image_computed_origin(text, count(value_known(text))) {
	value_computed(text)
} else := _image_literal_origin(text)

# image_has_host holds for a name that contains a host anywhere but inside an expression: Harness then adds no registry.
image_has_host(name, host) {
	# Few do, and only these are split.
	contains(name, host)
	pieces := _image_written_out(name)

	# A longer name can't be pulled. How long its expressions are says nothing about that.
	not value_is_long(concat("", pieces))
	some piece in pieces
	contains(piece, host)
}

# _image_written_out are the pieces of a name between its expressions; the whole name if it has too many of them.
_image_written_out(name) := array.concat([found.head], [part.tail | some part in found.parts]) {
	found := expression_parts_of(name)
} else := [name]

_image_literal_origin(name) := "none" {
	name == ""
} else := "bare" {
	not contains(name, "/")
} else := _image_host_origin(lower(split(name, "/")[0]))

_image_host_origin(first) := "bare" {
	not contains(first, ".")
	not contains(first, ":")
	first != "localhost"
} else := "hub" {
	split(first, ":")[0] in facts.settings.dockerHubHosts
} else := "host"

_image_computed_origin(text, marker) := _image_literal_origin(known) {
	known := substring(text, 0, marker)
	contains(known, "/")
} else := "bare" {
	known := substring(text, 0, marker)
	_image_is_name_and_separator(known)
	not contains(substring(text, marker, -1), "/")
} else := "unknown"

# _image_is_name_and_separator holds for `nginx:` and `nginx@sha256:`, before a computed tag or digest.
_image_is_name_and_separator(known) {
	name := split(replace(known, "@", ":"), ":")[0]
	name != ""
	name != known
	not contains(name, ".")
	lower(name) != "localhost"
}

# image_is_of_harness holds for a name in Harness's own registries, and for one that an expression may turn into such a name.
image_is_of_harness(image) {
	startswith(image_name(image), "harness/")
}

image_is_of_harness(image) {
	startswith(image_name(image), "plugins/")
}

image_is_of_harness(image) {
	text := image_name(image)
	value_computed(text)
	parts := split(value_known(text), "/")
	last := parts[count(parts) - 1]
	not contains(last, ":")
	not contains(last, "@")
}

images_pulled := _images_found {
	# By far the most frequent case.
	images_from_harness == []
} else := [pull | some pull in _images_found; not _images_names_a_registry(pull)]

# images_from_harness are the pulls from the Harness Artifact Registry, whose host the file doesn't name.
images_from_harness := [pull | some pull in _images_found; pull.registry != null; _images_names_a_registry(pull)]

_images_names_a_registry(pull) {
	value_kind(pull.registry) != "absent"
}

_images_found := array.concat(
	array.concat(_images_by_steps, _images_by_services),
	array.concat(_images_by_containers, _images_by_actions),
)

_images_by_steps := [{
	"at": step.at,
	"image": image,
	"image_path": ["spec", "image"],
	"reference": object.get(spec, "connectorRef", null),
	"reference_path": ["spec", "connectorRef"],
	"names": "connectorRef",
	"registry": object.get(spec, "registryRef", null),
	"partial": step.partial,
} |
	types := _images_pulled_types
	some step in tree_steps
	spec := step.value.spec
	image := spec.image
	type_name(image) in types
]

# The services that a stage starts; `dependencies` in older files.
_images_by_services := [{
	"at": array.concat(stage.at, ["spec", key, i]),
	"image": image,
	"image_path": ["spec", "image"],
	"reference": object.get(service.spec, "connectorRef", null),
	"reference_path": ["spec", "connectorRef"],
	"names": "connectorRef",
	"registry": object.get(service.spec, "registryRef", null),
	"partial": stage.partial,
} |
	some stage in tree_stages
	some key in ["serviceDependencies", "dependencies"]
	is_array(stage.value.spec[key])
	some i, service in stage.value.spec[key]
	image := service.spec.image
	type_name(image) in _images_pulled_types
]

# A mapping is the target of a scanner, and null isn't an image.
_images_pulled_types := {"string", "number", "boolean"}

# v1: `container: image` or `container: {image, connector, registry}`, in what a step runs or next to it. What an
# approval runs may have one, too.
_images_containers := array.concat(
	[{"at": run.at, "path": ["container"], "names": "container", "value": container, "partial": run.partial} |
		some run in array.concat(_images_runs, _images_steps_with_containers)
		container := run.value.container
	],
	[{"at": stage.at, "path": ["services", name], "names": "none", "value": service, "partial": stage.partial} |
		some stage in tree_v1_stages
		is_object(stage.value.services)
		some name, service in stage.value.services

		# `services: {items: […], sequential: true}` are what a stage deploys.
		type_name(service) in {"string", "object"}
	],
)

_images_running_keys := ["run", "run-test", "background"]

_images_in_approvals := ["approval", "with", "run"]

_images_runs := array.concat(
	tree_mappings(tree_v1_steps, array.concat([[key] | some key in _images_running_keys], [_images_in_approvals])),
	tree_mappings(tree_v1_stages, [_images_in_approvals]),
)

_images_steps_with_containers := [step |
	some step in tree_v1_steps
	step.value.container
	_images_runs_something(step.value)
]

_images_runs_something(step) {
	some key in _images_running_keys
	object.get(step, key, null) != null
}

_images_by_containers := array.concat(
	[{
		"at": container.at,
		"image": container.value,
		"image_path": container.path,
		"reference": null,
		"reference_path": container.path,
		"names": container.names,
		"registry": null,
		"partial": container.partial,
	} |
		some container in _images_containers
		type_name(container.value) in _images_pulled_types
	],
	[{
		"at": container.at,
		"image": image,
		"image_path": array.concat(container.path, ["image"]),
		"reference": object.get(container.value, "connector", null),
		"reference_path": array.concat(container.path, ["connector"]),
		"names": "connector",
		"registry": _images_registry_of(container.value),
		"partial": container.partial,
	} |
		some container in _images_containers
		image := container.value.image
		type_name(image) in _images_pulled_types
	],
)

_images_registry_of(container) := container.registry {
	value_kind(container.registry) != "absent"
} else := object.get(container, "registryRef", null)

# Actions in GitHub's notation that are an image: `uses: docker://IMAGE`. They never have a connector, so none can be
# missing in a partial.
_images_by_actions := [{
	"at": action.at,
	"image": action.uses,
	"image_path": action.path,
	"reference": null,
	"reference_path": action.path,
	"names": "none",
	"registry": null,
	"partial": false,
} |
	some action in _images_actions
	_images_is_image(action)
]

_images_actions := array.concat(
	[{"at": step.at, "uses": step.value.spec.uses, "path": ["spec", "uses"]} |
		some step in tree_steps
		is_string(step.value.spec.uses)
		tree_may_be_of_type(step, "Action")
	],
	array.concat(
		[{"at": step.at, "uses": step.value.action.uses, "path": ["action", "uses"]} |
			some step in tree_v1_steps
			is_string(step.value.action.uses)
		],
		[{"at": step.at, "uses": step.value.uses, "path": ["uses"]} |
			some step in tree_v1_steps
			is_string(step.value.uses)
		],
	),
)

_images_is_image(action) {
	startswith(trim_space(action.uses), "docker://")
}

_images_is_image(action) {
	some each in expressions_alternatives(action.at, [action.uses])
	startswith(trim_space(each.values[0]), "docker://")
}

# images_as_written are the pulls that are judged as they are written: `{pull, from, asked}`, where `from` is the
# place from which the reference is looked up, and `asked` is the reference with that place.
images_as_written := [{"pull": pull, "from": from, "asked": [pull.reference, from]} |
	decided_at := _images_may_be_decided_at
	some i, pull in images_pulled
	not decided_at[i]
	from := place_of(pull.at)
]

# images_decidable are the pulls with expressions that the document may decide, with the possible values of each:
# `{pull, from, values}`.
images_decidable := [{"pull": pull, "from": place_of(pull.at), "values": images_values_of(pull)} |
	some i in _images_may_be_decided_at
	pull := images_pulled[i]
]

_images_may_be_decided_at := set() {
	# As in most files.
	_images_may_decide == set()
} else := {i | some i, pull in images_pulled; _images_may_decide[pull.image]} | {i | some i, pull in images_pulled; _images_may_decide[pull.reference]}

# Each distinct string is looked at once.
_images_may_decide := {text | some text in (images_distinct_images | _images_distinct_references); expressions_may_decide(text)}

images_distinct_images := {pull.image | some pull in images_pulled}

_images_distinct_references := {pull.reference | some pull in images_pulled; pull.reference != null}

# images_through_connectors are the pulls that name a connector: `{pull, from, values}`.
images_through_connectors := array.concat(
	[{"pull": one.pull, "from": one.from, "values": _images_values_as_written(one.pull)} |
		some one in images_as_written

		# Most pulls without a connector don't have the key.
		one.pull.reference != null
		_images_names_a_connector(one.pull)
	],
	[one | some one in images_decidable; _images_names_a_connector(one.pull)],
)

_images_names_a_connector(pull) {
	value_kind(pull.reference) != "absent"
}

# images_values_of are the possible images and references of a pull: `{image, reference, decided}`.
images_values_of(pull) := [{"image": each.values[0], "reference": each.values[1], "decided": each.decided} |
	some each in expressions_alternatives(pull.at, [pull.image, pull.reference])
	_images_is_pulled(pull, each.values[0])
]

_images_values_as_written(pull) := [{"image": pull.image, "reference": pull.reference, "decided": []}]

# What an action uses may also be code.
_images_is_pulled(pull, _) {
	not _images_is_by_action(pull)
}

_images_is_pulled(_, image) {
	startswith(trim_space(image), "docker://")
}

_images_is_by_action(pull) {
	pull.image_path in {["spec", "uses"], ["action", "uses"], ["uses"]}
}

# Where the walk starts, by entity.

# _tree_is_elsewhere holds for entities that have no steps, such as connectors.
_tree_is_elsewhere {
	not input.pipeline
	not input.template
	not input.inputSet
	not input.trigger
	not input.agent
}

tree_pipelines_written := array.concat(
	[{"at": root.at, "value": value, "partial": root.partial} |
		some root in [
			{"at": ["pipeline"], "partial": false},
			{"at": ["inputSet", "pipeline"], "partial": true},
			{"at": ["trigger", "inputYaml", "pipeline"], "partial": true},
			{"at": ["trigger", "inputYaml", "inputSet", "pipeline"], "partial": true},
		]
		value := object.get(input, root.at, null)
		is_object(value)
	],
	array.concat(_tree_v1_content("pipeline"), _tree_template_content("pipeline")),
)

# A group may have stages, like a pipeline, or steps.
_tree_v1_groups_written := array.concat(
	_tree_v1_content("group"),
	array.concat(
		array.concat(_tree_v1_content("agent"), _tree_node_at(["agent"], object.get(input, "agent", null), false)),
		array.concat(
			_tree_node_at(["agent", "group"], object.get(input, ["agent", "group"], null), false),
			[node |
				_tree_is_v1_template
				some node in _tree_node_at(["template", "agent", "group"], object.get(input, ["template", "agent", "group"], null), false)
			],
		),
	),
)

_tree_v1_stages_written := _tree_v1_content("stage")

_tree_v1_steps_written := array.concat(
	_tree_v1_content("step"),
	array.concat(
		array.concat(
			_tree_node_at(["agent", "step"], object.get(input, ["agent", "step"], null), false),
			[node |
				_tree_is_v1_template
				some node in _tree_node_at(["template", "agent", "step"], object.get(input, ["template", "agent", "step"], null), false)
			],
		),
		[node |
			some node in array.concat(_tree_node_at(["agent"], object.get(input, "agent", null), false), _tree_v1_content("agent"))
			not _tree_holds_others(node)
		],
	),
)

# _tree_holds_others holds for an agent that isn't itself a step.
_tree_holds_others(node) {
	some key in ["step", "group", "steps", "stages"]
	object.get(node.value, key, null) != null
}

_tree_stages_written := _tree_template_content("stage")

_tree_groups_written := _tree_template_content("stepgroup")

_tree_steps_written := _tree_template_content("step")

_tree_template_content(type) := _tree_node_at(["template", "spec"], input.template.spec, false) {
	tree_template_type == type
} else := []

# tree_template_type is in lower case, because Harness ignores the case of a template's type.
tree_template_type := lower(trim_space(input.template.type))

# _tree_v1_content is what a template of the v1 syntax has under a key.
_tree_v1_content(key) := _tree_node_at(["template", key], object.get(input, ["template", key], null), false) {
	_tree_is_v1_template
} else := []

_tree_is_v1_template {
	is_object(input.template)
	value_kind(object.get(input.template, "type", null)) == "absent"
}

_tree_node_at(at, value, partial) := [{"at": at, "value": value, "partial": partial}] {
	is_object(value)
} else := []

# Uses of templates: the inputs of a template are partial nodes of the same kind. `all` are the nodes with these
# inputs, `last` are the inputs at the deepest level.

_tree_none := {"all": [], "last": []}

_tree_with_inputs(nodes) := {"all": nodes, "last": []} {
	_tree_template_inputs(nodes) == []
} else := _tree_inputs_8({"all": nodes, "last": nodes})

_tree_inputs_1(walk) := {"all": array.concat(walk.all, inputs), "last": inputs} {
	inputs := _tree_template_inputs(walk.last)
}

_tree_inputs_2(walk) := walk {
	walk.last == []
} else := _tree_inputs_1(_tree_inputs_1(walk))

_tree_inputs_4(walk) := walk {
	walk.last == []
} else := _tree_inputs_2(_tree_inputs_2(walk))

_tree_inputs_8(walk) := walk {
	walk.last == []
} else := _tree_inputs_4(_tree_inputs_4(walk))

_tree_template_inputs(nodes) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, ["template", "templateInputs"]), "value": value, "partial": true} |
	some node in nodes
	value := node.value.template.templateInputs
	is_object(value)
]

# A walk through nested lists: `lists` are all of them, `holders` the items that may have more lists, and `open` the
# holders at the deepest level.

_tree_nowhere := {"lists": [], "holders": [], "open": []}

# Most items have a step or a stage, and nothing else.
_tree_first_lists(lists_there, name) := {"lists": lists_there, "holders": open, "open": open} {
	open := _tree_holders(lists_there, name)
}

_tree_more_lists(walk, lists_there, name) := {
	"lists": array.concat(walk.lists, lists_there),
	"holders": array.concat(walk.holders, open),
	"open": open,
} {
	open := _tree_holders(lists_there, name)
}

_tree_holders(lists_there, name) := array.concat(
	[{"at": array.concat(at, [i]), "value": item, "partial": partial} |
		some list in lists_there
		at := list.at
		partial := list.partial
		some i, item in list.value
		is_object(item)
		not item[name]
	],
	[{"at": array.concat(list.at, [i]), "value": item, "partial": list.partial} |
		some list in lists_there
		some i, item in list.value
		count(item) > 1
		item[name]
	],
)

# _tree_members are the values of the key `name` in the items of lists.
_tree_members(lists_there, name) := [{"at": array.concat(at, [i, name]), "value": value, "partial": partial} |
	some list in lists_there
	at := list.at
	partial := list.partial
	some i, item in list.value
	value := item[name]
	is_object(value)
]

# Stages: those of the pipeline, those of the pipelines that these run, and so on.

_tree_pipelines := _tree_with_inputs(tree_pipelines_written)

tree_level_0 := _tree_level(_tree_stages_written, _tree_v1_stages_written, {"all": array.concat(_tree_pipelines.all, _tree_v1_groups_written), "last": _tree_pipelines.last})

_tree_chained_0 := _tree_chained(tree_level_0.stages.all)

_tree_level_1 := _tree_level([], [], _tree_with_inputs(_tree_chained_0))

_tree_level_2 := _tree_level_run_by(_tree_level_1)

_tree_level_3 := _tree_level_run_by(_tree_level_2)

_tree_level_4 := _tree_level_run_by(_tree_level_3)

# Most pipelines run no others.
_tree_levels := [] {
	_tree_is_elsewhere
} else := [tree_level_0] {
	_tree_chained_0 == []
} else := [tree_level_0, _tree_level_1, _tree_level_2, _tree_level_3, _tree_level_4]

# A v1 stage that isn't in a list may be a group of stages.
_tree_level(nodes, v1_nodes, pipelines_there) := {
	"pipelines": pipelines_there,
	"walk": walk,
	"stages": _tree_with_inputs(array.concat(nodes, _tree_members(walk.lists, "stage"))),
} {
	walk := _tree_stages_of(pipelines_there.all, v1_nodes)
}

_tree_level_run_by(runner) := {"pipelines": _tree_none, "walk": _tree_nowhere, "stages": _tree_none} {
	runner.stages.all == []
} else := _tree_level([], [], _tree_with_inputs(_tree_chained(runner.stages.all)))

_tree_chained(stages_there) := [{"at": array.concat(stage.at, ["spec", "inputs"]), "value": value, "partial": true} |
	some stage in stages_there
	value := stage.value.spec.inputs
	is_object(value)
	_tree_runs_a_pipeline(stage)
]

_tree_runs_a_pipeline(stage) {
	tree_may_be_of_type(stage, "Pipeline")
}

# tree_may_be_of_type holds for a stage or step of the type, and for a partial one that doesn't say its type.
tree_may_be_of_type(node, type) {
	trim_space(node.value.type) == type
}

tree_may_be_of_type(node, _) {
	node.partial
	value_kind(object.get(node.value, "type", null)) != "literal"
}

_tree_stages_of(nodes, v1_nodes) := _tree_nowhere {
	nodes == []
	v1_nodes == []
} else := _tree_stages_8(_tree_stages_4(_tree_with_holders(_tree_first_lists(_tree_lists(nodes, [["stages"]]), "stage"), v1_nodes)))

_tree_stages_1(walk) := walk {
	walk.open == []
} else := _tree_more_lists(walk, _tree_stage_lists_below(walk.open), "stage")

_tree_stages_2(walk) := walk {
	walk.open == []
} else := _tree_stages_1(_tree_stages_1(walk))

_tree_stages_4(walk) := walk {
	walk.open == []
} else := _tree_stages_2(_tree_stages_2(walk))

_tree_stages_8(walk) := walk {
	walk.open == []
} else := _tree_stages_4(_tree_stages_4(walk))

# v0: `parallel: [items]`, `insert: {stages: [items]}`; v1: `parallel: {stages: [items]}` and
# `group: {stages: [items]}`.
_tree_stage_lists_below(nodes) := _tree_lists(nodes, [["parallel"], ["parallel", "stages"], ["group", "stages"], ["insert", "stages"]])

# tree_stages are those of the v0 syntax, `{stage: {…}}`, and a stage template's content.
tree_stages := [stage | some each in _tree_levels; some stage in each.stages.all]

# tree_v1_stages are those of the v1 syntax, without a key around them.
tree_v1_stages := _tree_v1_stages_with_inputs.all

_tree_v1_stages_with_inputs := _tree_with_inputs([item |
	some each in _tree_levels
	some item in each.walk.holders
	content := item.value
	not is_object(object.get(content, "stage", null))
])

# Step groups and steps.

_tree_step_lists := array.concat(
	_tree_lists(tree_stages, [
		["spec", "execution", "steps"],
		["spec", "execution", "rollbackSteps"],
		["spec", "environment", "provisioner", "steps"],
		["spec", "environment", "provisioner", "rollbackSteps"],
		["spec", "infrastructure", "provisioner", "steps"],
		["spec", "infrastructure", "provisioner", "rollbackSteps"],
		["spec", "infrastructure", "infrastructureDefinition", "provisioner", "steps"],
		["spec", "infrastructure", "infrastructureDefinition", "provisioner", "rollbackSteps"],
	]),
	array.concat(
		_tree_lists(_tree_environments, [["provisioner", "steps"], ["provisioner", "rollbackSteps"]]),
		array.concat(
			_tree_lists(tree_v1_stages, [["steps"], ["rollback"], ["rollback", "steps"]]),
			array.concat(_tree_lists(_tree_with_inputs(_tree_groups_written).all, _tree_in_groups), _tree_lists(_tree_v1_groups_written, [["steps"]])),
		),
	),
)

# _tree_environments are those of stages that deploy to several: each may have a provisioner of its own.
_tree_environments := _tree_items(_tree_lists(tree_stages, [["spec", "environments", "values"], ["spec", "environmentGroup", "environments"]]))

_tree_step_walk := _tree_nowhere {
	_tree_is_elsewhere
} else := _tree_steps_16(_tree_with_holders(_tree_first_lists(_tree_step_lists, "step"), array.concat(_tree_v1_steps_written, tree_mappings(tree_v1_stages, [["rollback"]]))))

# A step or stage that isn't in a list may be a group.
_tree_with_holders(walk, nodes) := walk {
	nodes == []
} else := {
	"lists": walk.lists,
	"holders": array.concat(walk.holders, nodes),
	"open": array.concat(walk.open, nodes),
}

_tree_steps_1(walk) := walk {
	walk.open == []
} else := _tree_more_lists(walk, _tree_step_lists_below(walk.open), "step")

_tree_steps_2(walk) := walk {
	walk.open == []
} else := _tree_steps_1(_tree_steps_1(walk))

_tree_steps_4(walk) := walk {
	walk.open == []
} else := _tree_steps_2(_tree_steps_2(walk))

_tree_steps_8(walk) := walk {
	walk.open == []
} else := _tree_steps_4(_tree_steps_4(walk))

_tree_steps_16(walk) := walk {
	walk.open == []
} else := _tree_steps_8(_tree_steps_8(walk))

# v0: `parallel: [items]`, `stepGroup: {steps: [items]}`, `insert: {steps: [items]}`;
# v1: `parallel: {steps: [items]}`, `group: {steps: [items]}`.
_tree_step_lists_below(nodes) := array.concat(
	_tree_lists(nodes, [["parallel"], ["parallel", "steps"], ["group", "steps"], ["insert", "steps"]]),
	_tree_lists(_tree_with_inputs(_tree_children(nodes, "stepGroup")).all, _tree_in_groups),
)

# The schema of step groups doesn't name `rollbackSteps`, but Harness runs them. Source: the published Java sources of Harness.
_tree_in_groups := [["steps"], ["rollbackSteps"]]

tree_groups := _tree_groups_with_inputs.all

_tree_groups_with_inputs := _tree_with_inputs(array.concat(_tree_groups_written, _tree_children(_tree_step_walk.holders, "stepGroup")))

# tree_steps are those of the v0 syntax, `{step: {…}}`, and a step template's content.
tree_steps := _tree_steps_with_inputs.all

_tree_steps_with_inputs := _tree_with_inputs(array.concat(_tree_steps_written, _tree_members(_tree_step_walk.lists, "step")))

# tree_v1_steps are those of the v1 syntax: the items themselves, `{run: {…}}`. An item that also has `step` is one of them,
# so that a stray key can't hide anything.
tree_v1_steps := _tree_step_walk.holders

# tree_too_deep are the places of what is nested deeper than the walk goes.
tree_too_deep := array.concat(
	[item |
		_tree_step_walk.open != []
		some list in _tree_step_lists_below(_tree_step_walk.open)
		some item in _tree_items([list])
	],
	array.concat(
		[item |
			some each in _tree_levels
			each.walk.open != []
			some list in _tree_stage_lists_below(each.walk.open)
			some item in _tree_items([list])
		],
		array.concat(
			[inputs | some inputs in _tree_chained(_tree_levels[4].stages.all)],
			[inputs |
				some walk in array.concat(
					[_tree_v1_stages_with_inputs, _tree_groups_with_inputs, _tree_steps_with_inputs],
					[nodes | some each in _tree_levels; some nodes in [each.pipelines, each.stages]],
				)
				walk.last != []
				some inputs in _tree_template_inputs(walk.last)
			],
		),
	),
)

# How the walk moves.

# _tree_children are the mappings under a key of nodes.
_tree_children(nodes, key) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, [key]), "value": value, "partial": node.partial} |
	some node in nodes
	value := node.value[key]
	is_object(value)
]

# tree_mappings are the mappings at several paths below nodes.
tree_mappings(nodes, paths) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, path), "value": value, "partial": node.partial} |
	some node in nodes
	some path in paths
	value := object.get(node.value, path, null)
	is_object(value)
]

# _tree_lists are the lists at several paths below nodes.
_tree_lists(nodes, paths) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, path), "value": value, "partial": node.partial} |
	some node in nodes
	some path in paths
	value := object.get(node.value, path, null)
	is_array(value)
]

# _tree_items are the mappings in lists.
_tree_items(nodes) := [] {
	nodes == []
} else := [{"at": array.concat(node.at, [i]), "value": value, "partial": node.partial} |
	some node in nodes
	some i, value in node.value
	is_object(value)
]

_url_default_ports := {"http": ":80", "https": ":443"}

# url_normal is the same spelling for all equal URLs; undefined for a string without a scheme.
url_normal(url) := concat("", [scheme, "://", _url_without_port(scheme, authority), trim_right(path, "/")]) {
	text := trim_space(url)
	scheme := _url_scheme_of(text)
	rest := substring(text, count(scheme) + 3, -1)
	authority := _url_authority(rest)
	path := substring(rest, count(authority), -1)
}

_url_scheme_characters := "abcdefghijklmnopqrstuvwxyz0123456789+-."

# _url_scheme_of is the part before `://`, if it can be a scheme: with a slash or question mark in it, it can't.
_url_scheme_of(text) := scheme {
	contains(text, "://")
	scheme := lower(split(text, "://")[0])
	scheme != ""
	trim(scheme, _url_scheme_characters) == ""
}

# An empty port is the default one, too.
_url_without_port(scheme, authority) := trim_suffix(trim_suffix(authority, port), ":") {
	port := _url_default_ports[scheme]
	count(split(_url_last_part(authority, "@"), ":")) == 2
} else := authority

# _url_authority is the part before the path, query or fragment.
_url_authority(rest) := lower(split(split(split(rest, "/")[0], "?")[0], "#")[0])

# url_same holds for equal URLs.
url_same(one, other) {
	url_normal(one) == url_normal(other)
}

# url_location is host, port and path without slashes at the end: what Harness puts before an image. It leaves out a user and
# a password.
url_location(url) := concat("", [_url_last_part(authority, "@"), trim_right(path, "/")]) {
	rest := _url_after_scheme(url)
	authority := _url_authority(rest)
	path := substring(rest, count(authority), -1)
}

# url_authority_of is the host and port of a location. Harness looks for it in an image's name.
url_authority_of(location) := trim_suffix(_url_authority(location), ":")

_url_after_scheme(url) := substring(text, count(scheme) + 3, -1) {
	text := trim_space(url)
	scheme := _url_scheme_of(text)
} else := "" {
	# With fewer slashes, all of it is a path, and Harness reads no host.
	some scheme in ["http:", "https:"]
	startswith(lower(trim_space(url)), scheme)
} else := trim_space(url)

# _url_last_part is the part after the last separator: a host without the user before it.
_url_last_part(text, separator) := parts[count(parts) - 1] {
	parts := split(text, separator)
}

_reference_facts := facts

# reference_default_reference is the connector that Harness uses for its own images if a stage names none.
reference_default_reference := concat(".", ["account", _reference_facts.settings.identifier])

_reference_required := reference_spelled(_reference_facts.settings.requiredConnector)

# reference_is_required holds for the required connector, however it is spelled.
reference_is_required(reference) {
	reference_spelled(reference) == _reference_required
}

# reference_is_default holds for the connector that Harness takes for its own images, however it is spelled.
reference_is_default(reference) {
	reference_spelled(reference) == reference_default_reference
}

# reference_spelled is a reference in its usual spelling: Harness ignores the scope's case, and dots at the end.
reference_spelled(reference) := reference {
	not contains(reference, ".")
} else := reference {
	# By far the most frequent case.
	startswith(reference, "account.")
	not contains(substring(reference, count("account."), -1), ".")
} else := concat(".", [lower(words[0]), words[1]]) {
	words := split(reference, ".")
	lower(words[0]) in {"account", "org"}
	words[1] != ""
	_reference_is_empty(array.slice(words, 2, count(words)))
} else := words[0] {
	words := split(reference, ".")
	_reference_is_empty(array.slice(words, 1, count(words)))
} else := reference

_reference_is_empty(words) {
	concat("", words) == ""
}

# reference_known is what is known about the connectors that a reference can mean in a place: `{class, type, url,
# location}`. What the configuration declares applies to every place, and overrides files.
reference_known(reference, place) := declared {
	declared := _reference_facts.declared[reference_spelled(reference)]
} else := _reference_together(found) {
	found := [connector |
		some key in _reference_keys(reference_spelled(reference), place)
		connector := _reference_facts.connectors[key]
	]
	found != []
}

_reference_together(connectors) := connectors[0] {
	count({connector.says | some connector in connectors}) == 1
} else := {"class": "unresolved"}

# _reference_anything replaces in a key what an entity doesn't say. It can't be a literal, because it is a marker.
_reference_anything := "<any>"

# _reference_keys are the keys of `facts.connectors` whose connectors a reference can mean.
_reference_keys(reference, place) := [_reference_account_key(identifier)] {
	startswith(reference, "account.")
	identifier := substring(reference, count("account."), -1)
} else := _reference_org_keys(identifier, place) {
	startswith(reference, "org.")
	identifier := substring(reference, count("org."), -1)
} else := _reference_project_keys(reference, place) {
	place.project != null
} else := _reference_org_keys(reference, place) {
	_reference_is_of_org(place)
} else := array.concat(_reference_project_keys(reference, place), _reference_org_keys(reference, place)) {
	place.org != null
} else := array.concat(array.concat(_reference_project_keys(reference, place), _reference_org_keys(reference, place)), [_reference_account_key(reference)])

# A template with an org and no project belongs to the org.
_reference_is_of_org(place) {
	is_object(input.template)
	place.org != null
	not place.isOfProject
}

_reference_org_keys(identifier, place) := [_reference_org_key(identifier, org) | some org in _reference_possible(place.org)]

_reference_project_keys(identifier, place) := [_reference_project_key(identifier, org, project) |
	some org in _reference_possible(place.org)
	some project in _reference_possible(place.project)
]

# _reference_possible are the values of a connector's org or project that match the entity's: the same, or none.
_reference_possible(said) := [_reference_anything] {
	said == null
} else := [said, ""]

_reference_account_key(identifier) := json.marshal(["account", identifier])

_reference_org_key(identifier, org) := json.marshal(["org", identifier, org])

_reference_project_key(identifier, org, project) := json.marshal(["project", identifier, org, project])

# reference_url_of is the URL that a reference leads to: that of a known connector or, for the account's `harnessImage` if it
# isn't known, that of the specification. Otherwise undefined.
reference_url_of(reference, place) := connector.url {
	connector := reference_known(reference, place)
} else := _reference_facts.settings.expected.url {
	reference_is_specified(reference)
	not reference_known(reference, place)
}

# reference_is_specified holds for the account's `harnessImage` if that is the required connector: the specification says what it
# has to be.
reference_is_specified(reference) {
	reference_is_required(reference)
	reference_is_default(reference)
}

# reference_leads_to_harness holds for a reference to one of Harness's own registries, which have only Harness's
# images.
reference_leads_to_harness(reference, place) {
	reference_is_of_harness(reference_url_of(reference, place))
}

# reference_is_of_harness holds for the URL of one of these registries.
reference_is_of_harness(address) {
	some preset in _reference_facts.settings.presets
	url_same(address, preset.url)
}

# place_of is the place of what is at a path. Inside the inputs of another pipeline, it is that pipeline's place, as far as the
# stage that runs the pipeline says it. Pipelines are always in a project, also those that an organization's template runs.
place_of(at) := _place_own {
	not "inputs" in at
} else := {
	"org": _place_said(_place_nearest(at, "org", _place_own.org)),
	"project": _place_said(_place_nearest(at, "project", _place_own.project)),
	"isOfProject": true,
}

_place_own := {
	"org": _place_said(object.get(_place_entity, "orgIdentifier", null)),
	"project": _place_said(object.get(_place_entity, "projectIdentifier", null)),
}

_place_entity := [content |
	some root in ["pipeline", "template", "inputSet", "agent", "trigger"]
	content := object.get(input, root, null)
	is_object(content)
][0]

# _place_nearest is the value of the innermost of the stages around that has one.
_place_nearest(at, key, otherwise) := written[count(written) - 1] {
	written := [text |
		some i in numbers.range(1, count(at) - 1)
		at[i] == "inputs"
		at[i - 1] == "spec"
		text := object.get(input, array.concat(array.slice(at, 0, i), [key]), null)
		value_kind(text) != "absent"
	]
	written != []
} else := otherwise

_place_said(written) := value_shown(written) {
	value_kind(written) == "literal"
} else := null

_expression_most_expressions := 32

_expression_most_parentheses := 50

# expression_is_in holds for a string that may contain an expression.
expression_is_in(text) {
	is_string(text)
	contains(text, "<+")
}

expression_is_in(text) {
	is_string(text)
	contains(text, "${{")
}

# expression_parts_of is a string as `{head, parts}`: each part is an expression, `{body, links, written}`, and `tail` is what
# follows it up to the next one. For something that only begins like an expression, `written` is empty, and all of it is
# in `tail`. Undefined for a string with too many expressions.
expression_parts_of(text) := {"head": pieces[0], "parts": parts} {
	pieces := _expression_pieces_of(text)
	count(pieces) <= _expression_most_expressions
	starts := [_expression_start_of(pieces, j + 1) | some j, _ in array.slice(pieces, 1, count(pieces))]
	begun := [_expression_expression_at(text, pieces, starts, j) | some j, _ in starts]
	ends := [end | some j, each in begun; end := starts[j] + count(each.written)]
	outer := [j | some j, start in starts; _expression_is_outer(ends, start, j)]
	parts := [object.union(begun[j], {"tail": substring(text, ends[j], _expression_next_start(text, starts, outer, j) - ends[j])}) |
		some j in outer
	]
}

# expression_whole is the expression that makes up a whole string.
expression_whole(text) := found {
	is_string(text)
	not value_is_too_long(text)
	found := _expression_beginning(trim_space(text))
	found.written == trim_space(text)
}

# _expression_pieces_of splits a string before each expression. Those of v1 keep their `${{`.
_expression_pieces_of(text) := split(replace(text, "${{", "<+${{"), "<+")

_expression_opened(piece) := piece {
	startswith(piece, "${{")
} else := concat("", ["<+", piece])

_expression_start_of(pieces, j) := count(pieces[0]) + sum([count(_expression_opened(piece)) | some piece in array.slice(pieces, 1, j)])

_expression_expression_at(text, pieces, starts, j) := found {
	_expression_is_outermost(pieces, j + 1)
	found := _expression_beginning(substring(text, starts[j], -1))
} else := {"written": ""}

# _expression_is_outermost holds if every expression before the piece is closed.
_expression_is_outermost(pieces, j) {
	before := [piece | some piece in array.slice(pieces, 1, j); not startswith(piece, "${{")]
	sum([closed | some piece in before; closed := count(split(piece, ">")) - 1]) >= count(before)
}

# _expression_is_outer holds for an expression that isn't an argument of an earlier one.
_expression_is_outer(ends, start, j) {
	reached := [end | some end in array.slice(ends, 0, j); end > start]
	reached == []
}

_expression_next_start(text, starts, outer, j) := min([starts[later] | some later in outer; later > j]) {
	max(outer) > j
} else := count(text)

# _expression_beginning is the expression that a string begins with: `{body, links, written}`, where `links` are the
# functions of an input.
_expression_beginning(text) := {
	"body": _expression_without_spaces(substring(text, 3, end - 3)),
	"links": [],
	"written": substring(text, 0, end + 2),
} {
	startswith(text, "${{")
	end := indexof(text, "}}")
	end >= 3
} else := {
	"body": body,
	"links": chain.links,
	"written": substring(text, 0, count(text) - count(chain.rest)),
} {
	startswith(text, "<+")
	end := indexof(text, ">")
	end >= 2
	body := _expression_without_spaces(substring(text, 2, end - 2))
	not contains(body, "<+")
	chain := _expression_chain_of(body, substring(text, end + 1, -1))
	not _expression_is_calculated(chain)
}

_expression_without_spaces(text) := replace(replace(replace(replace(text, " ", ""), "\t", ""), "\n", ""), "\r", "")

# The functions of an input, `.default(…).allowedValues(…)`, in any order.

_expression_chain_of(body, rest) := _expression_chain_8({"links": [], "rest": rest}) {
	body == "input"
} else := {"links": [], "rest": rest}

_expression_chain_1(chain) := {"links": array.concat(chain.links, [link]), "rest": link.rest} {
	link := _expression_link_of(chain.rest)
} else := chain

_expression_chain_2(chain) := _expression_chain_1(_expression_chain_1(chain))

_expression_chain_4(chain) := _expression_chain_2(_expression_chain_2(chain))

_expression_chain_8(chain) := _expression_chain_4(_expression_chain_4(chain))

_expression_functions_of_inputs := {"default", "allowedValues", "selectOneFrom", "regex", "executionInput"}

_expression_link_of(text) := {
	"name": name,
	"argument": substring(text, start + 1, (end - start) - 1),
	"rest": substring(text, end + 1, -1),
} {
	startswith(text, ".")
	start := indexof(text, "(")
	name := trim_space(substring(text, 1, start - 1))
	name in _expression_functions_of_inputs
	end := _expression_closing(text)
}

# _expression_closing is the index at which the first parenthesis is closed.
_expression_closing(text) := min(balanced) {
	closes := indexof_n(text, ")")
	opens := indexof_n(text, "(")
	count(closes) <= _expression_most_parentheses
	count(opens) <= _expression_most_parentheses
	balanced := [close |
		some close in closes
		count([1 | some open in opens; open < close]) == count([1 | some other in closes; other <= close])
	]
	balanced != []
}

# Names and references have only these characters. With another one after it, an expression is an operand of something
# that Harness calculates, such as `<+a>.toLowerCase()` or `<+a> == "b" ? "c" : "d"`, and the result isn't known.
_expression_characters_of_names := concat("", [value_letters, "0123456789._-/:@"])

_expression_is_calculated(chain) {
	# By far the most frequent case is that nothing follows.
	chain.rest != ""
	trim(trim_space(value_known(split(chain.rest, "<+")[0])), _expression_characters_of_names) != ""
}

# More combinations than this are not tried: most of their results would differ.
_expressions_most_combinations := 2048

# expressions_may_decide holds for a string that may contain an expression that the document decides.
expressions_may_decide(text) {
	expression_is_in(text)
	facts.settings.expressions == "decide"
}

# expressions_alternatives are the possible combinations of the values at one place: `{values, decided}`. `decided` says
# which expression was replaced by which value, and where that value is written (null: in the place itself).
expressions_alternatives(at, written) := [_expressions_as_written(written)] {
	not _expressions_has_expression(written)
} else := [combinations[i] | some i in sort(list_first_of_each(found))] {
	combinations := _expressions_all_combinations([_expressions_read(text, at, i) | some i, text in written], at)
	found := [each.values | some each in combinations]
	count({values | some values in found}) <= options_most_values
} else := [_expressions_as_written(written)]

_expressions_as_written(written) := {"values": written, "decided": []}

_expressions_has_expression(written) {
	some text in written
	expressions_may_decide(text)
}

# _expressions_read is a string as `{head, parts}`, as in `expression.parts_of`, each part with the source that its expression
# reads, if there is one. A string without such expressions is `{value}`.
_expressions_read(text, at, i) := {"head": found.head, "parts": [object.union(part, _expressions_source_of(part, at, [i, j])) | some j, part in found.parts]} {
	expressions_may_decide(text)
	found := expression_parts_of(text)
} else := {"value": text}

_expressions_source_of(part, at, occurrence) := {"source": source} {
	source := sources_read_by(part, at, occurrence)
} else := {}

# The combinations of the options of a place's sources.

_expressions_all_combinations(texts, at) := [_expressions_combination(texts, chosen) |
	some n in numbers.range(0, product(counts) - 1)
	chosen := {keys[i]: option |
		some i, choices in all
		option := choices[floor(n / product(array.slice(counts, 0, i))) % counts[i]]
	}
] {
	direct := [part.source | some text in texts; some part in text.parts; part.source]
	direct != []
	shared := _expressions_shared_sources(direct, at)
	all_sources := array.concat(direct, shared)
	shared_keys := {source.key | some source in shared}
	keys := [key | some key in {source.key | some source in all_sources}]
	all := [choices |
		some key in keys
		source := [each | some each in all_sources; each.key == key][0]
		choices := options_of(source, at, shared_keys - {key})
	]
	count(all) == count(keys)
	counts := [count(choices) | some choices in all]
	product(counts) <= _expressions_most_combinations
}

# _expressions_shared_sources are the sources that are read in more than one way.
_expressions_shared_sources(direct, at) := [source |
	some source in followed
	count(ways[source.key]) > 1
] {
	followed := {source | some each in direct; some item in each.values; source := options_followed_source(item.value, at); source.key != ["followed"]}
	ways := {target.key: from |
		some target in followed
		from := {each.key | some each in direct; each.key == target.key} | {each.key |
			some each in direct
			some item in each.values
			options_followed_source(item.value, at).key == target.key
		}
	}
}

_expressions_combination(texts, chosen) := {
	"values": [_expressions_value_of(text, chosen) | some text in texts],
	"decided": [decision |
		some text in texts
		some part in text.parts
		option := _expressions_option_of(part, chosen)
		option.text != null
		decision := {"expression": part.written, "value": option.text, "path": option.path}
	],
}

_expressions_value_of(text, chosen) := concat("", array.concat([text.head], [concat("", [_expressions_text_of(part, chosen), part.tail]) | some part in text.parts])) {
	text.parts
} else := text.value

_expressions_text_of(part, chosen) := _expressions_option_of(part, chosen).text {
	_expressions_option_of(part, chosen).text != null
} else := part.written

# A value that was reached by following an expression isn't followed any further.
_expressions_option_of(part, chosen) := target {
	target := chosen[chosen[part.source.key].via]
	target.followed == false
} else := options_open {
	chosen[part.source.key].via
} else := chosen[part.source.key]

# list_first_of_each are the indexes at which each value of a list occurs first, in the order of the values.
list_first_of_each(list) := [pair[1] |
	some i, pair in sorted
	list_is_first(sorted, i, pair[0])
] {
	sorted := sort([[item, i] | some i, item in list])
}

# list_is_first holds at the first pair `[item, …]` of an item in a sorted list of pairs.
list_is_first(_, i, _) {
	i == 0
}

list_is_first(sorted, i, item) {
	sorted[i - 1][0] != item
}

# list_grouped are the values of a list of pairs, `[key, value]`, by their keys, those of a key in their order.
list_grouped(pairs) := {sorted[from][0]: [pair[1] | some pair in array.slice(sorted, from, ends[n])] |
	some n, from in starts
} {
	sorted := sort(pairs)
	starts := [i | some i, pair in sorted; list_is_first(sorted, i, pair[0])]
	ends := array.concat(array.slice(starts, 1, count(starts)), [count(sorted)])
}

# A place with more values than this is left as it is written.
options_most_values := 64

# options_open is the option that is anything else.
options_open := {"is": ["open"], "text": null, "path": null, "followed": false}

# options_of are the options of a source. Those of `shared` sources, by their keys, are chosen there.
options_of(source, at, shared) := _options_each_once(_options_written(source, at, shared))

_options_each_once(options) := [options_open] {
	options == []
} else := [options[i] | some i in list_first_of_each(is)] {
	is := [option.is | some option in options]
	count({one | some one in is}) <= options_most_values + 1
}

_options_written(source, at, shared) := array.concat(
	[option | some each in source.values; some option in _options_of_value(each, at, shared)],
	[options_open | source.open],
)

# A value that is itself an expression is followed once.
_options_of_value(each, at, shared) := [{"is": ["via", followed.key], "via": followed.key}] {
	followed := options_followed_source(each.value, at)
	followed.key in shared
} else := array.concat(
	[option | some found in followed.values; some option in _options_plain(_options_with_path(found, each), true)],
	[options_open | followed.open],
) {
	followed := options_followed_source(each.value, at)
} else := _options_plain(each, false)

# options_followed_source is what a value reads that is itself an expression.
options_followed_source(text, at) := source {
	source := sources_read_by(expression_whole(text), at, ["followed"])
}

_options_with_path(found, each) := found {
	found.path != null
} else := {"value": found.value, "path": each.path}

_options_plain(each, followed) := [options_open] {
	value_is_too_long(each.value)
} else := [] {
	value_kind(each.value) == "absent"
} else := [{"is": ["text", text, followed], "text": text, "path": each.path, "followed": followed}] {
	value_kind(each.value) == "literal"
	text := value_shown(each.value)
} else := [options_open]

# Harness runs no matrix with more combinations, so a longer axis decides nothing, nor do more variables of one name.
_sources_most_elements := 256

# sources_read_by is what an expression reads: `{key, values, open}`, with the values that the document gives it (`{value,
# path}`), and whether it can also be anything else. Undefined if the document says nothing about it. Expressions with
# the same key have the same value within a place; `occurrence` is the key of an input.
sources_read_by(found, at, occurrence) := _sources_input(found.links, occurrence) {
	found.body == "input"
} else := source {
	source := _sources_named(split(found.body, "."), at)
}

_sources_named(words, at) := _sources_variable(ancestors_pipelines(at), words, 2) {
	array.slice(words, 0, 2) == ["pipeline", "variables"]
} else := _sources_variable(ancestors_stage(at), words, 2) {
	array.slice(words, 0, 2) == ["stage", "variables"]
} else := _sources_variable_of_stage(words[2], words, 4) {
	array.slice(words, 0, 2) == ["pipeline", "stages"]
	words[3] == "variables"
} else := _sources_axis(ancestors_around(at), words, 1) {
	words[0] == "matrix"
} else := _sources_axis(ancestors_steps(at), words, 2) {
	array.slice(words, 0, 2) == ["step", "matrix"]
} else := _sources_axis(ancestors_stages(at), words, 2) {
	array.slice(words, 0, 2) == ["stage", "matrix"]
} else := _sources_declared_input(words) {
	words[0] == "inputs"
}

_sources_last_words(words, first) := name {
	name := concat(".", array.slice(words, first, count(words)))
	name != ""
}

# _sources_variable is the variable of that name in the first holder that gives it a value, or else in the first that has it.
_sources_variable(holders, words, first) := _sources_variable_source(nearest) {
	name := _sources_last_words(words, first)
	found := [variables |
		some holder in holders
		is_array(holder.value.variables)
		indexes := _sources_few(_sources_indexes_of(holder)[name])
		variables := [_sources_variable_at(holder, i) | some i in indexes]
	]
	nearest := array.concat([variables | some variables in found; _sources_give_a_value(variables)], found)[0]
}

_sources_variable_at(holder, i) := {"at": array.concat(holder.at, ["variables", i]), "item": holder.value.variables[i]}

# _sources_few is the beginning of a list, long enough to show whether there are too many.
_sources_few(found) := array.slice(found, 0, _sources_most_elements + 1)

_sources_give_a_value(variables) {
	some each in variables
	object.get(each.item, "value", null) != null
}

# _sources_variable_of_stage is the variable of that name in the stages with this identifier.
_sources_variable_of_stage(identifier, words, first) := _sources_variable_source(variables) {
	found := _sources_few(_sources_variables_of_stages[[identifier, _sources_last_words(words, first)]])
	variables := [_sources_variable_at(tree_level_0.stages.all[each[0]], each[1]) | some each in found]
}

_sources_variables_of_stages := list_grouped([[[value_text(stage.value.identifier), value_text(item.name)], [s, i]] |
	some s, stage in tree_level_0.stages.all
	is_array(stage.value.variables)
	some i, item in stage.value.variables
])

# _sources_indexes_of is where a holder has each of its variables, by name.
_sources_indexes_of(holder) := _sources_indexes[holder.at] {
	_sources_indexes[holder.at]
} else := _sources_by_name(holder.value.variables)

_sources_indexes := {holder.at: _sources_by_name(holder.value.variables) |
	some holder in ancestors_with_variables
	is_array(holder.value.variables)
}

_sources_by_name(variables) := list_grouped([[name, i] |
	some i, item in variables
	name := _sources_name_of(item)
])

_sources_name_of(item) := trim_space(item.name) {
	is_string(item.name)
}

# A variable that is there more than once can have the value of each: Harness's documentation doesn't say which counts.
_sources_variable_source(variables) := {
	"key": variables[0].at,
	"values": [each | some source in sources; some each in source.values],
	"open": true in [source.open | some source in sources],
} {
	count(variables) <= _sources_most_elements
	sources := [_sources_source_of(each.at, each.item) | some each in variables]
} else := {"key": variables[0].at, "values": [], "open": true}

# An input without a value of its own has the value of `default`, or any other. The value of a variable of type `Secret`
# is unknown, because it only holds a secret's name; so is that of a variable without `value`, which is given elsewhere.
_sources_source_of(at, item) := {"key": at, "values": [], "open": true} {
	trim_space(item.type) == "Secret"
} else := {
	"key": at,
	"values": [{"value": item["default"], "path": array.concat(at, ["default"])}],
	"open": true,
} {
	_sources_is_input_without_value(item.value)
	not value_is_too_long(item["default"])
	value_kind(item["default"]) == "literal"
} else := {
	"key": at,
	"values": [{"value": item.value, "path": array.concat(at, ["value"])}],
	"open": false,
} {
	object.get(item, "value", null) != null
} else := {"key": at, "values": [], "open": true}

_sources_is_input_without_value(text) {
	found := expression_whole(text)
	found.body == "input"
	links := found.links
	not _sources_values_of_links(links)
}

# _sources_axis is the list of that name in the nearest matrix that has it, with what `include` adds, unless `exclude` names the
# axis. A matrix that is an expression may have any axis.
_sources_axis(holders, words, first) := source {
	name := _sources_last_words(words, first)
	nearest := [{"at": holder.at, "matrix": matrix} |
		some holder in holders
		matrix := _sources_matrix_of(holder.value.strategy)
		_sources_may_have_axis(matrix, name)
	][0]
	elements := nearest.matrix[name]
	is_array(elements)
	included := _sources_included(nearest.matrix)
	count(elements) + count(included) <= _sources_most_elements
	not _sources_leaves_out(nearest, name)
	at := array.concat(nearest.at, ["strategy", "matrix"])
	values := array.concat(
		[{"value": element, "path": array.concat(at, [name, i])} | some i, element in elements],
		[{"value": element, "path": array.concat(at, ["include", i, name])} |
			some i, combination in included
			element := combination[name]
		],
	)
	source := {"key": array.concat(at, [name]), "values": values, "open": values == []}
}

_sources_matrix_of(strategy) := strategy {
	is_string(strategy)
} else := strategy.matrix

_sources_included(matrix) := [] {
	object.get(matrix, "include", null) == null
} else := matrix.include {
	is_array(matrix.include)
}

_sources_may_have_axis(matrix, name) {
	object.get(matrix, name, null) != null
}

_sources_may_have_axis(matrix, _) {
	value_says(matrix)
}

_sources_may_have_axis(matrix, name) {
	some combination in _sources_included(matrix)
	object.get(combination, name, null) != null
}

_sources_may_have_axis(matrix, _) {
	included := object.get(matrix, "include", null)
	included != null
	not is_array(included)
}

_sources_leaves_out(holder, name) {
	_sources_left_out[holder.at][name]
}

# An expression may name any axis.
_sources_leaves_out(holder, _) {
	value_says(holder.matrix.exclude)
}

_sources_leaves_out(holder, name) {
	at := holder.at
	not _sources_left_out[at]
	_sources_names_left_out(holder.matrix.exclude)[name]
}

# _sources_left_out are the axes that `exclude` names in each of the document's matrices. Without this table, looking through all
# combinations for each expression would take time that grows with the square of their number.
_sources_left_out := {holder.at: _sources_names_left_out(holder.value.strategy.matrix.exclude) |
	some holder in array.concat(ancestors_with_variables, array.concat(
		array.concat(tree_groups, tree_steps),
		tree_v1_steps,
	))
	holder.value.strategy.matrix.exclude
}

_sources_names_left_out(exclude) := {name: true |
	some combination in exclude
	some name, written in combination
	written != null
} {
	is_array(exclude)
} else := {name: true | some name, written in exclude; written != null}

# A v1 input's default, or anything else.
_sources_declared_input(words) := source {
	name := _sources_last_words(words, 1)
	source := [{
		"key": array.concat(holder.at, ["inputs", name]),
		"values": [{"value": written, "path": array.concat(holder.at, ["inputs", name, "default"])}],
		"open": true,
	} |
		some holder in ancestors_with_inputs
		written := holder.value.inputs[name]["default"]
		value_kind(written) != "absent"
	][0]
}

# Each `<+input>` is an input of its own.
_sources_input(links, occurrence) := {
	"key": occurrence,
	"values": [{"value": text, "path": null} | some text in given.texts],
	"open": given.open,
} {
	given := _sources_values_of_links(links)
}

_sources_lists_of_values := {"allowedValues", "selectOneFrom"}

_sources_values_of_links(links) := {"texts": [], "open": true} {
	# Harness evaluates a list that is written as `jexl(…)`, so its items aren't the values.
	some link in links
	link.name in _sources_lists_of_values
	startswith(trim_space(link.argument), "jexl(")
} else := {"texts": allowed, "open": false} {
	allowed := [text |
		some link in links
		link.name in _sources_lists_of_values
		some item in split(link.argument, ",")
		text := _sources_without_quotes(item)
		text != ""
	]
	allowed != []
} else := {"texts": defaults, "open": true} {
	defaults := [text |
		some link in links
		link.name == "default"
		text := _sources_without_quotes(link.argument)
		text != ""
	]
	defaults != []
}

# No image and no reference has quotes. Source: the published Java sources of Harness take off double quotes around a
# default, and escaped ones around an allowed value; its documentation shows both kinds.
_sources_quotes := [`\"`, `\'`, `"`, `'`]

_sources_without_quotes(written) := inside[0] {
	text := trim_space(written)
	inside := [trim_space(trim_suffix(trim_prefix(text, quote), quote)) |
		some quote in _sources_quotes
		startswith(text, quote)
		endswith(text, quote)
		count(text) >= 2 * count(quote)
	]
	inside != []
} else := trim_space(written)

# ancestors_around are the steps and step groups (kind "step"), and the stages and groups of stages (kind "stage").
ancestors_around(at) := [node |
	last := count(at) - 1
	some outward in numbers.range(0, last)
	node := _ancestors_node_to(at, last - outward)
	node.kind
]

# _ancestors_node_to is the mapping at the path up to and including its i-th key.
_ancestors_node_to(at, i) := {"at": path, "value": node, "kind": kind} {
	path := array.slice(at, 0, i + 1)
	kind := _ancestors_kind_of(path)
	node := object.get(input, path, null)
	is_object(node)
}

_ancestors_kind_of(path) := kinds[count(kinds) - 1] {
	_ancestors_last_key(path) == "templateInputs"
	kinds := [kind |
		some i in numbers.range(1, count(path) - 1)
		kind := _ancestors_own_kind(array.slice(path, 0, i))
	]
} else := _ancestors_own_kind(path)

_ancestors_own_kind(path) := "step" {
	_ancestors_last_key(path) in {"step", "stepGroup"}
} else := "stage" {
	_ancestors_last_key(path) == "stage"
} else := _ancestors_group_kind(path) {
	_ancestors_last_key(path) == "group"
} else := _ancestors_kinds_of_items[path[count(path) - 2]] {
	is_number(_ancestors_last_key(path))
	_ancestors_is_v1_item(object.get(input, path, null))
} else := _ancestors_kinds_of_templates[tree_template_type] {
	path == ["template", "spec"]
}

_ancestors_last_key(path) := path[count(path) - 1]

# The kinds of the items in the v1 syntax's lists, which have no key around them.
_ancestors_kinds_of_items := {"steps": "step", "rollback": "step", "stages": "stage"}

_ancestors_is_v1_item(item) {
	is_object(item)
	not is_object(object.get(item, "step", null))
	not is_object(object.get(item, "stage", null))
	not item.stepGroup
	not item.insert
	not item.parallel
}

_ancestors_group_kind(path) := "stage" {
	object.get(input, array.concat(path, ["stages"]), null) != null
} else := "step"

_ancestors_kinds_of_templates := {"stage": "stage", "step": "step", "stepgroup": "step"}

ancestors_steps(at) := [node | some node in ancestors_around(at); node.kind == "step"]

# ancestors_stages are the document's own stage and the groups around it.
ancestors_stages(at) := [node | some node in ancestors_around(_ancestors_own(at)); node.kind == "stage"]

# _ancestors_own is the part of a path before the inputs of another pipeline.
_ancestors_own(at) := array.slice(at, 0, min([i |
	some i in numbers.range(1, count(at) - 1)
	at[i] == "inputs"
	at[i - 1] == "spec"
])) {
	"inputs" in at
} else := at

# ancestors_stage is the document's own stage, without the groups around it.
ancestors_stage(at) := [node |
	some node in ancestors_stages(at)
	_ancestors_last_key(node.at) != "group"
	not node.value.group
]

# ancestors_pipelines are the inputs of the pipeline's template that the place is in, and then the document's own pipeline.
ancestors_pipelines(at) := array.concat(_ancestors_inputs_around(at), tree_pipelines_written)

_ancestors_inputs_around(at) := [] {
	# By far the most frequent case.
	not "templateInputs" in at
} else := [{"at": path, "value": inputs} |
	last := count(_ancestors_own(at)) - 1
	some outward in numbers.range(0, last)
	path := array.slice(at, 0, (last - outward) + 1)
	_ancestors_last_key(path) == "templateInputs"
	not _ancestors_kind_of(path)
	inputs := object.get(input, path, null)
	is_object(inputs)
]

# ancestors_with_variables are the stages and pipelines that expressions may mean, with the inputs of their templates: nearly
# everything that has variables or a matrix.
ancestors_with_variables := array.concat(
	array.concat(tree_level_0.pipelines.all, tree_level_0.stages.all),
	tree_v1_stages,
)

# _ancestors_declared are the nodes that may declare inputs of the v1 syntax.
_ancestors_declared := [{"at": path, "value": value} |
	some path in [["pipeline"], ["template"], ["template", "pipeline"], ["agent"], ["template", "agent"]]
	value := object.get(input, path, null)
	is_object(value.inputs)
]

ancestors_with_inputs := array.concat(_ancestors_declared, [{"at": [], "value": {"inputs": input.inputs}} | is_object(input.inputs)])

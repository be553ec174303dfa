# METADATA
# title: Harness's own images
# description: |
#   What Harness pulls to run a stage, whatever its steps are: the engine of a pod, and the image that
#   clones the code. The account decides the version. A pull has the shape of those in `lib.images`. Its
#   place is the connector's reference, or else what the stage runs on, and `conditions` are what the
#   files don't decide. In a partial, only a reference that is there counts. If it isn't known what a
#   stage runs on, nothing is listed. Nor are the images of Harness's own step types (`plugins/…`).
#   Sources: Harness's documentation, "Harness CI images" (the engine is for Kubernetes pods) and
#   "Configure codebase" (on machines, including those of Harness Cloud, clones run in a container by
#   default); the published Java sources of Harness CI: only `cloneCodebase: true` clones, an
#   infrastructure overrides a runtime, Harness Cloud uses only the account's connector; harness-schema,
#   v1 stages.
package harness_image_guard.lib.own_images

import data.harness_image_guard.lib.overrides
import data.harness_image_guard.lib.reference
import data.harness_image_guard.lib.tree
import data.harness_image_guard.lib.value
import rego.v1

# On machines, the engine is a program that Harness installs.
_engine := {"pod": ["harness/ci-addon", "harness/ci-lite-engine"], "machine": []}

_clone := "harness/drone-git"

pulled := [{
	"at": host.at,
	"image": each.image,
	"image_path": host.path,
	"reference": _reference_or_default(host.reference),
	"registry": null,
	"conditions": each.conditions,
} |
	some host in array.concat(_hosts, _v1_hosts)
	some each in array.concat(
		[{"image": name, "conditions": []} | some name in _engine[host.kind]],
		[{"image": _clone, "conditions": array.concat(conditions, _conditions_of_clones[host.kind])} | some conditions in host.clones],
	)
]

_conditions_of_clones := {
	"pod": [],
	"machine": ["if clones run in a container, as they do without the feature flag CI_GIT_CLONE_CONTAINERLESS"],
}

_reference_or_default(written) := reference.default_reference if {
	value.kind(written) == "absent"
} else := written

# A host is what a stage, step group or step runs on: `{at, path, kind, reference, clones}`. `clones` is empty
# if nothing is cloned; otherwise it has the conditions for that.

_hosts := [host |
	some place in overrides.places
	is_object(place.value)
	not _is_outranked(place)
	host := _host(place, _meant(place))
	_counts(place, host)
]

# In a partial, something missing means nothing.
_counts(place, _) if not place.partial

_counts(_, host) if value.kind(host.reference) != "absent"

_host(place, meant) := {
	"at": place.at,
	"path": _path(place, found),
	"kind": _kinds[_last(meant.at)][type],
	"reference": found.reference,
	"clones": _clones(place, meant, type),
} if {
	type := value.text(meant.value.type)
	found := _reference_in(meant, type)
}

_kinds := {
	"infrastructure": {"KubernetesDirect": "pod", "KubernetesHosted": "pod", "VM": "machine"},
	"runtime": {"Docker": "machine", "Cloud": "machine"},
	"stepGroupInfra": {"KubernetesDirect": "pod", "VM": "machine"},
}

_last(at) := at[count(at) - 1]

# Harness looks at a runtime only if there is no infrastructure.
_is_outranked(place) if {
	_last(place.at) == "runtime"
	object.get(input, _beside(place, ["infrastructure"]), null) != null
}

_beside(place, path) := array.concat(array.slice(place.at, 0, count(place.at) - 1), path)

# _reference_in is the reference, or a string on the path to it, which only the run decides.
_reference_in(meant, type) := {"path": path, "reference": written} if {
	keys := meant.types[type]
	path := [start |
		some i in numbers.range(1, count(keys))
		start := array.slice(keys, 0, i)
		value.says(object.get(meant.value, start, null))
	][0]
	written := object.get(meant.value, path, null)
} else := {"path": path, "reference": written} if {
	path := array.concat(meant.types[type], [overrides.reference_key])
	written := object.get(meant.value, path, null)
} else := {"path": ["type"], "reference": null}

_path(place, found) := ["useFromStage"] if {
	overrides.uses_another_stage(place)
} else := ["type"] if {
	value.kind(found.reference) == "absent"
} else := found.path

# _meant is the place itself, or that of the stage whose infrastructure it uses.
_meant(place) := _infrastructures[value.text(place.value.useFromStage)] if {
	overrides.uses_another_stage(place)
} else := place

_infrastructures := {found[0]: overrides.places[found[2]] |
	some i, found in _infrastructures_written
	not _is_repeated(i)
}

_is_repeated(i) if {
	i > 0
	_infrastructures_written[i][0] == _infrastructures_written[i - 1][0]
}

# Sorted, so that of the stages with one identifier, the first infrastructure counts, or else the first runtime.
_infrastructures_written := sort([[value.text(stage.identifier), _last(place.at), i] |
	some i, place in overrides.places
	_last(place.at) in {"infrastructure", "runtime"}
	not place.partial
	stage := object.get(input, array.slice(place.at, 0, count(place.at) - 2), null)
	is_string(stage.identifier)
])

_clones(place, meant, type) := [] if {
	_runs_on_macos(place, meant, type)
} else := _clones_if(object.get(input, _beside(place, ["cloneCodebase"]), null))

_clones_if(written) := [[]] if {
	lower(value.shown(written)) == "true"
} else := [[sprintf("if `cloneCodebase` (%s) evaluates to true", [value.quoted(written)])]] if {
	value.kind(written) == "unknown"
} else := []

# On macOS, nothing runs in a container, unless the runtime is Docker.
_runs_on_macos(_, meant, "VM") if lower(value.shown(object.get(meant.value, ["spec", "spec", "os"], null))) == "macos"

_runs_on_macos(place, _, "Cloud") if {
	lower(value.shown(object.get(input, _beside(place, ["platform", "os"]), null))) == "macos"
}

# v1: `runtime: {kubernetes: {…}}`, or one word.

_v1_kinds := {"k8": "pod", "kubernetes": "pod", "vm": "machine", "cloud": "machine"}

_v1_hosts := [host |
	some stage in tree.v1_stages
	some host in _v1_hosts_of(stage, object.get(stage.value, "runtime", null))
	_counts(stage, host)
]

_v1_hosts_of(stage, runtime) := [{
	"at": stage.at,
	"path": ["runtime"],
	"kind": kind,
	"reference": null,
	"clones": _v1_clones(stage),
} |
	kind := _v1_kinds[trim_space(runtime)]
] if {
	is_string(runtime)
} else := [{
	"at": stage.at,
	"path": _v1_path(key, written),
	"kind": kind,
	"reference": written,
	"clones": _v1_clones(stage),
} |
	some key, kind in _v1_kinds
	object.get(runtime, key, null) != null
	written := _v1_reference(runtime[key])
] if {
	is_object(runtime)
} else := []

_v1_reference(runtime) := object.get(runtime, overrides.v1_reference_key, null) if {
	is_object(runtime)
} else := runtime if {
	value.says(runtime)
} else := null

_v1_path(key, written) := ["runtime", key] if {
	value.kind(written) == "absent"
} else := ["runtime", key, overrides.v1_reference_key]

_v1_clones(stage) := _v1_clones_if(clone) if {
	clone := object.get(stage.value, "clone", null)
	is_object(clone)
} else := _v1_clones_if(object.get(input, ["pipeline", "clone"], null))

_v1_clones_if(clone) := [] if {
	lower(value.shown(object.get(clone, "enabled", null))) == "false"
} else := [] if {
	lower(value.shown(object.get(clone, "disabled", null))) == "true"
} else := [[]] if {
	lower(value.shown(object.get(clone, "enabled", null))) == "true"
} else := [["if Harness clones the code for this stage, which the file doesn't say"]]

# METADATA
# title: The registry in an image's name
# description: |
#   Docker's rule: the part before the first slash is a host if it has a dot or a colon or is
#   `localhost`; a name without a host is Docker Hub's. A name with a marker is judged by what is before
#   the first one. A scheme before the name is ignored.
package harness_image_guard.lib.image

import data.harness_image_guard.lib.expression
import data.harness_image_guard.lib.value
import rego.v1

# origin is "hub" (Docker Hub's host is written out), "host" (another one is), "bare" (none is) or
# "unknown"; "none" for an empty name.
origin(image) := _literal_origin(trim_space(image)) if {
	is_string(image)

	# Every marker and every scheme contains one of these.
	not contains(image, "<")
	not contains(image, "$")
	not contains(image, "{{")
	not contains(image, "://")
} else := _text_origin(name(image)) if {
	is_string(image)
} else := "bare"

_schemes := ["https://", "http://", "docker://"]

# name is the image's name without a scheme before it; an action's `docker://` may have one after it.
name(image) := _without_scheme(_without_scheme(trim_space(image))) if {
	contains(image, "://")
} else := trim_space(image)

_without_scheme(text) := trim_space([substring(text, count(scheme), -1) |
	some scheme in _schemes
	startswith(lower(text), scheme)
][0]) if {
	_startswith_one_of(lower(text), _schemes)
} else := text

_startswith_one_of(text, prefixes) if {
	some prefix in prefixes
	startswith(text, prefix)
}

_text_origin(text) := _computed_origin(text, count(value.known(text))) if {
	value.computed(text)
} else := _literal_origin(text)

# without_host is a name with Docker Hub's host, without that host. Undefined if what is left isn't a name without a
# host, or if it is an address of Docker Hub's website.
without_host(image) := rest if {
	origin(image) == "hub"
	text := name(image)
	rest := substring(text, indexof(text, "/") + 1, -1)
	origin(rest) == "bare"
	not contains(concat("", ["/", rest]), "//")
	not _startswith_one_of(rest, ["_/", "r/"])
}

# has_host holds for a name that contains a host anywhere but inside an expression: Harness then adds no registry.
has_host(name, host) if {
	# Few do, and only these are split.
	contains(name, host)
	pieces := _written_out(name)

	# A longer name can't be pulled. How long its expressions are says nothing about that.
	not value.is_long(concat("", pieces))
	some piece in pieces
	contains(piece, host)
}

# _written_out are the pieces of a name between its expressions; the whole name if it has too many of them.
_written_out(name) := array.concat([found.head], [part.tail | some part in found.parts]) if {
	found := expression.parts_of(name)
} else := [name]

# hub_name is the full name that Docker makes of a name without a host.
hub_name(bare) := concat("", ["docker.io/", bare]) if {
	contains(value.known(bare), "/")
} else := concat("", ["docker.io/library/", bare])

# mirrored is a full name whose longest matching prefix is replaced by its mirror.
mirrored(name, mirrors) := concat("", [trim_right(trim_space(mirrors[prefix]), "/"), substring(name, count(prefix), -1)]) if {
	fitting := [prefix | some prefix, _ in mirrors; _stands_before(prefix, name)]
	longest := max([count(prefix) | some prefix in fitting])
	prefix := [prefix | some prefix in fitting; count(prefix) == longest][0]
}

_stands_before(prefix, name) if {
	startswith(name, prefix)
	substring(name, count(prefix), 1) in {"", "/", ":", "@"}
}

_literal_origin(name) := "none" if {
	name == ""
} else := "bare" if {
	not contains(name, "/")
} else := _host_origin(lower(split(name, "/")[0]))

_host_origin(first) := "bare" if {
	not contains(first, ".")
	not contains(first, ":")
	first != "localhost"
} else := "hub" if {
	split(first, ":")[0] in data.harness_image_guard.facts.settings.dockerHubHosts
} else := "host"

_computed_origin(text, marker) := _literal_origin(known) if {
	known := substring(text, 0, marker)
	contains(known, "/")
} else := "bare" if {
	known := substring(text, 0, marker)
	_is_name_and_separator(known)
	not contains(substring(text, marker, -1), "/")
} else := "unknown"

# _is_name_and_separator holds for `nginx:` and `nginx@sha256:`, before a computed tag or digest.
_is_name_and_separator(known) if {
	name := split(replace(known, "@", ":"), ":")[0]
	name != ""
	name != known
	not contains(name, ".")
	lower(name) != "localhost"
}

# is_of_harness holds for a name in Harness's own registries, and for one that an expression may turn into such a name.
is_of_harness(image) if startswith(name(image), "harness/")

is_of_harness(image) if startswith(name(image), "plugins/")

is_of_harness(image) if {
	text := name(image)
	value.computed(text)
	parts := split(value.known(text), "/")
	last := parts[count(parts) - 1]
	not contains(last, ":")
	not contains(last, "@")
}

# METADATA
# title: Registry addresses
# description: |
#   URLs are compared without the case of scheme and host, the scheme's default port and slashes at the
#   end. The path counts as it is.
package harness_image_guard.lib.url

import rego.v1

_default_ports := {"http": ":80", "https": ":443"}

# normal is the same spelling for all equal URLs; undefined for a string without a scheme.
normal(url) := concat("", [scheme, "://", _without_port(scheme, authority), trim_right(path, "/")]) if {
	text := trim_space(url)
	scheme := _scheme_of(text)
	rest := substring(text, count(scheme) + 3, -1)
	authority := _authority(rest)
	path := substring(rest, count(authority), -1)
}

_scheme_characters := "abcdefghijklmnopqrstuvwxyz0123456789+-."

# _scheme_of is the part before `://`, if it can be a scheme: with a slash or question mark in it, it can't.
_scheme_of(text) := scheme if {
	contains(text, "://")
	scheme := lower(split(text, "://")[0])
	scheme != ""
	trim(scheme, _scheme_characters) == ""
}

# An empty port is the default one, too.
_without_port(scheme, authority) := trim_suffix(trim_suffix(authority, port), ":") if {
	port := _default_ports[scheme]
	count(split(_last_part(authority, "@"), ":")) == 2
} else := authority

# _authority is the part before the path, query or fragment.
_authority(rest) := lower(split(split(split(rest, "/")[0], "?")[0], "#")[0])

# same holds for equal URLs.
same(one, other) if normal(one) == normal(other)

# host is the URL's host, in lower case and without port. A URL without a scheme is read with `https://`.
host(url) := split(_last_part(_authority(_after_scheme(url)), "@"), ":")[0]

# location is host, port and path without slashes at the end: what Harness puts before an image. It leaves out a user and
# a password.
location(url) := concat("", [_last_part(authority, "@"), trim_right(path, "/")]) if {
	rest := _after_scheme(url)
	authority := _authority(rest)
	path := substring(rest, count(authority), -1)
}

# authority_of is the host and port of a location. Harness looks for it in an image's name.
authority_of(location) := trim_suffix(_authority(location), ":")

_after_scheme(url) := substring(text, count(scheme) + 3, -1) if {
	text := trim_space(url)
	scheme := _scheme_of(text)
} else := "" if {
	# With fewer slashes, all of it is a path, and Harness reads no host.
	some scheme in ["http:", "https:"]
	startswith(lower(trim_space(url)), scheme)
} else := trim_space(url)

# _last_part is the part after the last separator: a host without the user before it.
_last_part(text, separator) := parts[count(parts) - 1] if parts := split(text, separator)

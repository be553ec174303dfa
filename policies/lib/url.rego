# METADATA
# title: Registry addresses
# description: |
#   URLs are equal without regard to the case of scheme and host, to the scheme's default port
#   and to slashes at the end; the path counts as it is.
package harness_image_guard.lib.url

import rego.v1

_default_ports := {"http": ":80", "https": ":443"}

# normal is one spelling for all the equal ones; undefined for a text without a scheme.
normal(url) := concat("", [scheme, "://", _without_port(scheme, authority), trim_right(path, "/")]) if {
	text := trim_space(url)
	scheme := _scheme_of(text)
	rest := substring(text, count(scheme) + 3, -1)
	authority := _authority(rest)
	path := substring(rest, count(authority), -1)
}

_scheme_characters := "abcdefghijklmnopqrstuvwxyz0123456789+-."

# _scheme_of is what is before `://`; after a slash or a question mark that begins no scheme.
_scheme_of(text) := scheme if {
	contains(text, "://")
	scheme := lower(split(text, "://")[0])
	scheme != ""
	trim(scheme, _scheme_characters) == ""
}

# An empty port is the default one too.
_without_port(scheme, authority) := trim_suffix(trim_suffix(authority, port), ":") if {
	port := _default_ports[scheme]
	count(split(_last_part(authority, "@"), ":")) == 2
} else := authority

# _authority is what is before the path, a query or a fragment.
_authority(rest) := lower(split(split(split(rest, "/")[0], "?")[0], "#")[0])

# same holds for two spellings of one address.
same(one, other) if normal(one) == normal(other)

# host is the URL's host, in lower case and without port; without a scheme, `https` is meant.
host(url) := split(_last_part(_authority(_after_scheme(url)), "@"), ":")[0]

# location is host, port and path without slashes at the end: what Harness puts before an image.
location(url) := concat("", [authority, trim_right(path, "/")]) if {
	rest := _after_scheme(url)
	authority := _authority(rest)
	path := substring(rest, count(authority), -1)
}

# authority_of is the host and port of a location, as Harness looks for them in an image's name.
authority_of(location) := trim_suffix(_last_part(_authority(location), "@"), ":")

_after_scheme(url) := substring(text, count(scheme) + 3, -1) if {
	text := trim_space(url)
	scheme := _scheme_of(text)
} else := trim_space(url)

# _last_part is the text after the last separator: a host without the user before it.
_last_part(text, separator) := parts[count(parts) - 1] if parts := split(text, separator)

# METADATA
# title: Registry addresses
# description: |
#   URLs are equal without regard to the case of scheme and host, to the scheme's default port
#   and to slashes at the end; the path counts as it stands.
package harness_image_guard.lib.url

import rego.v1

default_ports := {"http": ":80", "https": ":443"}

# normal is one spelling for all the equal ones; undefined for a text without a scheme.
normal(url) := concat("", [scheme, "://", authority(rest), trim_right(path(rest), "/")]) if {
	text := trim_space(url)
	scheme := scheme_of(text)
	rest := without_port(scheme, substring(text, count(scheme) + 3, -1))
}

scheme_characters := "abcdefghijklmnopqrstuvwxyz0123456789+-."

# scheme_of is what stands before `://`; behind a slash or a question mark that begins no scheme.
scheme_of(text) := scheme if {
	contains(text, "://")
	scheme := lower(split(text, "://")[0])
	scheme != ""
	trim(scheme, scheme_characters) == ""
}

# An empty port is the default one too.
without_port(scheme, rest) := concat("", [trim_suffix(trim_suffix(authority(rest), port), ":"), path(rest)]) if {
	port := default_ports[scheme]
	count(split(last_part(authority(rest), "@"), ":")) == 2
} else := rest

# authority is what stands before the path, a query or a fragment.
authority(rest) := lower(split(split(split(rest, "/")[0], "?")[0], "#")[0])

path(rest) := substring(rest, count(authority(rest)), -1)

# same holds for two spellings of one address.
same(one, other) if normal(one) == normal(other)

# host is the URL's host, in lower case and without port; without a scheme, `https` is meant.
host(url) := split(last_part(authority(after_scheme(url)), "@"), ":")[0]

# location is host, port and path without slashes at the end: what Harness puts before an image.
location(url) := concat("", [authority(rest), trim_right(path(rest), "/")]) if rest := after_scheme(url)

after_scheme(url) := substring(text, count(scheme_of(text)) + 3, -1) if {
	text := trim_space(url)
	scheme_of(text)
} else := trim_space(url)

# last_part is the text behind the last separator: a host without the user before it.
last_part(text, separator) := parts[count(parts) - 1] if parts := split(text, separator)

package harness_image_guard.lib.url_test

import data.harness_image_guard.lib.url
import rego.v1

normal := {
	"https://r.example": "https://r.example",
	"https://r.example/": "https://r.example",
	"https://r.example///": "https://r.example",
	" https://r.example ": "https://r.example",
	"HTTPS://R.Example/Team": "https://r.example/Team",
	"https://r.example:443/a": "https://r.example/a",
	"https://r.example:443": "https://r.example",
	"https://r.example:8443/a/": "https://r.example:8443/a",
	"https://r.example:80/a": "https://r.example:80/a",
	"https://r.example:/a": "https://r.example/a",
	"https://user@r.example:443/a": "https://user@r.example/a",
	"https://user:443@r.example/a": "https://user:443@r.example/a",
	"http://r.example:80/a": "http://r.example/a",
	"http://r.example:443/a": "http://r.example:443/a",
	"https://r.example/a//b": "https://r.example/a//b",
	"https://r.example?q=A": "https://r.example?q=A",
	"https://r.example#F": "https://r.example#F",
	"ftp://r.example:21/a": "ftp://r.example:21/a",
}

test_every_url_has_its_normal_form if {
	{written: url.normal(written) | some written in object.keys(normal)} == normal
}

test_no_scheme_no_normal_form if {
	[text | some text in ["r.example/a", "r.example", "", "https:/r.example", "://r.example", "r.example/a?b=https://s.example"]; url.normal(text)] == []
}

test_one_address_has_many_spellings if url.same("HTTPS://App.Harness.io:443/registry/", "https://app.harness.io/registry")

test_addresses_differ_by_scheme_port_and_path if {
	others := [
		"http://r.example/a",
		"https://r.example:8443/a",
		"https://r.example/A",
		"https://r.example/a/b",
		"https://s.example/a",
		"r.example/a",
	]
	[other | some other in others; url.same(other, "https://r.example/a")] == []
}

hosts := {
	"https://Index.Docker.io/v1/": "index.docker.io",
	"index.docker.io/v1/": "index.docker.io",
	"docker.io": "docker.io",
	"https://docker.io:443": "docker.io",
	"https://user:secret@docker.io/v2": "docker.io",
	"https://docker.io?a=b": "docker.io",
	"https://docker.io#a": "docker.io",
	" https://docker.io ": "docker.io",
	"https://r.example/docker.io": "r.example",
	"docker.io/v2?from=https://r.example": "docker.io",
	"r.example/a#https://docker.io": "r.example",
	"https://r.example/?to=https://docker.io": "r.example",
	"https:/docker.io": "",
	"HTTP:docker.io/v2": "",
	"": "",
}

test_every_url_has_its_host if {
	{written: url.host(written) | some written in object.keys(hosts)} == hosts
}

locations := {
	"https://R.example:8443/Team/": "r.example:8443/Team",
	"r.example/team": "r.example/team",
	"https://r.example": "r.example",
	"https://user:secret@R.example:8443/Team": "r.example:8443/Team",
	"user@r.example/a@b": "r.example/a@b",
	"https:/r.example/team": "",
}

test_a_location_is_what_stands_before_an_image if {
	{written: url.location(written) | some written in object.keys(locations)} == locations
}

package harness_image_guard.lib.image_test

import data.harness_image_guard.lib.image
import rego.v1

facts := {"settings": {"dockerHubHosts": data.harness_image_guard.defaults.dockerHubHosts}}

images := {
	"hub": [
		"docker.io/library/nginx:1",
		"docker.io/nginx",
		"index.docker.io/a/b",
		"registry-1.docker.io/a/b",
		"registry.hub.docker.com/a/b",
		"hub.docker.com/a/b",
		"registry.docker.io/a/b",
		"Docker.IO/nginx",
		"docker.io:443/nginx",
		" docker.io/nginx ",
		"docker.io/<+input>",
		"docker.io/a:<+x>/b",
	],
	"host": [
		"r.example/nginx",
		"r.example:5000/nginx",
		"localhost/nginx",
		"LOCALHOST/nginx",
		"localhost:5000/nginx",
		"registry:5000/nginx",
		"notdocker.io/nginx",
		"docker.io.example/nginx",
		"r.example/docker.io/nginx",
		"r.example/<+x>",
		"r.example/app:$TAG",
		"localhost/${X}",
	],
	"bare": [
		"nginx",
		"nginx:1",
		"nginx@sha256:0a",
		"nginx:1@sha256:0a",
		"library/nginx",
		"harness/ci-addon:1.16",
		"docker.io",
		"localhost",
		"my.image",
		"Library/x.y",
		"/nginx",
		"team/<+x>",
		"team/app:<+x>/y",
		"nginx:<+x>",
		"nginx:1-<+x>",
		"nginx@<+x>",
		"nginx@sha256:${X}",
		"nginx:$TAG",
		"nginx:<TAG>",
		1,
		1.5,
		true,
		false,
	],
	"unknown": [
		"<+input>",
		"${IMAGE}",
		"$IMAGE",
		"<IMAGE>:<TAG>",
		"<+x>/nginx",
		"<+x>nginx:1",
		"nginx<+x>",
		"ngi<+x>:1",
		"my.name:<+x>",
		"localhost:<+x>",
		"LOCALHOST:<+x>",
		"nginx:<+x>/app",
		"nginx:<+x>:5000/app",
		":<+x>",
		"@<+x>",
	],
}

test_every_image_has_its_origin if {
	wrong := {[written, origin] |
		some origin, written_images in images
		some written in written_images
		told := image.origin(written) with data.harness_image_guard.facts as facts
		told != origin
	}
	wrong == set()
}

test_every_image_has_an_origin if {
	told := [origin |
		some written_images in images
		some written in written_images
		origin := image.origin(written) with data.harness_image_guard.facts as facts
	]
	count(told) == sum([count(written_images) | some written_images in images])
}

of_length(n) := concat("", ["x" | some _ in numbers.range(1, n)])

test_what_is_inside_an_expression_is_no_host_in_the_name if {
	with_it := {
		"r.example/a", "a/r.example:1", "a:r.example-<+x>",
		"a:<+x>-r.example", "a:${{ inputs.x }}-r.example", "a:<+x>-r.example-<+x>", "a:$X-r.example",
		concat("", ["a:", concat("", ["<+x>" | some _ in numbers.range(1, 40)]), "-r.example"]),
		sprintf("a:<+%s>-r.example", [of_length(600)]),
	}
	without_it := {
		"a:<+r.example>", "a:<+x>-<+r.example>", "a:${{ r.example }}",
		"a/<+input>.selectOneFrom(r.example/a:1, <+x>)", "<+x>/a", "a",
		sprintf("a:r.example-%s", [of_length(600)]),
	}
	{name | some name in (with_it | without_it); image.has_host(name, "r.example")} == with_it
}

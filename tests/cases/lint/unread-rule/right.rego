package pipeline

deny[msg] {
	violation[{"msg": msg}]
}

deny[msg] {
	msg := deny_tags[_]
}

violation[{"msg": "a pipeline needs a description"}] {
	not input.pipeline.description
}

deny_tags["a pipeline needs tags"] {
	not input.pipeline.tags
	not exception
}

exception {
	input.pipeline.identifier == "sandbox"
}

deny[msg] {
	deny_of(input.pipeline.identifier)
	msg := "a pipeline needs a better name"
}

deny_of(name) {
	name == "x"
}

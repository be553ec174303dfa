package pipeline

deny[{"msg": "a name is missing"}] {
	not input.pipeline.name
}

deny[n] {
	n := count(input.pipeline.tags)
	n > 5
}

warn["tags"] = msg {
	not input.pipeline.tags
	msg := "tags are missing"
}

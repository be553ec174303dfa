package pipeline

deny["a name is missing"] {
	not input.pipeline.name
}

deny[msg] {
	count(input.pipeline.tags) > 5
	msg := sprintf("%s has too many tags", [input.pipeline.name])
}

warn[concat(" ", [input.pipeline.name, "has no tags"])] {
	not input.pipeline.tags
}

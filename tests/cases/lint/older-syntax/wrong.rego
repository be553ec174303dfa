package pipeline

deny["a name is missing"] {
	not input.pipeline.name
}

warn["a description is missing"] {
	not input.pipeline.description
}

package pipeline

deny["all of it"] {
	any([input.pipeline.tags.a == "x", input.pipeline.tags.b == "x"])
}

deny["latest"] {
	re_match(":latest$", input.pipeline.name)
}

package pipeline

all(xs) {
	count([x | x := xs[_]; not x]) == 0
}

deny["latest"] {
	regex.match(":latest$", input.pipeline.name)
}

deny["all of it"] {
	all([input.pipeline.tags.a, input.pipeline.tags.b])
}

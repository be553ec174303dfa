package pipeline

deny["too many dashes"] {
	count(split(input.pipeline.name, "-")) > 4
}

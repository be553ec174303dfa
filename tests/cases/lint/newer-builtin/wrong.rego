package pipeline

deny["too many dashes"] {
	strings.count(input.pipeline.name, "-") > 3
}

package pipeline

deny[msg] {
	stage := input.pipeline.stages[_].stage
	not stage.description
	msg := sprintf("%s has no description", [stage.name])
}

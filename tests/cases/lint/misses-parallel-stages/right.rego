package pipeline

deny[msg] {
	stage := all_stages[_]
	not stage.description
	msg := sprintf("%s has no description", [stage.name])
}

all_stages[stage] {
	stage := input.pipeline.stages[_].stage
}

all_stages[stage] {
	stage := input.pipeline.stages[_].parallel[_].stage
}

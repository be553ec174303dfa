package pipeline

deny[msg] {
	stage := all_stages[_]
	step := stage.spec.execution.steps[_].step
	step.type == "ShellScript"
	msg := sprintf("%s is a script", [step.name])
}

all_stages[stage] {
	stage := input.pipeline.stages[_].stage
}

all_stages[stage] {
	stage := input.pipeline.stages[_].parallel[_].stage
}

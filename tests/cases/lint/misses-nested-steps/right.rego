package pipeline

deny[msg] {
	walk(input.pipeline, [_, node])
	step := node.step
	step.type == "ShellScript"
	msg := sprintf("%s is a script", [step.name])
}

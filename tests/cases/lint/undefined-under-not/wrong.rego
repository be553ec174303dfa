package pipeline

import future.keywords.in

allowed := {"dev", "test"}

deny[msg] {
	not contains(lower(input.pipeline.description), "owner")
	msg := "say who owns the pipeline"
}

deny[msg] {
	not input.pipeline.tags.env in allowed
	msg := "env has to be dev or test"
}

deny[msg] {
	not count(input.pipeline.variables) > 0
	msg := sprintf("no variables in %s", [input.pipeline.name])
}

deny[msg] {
	variable := input.pipeline.variables[_]
	not allowed[variable.value]
	msg := sprintf("%s is not allowed", [variable.value])
}

deny[msg] {
	not lower(input.pipeline.tags.team) == "shop"
	msg := "another team"
}

owner := input.pipeline.tags.owner

team := lower(owner)

deny["the owner has to be a team"] {
	not startswith(owner, "team-")
}

deny["the team has to be of the shop"] {
	not endswith(team, "-shop")
}

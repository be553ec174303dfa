package pipeline

import future.keywords.in

allowed := {"dev", "test"}

default limit = 5

limit = input.pipeline.variables.limit

deny["say what it does"] {
	not input.pipeline.description
}

deny["not of the shop"] {
	not input.pipeline.tags.team == "shop"
}

deny[msg] {
	env := object.get(input.pipeline.tags, "env", "")
	not env in allowed
	msg := sprintf("%s is not allowed", [env])
}

deny[msg] {
	input.pipeline.tags.owner != ""
	not startswith(input.pipeline.tags.owner, "team-")
	msg := "the owner has to be a team"
}

deny["a wrong name"] {
	not startswith(input.pipeline.name, "shop")
}

deny["a team is missing"] {
	variable := input.pipeline.variables[_]
	not variable.team
}

deny["another team"] {
	variable := input.pipeline.variables[_]
	not allowed[variable.team]
}

deny["no owner"] {
	not has_owner
}

deny["too many"] {
	not count(input.metadata.userGroups) <= limit
}

has_owner {
	contains(lower(input.pipeline.description), "owner")
}

area := input.pipeline.tags.area

deny["no area"] {
	not area
}

deny["another area"] {
	not startswith(area, "eu-")
}

region := input.pipeline.tags.region

deny["another region"] {
	region != "any"
	not startswith(region, "eu-")
}

zones := [zone | zone := input.pipeline.tags[_]]

deny["no zone"] {
	not count(zones) > 0
}

name := input.pipeline.name

deny["another name"] {
	not startswith(name, "shop")
}

package pipeline

deny["a pipeline needs a name"] {
	not input.pipeline.name
}

deny_tags["a pipeline needs tags"] {
	not input.pipeline.tags
}

violation[{"msg": "a pipeline needs a description"}] {
	not input.pipeline.description
}

violation[{"msg": "a pipeline needs stages"}] {
	not input.pipeline.stages
}

warn["a pipeline may be short"] {
	count(input.pipeline.stages) > 10
}

warn_notify["somebody should be told"] {
	not input.pipeline.notificationRules
}

exception[["tags"]] {
	input.pipeline.identifier == "sandbox"
}

denied["a pipeline needs an owner"] {
	not input.pipeline.owner
}

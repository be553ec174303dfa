package connector

deny["anonymous"] {
	input.entity.spec.auth.type == "Anonymous"
}

deny["disabled"] {
	input.metadata.user.disabled
}

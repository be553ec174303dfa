package connector

deny["anonymous"] {
	input.connector.spec.auth.type == "Anonymous"
}

deny["disabled"] {
	input.metdata.user.disabled
}

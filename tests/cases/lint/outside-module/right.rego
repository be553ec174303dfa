package pipeline

admins := {"ada@example.com"}

deny[msg] {
	user := input.metadata.user.email
	not data.pipeline.admins[user]
	msg := sprintf("%s may not run this", [user])
}

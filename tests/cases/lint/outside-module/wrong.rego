package pipeline

import data.approvers

deny[msg] {
	user := input.metadata.user.email
	not data.admins[user]
	approvers[_] == user
	data.approvers[0] == user
	msg := sprintf("%s may not run this", [user])
}

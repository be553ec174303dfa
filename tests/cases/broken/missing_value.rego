package pipeline

deny[msg] {
	msg :=
}

package pipeline

deny[msg] {
  msg := "once"
  msg := "twice"
}

package pipeline

deny[msg] {
  input.pipeline.name == "a"
  msg := "never closed"

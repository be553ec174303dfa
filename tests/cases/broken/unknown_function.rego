package pipeline

deny[msg] {
  strings.startswith(input.pipeline.name, "a")
  msg := "starts with a"
}

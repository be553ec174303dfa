package pipeline

deny[msg] {
  startswith(input.pipeline.name, 5)
  "a" == 1
  msg := "five"
}

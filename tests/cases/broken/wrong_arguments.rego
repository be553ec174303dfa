package pipeline

deny[msg] {
  startswith(input.pipeline.name)
  msg := "starts with nothing"
}

short(name, limit) { count(name) < limit }

deny["short"] { short(input.pipeline.name) }

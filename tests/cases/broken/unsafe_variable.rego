package pipeline

deny[msg] {
  not forbidden[name]
  msg := sprintf("%s is größer", [size])
}

forbidden["a"]

package pipeline

deny[msg] { msg := “quoted” }

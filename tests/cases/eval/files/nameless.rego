deny[msg] { msg := "no package" }

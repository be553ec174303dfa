package q

x := 1

package p

x { [1] = {"a"} }

package p

x = 1 { true }

x = 2 { true }

package p

x { startswith(input.a) }

y { count([1], "a") }

z { w := 1; abs(w, 1) }

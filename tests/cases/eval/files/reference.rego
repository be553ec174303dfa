package p

y = {"a": 1}

x { y.a.q }

package a.p

x := data.a.n

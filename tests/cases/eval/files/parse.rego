package p

x { input.a == }

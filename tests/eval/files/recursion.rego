package p

x { x }

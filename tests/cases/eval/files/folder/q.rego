package q

x := data.below.c

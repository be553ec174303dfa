package p

x { y > 1 }

z { count(1) }

package p

x { y }

y { x }

package pipeline

a { b }

b { c }

c { a }

depth(x) = y { y := depth(x.child) }

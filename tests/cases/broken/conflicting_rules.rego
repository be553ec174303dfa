package pipeline

limit = 3

limit(x) = x { true }

default limit = 4
default limit = 5

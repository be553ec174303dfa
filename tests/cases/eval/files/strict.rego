package p

import data.q

x { y := 1 }

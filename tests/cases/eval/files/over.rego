package t

a := 1

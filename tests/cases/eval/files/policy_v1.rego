package p

allow if input.user == "ada"

greeting := sprintf("hello <%v>", [input.user])

numbers := [data.big.id, data.big.huge, data.big.price]

names contains name if {
	some name in input.names
	print("a name", name)
}

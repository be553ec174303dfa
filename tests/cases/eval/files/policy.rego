package p

allow { input.user == "ada" }

greeting = msg { msg := sprintf("hello <%v>", [input.user]) }

numbers = [data.big.id, data.big.huge, data.big.price]

names[name] { name := input.names[_]; print("a name", name) }

denied { to_number(input.user) }

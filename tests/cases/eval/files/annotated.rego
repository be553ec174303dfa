package p

# METADATA
# title: [
x = 1

# METADATA
# title: A list without repeated items
# description: |
#   Looking for each item among the earlier ones would take time that grows with the square of the list's length.
package harness_image_guard.lib.list

import rego.v1

# first_of_each are the indexes at which each value of a list occurs first, in the order of the values.
first_of_each(list) := [pair[1] |
	some i, pair in sorted
	is_first(sorted, i, pair[0])
] if {
	sorted := sort([[item, i] | some i, item in list])
}

# is_first holds at the first pair `[item, …]` of an item in a sorted list of pairs.
is_first(_, i, _) if i == 0

is_first(sorted, i, item) if sorted[i - 1][0] != item

# grouped are the values of a list of pairs, `[key, value]`, by their keys, those of a key in their order.
grouped(pairs) := {sorted[from][0]: [pair[1] | some pair in array.slice(sorted, from, ends[n])] |
	some n, from in starts
} if {
	sorted := sort(pairs)
	starts := [i | some i, pair in sorted; is_first(sorted, i, pair[0])]
	ends := array.concat(array.slice(starts, 1, count(starts)), [count(sorted)])
}

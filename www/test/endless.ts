/** A policy whose evaluation takes longer than any limit. */
export const ENDLESS = `package pipeline

import future.keywords.in

deny[x] {
	some i in numbers.range(1, 3000)
	some j in numbers.range(1, 3000)
	some k in numbers.range(1, 3000)
	x := i + j + k
	x < 0
}
`;

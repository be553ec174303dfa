package pipeline

import rego.v1

deny contains "a name is missing" if not input.pipeline.name

tags[team].names contains name if {
	some team, name in input.pipeline.tags
}

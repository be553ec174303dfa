package pipeline

default deny = false

deny {
	not input.pipeline.name
}

package pipeline

default allow = false

allow {
	input.pipeline.name
}

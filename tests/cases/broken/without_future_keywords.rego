package pipeline

deny contains msg if {
  some stage in input.pipeline.stages
  msg := stage.name
}

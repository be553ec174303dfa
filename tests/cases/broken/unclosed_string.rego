package pipeline

deny["a name] { input.pipeline }

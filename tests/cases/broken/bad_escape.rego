package pipeline

deny["C:\path"] { input.pipeline }

package pipeline

import future.keywords.contains
import future.keywords.if

deny contains "a name is missing" if not input.pipeline.name

tags := {"shop": {"a"}}

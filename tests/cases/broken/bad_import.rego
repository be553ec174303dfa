package pipeline

import pipeline.lib
import future.keywords.unless

deny["x"] { lib.x }

# METADATA
# title: Which exceptions of the configuration findings fall under
# description: |
#   Input: `{"exceptions": […], "findings": […]}`, each as `lib.exception` takes it. The result has
#   for each finding the indexes of the exceptions that are about it, in their order.
package harness_image_guard.exceptions

import data.harness_image_guard.lib.exception
import rego.v1

matched := [_about(finding) | some finding in input.findings]

_about(finding) := [i |
	some i, each in input.exceptions
	exception.covers(each, finding)
]
